// Reads text out of the content fields of questions, in any wire: a string, or a list of parts with `text`.
import { isJsonObject, type JsonValue } from '../../src/core/json.ts'

export function textOfContent(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join('')
}
