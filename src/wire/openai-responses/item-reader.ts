// Output items of a Responses stream, each with what has been passed on of it. Deltas come first, `done` events repeat the whole;
// a server may leave out either, and nothing may be given twice (rule 150).
import type { VendorFamily } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { base64Source } from '../data-url.ts'
import { textOf } from '../json-text.ts'
import { unpackSignature } from '../signatures.ts'
import { flatName } from './namespaces.ts'

interface Item {
  readonly key: number
  id: string | undefined
  isDone: boolean
  /** The open block of a message or reasoning item, or the block of a call. */
  block: string | undefined
  kind: 'text' | 'refusal' | 'reasoning' | 'call' | undefined
  /** Content or summary index of the open block. */
  part: number
  /** Content indices of a message that have been passed on. */
  readonly passed: Set<number>
  channel: 'summary' | 'content' | undefined
  hasInput: boolean
  annotations: JsonObject[]
}

export interface ItemReader {
  hasCalls(): boolean
  text(
    index: number | undefined,
    id: string | undefined,
    part: unknown,
    kind: 'text' | 'refusal',
    text: string | undefined,
    out: StreamPart[],
  ): void
  reasoning(
    index: number | undefined,
    id: string | undefined,
    channel: 'summary' | 'content',
    part: unknown,
    text: string | undefined,
    out: StreamPart[],
  ): void
  input(index: number | undefined, id: string | undefined, text: string | undefined, out: StreamPart[]): void
  annotation(index: number | undefined, id: string | undefined, annotation: JsonObject): void
  added(index: number | undefined, wireItem: JsonObject, out: StreamPart[]): void
  done(index: number | undefined, wireItem: JsonObject, out: StreamPart[]): void
  isDone(index: number, id: string | undefined): boolean
  /** Ends whatever the server left open. */
  end(out: StreamPart[]): void
}

export function createItemReader(family: VendorFamily): ItemReader {
  const items: Item[] = []
  let blocks = 0
  let hasCalls = false

  function itemFor(index: number | undefined, id: string | undefined): Item {
    const last = items.at(-1)
    if (last !== undefined && index !== undefined && last.key === index) return last
    const known =
      index !== undefined
        ? items.find((item) => item.key === index)
        : items.find((item) => item.id !== undefined && item.id === id)
    if (known !== undefined) return known
    if (index === undefined && id === undefined && last !== undefined && !last.isDone) return last
    const item: Item = {
      key: index ?? -1 - items.length,
      id,
      isDone: false,
      block: undefined,
      kind: undefined,
      part: 0,
      passed: new Set(),
      channel: undefined,
      hasInput: false,
      annotations: [],
    }
    items.push(item)
    return item
  }

  function open(item: Item, kind: 'text' | 'refusal' | 'reasoning', part: number, out: StreamPart[]): string {
    if (item.block !== undefined && item.kind === kind && (item.part === part || kind === 'reasoning'))
      return item.block
    closeText(item, out)
    item.block = `${kind}-${blocks++}`
    item.kind = kind
    item.part = part
    out.push({ type: `${kind}-start`, id: item.block })
    return item.block
  }

  function closeText(item: Item, out: StreamPart[]): void {
    if (item.block === undefined) return
    if (item.kind === 'text') {
      out.push({
        type: 'text-end',
        id: item.block,
        ...(item.annotations.length === 0 ? {} : { annotations: item.annotations }),
      })
      item.annotations = []
    } else if (item.kind === 'refusal') out.push({ type: 'refusal-end', id: item.block })
    else return
    item.block = undefined
  }

  function appendText(item: Item, part: number, kind: 'text' | 'refusal', text: string, out: StreamPart[]): void {
    const id = open(item, kind, part, out)
    item.passed.add(part)
    out.push({ type: `${kind}-delta`, id, text })
  }

  function appendReasoning(
    item: Item,
    channel: 'summary' | 'content',
    part: number,
    text: string,
    out: StreamPart[],
  ): void {
    // Rule 111: one channel only; some servers give the same thoughts as summary and as text.
    item.channel ??= channel
    if (item.channel !== channel) return
    const isNext = item.block !== undefined && item.part !== part
    const id = open(item, 'reasoning', part, out)
    item.part = part
    out.push({ type: 'reasoning-delta', id, text: isNext ? `\n\n${text}` : text })
  }

  function startCall(item: Item, wireItem: JsonObject, out: StreamPart[]): boolean {
    if (item.block !== undefined) return true
    const name = textOf(wireItem['name'])
    const callId = textOf(wireItem['call_id']) ?? textOf(wireItem['id'])
    if (!name || !callId) return false
    const namespace = textOf(wireItem['namespace'])
    item.block = `call-${blocks++}`
    item.kind = 'call'
    hasCalls = true
    out.push({
      type: 'tool-input-start',
      id: item.block,
      callId,
      name: namespace === undefined ? name : flatName(namespace, name),
      ...(wireItem['type'] === 'custom_tool_call' ? { kind: 'custom' as const } : {}),
    })
    return true
  }

  function finishMessage(item: Item, wireItem: JsonObject, out: StreamPart[]): void {
    const { content } = wireItem
    if (typeof content === 'string' && item.passed.size === 0 && content !== '')
      appendText(item, 0, 'text', content, out)
    if (Array.isArray(content)) {
      for (const [part, piece] of content.entries()) {
        if (!isJsonObject(piece)) continue
        const kind = piece['type'] === 'refusal' ? 'refusal' : 'text'
        const text = textOf(piece[kind]) ?? ''
        if (text !== '' && !item.passed.has(part)) appendText(item, part, kind, text, out)
        const isOpen = item.block !== undefined && item.part === part
        if (isOpen && Array.isArray(piece['annotations'])) item.annotations = piece['annotations'].filter(isJsonObject)
      }
    }
    closeText(item, out)
  }

  function finishReasoning(item: Item, wireItem: JsonObject, out: StreamPart[]): void {
    for (const channel of ['summary', 'content'] as const) {
      const pieces = wireItem[channel]
      if (item.block !== undefined && item.channel !== channel) continue
      if (item.channel !== undefined || !Array.isArray(pieces)) continue
      for (const [part, piece] of pieces.entries()) {
        const text = isJsonObject(piece) ? textOf(piece['text']) : undefined
        if (text) appendReasoning(item, channel, part, text, out)
      }
    }
    const encrypted = textOf(wireItem['encrypted_content'])
    // Neither words nor anything to be sent back: there is nothing to tell.
    if (item.block === undefined && !encrypted) return
    const id = open(item, 'reasoning', 0, out)
    const itemId = textOf(wireItem['id'])
    out.push({
      type: 'reasoning-end',
      id,
      ...(encrypted ? { signature: unpackSignature(encrypted, family).signature } : {}),
      ...(itemId === undefined ? {} : { itemId }),
    })
    item.block = undefined
  }

  function finishCall(item: Item, wireItem: JsonObject, out: StreamPart[]): void {
    if (!startCall(item, wireItem, out)) {
      out.push({
        type: 'warning',
        warning: {
          kind: 'dropped-tool-call',
          subject: String(item.key),
          message: 'A tool call without a name was dropped.',
        },
      })
      return
    }
    const id = item.block ?? ''
    const input = textOf(wireItem['type'] === 'custom_tool_call' ? wireItem['input'] : wireItem['arguments'])
    if (!item.hasInput && input) out.push({ type: 'tool-input-delta', id, text: input })
    out.push({ type: 'tool-input-end', id })
    item.block = undefined
  }

  function finishOther(wireItem: JsonObject, out: StreamPart[]): void {
    const result = textOf(wireItem['result'])
    if (wireItem['type'] === 'image_generation_call' && result) {
      const source = base64Source(result, `image/${textOf(wireItem['output_format']) ?? 'png'}`)
      // Rule 50: partial images are not passed on, so the finished one comes once.
      if (source !== undefined) out.push({ type: 'image', image: { type: 'image', source } })
      return
    }
    out.push({ type: 'opaque', part: { type: 'opaque', wire: 'openai-responses', value: wireItem } })
  }

  function done(index: number | undefined, wireItem: JsonObject, out: StreamPart[]): void {
    const item = itemFor(index, textOf(wireItem['id']))
    if (item.isDone) return
    item.isDone = true
    item.id ??= textOf(wireItem['id'])
    switch (wireItem['type']) {
      case 'message':
        finishMessage(item, wireItem, out)
        break
      case 'reasoning':
        finishReasoning(item, wireItem, out)
        break
      case 'function_call':
      case 'custom_tool_call':
        finishCall(item, wireItem, out)
        break
      default:
        finishOther(wireItem, out)
    }
  }

  return {
    hasCalls: () => hasCalls,
    text(index, id, part, kind, text, out) {
      const item = itemFor(index, id)
      if (text && !item.isDone) appendText(item, typeof part === 'number' ? part : 0, kind, text, out)
    },
    reasoning(index, id, channel, part, text, out) {
      const item = itemFor(index, id)
      if (text && !item.isDone) appendReasoning(item, channel, typeof part === 'number' ? part : 0, text, out)
    },
    input(index, id, text, out) {
      const item = itemFor(index, id)
      if (!text || item.isDone || item.block === undefined) return
      item.hasInput = true
      out.push({ type: 'tool-input-delta', id: item.block, text })
    },
    annotation(index, id, annotation) {
      itemFor(index, id).annotations.push(annotation)
    },
    added(index, wireItem, out) {
      const item = itemFor(index, textOf(wireItem['id']))
      const type = wireItem['type']
      if (type === 'function_call' || type === 'custom_tool_call') startCall(item, wireItem, out)
    },
    done,
    isDone(index, id) {
      return items.some((item) => item.isDone && (item.key === index || (id !== undefined && item.id === id)))
    },
    end(out) {
      for (const item of items) {
        if (item.isDone) continue
        item.isDone = true
        if (item.kind === 'reasoning' && item.block !== undefined) out.push({ type: 'reasoning-end', id: item.block })
        else if (item.kind === 'call' && item.block !== undefined) out.push({ type: 'tool-input-end', id: item.block })
        else closeText(item, out)
      }
    },
  }
}
