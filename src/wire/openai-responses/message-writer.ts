// Text and refusals of a Responses stream: content parts of message items. One part and one message are open at a time; a message
// is finished before an item of another kind begins (rule 155), and text that goes on after that begins a new one.
import type { JsonObject } from '../../core/json.ts'
import { responsesCitations } from '../citations.ts'
import type { IdMaker } from './items-out.ts'
import { messageItem, textContent } from './items-out.ts'

/** What the writers of one stream share: how events are numbered and the output so far. */
export interface StreamOutput {
  readonly items: JsonObject[]
  readonly makeId: IdMaker
  nextSequence(): number
  event(type: string, fields: JsonObject): string
}

export interface MessageWriter {
  begin(block: string, kind: 'text' | 'refusal'): void
  delta(block: string, text: string): string
  end(block: string, annotations: readonly JsonObject[]): string
  /** Finishes the open message, if there is one. */
  close(): string
}

interface Part {
  readonly kind: 'text' | 'refusal'
  /** Where the part is, once its first text has come: a block that stays empty leaves nothing behind. */
  place: { readonly itemId: string; readonly index: number; readonly contentIndex: number } | undefined
  text: string
}

export function createMessageWriter(output: StreamOutput): MessageWriter {
  const parts = new Map<string, Part>()
  let message: { readonly index: number; readonly id: string; readonly content: JsonObject[] } | undefined
  let open: Part | undefined

  function openPart(part: Part): string {
    let events = closePart([])
    if (message === undefined) {
      const index = output.items.length
      const item = messageItem(output.makeId('msg', index), [], 'in_progress')
      output.items.push(item)
      message = { index, id: String(item['id']), content: [] }
      events += output.event('response.output_item.added', { output_index: index, item })
    }
    open = part
    part.place = { itemId: message.id, index: message.index, contentIndex: message.content.length }
    message.content.push({})
    return events + output.event('response.content_part.added', { ...placeOf(part), part: contentOf(part, []) })
  }

  function closePart(annotations: readonly JsonObject[]): string {
    const part = open
    open = undefined
    if (part?.place === undefined) return ''
    const place = placeOf(part)
    const content = contentOf(part, annotations)
    let events = ''
    for (const [annotation_index, annotation] of responsesCitations(annotations, part.text.length).entries()) {
      events += output.event('response.output_text.annotation.added', { ...place, annotation_index, annotation })
    }
    if (part.kind === 'text') {
      events += output.event('response.output_text.done', { ...place, text: part.text, logprobs: [] })
    } else events += output.event('response.refusal.done', { ...place, refusal: part.text })
    if (message !== undefined) message.content[part.place.contentIndex] = content
    part.place = undefined
    part.text = ''
    return events + output.event('response.content_part.done', { ...place, part: content })
  }

  return {
    begin(block, kind) {
      parts.set(block, { kind, place: undefined, text: '' })
    },
    delta(block, text) {
      const part = parts.get(block)
      if (part === undefined || text === '') return ''
      const opening = part.place === undefined ? openPart(part) : ''
      part.text += text
      const place = part.place
      const type = part.kind === 'text' ? 'response.output_text.delta' : 'response.refusal.delta'
      const logprobs = part.kind === 'text' ? ',"logprobs":[]' : ''
      return (
        `${opening}event: ${type}\ndata: {"type":"${type}","sequence_number":${output.nextSequence()},` +
        `"item_id":"${place?.itemId}","output_index":${place?.index},"content_index":${place?.contentIndex},` +
        `"delta":${JSON.stringify(text)}${logprobs}}\n\n`
      )
    },
    end(block, annotations) {
      const part = parts.get(block)
      parts.delete(block)
      return part !== undefined && part === open ? closePart(annotations) : ''
    },
    close() {
      if (message === undefined) return ''
      const events = closePart([])
      const { index, id, content } = message
      const item = messageItem(id, content, 'completed')
      output.items[index] = item
      message = undefined
      return events + output.event('response.output_item.done', { output_index: index, item })
    },
  }
}

function placeOf(part: Part): JsonObject {
  const { place } = part
  return { item_id: place?.itemId, output_index: place?.index, content_index: place?.contentIndex }
}

function contentOf(part: Part, annotations: readonly JsonObject[]): JsonObject {
  return part.kind === 'text' ? textContent(part.text, annotations) : { type: 'refusal', refusal: part.text }
}
