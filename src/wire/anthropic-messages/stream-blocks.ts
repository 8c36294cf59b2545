// One content block of an Anthropic stream on its way to stream parts: what it starts with, its deltas, its end.
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { parseJsonObject, wordOf } from '../json-text.ts'
import { replyToolName } from './output-schema.ts'

export interface OpenBlock {
  readonly kind: 'text' | 'reasoning' | 'tool' | 'opaque'
  readonly id: string
  /** The block as it was started; for opaque blocks, what is given on. */
  readonly value: JsonObject
  /** Redacted thinking: all there is came with the start. */
  readonly redacted: boolean
  signature: string
  annotations: JsonObject[]
  /** Whether any text or input came. */
  hasDelta: boolean
  /** Input of a hosted tool's call, which is given on whole. */
  input: string
}

/** Opens a block; undefined for what is no block. */
export function startBlock(id: string, value: unknown, out: StreamPart[]): OpenBlock | undefined {
  if (!isJsonObject(value)) return undefined
  switch (value['type']) {
    case 'text':
      out.push({ type: 'text-start', id })
      return opened('text', id, value, false, pushText('text-delta', id, value['text'], out))
    case 'thinking': {
      out.push({ type: 'reasoning-start', id })
      const block = opened('reasoning', id, value, false, pushText('reasoning-delta', id, value['thinking'], out))
      if (typeof value['signature'] === 'string') block.signature = value['signature']
      return block
    }
    case 'redacted_thinking':
      out.push({ type: 'reasoning-start', id })
      return { ...opened('reasoning', id, value, true, false), signature: wordOf(value['data']) }
    case 'tool_use':
      return startTool(id, value, out)
    default:
      return opened('opaque', id, value, false, false)
  }
}

function opened(
  kind: OpenBlock['kind'],
  id: string,
  value: JsonObject,
  redacted: boolean,
  hasDelta: boolean,
): OpenBlock {
  return { kind, id, value, redacted, signature: '', annotations: [], hasDelta, input: '' }
}

function pushText(type: 'text-delta' | 'reasoning-delta', id: string, text: unknown, out: StreamPart[]): boolean {
  if (typeof text !== 'string' || text === '') return false
  out.push({ type, id, text })
  return true
}

/** The forced tool of a structured reply is text to the client (rule 22). */
function startTool(id: string, value: JsonObject, out: StreamPart[]): OpenBlock {
  const name = wordOf(value['name'])
  if (name === replyToolName) {
    out.push({ type: 'text-start', id })
    return opened('text', id, value, false, false)
  }
  out.push({ type: 'tool-input-start', id, callId: wordOf(value['id']) || id, name })
  return opened('tool', id, value, false, false)
}

export function readDelta(block: OpenBlock, delta: unknown, out: StreamPart[]): void {
  if (!isJsonObject(delta)) return
  const { text, partial_json, thinking, signature, citation } = delta
  const { id, kind } = block
  if (kind === 'text') {
    const fragment = typeof text === 'string' ? text : partial_json
    if (typeof fragment === 'string' && fragment !== '') {
      block.hasDelta = true
      out.push({ type: 'text-delta', id, text: fragment })
    } else if (isJsonObject(citation)) block.annotations.push(citation)
  } else if (kind === 'tool') {
    if (typeof partial_json !== 'string' || partial_json === '') return
    block.hasDelta = true
    out.push({ type: 'tool-input-delta', id, text: partial_json })
  } else if (kind === 'reasoning') {
    if (typeof thinking === 'string' && thinking !== '') out.push({ type: 'reasoning-delta', id, text: thinking })
    else if (typeof signature === 'string') block.signature += signature
  } else if (typeof partial_json === 'string') block.input += partial_json
}

/** `isClaude`: only what Anthropic itself signed may ever be sent to it again (rule 107). */
export function endBlock(block: OpenBlock, isClaude: boolean, out: StreamPart[]): void {
  const { id, kind, value } = block
  if (kind === 'text') {
    if (!block.hasDelta && value['type'] === 'tool_use') pushText('text-delta', id, wholeInput(value), out)
    out.push({ type: 'text-end', id, ...(block.annotations.length === 0 ? {} : { annotations: block.annotations }) })
  } else if (kind === 'reasoning') {
    const signature =
      block.signature === '' || !isClaude ? {} : { signature: { family: 'anthropic' as const, value: block.signature } }
    out.push({ type: 'reasoning-end', id, ...signature, ...(block.redacted ? { redacted: true } : {}) })
  } else if (kind === 'tool') {
    // Rule 150: arguments that came whole with the start are given once; those that came in fragments are not repeated.
    const input = block.hasDelta ? '' : wholeInput(value)
    if (input !== '') out.push({ type: 'tool-input-delta', id, text: input })
    out.push({ type: 'tool-input-end', id })
  } else {
    const input = block.input === '' ? undefined : parseJsonObject(block.input)
    const whole = input === undefined ? value : { ...value, input }
    out.push({ type: 'opaque', part: { type: 'opaque', wire: 'anthropic-messages', value: whole } })
  }
}

function wholeInput(value: JsonObject): string {
  const { input } = value
  return isJsonObject(input) ? JSON.stringify(input) : typeof input === 'string' ? input : '{}'
}
