// Citations of web pages in the forms of both OpenAI wires (rule 51). Readers keep a vendor's annotations as they came; what
// cannot be said in the client's form is left out and the text stays whole.
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** Kinds that only the Responses wire has; they come from it and go back to it. */
const responsesKinds: ReadonlySet<unknown> = new Set(['file_citation', 'container_file_citation', 'file_path'])

/** Flat, as the Responses wire has them. A citation without a place is one of the whole text, since clients demand numbers. */
export function responsesCitations(annotations: readonly JsonObject[], textLength: number): JsonObject[] {
  return annotations.flatMap((annotation) => {
    if (responsesKinds.has(annotation['type'])) return [annotation]
    const page = pageOf(annotation, textLength)
    return page === undefined ? [] : [{ type: 'url_citation', ...page }]
  })
}

/** Nested, as the Chat wire has them. */
export function chatCitations(annotations: readonly JsonObject[], textLength: number): JsonObject[] {
  return annotations.flatMap((annotation) => {
    const page = pageOf(annotation, textLength)
    return page === undefined ? [] : [{ type: 'url_citation', url_citation: page }]
  })
}

function pageOf(annotation: JsonObject, textLength: number): JsonObject | undefined {
  const inner = annotation['url_citation']
  const { url, title, start_index, end_index } = isJsonObject(inner) ? inner : annotation
  if (typeof url !== 'string') return undefined
  return {
    start_index: typeof start_index === 'number' ? start_index : 0,
    end_index: typeof end_index === 'number' ? end_index : textLength,
    url,
    title: typeof title === 'string' ? title : url,
  }
}
