// Stream parts to Responses events (rules 141, 153-157). Each item is announced, filled and finished; the final response repeats
// all of them. Deltas of text are glued from prepared pieces: this runs for every token of every stream.
import type { ChatRequest, Finish } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage, unknownUsage } from '../../core/usage.ts'
import { responseError } from './errors.ts'
import { writeFinish } from './finish.ts'
import {
  callItem,
  clientTools,
  createIdMaker,
  imageItem,
  isFreeForm,
  messageItem,
  responseId,
  responseObject,
  textContent,
} from './items-out.ts'
import { callSignatureItem, reasoningItem } from './reasoning-items.ts'
import { writeResponseUsage } from './usage.ts'

/** A block of the canonical stream that has an item, or a content part of one. */
interface Block {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'call'
  index: number
  itemId: string
  contentIndex: number
  text: string
  callId: string
  name: string
  callKind: 'function' | 'custom' | undefined
  /** The block's place in the final output is taken and its opening events are out. */
  isOpen: boolean
}

interface MessageItem {
  readonly index: number
  readonly id: string
  readonly content: JsonObject[]
}

export function createStreamWriter(request: ChatRequest): (part: StreamPart) => string {
  const tools = clientTools(request)
  const makeId = createIdMaker()
  const createdAt = Math.floor(Date.now() / 1000)
  const blocks = new Map<string, Block>()
  const output: JsonObject[] = []
  let sequence = 0
  let id = ''
  let message: MessageItem | undefined
  let usage: Usage = unknownUsage
  let done = false

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
        return textDelta(part.id, part.text)
      case 'reasoning-delta':
        return reasoningDelta(part.id, part.text)
      case 'tool-input-delta':
        return callDelta(part.id, part.text)
      case 'start':
        return begin(part.id)
      case 'text-start':
      case 'refusal-start':
        // An item is announced with its first text: a block that stays empty leaves nothing behind.
        blocks.set(part.id, newBlock(part.type === 'text-start' ? 'text' : 'refusal'))
        return begin(undefined)
      case 'reasoning-start':
        blocks.set(part.id, newBlock('reasoning'))
        return begin(undefined)
      case 'tool-input-start':
        return startCall(part)
      case 'text-end':
        return endText(part.id, part.annotations ?? [])
      case 'refusal-end':
        return endText(part.id, [])
      case 'reasoning-end':
        return endReasoning(part)
      case 'tool-input-end':
        return endCall(part)
      case 'image': {
        const item = imageItem(makeId('ig', output.length), part.image)
        return item === undefined ? '' : wholeItem(item)
      }
      case 'opaque':
        return part.part.wire === 'openai-responses' ? wholeItem(part.part.value) : ''
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return ''
      case 'finish':
        return finish(part.finish)
      case 'error': {
        const opening = begin(undefined)
        done = true
        const failed = { status: 'failed', output: output.filter(isFinished), error: responseError(part.error) }
        return opening + event('response.failed', { response: responseObject(request, id, createdAt, failed) })
      }
      default:
        return ''
    }
  }

  function newBlock(kind: Block['kind']): Block {
    return {
      kind,
      index: -1,
      itemId: '',
      contentIndex: 0,
      text: '',
      callId: '',
      name: '',
      callKind: undefined,
      isOpen: false,
    }
  }

  function addItem(item: JsonObject): number {
    return output.push(item) - 1
  }

  // Text and refusals: content parts of message items.

  function openText(block: Block): string {
    let events = begin(undefined)
    if (message === undefined) {
      const item = messageItem(makeId('msg', output.length), [], 'in_progress')
      message = { index: addItem(item), id: String(item['id']), content: [] }
      events += event('response.output_item.added', { output_index: message.index, item })
    }
    block.isOpen = true
    block.index = message.index
    block.itemId = message.id
    block.contentIndex = message.content.length
    message.content.push({})
    return events + event('response.content_part.added', { ...placeOf(block), part: contentOf(block, []) })
  }

  function placeOf(block: Block): JsonObject {
    return { item_id: block.itemId, output_index: block.index, content_index: block.contentIndex }
  }

  function contentOf(block: Block, annotations: readonly JsonObject[]): JsonObject {
    return block.kind === 'text' ? textContent(block.text, annotations) : { type: 'refusal', refusal: block.text }
  }

  function textDelta(blockId: string, text: string): string {
    const block = blocks.get(blockId)
    if (block === undefined || text === '') return ''
    // Rule 155: a message that was finished because another item began goes on as a new one.
    const opening = block.isOpen ? '' : openText(block)
    block.text += text
    const type = block.kind === 'text' ? 'response.output_text.delta' : 'response.refusal.delta'
    const logprobs = block.kind === 'text' ? ',"logprobs":[]' : ''
    return (
      opening +
      `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence++},"item_id":"${block.itemId}",` +
      `"output_index":${block.index},"content_index":${block.contentIndex},"delta":${JSON.stringify(text)}${logprobs}}\n\n`
    )
  }

  function endText(blockId: string, annotations: readonly JsonObject[]): string {
    const block = blocks.get(blockId)
    blocks.delete(blockId)
    return block === undefined || !block.isOpen ? '' : closeText(block, annotations)
  }

  function closeText(block: Block, annotations: readonly JsonObject[]): string {
    const place = placeOf(block)
    const part = contentOf(block, annotations)
    let events = ''
    for (const [annotation_index, annotation] of annotations.entries()) {
      events += event('response.output_text.annotation.added', { ...place, annotation_index, annotation })
    }
    if (block.kind === 'text')
      events += event('response.output_text.done', { ...place, text: block.text, logprobs: [] })
    else events += event('response.refusal.done', { ...place, refusal: block.text })
    if (message !== undefined) message.content[block.contentIndex] = part
    block.isOpen = false
    block.text = ''
    return events + event('response.content_part.done', { ...place, part })
  }

  /** Rule 155: before another kind of item begins, and at the end. */
  function closeMessage(): string {
    if (message === undefined) return ''
    let events = ''
    for (const block of blocks.values())
      if (block.isOpen && block.index === message.index) events += closeText(block, [])
    const { index, id: itemId, content } = message
    const item = messageItem(itemId, content, 'completed')
    output[index] = item
    message = undefined
    return events + event('response.output_item.done', { output_index: index, item })
  }

  // Reasoning: one item with one summary part.

  function openReasoning(block: Block): string {
    const events = begin(undefined) + closeMessage()
    const item = { id: makeId('rs', output.length), type: 'reasoning', summary: [] }
    block.isOpen = true
    block.itemId = item.id
    block.index = addItem(item)
    return events + event('response.output_item.added', { output_index: block.index, item })
  }

  function reasoningDelta(blockId: string, text: string): string {
    const block = blocks.get(blockId)
    if (block === undefined || text === '') return ''
    let events = block.isOpen ? '' : openReasoning(block)
    const place = { item_id: block.itemId, output_index: block.index, summary_index: 0 }
    if (block.text === '') {
      events += event('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
    }
    block.text += text
    return events + event('response.reasoning_summary_text.delta', { ...place, delta: text })
  }

  function endReasoning(part: Extract<StreamPart, { type: 'reasoning-end' }>): string {
    const block = blocks.get(part.id)
    blocks.delete(part.id)
    if (block === undefined || (!block.isOpen && part.signature === undefined)) return ''
    let events = block.isOpen ? '' : openReasoning(block)
    const { text } = block
    if (text !== '') {
      const place = { item_id: block.itemId, output_index: block.index, summary_index: 0 }
      events += event('response.reasoning_summary_text.done', { ...place, text })
      events += event('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } })
    }
    const { signature, redacted } = part
    const item = reasoningItem(block.itemId, {
      text,
      ...(signature === undefined ? {} : { signature }),
      ...(redacted === undefined ? {} : { redacted }),
    })
    output[block.index] = item
    return events + event('response.output_item.done', { output_index: block.index, item })
  }

  // Tool calls: several may be open at once, each an item of its own.

  function startCall(part: Extract<StreamPart, { type: 'tool-input-start' }>): string {
    const events = begin(undefined) + closeMessage()
    const block = newBlock('call')
    block.callId = part.callId
    block.name = part.name
    block.callKind = part.kind
    block.isOpen = true
    block.itemId = makeId(isFreeForm(part, tools) ? 'ctc' : 'fc', output.length)
    blocks.set(part.id, block)
    const item = callOf(block, 'in_progress')
    block.index = addItem(item)
    return events + event('response.output_item.added', { output_index: block.index, item })
  }

  function callOf(block: Block, status: 'completed' | 'in_progress'): JsonObject {
    const kind = block.callKind === undefined ? {} : { kind: block.callKind }
    return callItem(block.itemId, { callId: block.callId, name: block.name, input: block.text, ...kind }, status, tools)
  }

  function isFree(block: Block): boolean {
    return isFreeForm({ name: block.name, ...(block.callKind === undefined ? {} : { kind: block.callKind }) }, tools)
  }

  function callDelta(blockId: string, text: string): string {
    const block = blocks.get(blockId)
    if (block === undefined || text === '') return ''
    block.text += text
    const free = isFree(block)
    // Input that came wrapped in JSON can only be unwrapped as a whole (rule 61).
    if (free && block.callKind !== 'custom') return ''
    const type = free ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
    return event(type, { item_id: block.itemId, output_index: block.index, delta: text })
  }

  function endCall(part: Extract<StreamPart, { type: 'tool-input-end' }>): string {
    const block = blocks.get(part.id)
    blocks.delete(part.id)
    if (block === undefined) return ''
    const item = callOf(block, 'completed')
    const place = { item_id: block.itemId, output_index: block.index }
    let events = ''
    if (isFree(block)) {
      const input = String(item['input'])
      const wasHeld = block.callKind !== 'custom' && input !== ''
      if (wasHeld) events += event('response.custom_tool_call_input.delta', { ...place, delta: input })
      events += event('response.custom_tool_call_input.done', { ...place, input })
    } else {
      const { arguments: text, name } = item
      if (block.text.trim() === '') events += event('response.function_call_arguments.delta', { ...place, delta: '{}' })
      events += event('response.function_call_arguments.done', { ...place, name, arguments: text })
    }
    output[block.index] = item
    events += event('response.output_item.done', { output_index: block.index, item })
    const signature = callSignatureItem(makeId('rs', output.length), block.callId, part.signature)
    return signature === undefined ? events : events + wholeItem(signature)
  }

  function wholeItem(item: JsonObject): string {
    const events = begin(undefined) + closeMessage()
    const place = { output_index: addItem(item), item }
    return events + event('response.output_item.added', place) + event('response.output_item.done', place)
  }

  function finish(ending: Finish): string {
    let events = begin(undefined) + closeMessage()
    const { status, incomplete_details } = writeFinish(ending)
    const response = responseObject(request, id, createdAt, {
      status,
      incomplete_details,
      output,
      usage: writeResponseUsage(usage),
    })
    events += event(`response.${status}`, { response })
    done = true
    return events
  }

  return write
}

/** Items that were only begun have no place in a failed response. */
function isFinished(item: JsonObject): boolean {
  return item['status'] !== 'in_progress'
}
