// Brings a conversation into the order that every wire with tools demands (rules 32, 88-91): roles alternate, each call is
// answered at the start of the next user message, in call order, exactly once. Nothing is ever attached to a wrong call.
import type { Message, Part, ToolCallPart, ToolResultPart, Warning } from '../core/conversation.ts'

interface OwnMessage extends Message {
  readonly parts: Part[]
}

type Warn = (kind: string, subject: string, message: string) => void

/** Text of a result that the client never sent. */
export const missingResultText = 'No result: the call was interrupted.'

/**
 * Merges neighbours of one role and pairs calls with results. System messages stay where they are, except those that stand
 * between a call and its result: they follow the results.
 */
export function pairToolResults(messages: readonly Message[], warnings: Warning[]): Message[] {
  const warn: Warn = (kind, subject, message) => warnings.push({ kind, subject, message })
  const paired: OwnMessage[] = []
  const seenIds = new Set<string>()
  let position = 0
  while (position < messages.length) {
    const message = messages[position]
    if (message === undefined) break
    if (message.role !== 'assistant') {
      appendMerged(paired, { ...message, parts: orphansToText(message.parts, position, warn) })
      position += 1
      continue
    }
    const [turn, next] = takeTurn(messages, position, 'assistant')
    const calls = turn.filter((part) => part.type === 'tool-call')
    if (calls.length === 0) {
      // A turn is a list made here and nobody else's, so it needs no copy; it never stands beside another one.
      paired.push({ role: 'assistant', parts: turn })
      position = next
      continue
    }
    const [answers, end] = takeAnswers(messages, next)
    const ids = uniqueIds(calls, seenIds)
    appendMerged(paired, { role: 'assistant', parts: turn.map((part) => withId(part, ids)) })
    const { results, others } = matchResults(calls, ids, answers, position, warn)
    appendMerged(paired, { role: 'user', parts: [...results, ...others] })
    for (const between of messages.slice(next, end)) if (between.role === 'system') appendMerged(paired, between)
    position = end
  }
  return paired
}

function takeTurn(messages: readonly Message[], start: number, role: 'assistant'): [Part[], number] {
  const parts: Part[] = []
  let position = start
  for (; messages[position]?.role === role; position++) parts.push(...(messages[position]?.parts ?? []))
  return [parts, position]
}

/** The parts of all user messages up to the next assistant turn, system messages skipped when user messages follow them. */
function takeAnswers(messages: readonly Message[], start: number): [Part[], number] {
  let end = start
  for (let position = start; position < messages.length && messages[position]?.role !== 'assistant'; position++) {
    const isResult = messages[position]?.parts.some((part) => part.type === 'tool-result') ?? false
    if (isResult || (position === end && messages[position]?.role === 'user')) end = position + 1
  }
  const users = messages.slice(start, end).filter((message) => message.role === 'user')
  return [users.flatMap((message) => message.parts), end]
}

/** Ids that are unique in the whole conversation; the second use of one gets a suffix (rule 88). */
function uniqueIds(calls: readonly ToolCallPart[], seen: Set<string>): Map<ToolCallPart, string> {
  const ids = new Map<ToolCallPart, string>()
  for (const call of calls) {
    let id = call.id
    for (let count = 2; seen.has(id); count++) id = `${call.id}_${count}`
    seen.add(id)
    ids.set(call, id)
  }
  return ids
}

function withId(part: Part, ids: ReadonlyMap<ToolCallPart, string>): Part {
  if (part.type !== 'tool-call') return part
  const id = ids.get(part)
  return id === undefined || id === part.id ? part : { ...part, id }
}

function matchResults(
  calls: readonly ToolCallPart[],
  ids: ReadonlyMap<ToolCallPart, string>,
  answers: readonly Part[],
  position: number,
  warn: Warn,
): { results: Part[]; others: Part[] } {
  const byId = new Map<string, ToolResultPart[]>()
  const others: Part[] = []
  const wanted = new Map<string, number>()
  for (const call of calls) wanted.set(call.id, (wanted.get(call.id) ?? 0) + 1)
  for (const part of answers) {
    if (part.type !== 'tool-result') others.push(part)
    else if (wanted.has(part.callId)) {
      const found = byId.get(part.callId)
      if (found === undefined) byId.set(part.callId, [part])
      else found.push(part)
    } else others.push(...resultAsText(part, `messages[${position}]`, warn))
  }
  const results = calls.map((call): Part => {
    const found = byId.get(call.id) ?? []
    const count = wanted.get(call.id) ?? 1
    // With one call of the id the last result wins (rule 91); equal ids are matched by order (rule 88).
    const result = count === 1 ? found.at(-1) : found.shift()
    const callId = ids.get(call) ?? call.id
    if (result !== undefined) return { ...result, callId, name: call.name }
    warn('invented-result', `messages[${position}]`, `The call "${call.name}" has no result in the conversation.`)
    return {
      type: 'tool-result',
      callId,
      name: call.name,
      isError: true,
      parts: [{ type: 'text', text: missingResultText }],
    }
  })
  return { results, others }
}

function orphansToText(parts: readonly Part[], position: number, warn: Warn): readonly Part[] {
  if (!parts.some((part) => part.type === 'tool-result')) return parts
  return parts.flatMap((part): Part[] =>
    part.type === 'tool-result' ? resultAsText(part, `messages[${position}]`, warn) : [part],
  )
}

/** A result whose call is not in the conversation is said in words (rule 90). */
function resultAsText(result: ToolResultPart, subject: string, warn: Warn): Part[] {
  warn('orphan-result', subject, 'A tool result without its call is sent as text.')
  const label: Part = { type: 'text', text: `Result of the tool call ${result.name ?? result.callId}:` }
  if (result.parts.length > 0) return [label, ...result.parts]
  return result.structured === undefined ? [] : [label, { type: 'text', text: JSON.stringify(result.structured) }]
}

/** Parts are pushed onto a list of our own: a copy for each of many neighbours would be quadratic. */
function appendMerged(messages: OwnMessage[], message: Message): void {
  const last = messages.at(-1)
  if (last === undefined || last.role !== message.role || message.role === 'system') {
    messages.push({ ...message, parts: [...message.parts] })
    return
  }
  for (const part of message.parts) last.parts.push(part)
}
