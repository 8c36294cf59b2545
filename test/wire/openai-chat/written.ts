// What a Chat request looks like once it is written, for tests.
import type { ChatRequest } from '../../../src/core/conversation.ts'
import type { TargetModel } from '../../../src/core/wire-format.ts'
import { writeRequest } from '../../../src/wire/openai-chat/request-write.ts'
import { requestOf, targetOf } from '../requests.ts'

type Written = Record<string, unknown> & { messages: Record<string, unknown>[] }

/** The body as the vendor gets it. */
export function bodyOf(fields: Partial<ChatRequest>, target: TargetModel = targetOf()): Written {
  return JSON.parse(JSON.stringify(writeRequest(requestOf(fields), target).body))
}

export function messagesOf(
  messages: ChatRequest['messages'],
  quirks: Record<string, unknown> = {},
): Record<string, unknown>[] {
  return bodyOf({ messages }, targetOf(quirks)).messages
}

export function warningsOf(fields: Partial<ChatRequest>, target: TargetModel = targetOf()): string[] {
  return writeRequest(requestOf(fields), target).warnings.map((warning) => `${warning.kind} ${warning.subject}`)
}

export function listOf<T>(value: unknown): T[] {
  return value as T[]
}
