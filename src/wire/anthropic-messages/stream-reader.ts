// Anthropic stream events to stream parts. Fields are looked at by hand, not through a schema: this runs for every event.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { SseEvent, StreamReader, TargetModel } from '../../core/wire-format.ts'
import { findHiddenError } from '../hidden-error.ts'
import { numberOf, parseJson, textOf } from '../json-text.ts'
import { withinDepth } from '../nesting.ts'
import { readHiddenError } from './errors.ts'
import { readFinish } from './finish.ts'
import { signsForClaude } from './quirks.ts'
import type { OpenBlock } from './stream-blocks.ts'
import { endBlock, readDelta, startBlock } from './stream-blocks.ts'
import { readUsage } from './usage.ts'

/** No honest answer has this many blocks open at once. */
const mostOpenBlocks = 256

export function createStreamReader(target?: TargetModel): StreamReader {
  const isClaude = signsForClaude(target)
  const open = new Map<number, OpenBlock>()
  let blocks = 0
  let started = false
  let done = false
  let hasCalls = false
  let stopReason: string | undefined
  let stopSequence: unknown

  function read(event: SseEvent): StreamPart[] {
    if (done || event.data === '' || event.data === '[DONE]') return []
    const data = parseJson(event.data)
    if (!isJsonObject(data)) return fail(malformed(event.data))
    const out: StreamPart[] = []
    switch (data['type']) {
      case 'content_block_delta': {
        const block = open.get(numberOf(data['index']))
        if (block !== undefined) readDelta(block, data['delta'], out)
        return out
      }
      case 'content_block_start':
        return start(data, out)
      case 'content_block_stop':
        stop(numberOf(data['index']), out)
        return out
      case 'message_start':
        return head(data['message'], out)
      case 'message_delta':
        return tail(data, out)
      case 'message_stop':
        return finish(out)
      case 'ping':
        return out
    }
    const hidden = findHiddenError(data) ?? (event.event === 'error' ? { message: event.data } : undefined)
    return hidden === undefined ? out : fail(readHiddenError(hidden))
  }

  function head(message: unknown, out: StreamPart[]): StreamPart[] {
    if (started) return out
    started = true
    const fields: JsonObject = isJsonObject(message) ? message : {}
    const id = textOf(fields['id'])
    const model = textOf(fields['model'])
    out.push({ type: 'start', ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) })
    const usage = readUsage(fields['usage'])
    if (usage !== undefined) out.push({ type: 'usage', usage })
    return out
  }

  function start(data: JsonObject, out: StreamPart[]): StreamPart[] {
    if (!started) head(undefined, out)
    const index = numberOf(data['index'])
    stop(index, out)
    if (open.size >= mostOpenBlocks) return fail(malformed('too many open content blocks'))
    const block = startBlock(`b${blocks++}`, data['content_block'], out)
    if (block === undefined) return out
    open.set(index, block)
    if (block.kind === 'tool') hasCalls = true
    return out
  }

  function stop(index: number, out: StreamPart[]): void {
    const block = open.get(index)
    if (block === undefined) return
    open.delete(index)
    endBlock(block, isClaude, out)
  }

  function tail(data: JsonObject, out: StreamPart[]): StreamPart[] {
    const delta = data['delta']
    if (isJsonObject(delta)) {
      stopReason = textOf(delta['stop_reason']) ?? stopReason
      stopSequence = delta['stop_sequence'] ?? stopSequence
    }
    const usage = readUsage(data['usage'])
    if (usage !== undefined) out.push({ type: 'usage', usage })
    return out
  }

  function finish(out: StreamPart[]): StreamPart[] {
    done = true
    for (const index of [...open.keys()]) stop(index, out)
    out.push({ type: 'finish', finish: readFinish(stopReason ?? 'end_turn', stopSequence, hasCalls) })
    return out
  }

  function fail(error: GatewayError): StreamPart[] {
    done = true
    return [{ type: 'error', error }]
  }

  return {
    read: (event) => withinDepth(() => read(event), fail),
    end() {
      if (done) return []
      // Servers exist that leave out `message_stop`; a stop reason shows the answer to be whole (rule 140).
      if (stopReason !== undefined) return finish([])
      return fail(
        new GatewayError('stream_interrupted', 'The upstream closed the stream before its answer was complete.'),
      )
    },
  }
}

function malformed(text: string): GatewayError {
  const beginning = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new GatewayError('malformed_reply', `The upstream sent an event that is no Anthropic event: ${beginning}`)
}
