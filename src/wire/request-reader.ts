// What reading a request has in common on all wires: hints from outside the body, and bodies nested so deeply that reading them
// exhausts the stack, which no honest client sends.
import type { ChatRequest } from '../core/conversation.ts'
import { invalidInput } from './read-input.ts'

/** What the path says rather than the body (rule 2). */
export interface ReadHints {
  readonly model?: string
  readonly stream?: boolean
}

export function requestReader(
  read: (body: unknown, hints: ReadHints) => ChatRequest,
): (body: unknown, hints?: ReadHints) => ChatRequest {
  return (body, hints = {}) => {
    try {
      return read(body, hints)
    } catch (thrown) {
      if (thrown instanceof RangeError) throw invalidInput('', 'it is nested too deeply')
      throw thrown
    }
  }
}
