// System texts and messages of the Anthropic wire: roles alternate, a user begins, tool results come first, prefills only where
// they are allowed (rules 24, 27, 31-35, 89).
import type { Message } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { wordOf } from '../json-text.ts'
import { asReminder, isBillingHeader, neutralTurn, splitHead } from '../system-text.ts'
import { pairToolResults } from '../tool-pairing.ts'
import { writePart } from './content-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export interface WireMessage {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: JsonObject[]
}

export interface WireConversation {
  readonly system: JsonObject[]
  readonly messages: WireMessage[]
}

export function writeConversation(context: WriteContext): WireConversation {
  const { head, rest } = splitHead(context.request.messages)
  const system = head.flatMap((message) => systemBlocks(message, context))
  const messages: WireMessage[] = []
  for (const message of pairToolResults(rest, context.warnings)) {
    const { role } = message
    if (role !== 'system')
      append(
        messages,
        role,
        message.parts.flatMap((part) => writePart(part, context)),
      )
    else if (context.quirks.midSystemRole) append(messages, role, systemBlocks(message, context))
    else append(messages, 'user', systemBlocks(message, context).map(remind))
  }
  ensureUserFirst(messages, context)
  endRightly(messages, context)
  return { system, messages }
}

function systemBlocks(message: Message, context: WriteContext): JsonObject[] {
  return message.parts.flatMap((part) => {
    if (part.type !== 'text') {
      warn(context, 'dropped-part', `system ${part.type}`, 'System messages hold text only.')
      return []
    }
    return isBillingHeader(part.text) && !context.quirks.billingHeader ? [] : writePart(part, context)
  })
}

function remind(block: JsonObject): JsonObject {
  return { ...block, text: asReminder(wordOf(block['text'])) }
}

/** Messages that hold nothing are left out, and what then stands side by side is merged (rules 32, 35). */
function append(messages: WireMessage[], role: WireMessage['role'], content: JsonObject[]): void {
  if (content.length === 0) return
  const last = messages.at(-1)
  if (last === undefined || last.role !== role) messages.push({ role, content })
  else for (const block of content) last.content.push(block)
}

function ensureUserFirst(messages: WireMessage[], context: WriteContext): void {
  const first = messages.find((message) => message.role !== 'system')
  if (first?.role === 'user') return
  warn(context, 'invented-turn', 'messages', 'Claude needs a user message first; a neutral one was added.')
  messages.unshift({ role: 'user', content: [{ type: 'text', text: neutralTurn }] })
}

/** A last assistant message is a prefill: without white space at its end, or left out where it is refused (rule 34). */
function endRightly(messages: WireMessage[], context: WriteContext): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return
  if (!context.quirks.prefill) {
    messages.pop()
    warn(context, 'dropped-prefill', 'messages', 'The model continues no assistant message; the last one was left out.')
    return
  }
  const block = last.content.at(-1)
  if (block?.['type'] === 'text')
    last.content[last.content.length - 1] = { ...block, text: wordOf(block['text']).trimEnd() }
  // Thinking may not stand at the end of a turn that is to be continued.
  while (wordOf(last.content.at(-1)?.['type']).endsWith('thinking')) last.content.pop()
  if (last.content.length === 0) messages.pop()
}

/** Whether the conversation ends in a tool loop whose calls do not begin with thinking, as budgets demand it (rule 108). */
export function lacksThinkingInLoop(messages: readonly WireMessage[]): boolean {
  const answer = messages.at(-1)
  if (answer?.role !== 'user' || answer.content[0]?.['type'] !== 'tool_result') return false
  const calls = messages.findLast((message) => message.role === 'assistant')
  return !wordOf(calls?.content[0]?.['type']).endsWith('thinking')
}
