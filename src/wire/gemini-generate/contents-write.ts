// System instruction and contents of the Gemini wire: turns alternate and a user begins, every call is answered in the next turn,
// responses first (rules 25, 27, 30, 31, 33, 89, 90, 110).
import type { Message, Part } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { asReminder, isBillingHeader, neutralTurn, splitHead } from '../system-text.ts'
import { pairToolResults } from '../tool-pairing.ts'
import { bypassSignature, writePart, writeResult } from './parts-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export interface WireContent {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
}

export interface WireContents {
  readonly systemInstruction?: JsonObject
  readonly contents: WireContent[]
}

export function writeContents(context: WriteContext): WireContents {
  const { head, rest } = splitHead(context.request.messages)
  const system = head.flatMap((message) => systemTexts(message, context))
  const contents: WireContent[] = []
  for (const message of pairToolResults(rest, context.warnings)) {
    if (message.role === 'system') {
      append(
        contents,
        'user',
        systemTexts(message, context).map((text) => ({ text: asReminder(text) })),
      )
    } else if (message.role === 'user') append(contents, 'user', userParts(message.parts, context))
    else append(contents, 'model', modelParts(message.parts, context))
  }
  if (contents[0]?.role !== 'user') {
    warn(context, 'invented-turn', 'contents', 'Gemini needs a user turn first; a neutral one was added.')
    contents.unshift({ role: 'user', parts: [{ text: neutralTurn }] })
  }
  if (contents.at(-1)?.role === 'model' && !context.quirks.prefill) {
    warn(context, 'invented-turn', 'contents', 'Gemini continues no turn of its own; a neutral user turn was added.')
    contents.push({ role: 'user', parts: [{ text: neutralTurn }] })
  }
  if (system.length === 0) return { contents }
  const parts = system.map((text) => ({ text }))
  if (context.quirks.systemInstruction) return { systemInstruction: { parts }, contents }
  // Rule 30: as further parts of the first user turn, whose own parts stay.
  contents[0]?.parts.unshift(...parts)
  return { contents }
}

function systemTexts(message: Message, context: WriteContext): string[] {
  return message.parts.flatMap((part) => {
    if (part.type === 'text') return part.text.trim() === '' || isBillingHeader(part.text) ? [] : [part.text]
    warn(context, 'dropped-part', `system ${part.type}`, 'System messages hold text only.')
    return []
  })
}

function append(contents: WireContent[], role: WireContent['role'], parts: JsonObject[]): void {
  if (parts.length === 0) return
  const last = contents.at(-1)
  if (last === undefined || last.role !== role) contents.push({ role, parts })
  else for (const part of parts) last.parts.push(part)
}

/** All responses first, then the media beside them, then what the user says. */
function userParts(parts: readonly Part[], context: WriteContext): JsonObject[] {
  const responses: JsonObject[] = []
  const beside: JsonObject[] = []
  const others: JsonObject[] = []
  for (const part of parts) {
    if (part.type === 'tool-result') {
      const written = writeResult(part, context)
      responses.push(written.response)
      beside.push(...written.beside)
    } else others.push(...writePart(part, context))
  }
  return [...responses, ...beside, ...others]
}

/** The first call of a step carries the signature; where the history has none of Google's, the bypass (rule 110). */
function modelParts(parts: readonly Part[], context: WriteContext): JsonObject[] {
  const written = parts.flatMap((part) => (part.type === 'tool-result' ? [] : writePart(part, context)))
  if (!context.quirks.requiresSignatures) return written
  const first = written.findIndex((part) => isJsonObject(part['functionCall']))
  const call = written[first]
  if (call !== undefined && call['thoughtSignature'] === undefined) {
    written[first] = { ...call, thoughtSignature: bypassSignature }
  }
  return written
}
