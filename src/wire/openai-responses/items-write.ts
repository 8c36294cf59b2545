// The conversation as `instructions` and `input` items of the Responses wire. The order of parts within a turn is kept: this
// wire can interleave texts, reasoning and calls (rule 97).
import type { Message, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { wrapInput } from '../custom-tools.ts'
import { toolInputText } from '../json-repair.ts'
import { structuredText } from '../openai-chat/messages-write.ts'
import type { WriteContext } from '../openai-chat/write-context.ts'
import { warn, warnOnce, wireCallId } from '../openai-chat/write-context.ts'
import { isBillingHeader } from '../system-text.ts'
import { markError } from '../tool-error-mark.ts'
import { pairToolResults } from '../tool-pairing.ts'
import { inputText, writeInputPart } from './content-write.ts'
import type { Namespaces } from './namespaces.ts'

export interface ItemContext extends WriteContext {
  /** Flat name -> namespace and name within; empty for targets that know no namespaces. */
  readonly namespaces: Namespaces
}

export interface WrittenInput {
  readonly instructions: string | undefined
  readonly input: JsonObject[]
}

/** Rules 26, 28: system text at the head becomes the instructions; what a client called `developer` stays an item. */
export function writeInput(messages: readonly Message[], context: ItemContext): WrittenInput {
  const paired = pairToolResults(messages, context.warnings)
  const asItems = context.quirks.instructions === 'developer'
  let start = 0
  const instructions: string[] = []
  for (; !asItems && paired[start]?.role === 'system' && paired[start]?.developer !== true; start++) {
    instructions.push(...systemTexts(paired[start]?.parts ?? []))
  }
  const input: JsonObject[] = []
  const freeCalls = new Set<string>()
  for (const [index, message] of paired.entries()) {
    if (index < start) continue
    if (message.role === 'system') writeSystem(message, input, context)
    else if (message.role === 'user') writeUser(message, index, freeCalls, input, context)
    else writeAssistant(message.parts, index, freeCalls, input, context)
  }
  const text = instructions.join('\n\n')
  return { instructions: text === '' ? context.quirks.defaultInstructions : text, input }
}

function systemTexts(parts: readonly Part[]): string[] {
  return parts.flatMap((part) =>
    part.type === 'text' && part.text !== '' && !isBillingHeader(part.text) ? [part.text] : [],
  )
}

function writeSystem(message: Message, input: JsonObject[], context: ItemContext): void {
  const texts = systemTexts(message.parts)
  if (texts.length === 0) return
  const isDeveloper =
    message.developer === true || context.quirks.developerRole || context.quirks.instructions === 'developer'
  input.push({ type: 'message', role: isDeveloper ? 'developer' : 'system', content: texts.map(inputText) })
}

function writeUser(
  message: Message,
  index: number,
  freeCalls: ReadonlySet<string>,
  input: JsonObject[],
  context: ItemContext,
): void {
  const content: JsonObject[] = []
  for (const [place, part] of message.parts.entries()) {
    const subject = `messages[${index}].parts[${place}]`
    if (part.type === 'tool-result') input.push(writeResult(part, freeCalls, subject, context))
    else {
      const piece = writeInputPart(part, subject, context)
      if (piece !== undefined) content.push(piece)
    }
  }
  if (content.length > 0) input.push({ type: 'message', role: 'user', content })
}

/** Rules 93, 94: text as a string, anything with images as a list of parts. */
function writeResult(
  part: ToolResultPart,
  freeCalls: ReadonlySet<string>,
  subject: string,
  context: ItemContext,
): JsonObject {
  const head = {
    type: freeCalls.has(part.callId) ? 'custom_tool_call_output' : 'function_call_output',
    call_id: wireCallId(part.callId, context.quirks),
  }
  if (part.parts.length === 0 && part.structured !== undefined) {
    return { ...head, output: markError(structuredText(part.structured), part.isError) }
  }
  const isText = part.parts.every((inner) => inner.type === 'text')
  if (isText) {
    const text = part.parts.map((inner) => (inner.type === 'text' ? inner.text : '')).join('\n')
    return { ...head, output: markError(text, part.isError) }
  }
  const output: JsonObject[] = part.isError === true ? [inputText(markError('', true))] : []
  for (const inner of part.parts) {
    const piece = writeInputPart(inner, subject, context)
    if (piece !== undefined) output.push(piece)
  }
  return { ...head, output }
}

function writeAssistant(
  parts: readonly Part[],
  index: number,
  freeCalls: Set<string>,
  input: JsonObject[],
  context: ItemContext,
): void {
  let message: { readonly phase: unknown; readonly content: JsonObject[] } | undefined
  for (const [place, part] of parts.entries()) {
    if (part.type === 'text' || part.type === 'refusal') {
      if (part.text === '') continue
      const phase = part.extras?.['openai-responses']?.['phase']
      if (message === undefined || message.phase !== phase) {
        message = { phase, content: [] }
        const named = typeof phase === 'string' ? { phase } : {}
        input.push({ type: 'message', role: 'assistant', content: message.content, ...named })
      }
      message.content.push(
        part.type === 'text' ? { type: 'output_text', text: part.text } : { type: 'refusal', refusal: part.text },
      )
      continue
    }
    message = undefined
    if (part.type === 'tool-call') input.push(writeCall(part, freeCalls, context))
    else if (part.type === 'reasoning') {
      const item = writeReasoning(part, isFollowed(parts, place), context)
      if (item !== undefined) input.push(item)
    } else if (part.type === 'opaque' && part.wire === 'openai-responses' && context.quirks.family === 'openai') {
      input.push(part.value)
    } else {
      warn(
        context,
        'dropped-part',
        `messages[${index}].parts[${place}]`,
        `A part of type ${part.type} cannot be sent back here.`,
      )
    }
  }
}

/** Rule 113: reasoning needs the item that came of it. */
function isFollowed(parts: readonly Part[], place: number): boolean {
  return parts.slice(place + 1).some((part) => part.type !== 'reasoning')
}

/** Rule 107: reasoning goes back only to the family that encrypted it; plain reasoning has no place in the input. */
function writeReasoning(part: ReasoningPart, isFollowedByItem: boolean, context: ItemContext): JsonObject | undefined {
  const isOwn = part.signature !== undefined && part.signature.family === (context.quirks.family ?? 'openai')
  if (!isOwn || !isFollowedByItem) {
    warnOnce(context, 'dropped-reasoning', 'input', 'Earlier reasoning is not sent back to this target.')
    return undefined
  }
  return {
    type: 'reasoning',
    ...(part.id?.startsWith('rs_') ? { id: part.id } : {}),
    summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
    encrypted_content: part.signature?.value,
  }
}

function writeCall(call: ToolCallPart, freeCalls: Set<string>, context: ItemContext): JsonObject {
  const call_id = wireCallId(call.id, context.quirks)
  if (call.kind === 'custom' && context.quirks.customTools) {
    freeCalls.add(call.id)
    return { type: 'custom_tool_call', call_id, name: context.names.toUpstream(call.name), input: call.input }
  }
  const input = call.kind === 'custom' ? { text: wrapInput(call.input), repaired: false } : toolInputText(call.input)
  if (input.repaired) warnOnce(context, 'repaired-arguments', call.name, 'Arguments in the history were no valid JSON.')
  const within = context.namespaces.get(call.name)
  const name =
    within === undefined ? { name: context.names.toUpstream(call.name) } : { namespace: within.name, name: within.tool }
  return { type: 'function_call', call_id, ...name, arguments: input.text }
}
