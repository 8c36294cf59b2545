// Parts of user messages and tool results as content of the Chat wire (rules 40-46). What the target cannot take becomes a note
// in the text, so that the model knows something was there.
import type { BinarySource, DocumentPart, Part } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { LinkedPart, TargetModel } from '../../core/wire-format.ts'
import { dataUrlOf, urlOfSource } from '../data-url.ts'
import { quirksOf } from './quirks.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

/** One content part, or undefined for what is left out. `subject` names the place in warnings and errors. */
export function writeContentPart(part: Part, subject: string, context: WriteContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      // Rule 35: empty texts are refused by some and say nothing.
      return part.text === '' ? undefined : withCache({ type: 'text', text: part.text }, part, context)
    case 'image':
      return withCache(writeImage(part.source, part.detail, subject, context), part, context)
    case 'document':
      return withCache(writeDocument(part, subject, context), part, context)
    case 'audio':
      return writeAudio(part.source, subject, context)
    case 'video': {
      const url = urlOfSource(part.source)
      if (url === undefined) throw foreignFile(part.source, subject)
      return { type: 'video_url', video_url: { url } }
    }
    case 'opaque':
      if (part.wire === 'openai-chat') return part.value
      warn(context, 'dropped-part', subject, `A block that only ${part.wire} understands was left out.`)
      return undefined
    default:
      // Rule 98: reasoning and calls are the assistant's alone; elsewhere they are not believed.
      warn(context, 'dropped-part', subject, `A part of type ${part.type} has no place in a user message.`)
      return undefined
  }
}

/** What the wire or the server takes as data only (rule 41). */
export function needsBytes(part: LinkedPart, _: string, target: TargetModel): boolean {
  const { files, externalUrls } = quirksOf(target)
  switch (part.type) {
    case 'image':
      return !externalUrls && target.capabilities.vision !== false
    case 'document':
      return files
    case 'audio':
      return true
    case 'video':
      return false
  }
}

function writeImage(
  source: BinarySource,
  detail: string | undefined,
  subject: string,
  context: WriteContext,
): JsonObject {
  if (context.target.capabilities.vision === false) {
    warn(context, 'dropped-part', subject, 'The model cannot see images; a note was put in its place.')
    return { type: 'text', text: '[An image was here; this model cannot see images.]' }
  }
  const url = urlOfSource(source)
  if (url === undefined) throw foreignFile(source, subject)
  // `original` is known to the Responses wire only.
  const known = detail === 'original' ? 'high' : detail
  return { type: 'image_url', image_url: { url, ...(known === undefined ? {} : { detail: known }) } }
}

function writeDocument(part: DocumentPart, subject: string, context: WriteContext): JsonObject {
  const { source, title } = part
  if (source.kind === 'text') return { type: 'text', text: documentText(part, source.text) }
  if (source.kind === 'file') {
    if (source.family !== context.quirks.family) throw foreignFile(source, subject)
    return { type: 'file', file: { file_id: source.id } }
  }
  if (source.kind === 'url' || !context.quirks.files) {
    warn(context, 'dropped-part', subject, 'The target takes no documents of this kind; a note was put in its place.')
    const name = source.kind === 'url' ? source.url : (title ?? 'without a name')
    return { type: 'text', text: `[A document was here that this model cannot read: ${name}]` }
  }
  return { type: 'file', file: { filename: title ?? 'document.pdf', file_data: dataUrlOf(source) } }
}

/** A document of plain text as one text, with what is known about it at the head (rule 44). */
export function documentText(part: DocumentPart, text: string): string {
  return [part.title ?? '', part.context ?? '', text].filter((line) => line !== '').join('\n\n')
}

function writeAudio(source: BinarySource, subject: string, context: WriteContext): JsonObject | undefined {
  if (source.kind === 'file') throw foreignFile(source, subject)
  if (source.kind === 'url') {
    warn(context, 'dropped-part', subject, 'Audio can only be sent as data on this wire.')
    return { type: 'text', text: `[Audio was here that this model cannot hear: ${source.url}]` }
  }
  return { type: 'input_audio', input_audio: { data: source.data, format: audioFormat(source.mediaType) } }
}

/** The wire's short word for a media type (rule 46). */
export function audioFormat(mediaType: string): string {
  const format = mediaType.replace(/^audio\/(?:x-)?/, '').split(';')[0] ?? ''
  return format === 'mpeg' ? 'mp3' : format === 'wave' ? 'wav' : format
}

function foreignFile(source: BinarySource, subject: string): GatewayError {
  const id = source.kind === 'file' ? ` "${source.id}"` : ''
  return new GatewayError(
    'unsupported',
    `The file${id} at ${subject} is stored at another vendor and cannot be sent to this one.`,
    {
      parameter: subject,
    },
  )
}

function withCache(content: JsonObject, part: Part, context: WriteContext): JsonObject {
  if (part.cache === undefined || !context.quirks.cacheControl) return content
  return { ...content, cache_control: cacheControl(part.cache.ttl) }
}

/** Rule 119: Anthropic's breakpoint, as OpenRouter and other gateways to Claude take it. */
export function cacheControl(ttl: '5m' | '1h' | undefined): JsonObject {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl }
}
