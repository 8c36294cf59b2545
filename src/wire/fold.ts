// Folds a stream of parts into one reply (rule 3). The parts are legal ones, as core/stream.ts describes them; blocks keep the
// order in which they began.
import type { ChatReply, Finish, ImagePart, OpaquePart, Part, Warning } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import type { StreamPart } from '../core/stream.ts'
import type { Usage } from '../core/usage.ts'
import { mergeUsage, unknownUsage } from '../core/usage.ts'

export interface ReplyFold {
  add(part: StreamPart): void
  /** The reply so far. Throws the stream's own error, or `stream_interrupted` when nothing ended it. */
  reply(): ChatReply
}

type Block = { text: string; readonly start: BlockStart; end?: BlockEnd } | { readonly whole: ImagePart | OpaquePart }

type BlockStart = Extract<StreamPart, { type: 'text-start' | 'refusal-start' | 'reasoning-start' | 'tool-input-start' }>
type BlockEnd = Extract<StreamPart, { type: 'text-end' | 'refusal-end' | 'reasoning-end' | 'tool-input-end' }>

export function foldReply(parts: Iterable<StreamPart>): ChatReply {
  const fold = createReplyFold()
  for (const part of parts) fold.add(part)
  return fold.reply()
}

export function createReplyFold(): ReplyFold {
  const blocks: Block[] = []
  const open = new Map<string, Extract<Block, { text: string }>>()
  const warnings: Warning[] = []
  let usage: Usage = unknownUsage
  let head: { id?: string; model?: string } = {}
  let finish: Finish | undefined
  let error: GatewayError | undefined

  function add(part: StreamPart): void {
    switch (part.type) {
      case 'start':
        head = {
          ...(part.id === undefined ? {} : { id: part.id }),
          ...(part.model === undefined ? {} : { model: part.model }),
        }
        return
      case 'text-start':
      case 'refusal-start':
      case 'reasoning-start':
      case 'tool-input-start': {
        const block = { text: '', start: part }
        blocks.push(block)
        open.set(part.id, block)
        return
      }
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
      case 'tool-input-delta': {
        const block = open.get(part.id)
        if (block !== undefined) block.text += part.text
        return
      }
      case 'text-end':
      case 'refusal-end':
      case 'reasoning-end':
      case 'tool-input-end': {
        const block = open.get(part.id)
        if (block !== undefined) block.end = part
        open.delete(part.id)
        return
      }
      case 'image':
        blocks.push({ whole: part.image })
        return
      case 'opaque':
        blocks.push({ whole: part.part })
        return
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return
      case 'warning':
        warnings.push(part.warning)
        return
      case 'finish':
        finish ??= part.finish
        return
      case 'error':
        error ??= part.error
    }
  }

  function reply(): ChatReply {
    if (error !== undefined) throw error
    if (finish === undefined) {
      throw new GatewayError('stream_interrupted', 'The upstream closed the stream before its answer was complete.')
    }
    const parts: Part[] = []
    for (const block of blocks) {
      const part = 'whole' in block ? block.whole : toPart(block)
      if (part !== undefined) parts.push(part)
    }
    return { ...head, parts, finish, usage, warnings }
  }

  return { add, reply }
}

/** Blocks that turned out to hold nothing are left out, as readers of whole replies do. */
function toPart(block: Extract<Block, { text: string }>): Part | undefined {
  const { start, end, text } = block
  const signature = end !== undefined && 'signature' in end && end.signature ? { signature: end.signature } : {}
  switch (start.type) {
    case 'text-start': {
      const annotations = end?.type === 'text-end' && end.annotations ? { annotations: end.annotations } : {}
      const isEmpty = text === '' && !('signature' in signature) && !('annotations' in annotations)
      return isEmpty ? undefined : { type: 'text', text, ...annotations, ...signature }
    }
    case 'refusal-start':
      return text === '' ? undefined : { type: 'refusal', text }
    case 'reasoning-start': {
      const vendor = end?.type === 'reasoning-end' ? end : undefined
      const redacted = vendor?.redacted === undefined ? {} : { redacted: vendor.redacted }
      const id = vendor?.itemId === undefined ? {} : { id: vendor.itemId }
      const isEmpty = text === '' && !('signature' in signature) && vendor?.itemId === undefined
      return isEmpty ? undefined : { type: 'reasoning', text, ...signature, ...redacted, ...id }
    }
    case 'tool-input-start': {
      const kind = start.kind === undefined ? {} : { kind: start.kind }
      return { type: 'tool-call', id: start.callId, name: start.name, input: text, ...kind, ...signature }
    }
  }
}
