// Content of Responses items: strings and typed parts (rules 40-46). Parts of an unknown type are kept for the same wire.
import type { BinarySource, Part } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { base64Source, sourceOfUrl } from '../data-url.ts'
import { textOf } from '../json-text.ts'
import { audioType, need, unreadable } from '../openai-chat/content-read.ts'
import { invalidInput } from '../read-input.ts'

/** Every part of an item's content or output. Empty texts are left out (rule 35). */
export function readContent(content: unknown, path: string): Part[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalidInput(path, 'a string or a list of parts is expected')
  const parts: Part[] = []
  for (const [index, piece] of content.entries()) {
    const place = `${path}[${index}]`
    if (!isJsonObject(piece)) throw invalidInput(place, 'an object is expected')
    const part = readPart(piece, place)
    if (part !== undefined) parts.push(part)
  }
  return parts
}

function readPart(part: JsonObject, path: string): Part | undefined {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text': {
      const text = need(part['text'], `${path}.text`)
      if (text === '') return undefined
      const annotations = Array.isArray(part['annotations']) ? part['annotations'].filter(isJsonObject) : []
      return { type: 'text', text, ...(annotations.length === 0 ? {} : { annotations }) }
    }
    case 'refusal':
      return { type: 'refusal', text: need(part['refusal'], `${path}.refusal`) }
    case 'input_image':
      return readImage(part, path)
    case 'input_file':
      return readFile(part, path)
    case 'input_audio': {
      const holder = isJsonObject(part['input_audio']) ? part['input_audio'] : part
      const format = textOf(holder['format']) ?? 'wav'
      const source = base64Source(need(holder['data'], `${path}.input_audio.data`), audioType(format))
      return source === undefined ? unreadable('Audio') : { type: 'audio', source }
    }
    default:
      return { type: 'opaque', wire: 'openai-responses', value: part }
  }
}

function readImage(part: JsonObject, path: string): Part {
  const { detail, image_url: holder } = part
  const id = textOf(part['file_id'])
  const url = isJsonObject(holder) ? holder['url'] : holder
  const source: BinarySource | undefined =
    id !== undefined && !url ? { kind: 'file', id, family: 'openai' } : sourceOfUrl(need(url, `${path}.image_url`))
  if (source === undefined) return unreadable('An image')
  const isKnown = detail === 'auto' || detail === 'low' || detail === 'high' || detail === 'original'
  return { type: 'image', source, ...(isKnown ? { detail } : {}) }
}

function readFile(part: JsonObject, path: string): Part {
  const name = textOf(part['filename'])
  const title = name === undefined ? {} : { title: name }
  const id = textOf(part['file_id'])
  const url = textOf(part['file_url'])
  const data = textOf(part['file_data'])
  if (id) return { type: 'document', source: { kind: 'file', id, family: 'openai' }, ...title }
  if (url) return { type: 'document', source: { kind: 'url', url }, ...title }
  if (data === undefined) throw invalidInput(path, 'neither file_data, file_url nor file_id is there')
  const source = /^data:/i.test(data) ? sourceOfUrl(data) : base64Source(data, 'application/pdf')
  return source === undefined ? unreadable('A file') : { type: 'document', source, ...title }
}
