// Stop reasons, both ways (rules 122, 123, 125).
import type { Finish, FinishReason } from '../../core/conversation.ts'

const unified: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'context-length',
  pause_turn: 'pause',
  refusal: 'content-filter',
}

/** A turn ends in tool calls exactly when it holds any (rule 125): some servers say `end_turn` all the same, or the reverse. */
export function readFinish(raw: string, stopSequence: unknown, hasCalls: boolean): Finish {
  let reason = unified[raw] ?? 'other'
  if (reason === 'tool-calls' && !hasCalls) reason = 'stop'
  if (reason === 'stop' && hasCalls) reason = 'tool-calls'
  return { unified: reason, raw, ...(typeof stopSequence === 'string' ? { stopSequence } : {}) }
}

const written: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'context-length': 'model_context_window_exceeded',
  'content-filter': 'refusal',
  pause: 'pause_turn',
  error: 'end_turn',
  other: 'end_turn',
}

export interface StopFields {
  readonly stop_reason: string
  readonly stop_sequence: string | null
}

/** `hasRefusal`: some vendors refuse in words and call it an ordinary end. */
export function writeFinish(finish: Finish, hasCalls: boolean, hasRefusal: boolean): StopFields {
  let reason = written[finish.unified]
  if (reason === 'tool_use' && !hasCalls) reason = 'end_turn'
  if (reason === 'end_turn' && hasCalls) reason = 'tool_use'
  if (reason === 'end_turn' && hasRefusal) reason = 'refusal'
  if (reason === 'end_turn' && finish.stopSequence !== undefined) reason = 'stop_sequence'
  return { stop_reason: reason, stop_sequence: finish.stopSequence ?? null }
}
