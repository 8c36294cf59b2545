// Search results that support an answer, as citations and back (rule 51).
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'

/** The web pages of a grounding, as `url_citation` annotations. */
export function citationsOf(metadata: JsonObject): JsonObject[] {
  const chunks = metadata['groundingChunks'] ?? metadata['grounding_chunks']
  if (!Array.isArray(chunks)) return []
  return chunks.flatMap((chunk) => {
    const web = isJsonObject(chunk) ? chunk['web'] : undefined
    if (!isJsonObject(web) || typeof web['uri'] !== 'string') return []
    return [
      { type: 'url_citation', url: web['uri'], ...(typeof web['title'] === 'string' ? { title: web['title'] } : {}) },
    ]
  })
}

/** Citations with an address as grounding; undefined when there is none. */
export function groundingOf(annotations: readonly JsonObject[]): JsonObject | undefined {
  const chunks = annotations.flatMap((annotation) => {
    const inner = annotation['url_citation']
    const citation = isJsonObject(inner) ? inner : annotation
    const { url, title } = citation
    if (typeof url !== 'string') return []
    return [{ web: { uri: url, ...(typeof title === 'string' ? { title } : {}) } }]
  })
  return chunks.length === 0 ? undefined : { groundingChunks: chunks }
}
