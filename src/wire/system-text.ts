// Rules about the text of system messages that several wires share.
import type { Message } from '../core/conversation.ts'

/** Claude Code's billing line changes with every request and defeats other vendors' prompt caches (rule 38). */
export function isBillingHeader(text: string): boolean {
  return text.startsWith('x-anthropic-billing-header')
}

/** A system message in mid-conversation for models that know no such role: at its place, marked as no words of the user (rule 27). */
export function asReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`
}

/** The system messages a conversation begins with, and the rest. */
export function splitHead(messages: readonly Message[]): { head: readonly Message[]; rest: readonly Message[] } {
  const first = messages.findIndex((message) => message.role !== 'system')
  return first === -1 ? { head: messages, rest: [] } : { head: messages.slice(0, first), rest: messages.slice(first) }
}

/** Stands in for a user turn that a wire demands and the client did not send (rules 31-33). */
export const neutralTurn = 'Continue.'
