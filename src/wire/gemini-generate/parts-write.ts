// Canonical parts to Gemini parts. A part that the wire cannot hold is refused when the request depends on it, else dropped with a
// warning.
import type { BinarySource, Part, Signature, ToolResultPart } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { LinkedPart, TargetModel } from '../../core/wire-format.ts'
import { base64Source } from '../data-url.ts'
import { toolInputObject } from '../json-repair.ts'
import { wordOf } from '../json-text.ts'
import type { GeminiQuirks } from './quirks.ts'
import { quirksOf } from './quirks.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

/** Makes Gemini 3 accept a call that it did not make itself, as its documentation on thought signatures allows (rule 110). */
export const bypassSignature = 'skip_thought_signature_validator'

/** The parts of one canonical part, tool results excepted. */
export function writePart(part: Exclude<Part, ToolResultPart>, context: WriteContext): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal': {
      const signature = part.type === 'text' ? signatureOf(part.signature) : {}
      // An empty text is sent only for the signature it holds (rules 35, 109).
      return part.text === '' && !('thoughtSignature' in signature) ? [] : [{ text: part.text, ...signature }]
    }
    case 'image':
      if (context.target.capabilities.vision !== false) return writeMedia(part.source, part.type, context)
      // Rule 49: a note rather than a refusal that would end the conversation.
      warn(context, 'dropped-part', 'image', 'The model reads no images; a note stands in their place.')
      return [{ text: '[An image was left out: this model cannot see it.]' }]
    case 'audio':
    case 'video':
      return writeMedia(part.source, part.type, context)
    case 'document': {
      const { source, title } = part
      if (source.kind !== 'text') return writeMedia(source, 'document', context)
      if (source.text === '') return []
      return [{ text: title === undefined ? source.text : `${title}\n\n${source.text}` }]
    }
    case 'reasoning':
      return writeReasoning(part.text, part.signature, context)
    case 'tool-call': {
      const input =
        part.kind === 'custom' ? { value: { input: part.input }, repaired: false } : toolInputObject(part.input)
      if (input.repaired)
        warn(context, 'repaired-input', part.name, 'Arguments of an earlier call were no JSON object.')
      const name = context.names.toUpstream(part.name)
      const id = context.quirks.callIds ? { id: part.id } : {}
      return [{ functionCall: { ...id, name, args: input.value }, ...signatureOf(part.signature) }]
    }
    case 'opaque':
      if (part.wire === 'gemini-generate') return [part.value]
      warn(context, 'dropped-part', wordOf(part.value['type']), 'A block of another vendor cannot be sent.')
      return []
  }
}

/** Only Google's own signatures go back to it (rule 107). */
function signatureOf(signature: Signature | undefined): { thoughtSignature?: string } {
  return signature?.family === 'google' ? { thoughtSignature: signature.value } : {}
}

function writeReasoning(text: string, signature: Signature | undefined, context: WriteContext): JsonObject[] {
  if (signature?.family === 'google') return [{ text, thought: true, thoughtSignature: signature.value }]
  warn(context, 'dropped-reasoning', 'messages', 'Reasoning without a signature of Google is not sent back to it.')
  return []
}

/** Whether the server gets what lies at an address itself. */
function isFetched(url: string, { externalUrls }: GeminiQuirks): boolean {
  return externalUrls || /^https:\/\/(?:www\.)?(?:youtube\.com|youtu\.be)\//.test(url)
}

export function needsBytes(part: LinkedPart, url: string, target: TargetModel): boolean {
  if (part.type === 'image' && target.capabilities.vision === false) return false
  return !isFetched(url, quirksOf(target))
}

/** Files at Google and films at YouTube are named; other addresses only where the server fetches them (rules 41, 45). */
function writeMedia(source: BinarySource, what: string, context: WriteContext): JsonObject[] {
  if (source.kind === 'base64') {
    const sound = base64Source(source.data, source.mediaType)
    if (sound?.kind === 'base64') return [{ inlineData: { mimeType: sound.mediaType, data: sound.data } }]
    warn(context, 'dropped-part', what, `The data of the ${what} is no base64.`)
    return []
  }
  const mimeType = source.mediaType === undefined ? {} : { mimeType: source.mediaType }
  if (source.kind === 'file') {
    if (source.family === 'google') return [{ fileData: { ...mimeType, fileUri: source.id } }]
    throw new GatewayError(
      'invalid_request',
      `The ${what} refers to a file at another vendor; send its content instead.`,
      { parameter: what },
    )
  }
  if (isFetched(source.url, context.quirks)) return [{ fileData: { ...mimeType, fileUri: source.url } }]
  throw new GatewayError(
    'unsupported',
    `Gemini does not fetch the ${what} from its address; send its content instead.`,
    { parameter: what },
  )
}

/** A result and the media that stand beside it. */
export interface WrittenResult {
  readonly response: JsonObject
  readonly beside: JsonObject[]
}

export function writeResult(part: ToolResultPart, context: WriteContext): WrittenResult {
  const texts: string[] = []
  const media: JsonObject[] = []
  for (const inner of part.parts) {
    for (const written of writePart(inner, context)) {
      if (typeof written['text'] === 'string') texts.push(written['text'])
      else media.push(written)
    }
  }
  const isWithin = context.quirks.functionResponseParts && media.length > 0
  const id = context.quirks.callIds ? { id: part.callId } : {}
  const name = context.names.toUpstream(part.name ?? part.callId)
  const response = responseOf(part, texts.join('\n'))
  return {
    response: { functionResponse: { ...id, name, response, ...(isWithin ? { parts: media } : {}) } },
    beside: isWithin ? [] : media,
  }
}

/** An object as it is, everything else wrapped once (rules 92, 93, 95). */
function responseOf(part: ToolResultPart, text: string): JsonObject {
  const { structured, isError = false } = part
  if (structured === undefined) return isError ? { error: text } : { result: text }
  if (!isJsonObject(structured)) return isError ? { error: structured } : { result: structured }
  return isError && !('error' in structured) ? { error: structured } : structured
}
