// Stream parts to Responses events (rules 141, 153-157). Each item is announced, filled and finished; the final response repeats
// all of them.
import type { ChatRequest, Finish } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage, unknownUsage } from '../../core/usage.ts'
import { withinDepth } from '../nesting.ts'
import { responseError } from './errors.ts'
import { writeFinish } from './finish.ts'
import { callItem, clientTools, createIdMaker, imageItem, isFreeForm, responseId, responseObject } from './items-out.ts'
import type { StreamOutput } from './message-writer.ts'
import { createMessageWriter } from './message-writer.ts'
import { callSignatureItem, reasoningItem } from './reasoning-items.ts'
import { writeResponseUsage } from './usage.ts'

interface Reasoning {
  /** Place in the output, once there is something to say. */
  index: number
  itemId: string
  text: string
}

interface Call {
  readonly index: number
  readonly itemId: string
  readonly callId: string
  readonly name: string
  readonly kind: 'function' | 'custom' | undefined
  readonly isFree: boolean
  input: string
}

export function createStreamWriter(request: ChatRequest): (part: StreamPart) => string {
  const tools = clientTools(request)
  const createdAt = Math.floor(Date.now() / 1000)
  const thoughts = new Map<string, Reasoning>()
  const calls = new Map<string, Call>()
  let sequence = 0
  let id = ''
  let usage: Usage = unknownUsage
  let done = false
  const output: StreamOutput = { items: [], makeId: createIdMaker(), nextSequence: () => sequence++, event }
  const { items, makeId } = output
  const messages = createMessageWriter(output)

  function event(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`
  }

  function begin(upstreamId: string | undefined): string {
    if (id !== '') return ''
    id = responseId(upstreamId)
    const response = responseObject(request, id, createdAt, { status: 'in_progress', output: [] })
    return event('response.created', { response }) + event('response.in_progress', { response })
  }

  function write(part: StreamPart): string {
    if (done) return ''
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
        return messages.delta(part.id, part.text)
      case 'reasoning-delta':
        return reasoningDelta(part.id, part.text)
      case 'tool-input-delta':
        return callDelta(part.id, part.text)
      case 'start':
        return begin(part.id)
      case 'text-start':
      case 'refusal-start':
        messages.begin(part.id, part.type === 'text-start' ? 'text' : 'refusal')
        return begin(undefined)
      case 'reasoning-start':
        thoughts.set(part.id, { index: -1, itemId: '', text: '' })
        return begin(undefined)
      case 'tool-input-start':
        return begin(undefined) + startCall(part)
      case 'text-end':
        return messages.end(part.id, part.annotations ?? [])
      case 'refusal-end':
        return messages.end(part.id, [])
      case 'reasoning-end':
        return endReasoning(part)
      case 'tool-input-end':
        return endCall(part)
      case 'image': {
        const item = imageItem(makeId('ig', items.length), part.image)
        return begin(undefined) + (item === undefined ? '' : wholeItem(item))
      }
      case 'opaque':
        return begin(undefined) + (part.part.wire === 'openai-responses' ? wholeItem(part.part.value) : '')
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return ''
      case 'finish':
        return finish(part.finish)
      case 'error': {
        const opening = begin(undefined)
        done = true
        const failed = { status: 'failed', output: items.filter(isFinished), error: responseError(part.error) }
        return opening + event('response.failed', { response: responseObject(request, id, createdAt, failed) })
      }
      default:
        return ''
    }
  }

  /** Announces an item; whatever message was open is finished before (rule 155). */
  function addItem(item: JsonObject): { readonly index: number; readonly events: string } {
    const before = messages.close()
    const index = items.push(item) - 1
    return { index, events: before + event('response.output_item.added', { output_index: index, item }) }
  }

  function finishItem(index: number, item: JsonObject): string {
    items[index] = item
    return event('response.output_item.done', { output_index: index, item })
  }

  function wholeItem(item: JsonObject): string {
    const { index, events } = addItem(item)
    return events + finishItem(index, item)
  }

  // Reasoning: one item with one summary part.

  function openReasoning(thought: Reasoning): string {
    if (thought.index !== -1) return ''
    const item = { id: makeId('rs', items.length), type: 'reasoning', summary: [] }
    const { index, events } = addItem(item)
    thought.itemId = item.id
    thought.index = index
    return events
  }

  function reasoningDelta(block: string, text: string): string {
    const thought = thoughts.get(block)
    if (thought === undefined || text === '') return ''
    let events = openReasoning(thought)
    const place = { item_id: thought.itemId, output_index: thought.index, summary_index: 0 }
    if (thought.text === '') {
      events += event('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
    }
    thought.text += text
    return events + event('response.reasoning_summary_text.delta', { ...place, delta: text })
  }

  function endReasoning(part: Extract<StreamPart, { type: 'reasoning-end' }>): string {
    const thought = thoughts.get(part.id)
    thoughts.delete(part.id)
    if (thought === undefined || (thought.index === -1 && part.signature === undefined)) return ''
    let events = openReasoning(thought)
    const { text, index, itemId } = thought
    if (text !== '') {
      const place = { item_id: itemId, output_index: index, summary_index: 0 }
      events += event('response.reasoning_summary_text.done', { ...place, text })
      events += event('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } })
    }
    const { signature, redacted } = part
    const item = reasoningItem(itemId, {
      text,
      ...(signature === undefined ? {} : { signature }),
      ...(redacted === undefined ? {} : { redacted }),
    })
    return events + finishItem(index, item)
  }

  // Tool calls: several may be open at once, each an item of its own.

  function startCall(part: Extract<StreamPart, { type: 'tool-input-start' }>): string {
    const { callId, name, kind } = part
    const isFree = isFreeForm(part, tools)
    const itemId = makeId(isFree ? 'ctc' : 'fc', items.length)
    const call = { index: -1, itemId, callId, name, kind, isFree, input: '' }
    const { index, events } = addItem(itemOf(call, 'in_progress'))
    calls.set(part.id, { ...call, index })
    return events
  }

  function itemOf(call: Call, status: 'completed' | 'in_progress'): JsonObject {
    const { itemId, callId, name, input, kind } = call
    return callItem(itemId, { callId, name, input, ...(kind === undefined ? {} : { kind }) }, status, tools)
  }

  function callDelta(block: string, text: string): string {
    const call = calls.get(block)
    if (call === undefined || text === '') return ''
    call.input += text
    // Input that came wrapped in JSON can only be unwrapped as a whole (rule 61).
    if (call.isFree && call.kind !== 'custom') return ''
    const type = call.isFree ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
    return event(type, { item_id: call.itemId, output_index: call.index, delta: text })
  }

  function endCall(part: Extract<StreamPart, { type: 'tool-input-end' }>): string {
    const call = calls.get(part.id)
    calls.delete(part.id)
    if (call === undefined) return ''
    const item = itemOf(call, 'completed')
    const place = { item_id: call.itemId, output_index: call.index }
    let events = ''
    if (call.isFree) {
      const input = String(item['input'])
      const wasHeld = call.kind !== 'custom' && input !== ''
      if (wasHeld) events += event('response.custom_tool_call_input.delta', { ...place, delta: input })
      events += event('response.custom_tool_call_input.done', { ...place, input })
    } else {
      const { arguments: text, name } = item
      // Rule 157: without arguments, an empty object.
      if (call.input.trim() === '') events += event('response.function_call_arguments.delta', { ...place, delta: '{}' })
      events += event('response.function_call_arguments.done', { ...place, name, arguments: text })
    }
    events += finishItem(call.index, item)
    const signature = callSignatureItem(makeId('rs', items.length), call.callId, part.signature)
    return signature === undefined ? events : events + wholeItem(signature)
  }

  function finish(ending: Finish): string {
    const events = begin(undefined) + messages.close()
    const { status, incomplete_details } = writeFinish(ending)
    const state = { status, incomplete_details, output: items, usage: writeResponseUsage(usage) }
    done = true
    return events + event(`response.${status}`, { response: responseObject(request, id, createdAt, state) })
  }

  return (part) =>
    withinDepth(
      () => write(part),
      (error) => {
        // The item that could not be written must not be in the final response either.
        items.length = 0
        return write({ type: 'error', error })
      },
    )
}

/** Items that were only begun have no place in a failed response. */
function isFinished(item: JsonObject): boolean {
  return item['status'] !== 'in_progress'
}
