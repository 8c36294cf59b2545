// Content of a Chat request: strings and typed parts (rules 40-46). Parts of an unknown type are kept for the same wire.
import type { BinarySource, CacheHint, DocumentPart, Part, TextPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { base64Source, sourceOfUrl } from '../data-url.ts'
import { textOf } from '../json-text.ts'
import { invalidInput } from '../read-input.ts'

type Content = string | readonly JsonObject[] | null | undefined

/** Every part of a message's content. Empty texts are left out (rule 35). */
export function readContent(content: Content, path: string): Part[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  const parts: Part[] = []
  for (const [index, wirePart] of content.entries()) {
    const part = readPart(wirePart, `${path}[${index}]`)
    if (part !== undefined) parts.push(part)
  }
  return parts
}

function readPart(part: JsonObject, path: string): Part | undefined {
  const cache = cacheOf(part['cache_control'])
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text': {
      const text = need(part['text'], `${path}.text`)
      return text === '' ? undefined : { type: 'text', text, ...cache }
    }
    case 'refusal':
      return { type: 'refusal', text: need(part['refusal'], `${path}.refusal`) }
    case 'image_url':
      return { ...readImage(part['image_url'], path), ...cache }
    case 'input_audio':
      return { ...readAudio(part['input_audio'], path), ...cache }
    case 'video_url': {
      const holder = part['video_url']
      const source = sourceOfUrl(need(isJsonObject(holder) ? holder['url'] : holder, `${path}.video_url.url`))
      return source === undefined ? unreadable('A video') : { type: 'video', source, ...cache }
    }
    case 'file':
      return { ...readFile(part['file'], path), ...cache }
    case 'thinking': {
      // Mistral's reasoning models (table R).
      const { thinking } = part
      const text = Array.isArray(thinking)
        ? thinking.map((inner) => (isJsonObject(inner) ? textOf(inner['text']) : '')).join('')
        : textOf(thinking)
      return text ? { type: 'reasoning', text } : undefined
    }
    default:
      return { type: 'opaque', wire: 'openai-chat', value: part }
  }
}

function readImage(holder: unknown, path: string): Part {
  const url = need(isJsonObject(holder) ? holder['url'] : holder, `${path}.image_url.url`)
  const source = sourceOfUrl(url)
  if (source === undefined) return unreadable('An image')
  const detail = isJsonObject(holder) ? holder['detail'] : undefined
  const isKnown = detail === 'auto' || detail === 'low' || detail === 'high'
  return { type: 'image', source, ...(isKnown ? { detail } : {}) }
}

function readAudio(holder: unknown, path: string): Part {
  if (!isJsonObject(holder)) throw invalidInput(`${path}.input_audio`, 'an object is expected')
  const format = textOf(holder['format']) ?? 'wav'
  const source = base64Source(need(holder['data'], `${path}.input_audio.data`), audioType(format))
  return source === undefined ? unreadable('Audio') : { type: 'audio', source }
}

/** Rule 46: `mp3` is the wire's word for audio/mpeg. */
export function audioType(format: string): string {
  return `audio/${format === 'mp3' ? 'mpeg' : format}`
}

function readFile(holder: unknown, path: string): Part {
  if (!isJsonObject(holder)) throw invalidInput(`${path}.file`, 'an object is expected')
  const title = textOf(holder['filename'])
  const id = textOf(holder['file_id'])
  const data = textOf(holder['file_data'])
  if (id !== undefined) return documentOf({ kind: 'file', id, family: 'openai' }, title)
  if (data === undefined) throw invalidInput(`${path}.file`, 'neither file_data nor file_id is there')
  const source = /^(?:data|https?):/i.test(data) ? sourceOfUrl(data) : base64Source(data, 'application/pdf')
  return source === undefined ? unreadable('A file') : documentOf(source, title)
}

function documentOf(source: BinarySource, title: string | undefined): DocumentPart {
  return { type: 'document', source, ...(title === undefined ? {} : { title }) }
}

/** Rule 43: broken data would make a vendor refuse the whole conversation, now and in every later turn. */
export function unreadable(what: string): TextPart {
  return { type: 'text', text: `[${what} was here whose data could not be read.]` }
}

export function cacheOf(control: unknown): { cache?: CacheHint } {
  if (!isJsonObject(control)) return {}
  const { ttl } = control
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}

export function need(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw invalidInput(path, 'a string is expected')
}
