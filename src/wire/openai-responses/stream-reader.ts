// Responses events to stream parts. A whole response is read by the same machine, item by item, so that both give the same
// (rule 3). Items are told apart by `output_index`: Copilot changes `item_id` from event to event. Fields are looked at by hand,
// not through a schema: this runs for every event of every stream.
import type { VendorFamily } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { SseEvent, StreamReader, TargetModel, TheirNow } from '../../core/wire-format.ts'
import { parseJson, textOf } from '../json-text.ts'
import { withinDepth } from '../nesting.ts'
import { quirksOf } from '../openai-chat/quirks.ts'
import { readFinish } from './finish.ts'
import { failureOfEvent } from './inspect.ts'
import { createItemReader } from './item-reader.ts'
import { readResponseUsage } from './usage.ts'

export interface ResponsesReader extends StreamReader {
  /** A whole response object. */
  readResponse(response: JsonObject): StreamPart[]
}

export function createStreamReader(target?: TargetModel, theirNow?: TheirNow): ResponsesReader {
  const family: VendorFamily = (target === undefined ? undefined : quirksOf(target).family) ?? 'openai'
  const items = createItemReader(family)
  let started = false
  let done = false

  function read(event: SseEvent): StreamPart[] {
    if (done) return []
    const text = event.data.trim()
    if (text === '') return []
    if (text === '[DONE]') return end()
    const data = parseJson(text)
    if (!isJsonObject(data)) {
      return fail(new GatewayError('malformed_reply', 'The upstream sent an event that is no JSON object.'))
    }
    const type = textOf(data['type']) ?? event.event ?? ''
    const out: StreamPart[] = []
    readEvent(type, data, out)
    return out
  }

  function readEvent(type: string, data: JsonObject, out: StreamPart[]): void {
    const index = typeof data['output_index'] === 'number' ? data['output_index'] : undefined
    const id = textOf(data['item_id'])
    switch (type) {
      case 'response.output_text.delta':
        items.text(index, id, data['content_index'], 'text', textOf(data['delta']), out)
        return
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        items.input(index, id, textOf(data['delta']), out)
        return
      case 'response.reasoning_summary_text.delta':
        items.reasoning(index, id, 'summary', data['summary_index'], textOf(data['delta']), out)
        return
      case 'response.reasoning_text.delta':
        items.reasoning(index, id, 'content', data['content_index'], textOf(data['delta']), out)
        return
      case 'response.refusal.delta':
        items.text(index, id, data['content_index'], 'refusal', textOf(data['delta']), out)
        return
      case 'response.output_item.added':
        if (isJsonObject(data['item'])) items.added(index, data['item'], out)
        return
      case 'response.output_item.done':
        if (isJsonObject(data['item'])) items.done(index, data['item'], out)
        return
      case 'response.output_text.annotation.added':
        if (isJsonObject(data['annotation'])) items.annotation(index, id, data['annotation'])
        return
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        if (isJsonObject(data['response'])) start(data['response'], out)
        return
      case 'response.completed':
      case 'response.incomplete':
        finish(isJsonObject(data['response']) ? data['response'] : {}, type.slice('response.'.length), out)
        return
    }
    const failure = failureOfEvent(type, data, theirNow)
    if (failure !== undefined) out.push(...fail(failure))
  }

  function start(response: JsonObject, out: StreamPart[]): void {
    if (started) return
    started = true
    const id = textOf(response['id'])
    const model = textOf(response['model'])
    out.push({ type: 'start', ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) })
  }

  /** Rule 156: what the events left out is taken from the final output. */
  function finish(response: JsonObject, status: string, out: StreamPart[]): void {
    done = true
    start(response, out)
    const { output, usage } = response
    if (Array.isArray(output)) {
      for (const [index, item] of output.entries()) {
        if (isJsonObject(item) && !items.isDone(index, textOf(item['id']))) items.done(index, item, out)
      }
    }
    items.end(out)
    if (isJsonObject(usage)) out.push({ type: 'usage', usage: readResponseUsage(usage) })
    out.push({ type: 'finish', finish: readFinish(response, status, items.hasCalls()) })
  }

  function fail(error: GatewayError): StreamPart[] {
    done = true
    return [{ type: 'error', error }]
  }

  function end(): StreamPart[] {
    if (done) return []
    return fail(
      new GatewayError('stream_interrupted', 'The upstream closed the stream before its answer was complete.'),
    )
  }

  return {
    read: (event) => withinDepth(() => read(event), fail),
    end,
    readResponse(response) {
      const out: StreamPart[] = []
      finish(response, textOf(response['status']) ?? 'completed', out)
      return out
    },
  }
}
