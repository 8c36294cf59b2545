// Stream parts to Anthropic events (rules 147-152): one block open at a time, indices without gaps, one terminal event and
// nothing after it. Parts of a block that has to wait are kept until the open one closes (rule 148).
import type { ChatRequest } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage, unknownUsage } from '../../core/usage.ts'
import { withinDepth } from '../nesting.ts'
import { writeStreamError } from './errors.ts'
import { writeFinish } from './finish.ts'
import { messageId } from './reply.ts'
import type { BlockWriter } from './stream-block-writer.ts'
import { createBlockWriter } from './stream-block-writer.ts'
import { writeUsage } from './usage.ts'

type BlockPart = Extract<StreamPart, { id: string; type: `${string}-${'start' | 'delta' | 'end'}` }>
type WholePart = Extract<StreamPart, { type: 'opaque' }>

/** Most characters kept of blocks that wait for their turn. */
const mostWaiting = 64 * 1024 * 1024

export function createStreamWriter(request: ChatRequest): (part: StreamPart) => string {
  const blocks: BlockWriter = createBlockWriter()
  let openId: string | undefined
  let openIsText = false
  /** Parts of the blocks that wait, in the order in which the blocks began. */
  const waiting = new Map<string, (BlockPart | WholePart)[]>()
  let waitingSize = 0
  let head: { readonly id?: string } = {}
  let isHeadOut = false
  let done = false
  let hasCalls = false
  let hasRefusal = false
  let usage: Usage = unknownUsage

  function write(part: StreamPart): string {
    if (done) return ''
    switch (part.type) {
      case 'text-delta':
        // Nearly every part of a stream is one of these.
        return part.id === openId ? blocks.write(part) : begin() + writeBlockPart(part)
      case 'start':
        if (part.id !== undefined) head = { id: part.id }
        return ''
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return ''
      case 'warning':
      case 'image':
        return ''
      case 'finish':
        return finish(part)
      case 'error':
        done = true
        return writeStreamError(part.error, '')
      case 'opaque':
        return part.part.wire === 'anthropic-messages' ? begin() + writeWhole(part) : ''
      default:
        return begin() + writeBlockPart(part)
    }
  }

  /** `message_start` waits for the first part that says something, so that usage that came before it is in it (rule 134). */
  function begin(): string {
    if (isHeadOut) return ''
    isHeadOut = true
    const message = {
      id: messageId(head.id),
      type: 'message',
      role: 'assistant',
      // Rule 5: the name the client asked for, never the upstream's.
      model: request.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(usage),
    }
    return `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n`
  }

  function writeBlockPart(part: BlockPart): string {
    if (part.type === 'tool-input-start') hasCalls = true
    if (part.type === 'refusal-delta') hasRefusal = true
    if (part.id === openId) return pass(part)
    const queue = waiting.get(part.id)
    if (queue === undefined && openId !== undefined && openIsText && part.type.endsWith('-start')) {
      // Text can be split in two blocks without loss, so it does not make others wait.
      return suspend() + pass(part)
    }
    if (queue === undefined && openId === undefined) return pass(part)
    return keep(part, part.id)
  }

  function writeWhole(part: WholePart): string {
    if (openIsText) return suspend() + blocks.whole(part.part.value)
    if (openId === undefined) return blocks.whole(part.part.value)
    return keep(part, `whole-${waiting.size}-${waitingSize}`)
  }

  function pass(part: BlockPart): string {
    const text = blocks.write(part)
    if (part.type.endsWith('-end')) {
      openId = undefined
      return text + release()
    }
    openId = part.id
    openIsText = part.type === 'text-start' || part.type === 'text-delta'
    return text
  }

  /** Closes an open text block for the moment; a later delta of it opens a new one. */
  function suspend(): string {
    if (!openIsText) return ''
    openId = undefined
    openIsText = false
    return blocks.close()
  }

  function keep(part: BlockPart | WholePart, id: string): string {
    waitingSize += 'text' in part ? part.text.length + 64 : 64
    if (waitingSize > mostWaiting) {
      done = true
      return writeStreamError(
        new GatewayError('malformed_reply', 'The upstream left too many blocks open at once.'),
        '',
      )
    }
    const queue = waiting.get(id)
    if (queue === undefined) waiting.set(id, [part])
    else queue.push(part)
    return ''
  }

  /** Lets the next waiting blocks through, up to one that is still open. */
  function release(): string {
    let text = ''
    for (const [id, parts] of waiting) {
      if (openId !== undefined) break
      waiting.delete(id)
      openId = id
      for (const part of parts) {
        text += part.type === 'opaque' ? blocks.whole(part.part.value) : blocks.write(part)
        if (part.type === 'opaque' || part.type.endsWith('-end')) openId = undefined
        else openIsText = part.type.startsWith('text')
      }
    }
    if (waiting.size === 0) waitingSize = 0
    return text
  }

  function finish(part: Extract<StreamPart, { type: 'finish' }>): string {
    let text = begin()
    // Whatever is still open ends here, then what waited for it, each in its turn.
    text += blocks.close()
    openId = undefined
    while (waiting.size > 0) {
      text += release() + blocks.close()
      openId = undefined
    }
    done = true
    const delta = writeFinish(part.finish, hasCalls, hasRefusal)
    const end = JSON.stringify({ type: 'message_delta', delta, usage: writeUsage(usage) })
    return `${text}event: message_delta\ndata: ${end}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`
  }

  return (part) =>
    withinDepth(
      () => write(part),
      (error) => {
        done = true
        return writeStreamError(error, '')
      },
    )
}
