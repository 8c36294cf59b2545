// Answers that end without a word. They are failures (rule 127), unless the model is known to have chosen to say nothing, or the
// caller gave texts to stop at: then nothing is what comes before the first of them.
import type { ChatRequest, Finish } from '../core/conversation.ts'
import type { StreamPart } from '../core/stream.ts'
import { mergeUsage, unknownUsage } from '../core/usage.ts'
import type { WireFormat } from '../core/wire-format.ts'

/** Whether the request may be answered by nothing. Read only when it was. */
export function mayBeSilent(request: () => ChatRequest): boolean {
  try {
    return (request().stop?.length ?? 0) > 0
  } catch {
    return false
  }
}

/** Whether a stream of nothing but these parts is an answer. */
export function isChosenSilence(
  wire: WireFormat,
  parts: readonly StreamPart[],
  requestMayBeSilent: () => boolean,
): boolean {
  let finish: Finish | undefined
  let usage = unknownUsage
  let isBare = true
  for (const part of parts) {
    if (part.type === 'error') return false
    if (part.type === 'finish') finish = part.finish
    else if (part.type === 'usage') usage = mergeUsage(usage, part.usage)
    else if (part.type !== 'start' && part.type !== 'warning') isBare = false
  }
  if (finish?.unified !== 'stop') return false
  return (isBare && wire.inspect.isChosenSilence?.(finish, usage) === true) || requestMayBeSilent()
}
