// Canonical parts to Anthropic content blocks. A part that the wire cannot hold is refused when the request depends on it, else
// dropped with a warning.
import type {
  BinarySource,
  DocumentPart,
  ImagePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { LinkedPart, TargetModel } from '../../core/wire-format.ts'
import { anthropicCallIds, fitCallId } from '../call-ids.ts'
import { base64Source } from '../data-url.ts'
import { toolInputObject } from '../json-repair.ts'
import { hasInk, wordOf } from '../json-text.ts'
import { quirksOf } from './quirks.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** The blocks of one part; none for parts that hold nothing (rule 35) or cannot be sent. */
export function writePart(part: Part, context: WriteContext): JsonObject[] {
  switch (part.type) {
    case 'text':
      return writeText(part, context)
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
    case 'image':
      return writeImage(part, context)
    case 'document':
      return writeDocument(part, context)
    case 'audio':
    case 'video':
      throw new GatewayError('unsupported', `The model takes no ${part.type} input.`, { parameter: part.type })
    case 'reasoning':
      return writeReasoning(part, context)
    case 'tool-call': {
      const input =
        part.kind === 'custom' ? { value: { input: part.input }, repaired: false } : toolInputObject(part.input)
      if (input.repaired)
        warn(context, 'repaired-input', part.name, 'Arguments of an earlier call were no JSON object.')
      const name = context.names.toUpstream(part.name)
      return [
        {
          ...own(part),
          type: 'tool_use',
          id: fitCallId(part.id, anthropicCallIds),
          name,
          input: input.value,
          ...cacheOf(part, context),
        },
      ]
    }
    case 'tool-result':
      return [writeResult(part, context)]
    case 'opaque':
      if (part.wire === 'anthropic-messages') return [part.value]
      warn(context, 'dropped-part', wordOf(part.value['type']), 'A block of another vendor cannot be sent.')
      return []
  }
}

/** Fields that an Anthropic client set and only this wire knows. */
function own(part: Part): JsonObject {
  return part.extras?.['anthropic-messages'] ?? {}
}

export function cacheOf(part: Pick<Part, 'cache'>, context: WriteContext): JsonObject {
  if (part.cache === undefined || !context.quirks.cacheControl) return {}
  return { cache_control: { type: 'ephemeral', ...(part.cache.ttl === undefined ? {} : { ttl: part.cache.ttl }) } }
}

function writeText(part: TextPart, context: WriteContext): JsonObject[] {
  if (!hasInk(part.text)) return []
  // Most texts are nothing else, and a conversation has many.
  if (!part.extras && !part.annotations && !part.cache) return [{ type: 'text', text: part.text }]
  const citations = part.annotations?.filter((annotation) => wordOf(annotation['type']).endsWith('_location')) ?? []
  return [
    {
      ...own(part),
      type: 'text',
      text: part.text,
      ...(citations.length === 0 ? {} : { citations }),
      ...cacheOf(part, context),
    },
  ]
}

/** Anthropic fetches by https only (rule 41). */
export function needsBytes(part: LinkedPart, url: string, target: TargetModel): boolean {
  if (part.type === 'audio' || part.type === 'video') return false
  if (part.type === 'image' && target.capabilities.vision === false) return false
  return !quirksOf(target).externalUrls || !url.startsWith('https:')
}

function writeImage(part: ImagePart, context: WriteContext): JsonObject[] {
  if (context.target.capabilities.vision === false) return [imageNote(context)]
  const source = writeSource(part.source, 'image', context)
  if (source === undefined) return []
  const type = source['media_type']
  if (typeof type === 'string' && !imageTypes.has(type)) {
    throw new GatewayError('unsupported', `Claude reads PNG, JPEG, GIF and WebP images, not ${type}.`, {
      parameter: 'image',
    })
  }
  return [{ ...own(part), type: 'image', source, ...cacheOf(part, context) }]
}

/** Stands for an image that the model cannot see (rule 49). */
function imageNote(context: WriteContext): JsonObject {
  warn(context, 'dropped-part', 'image', 'The model reads no images; a note stands in their place.')
  return { type: 'text', text: '[An image was left out: this model cannot see it.]' }
}

/** A source as the wire has it; undefined for data that is no base64, which would fail the whole conversation (rule 43). */
function writeSource(source: BinarySource, what: string, context: WriteContext): JsonObject | undefined {
  if (source.kind === 'url') {
    if (/^https?:\/\//i.test(source.url)) return { type: 'url', url: source.url }
    throw new GatewayError('unsupported', `The ${what} lies at an address that Claude cannot fetch.`, {
      parameter: what,
    })
  }
  if (source.kind === 'file') {
    if (source.family === 'anthropic') return { type: 'file', file_id: source.id }
    throw new GatewayError(
      'invalid_request',
      `The ${what} refers to a file at another vendor; send its content instead.`,
      { parameter: what },
    )
  }
  const sound = base64Source(source.data, source.mediaType)
  if (sound?.kind === 'base64') return { type: 'base64', media_type: sound.mediaType, data: sound.data }
  warn(context, 'dropped-part', what, `The data of the ${what} is no base64.`)
  return undefined
}

function writeDocument(part: DocumentPart, context: WriteContext): JsonObject[] {
  const original = own(part)['block']
  if (original !== undefined) return [original as JsonObject]
  const source = documentSource(part, context)
  if (source === undefined) return []
  const { title, context: about } = part
  return [
    {
      ...own(part),
      type: 'document',
      source,
      ...(title === undefined ? {} : { title }),
      ...(about === undefined ? {} : { context: about }),
      ...cacheOf(part, context),
    },
  ]
}

function documentSource(part: DocumentPart, context: WriteContext): JsonObject | undefined {
  if (part.source.kind === 'text') return plainText(part.source.text)
  if (part.source.kind === 'base64' && part.source.mediaType !== 'application/pdf') {
    const { mediaType, data } = part.source
    if (!/^text\/|[/+](?:json|xml|yaml|javascript|x-sh)$/.test(mediaType)) {
      throw new GatewayError('unsupported', `Claude reads PDF and text documents, not ${mediaType}.`, {
        parameter: 'document',
      })
    }
    return plainText(Buffer.from(data, 'base64').toString('utf8'))
  }
  return writeSource(part.source, 'document', context)
}

function plainText(text: string): JsonObject | undefined {
  return text.trim() === '' ? undefined : { type: 'text', media_type: 'text/plain', data: text }
}

/** Only what Anthropic itself signed goes back, verbatim (rules 106, 107, 114). */
function writeReasoning(part: ReasoningPart, context: WriteContext): JsonObject[] {
  if (part.signature?.family === 'anthropic') {
    if (part.redacted === true) return [{ type: 'redacted_thinking', data: part.signature.value }]
    return [{ type: 'thinking', thinking: part.text, signature: part.signature.value }]
  }
  if (context.quirks.unsignedThinking && part.redacted !== true && part.text !== '') {
    return [{ type: 'thinking', thinking: part.text, signature: '' }]
  }
  warn(context, 'dropped-reasoning', 'messages', 'Reasoning that Anthropic did not sign cannot be sent back to it.')
  return []
}

/** Empty results are valid (rule 93); structured ones are said as JSON text (rule 95). */
function writeResult(part: ToolResultPart, context: WriteContext): JsonObject {
  const content = part.parts.flatMap((inner) => writeResultPart(inner, context))
  if (content.length === 0 && part.parts.length === 0 && part.structured !== undefined) {
    const { structured } = part
    content.push({ type: 'text', text: typeof structured === 'string' ? structured : JSON.stringify(structured) })
  }
  return {
    ...own(part),
    type: 'tool_result',
    tool_use_id: fitCallId(part.callId, anthropicCallIds),
    ...(content.length === 0 ? {} : { content }),
    ...(part.isError === true ? { is_error: true } : {}),
    ...cacheOf(part, context),
  }
}

function writeResultPart(part: ToolResultPart['parts'][number], context: WriteContext): JsonObject[] {
  if (part.type !== 'audio' && part.type !== 'video') return writePart(part, context)
  warn(context, 'dropped-part', part.type, `Claude takes no ${part.type} in tool results.`)
  return [{ type: 'text', text: `[${part.type} left out]` }]
}
