// The conversation as messages of the Chat wire. Each message is written from itself alone, so that a longer conversation has
// the same beginning (rule 120); only the replay of reasoning depends on where the last question stands (rule 112).
import type { Message, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { wrapInput } from '../custom-tools.ts'
import { toolInputText } from '../json-repair.ts'
import { asReminder, isBillingHeader, splitHead } from '../system-text.ts'
import { markError } from '../tool-error-mark.ts'
import { pairToolResults } from '../tool-pairing.ts'
import { cacheControl, documentText, writeContentPart } from './content-write.ts'
import { detailsOfSignature } from './reasoning-details.ts'
import type { WriteContext } from './write-context.ts'
import { warn, warnOnce, wireCallId } from './write-context.ts'

export function writeMessages(messages: readonly Message[], context: WriteContext): JsonObject[] {
  const paired = pairToolResults(messages, context.warnings)
  if (context.quirks.systemRole) return writeEach(paired, context)
  const { head, rest } = splitHead(paired)
  const written = writeEach(rest, context)
  return putBeforeFirstUser(
    head.flatMap((message) => systemTexts(message, context)),
    written,
  )
}

function writeEach(messages: readonly Message[], context: WriteContext): JsonObject[] {
  const lastQuestion = messages.findLastIndex(
    (message) => message.role === 'user' && message.parts.some((part) => part.type !== 'tool-result'),
  )
  const written: JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') writeSystem(message, written, context)
    else if (message.role === 'user') writeUser(message, index, written, context)
    else writeAssistant(message, index, index > lastQuestion, written, context)
  }
  return written
}

function systemTexts(message: Message, context: WriteContext): string[] {
  const texts: string[] = []
  for (const part of message.parts) {
    if (part.type !== 'text') warnOnce(context, 'dropped-part', 'system', 'Only text is allowed in system messages.')
    else if (part.text !== '' && !isBillingHeader(part.text)) texts.push(part.text)
  }
  return texts
}

function writeSystem(message: Message, written: JsonObject[], context: WriteContext): void {
  const texts = systemTexts(message, context)
  if (texts.length === 0) return
  // Without a system role, what comes in mid-conversation is marked, not moved to the top: that would spoil prompt caches.
  if (!context.quirks.systemRole) {
    written.push({ role: 'user', content: asReminder(texts.join('\n\n')) })
    return
  }
  const role = context.quirks.developerRole ? 'developer' : 'system'
  const hasBreakpoint = context.quirks.cacheControl && message.parts.some((part) => part.cache !== undefined)
  written.push({ role, content: hasBreakpoint ? cachedTexts(message) : texts.join('\n\n') })
}

function cachedTexts(message: Message): JsonObject[] {
  return message.parts.flatMap((part) =>
    part.type !== 'text' || part.text === '' || isBillingHeader(part.text)
      ? []
      : [{ type: 'text', text: part.text, ...(part.cache && { cache_control: cacheControl(part.cache.ttl) }) }],
  )
}

/** Rule 30: the system text as one more part of the first question; its images and texts stay as they are. */
function putBeforeFirstUser(texts: readonly string[], written: JsonObject[]): JsonObject[] {
  if (texts.length === 0) return written
  const text = texts.join('\n\n')
  const first = written[0]
  if (first?.['role'] !== 'user') return [{ role: 'user', content: text }, ...written]
  const { content } = first
  const merged: JsonValue = Array.isArray(content) ? [{ type: 'text', text }, ...content] : `${text}\n\n${content}`
  return [{ ...first, content: merged }, ...written.slice(1)]
}

function writeUser(message: Message, index: number, written: JsonObject[], context: WriteContext): void {
  const content: JsonObject[] = []
  for (const [place, part] of message.parts.entries()) {
    const subject = `messages[${index}].parts[${place}]`
    if (part.type === 'tool-result') written.push(writeResult(part, subject, content, context))
    else {
      const piece = writeContentPart(part, subject, context)
      if (piece !== undefined) content.push(piece)
    }
  }
  if (content.length === 0) return
  const name =
    message.name !== undefined && !context.quirks.rejects.includes('messages.name') ? { name: message.name } : {}
  written.push({ role: 'user', content: plainWherePossible(content, context), ...name })
}

function plainWherePossible(content: JsonObject[], context: WriteContext): JsonValue {
  const texts = content.map((piece) =>
    piece['type'] === 'text' && !('cache_control' in piece) ? piece['text'] : undefined,
  )
  const isPlain = texts.every((text) => typeof text === 'string')
  return isPlain && (texts.length === 1 || !context.quirks.contentParts) ? texts.join('\n\n') : content
}

/** Rules 93, 94: an empty result is a result; images wait for the user message that follows, under a line that says whose they are. */
function writeResult(part: ToolResultPart, subject: string, after: JsonObject[], context: WriteContext): JsonObject {
  const id = wireCallId(part.callId, context.quirks)
  const texts: string[] = []
  const media: JsonObject[] = []
  for (const inner of part.parts) {
    if (inner.type === 'text') texts.push(inner.text)
    else if (inner.type === 'document' && inner.source.kind === 'text')
      texts.push(documentText(inner, inner.source.text))
    else {
      const piece = writeContentPart(inner, subject, context)
      if (piece?.['type'] === 'text') texts.push(String(piece['text']))
      else if (piece !== undefined) media.push(piece)
    }
  }
  if (part.parts.length === 0 && part.structured !== undefined) texts.push(structuredText(part.structured))
  if (media.length > 0 && !context.quirks.toolImages) {
    texts.push('[The images of this result follow in the next message.]')
    after.push({ type: 'text', text: `From the result of the tool call ${id}:` }, ...media)
  }
  const text = markError(texts.join('\n'), part.isError)
  const inline = media.length > 0 && context.quirks.toolImages
  return { role: 'tool', tool_call_id: id, content: inline ? [{ type: 'text', text }, ...media] : text }
}

/** Rule 95. */
export function structuredText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function writeAssistant(
  message: Message,
  index: number,
  isOpenTurn: boolean,
  written: JsonObject[],
  context: WriteContext,
): void {
  if (message.parts.every((part) => part.type === 'text')) {
    const content = joinTexts(message.parts)
    if (content !== '') written.push({ role: 'assistant', content })
    return
  }
  const calls = message.parts.filter((part) => part.type === 'tool-call').map((call) => writeCall(call, context))
  const refusal = message.parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('')
  const text = joinTexts(message.parts)
  for (const part of message.parts) {
    if (part.type === 'image' || part.type === 'opaque' || part.type === 'document') {
      warn(
        context,
        'dropped-part',
        `messages[${index}]`,
        `An assistant message cannot hold a part of type ${part.type} here.`,
      )
    }
  }
  if (text === '' && calls.length === 0 && refusal === '') return
  written.push({
    role: 'assistant',
    content: text === '' ? (calls.length > 0 || refusal !== '' ? null : '') : text,
    ...(refusal === '' ? {} : { refusal }),
    ...writeReasoning(message.parts, isOpenTurn, context),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  })
}

/** Rule 97: adjacent texts belong together, texts with something else between them are paragraphs. */
export function joinTexts(parts: readonly Part[]): string {
  let text = ''
  let isApart = false
  for (const part of parts) {
    if (part.type !== 'text') isApart = true
    else if (part.text !== '') {
      text += (isApart && text !== '' ? '\n\n' : '') + part.text
      isApart = false
    }
  }
  return text
}

function writeCall(call: ToolCallPart, context: WriteContext): JsonObject {
  const id = wireCallId(call.id, context.quirks)
  const name = context.names.toUpstream(call.name)
  const isFree = call.kind === 'custom'
  if (isFree && context.quirks.customTools) return { id, type: 'custom', custom: { name, input: call.input } }
  const input = isFree ? { text: wrapInput(call.input), repaired: false } : toolInputText(call.input)
  if (input.repaired) warnOnce(context, 'repaired-arguments', call.name, 'Arguments in the history were no valid JSON.')
  const isSigned =
    call.signature !== undefined && call.signature.family === 'google' && context.quirks.family === 'google'
  return {
    id,
    type: 'function',
    function: { name, arguments: input.text },
    ...(isSigned ? { extra_content: { google: { thought_signature: call.signature?.value } } } : {}),
  }
}

/** Rules 107, 111, 112: plain text under the name the server knows, and signed pieces only to OpenRouter that issued them. */
function writeReasoning(parts: readonly Part[], isOpenTurn: boolean, context: WriteContext): JsonObject {
  const reasoning = parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
  if (reasoning.length === 0) return {}
  const { reasoningField, reasoningReplay } = context.quirks
  if (reasoningField === 'none' || (reasoningReplay === 'tool-loop' && !isOpenTurn)) {
    warnOnce(context, 'dropped-reasoning', 'messages', 'Earlier reasoning is not sent back to this target.')
    return {}
  }
  if (reasoningField === 'reasoning_details') {
    const details = reasoning.flatMap((part) => detailsOfSignature(part.signature))
    if (details.length > 0) return { reasoning_details: details }
  }
  const text = reasoning.map((part) => (part.redacted === true ? '' : part.text)).join('')
  if (text === '') return {}
  return reasoningField === 'reasoning_content' ? { reasoning_content: text } : { reasoning: text }
}
