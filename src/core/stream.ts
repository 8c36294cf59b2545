// The closed union of stream parts. A stream is: start, then blocks (start, deltas, end; blocks with different ids may
// interleave), usage at any time, then exactly one finish or error. Nothing follows it.
import type { Finish, FinishReason, ImagePart, OpaquePart, Signature, Warning } from './conversation.ts'
import type { GatewayError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

export type StreamPart =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string }
  | { readonly type: 'text-start'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly text: string }
  | {
      readonly type: 'text-end'
      readonly id: string
      readonly signature?: Signature
      readonly annotations?: readonly JsonObject[]
    }
  | { readonly type: 'refusal-start'; readonly id: string }
  | { readonly type: 'refusal-delta'; readonly id: string; readonly text: string }
  | { readonly type: 'refusal-end'; readonly id: string }
  | { readonly type: 'reasoning-start'; readonly id: string }
  | { readonly type: 'reasoning-delta'; readonly id: string; readonly text: string }
  | {
      readonly type: 'reasoning-end'
      readonly id: string
      readonly signature?: Signature
      readonly redacted?: boolean
      /** The vendor's own id of the item (Responses `rs_…`). */
      readonly itemId?: string
    }
  /** `id` names the block within the stream; `callId` is the id that the tool result will refer to. */
  | {
      readonly type: 'tool-input-start'
      readonly id: string
      readonly callId: string
      readonly name: string
      readonly kind?: 'function' | 'custom'
      /** Given here too where it is known at once (Gemini), for wires that must send it before the call. */
      readonly signature?: Signature
    }
  | { readonly type: 'tool-input-delta'; readonly id: string; readonly text: string }
  | { readonly type: 'tool-input-end'; readonly id: string; readonly signature?: Signature }
  | { readonly type: 'image'; readonly image: ImagePart }
  | { readonly type: 'opaque'; readonly part: OpaquePart }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'warning'; readonly warning: Warning }
  | { readonly type: 'finish'; readonly finish: Finish }
  | { readonly type: 'error'; readonly error: GatewayError }

/**
 * Whether the part shows the upstream is really answering, so that the request may be committed to it. White space is no answer, and
 * neither is an end without one (rule 127).
 */
export function isMeaningful(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return /\S/.test(part.text)
    case 'reasoning-end':
      return part.redacted === true
    case 'tool-input-start':
    case 'tool-input-delta':
    case 'tool-input-end':
    case 'image':
    case 'opaque':
      return true
    case 'finish':
      return explainsSilence(part.finish.unified)
    default:
      return false
  }
}

/** Reasons that say why there may be nothing to read. A model that stopped of its own accord, or to call a tool, must have said something. */
export function explainsSilence(reason: FinishReason): boolean {
  return reason !== 'stop' && reason !== 'tool-calls' && reason !== 'error'
}
