// Parts of user messages and tool results as content of the Responses wire (rules 40-46, 94).
import type { DocumentPart, Part } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { LinkedPart, TargetModel } from '../../core/wire-format.ts'
import { dataUrlOf } from '../data-url.ts'
import { audioFormat, documentText } from '../openai-chat/content-write.ts'
import { quirksOf } from '../openai-chat/quirks.ts'
import type { WriteContext } from '../openai-chat/write-context.ts'
import { warn } from '../openai-chat/write-context.ts'

/** Documents may lie at an address on this wire; sound may not (rule 41). */
export function needsBytes(part: LinkedPart, _: string, target: TargetModel): boolean {
  const { externalUrls, files } = quirksOf(target)
  switch (part.type) {
    case 'image':
      return !externalUrls && target.capabilities.vision !== false
    case 'document':
      return !externalUrls && files
    case 'audio':
      return true
    case 'video':
      return false
  }
}

/** One content part of a user message or of a tool result; undefined for what is left out. */
export function writeInputPart(part: Part, subject: string, context: WriteContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : inputText(part.text)
    case 'image': {
      if (context.target.capabilities.vision === false) {
        warn(context, 'dropped-part', subject, 'The model cannot see images; a note was put in its place.')
        return inputText('[An image was here; this model cannot see images.]')
      }
      const { source } = part
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      if (source.kind === 'file') {
        return { type: 'input_image', file_id: ownFile(source.id, source.family, subject, context), ...detail }
      }
      return { type: 'input_image', image_url: source.kind === 'url' ? source.url : dataUrlOf(source), ...detail }
    }
    case 'document':
      return writeDocument(part, subject, context)
    case 'audio':
      if (part.source.kind === 'base64') {
        const { data, mediaType } = part.source
        return { type: 'input_audio', input_audio: { data, format: audioFormat(mediaType) } }
      }
      break
    case 'opaque':
      if (part.wire === 'openai-responses') return part.value
      break
  }
  warn(context, 'dropped-part', subject, `A part of type ${part.type} cannot be sent on this wire.`)
  return undefined
}

function writeDocument(part: DocumentPart, subject: string, context: WriteContext): JsonObject {
  const { source, title } = part
  if (source.kind === 'text') return inputText(documentText(part, source.text))
  if (source.kind === 'file') {
    return { type: 'input_file', file_id: ownFile(source.id, source.family, subject, context) }
  }
  if (!context.quirks.files) {
    warn(context, 'dropped-part', subject, 'The target takes no documents; a note was put in its place.')
    return inputText(`[A document was here that this model cannot read: ${title ?? 'without a name'}]`)
  }
  // The wire wants a name beside data and refuses one beside an address.
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url }
  return { type: 'input_file', filename: title ?? 'document.pdf', file_data: dataUrlOf(source) }
}

/** Rule 45. */
function ownFile(id: string, family: string, subject: string, context: WriteContext): string {
  if (family === context.quirks.family) return id
  throw new GatewayError(
    'unsupported',
    `The file "${id}" at ${subject} is stored at another vendor and cannot be sent to this one.`,
    {
      parameter: subject,
    },
  )
}

export function inputText(text: string): JsonObject {
  return { type: 'input_text', text }
}
