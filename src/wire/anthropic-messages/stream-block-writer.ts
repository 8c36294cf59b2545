// The events of single content blocks. At most one is open; its index is given when it opens, so that nothing leaves a gap, and a
// text block opens with its first text, so that none is empty (rule 147).
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { citationsOf, signatureCarrier, thinkingSignature } from './block-write.ts'

export interface BlockWriter {
  write(part: StreamPart): string
  /** A block that is complete in itself. */
  whole(value: JsonObject): string
  /** Ends the open block, if there is one. */
  close(): string
}

type Open = 'none' | 'text' | 'thinking' | 'tool' | 'custom-tool'

export function createBlockWriter(): BlockWriter {
  let index = 0
  let open: Open = 'none'
  /** The beginning of every delta of the open block, put together once. */
  let deltaHead = ''

  function start(kind: Exclude<Open, 'none'>, block: JsonObject, field: string): string {
    const before = close()
    open = kind
    deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{${field}`
    return before + startEvent(block)
  }

  function startEvent(block: JsonObject): string {
    return `event: content_block_start\ndata: ${JSON.stringify({ type: 'content_block_start', index, content_block: block })}\n\n`
  }

  function stopEvent(): string {
    return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index++}}\n\n`
  }

  function otherDelta(delta: JsonObject): string {
    return `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta })}\n\n`
  }

  function close(): string {
    if (open === 'none') return ''
    const last = open === 'custom-tool' ? `${deltaHead}"\\"}"}}\n\n` : ''
    open = 'none'
    return last + stopEvent()
  }

  function whole(value: JsonObject): string {
    return close() + startEvent(value) + stopEvent()
  }

  function write(part: StreamPart): string {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta': {
        if (part.text === '') return ''
        const before = open === 'text' ? '' : start('text', { type: 'text', text: '' }, '"type":"text_delta","text":')
        return `${before}${deltaHead}${JSON.stringify(part.text)}}}\n\n`
      }
      case 'reasoning-start':
        return ''
      case 'reasoning-delta':
        return part.text === '' ? '' : `${openThinking()}${deltaHead}${JSON.stringify(part.text)}}}\n\n`
      case 'reasoning-end':
        return endReasoning(part)
      case 'tool-input-start':
        return startTool(part)
      case 'tool-input-delta':
        if (open === 'tool') return `${deltaHead}${JSON.stringify(part.text)}}}\n\n`
        return open === 'custom-tool' ? `${deltaHead}${JSON.stringify(insideString(part.text))}}}\n\n` : ''
      case 'text-end': {
        if (open !== 'text') return ''
        const citations = citationsOf(part.annotations).map((citation) =>
          otherDelta({ type: 'citations_delta', citation }),
        )
        return citations.join('') + close()
      }
      case 'refusal-end':
      case 'tool-input-end':
        return close()
      default:
        return ''
    }
  }

  function openThinking(): string {
    if (open === 'thinking') return ''
    return start('thinking', { type: 'thinking', thinking: '', signature: '' }, '"type":"thinking_delta","thinking":')
  }

  /** Redacted thinking is a block of its own; a signature comes just before the end (rule 151). */
  function endReasoning(part: Extract<StreamPart, { type: 'reasoning-end' }>): string {
    const { signature, redacted = false } = part
    if (redacted && signature?.family === 'anthropic')
      return whole({ type: 'redacted_thinking', data: signature.value })
    if (signature === undefined) return open === 'thinking' ? close() : ''
    return (
      openThinking() +
      otherDelta({ type: 'signature_delta', signature: thinkingSignature(signature, redacted) }) +
      close()
    )
  }

  function startTool(part: Extract<StreamPart, { type: 'tool-input-start' }>): string {
    const carriers = signatureCarrier(part.signature).map(
      ({ signature }) =>
        start('thinking', { type: 'thinking', thinking: '', signature: '' }, '') +
        otherDelta({ type: 'signature_delta', signature: String(signature) }) +
        close(),
    )
    const block = { type: 'tool_use', id: part.callId, name: part.name, input: {} }
    const kind = part.kind === 'custom' ? 'custom-tool' : 'tool'
    const text = carriers.join('') + start(kind, block, '"type":"input_json_delta","partial_json":')
    // Free text is the one field of the stand-in's input (rule 61).
    return kind === 'custom-tool' ? `${text}${deltaHead}"{\\"input\\":\\""}}\n\n` : text
  }

  return { write, whole, close }
}

/** Text as it stands within a JSON string. Halves of a surrogate pair become escapes that fit together again. */
function insideString(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
