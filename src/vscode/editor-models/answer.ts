// The answer of a language model of the editor as stream parts. Pure: parts are known by their fields, since the classes differ
// between versions; only reasoning must be told from text by its class.
import type { StreamPart } from '../../core/stream.ts'
import { type Usage, unknownUsage } from '../../core/usage.ts'
import type { ThinkingClass } from '../models/parts.ts'

/** From `start` to `finish`. What the stream throws is handed on. */
export async function* toStreamParts(
  model: string,
  stream: AsyncIterable<unknown>,
  thinking: ThinkingClass,
): AsyncGenerator<StreamPart> {
  yield { type: 'start', model }
  let open: 'text' | 'reasoning' | undefined
  let blocks = 0
  let called = false
  const close = (): StreamPart[] => {
    const ended = open
    open = undefined
    return ended === undefined ? [] : [{ type: `${ended}-end`, id: String(blocks) }]
  }
  for await (const part of stream) {
    const read = readPart(part, thinking)
    if (read === undefined) continue
    if (read.kind === 'usage') {
      yield { type: 'usage', usage: read.usage }
      continue
    }
    if (read.kind === 'call') {
      yield* close()
      called = true
      blocks += 1
      const id = String(blocks)
      yield { type: 'tool-input-start', id, callId: read.callId, name: read.name }
      yield { type: 'tool-input-delta', id, text: read.input }
      yield { type: 'tool-input-end', id }
      continue
    }
    if (open !== read.kind) {
      yield* close()
      blocks += 1
      open = read.kind
      yield { type: `${read.kind}-start`, id: String(blocks) }
    }
    yield { type: `${read.kind}-delta`, id: String(blocks), text: read.text }
  }
  yield* close()
  yield { type: 'finish', finish: { unified: called ? 'tool-calls' : 'stop' } }
}

type ReadPart =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  | { readonly kind: 'call'; readonly callId: string; readonly name: string; readonly input: string }
  | { readonly kind: 'usage'; readonly usage: Usage }

function readPart(part: unknown, thinking: ThinkingClass): ReadPart | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  const { value, callId, name, input, mimeType, data } = part as Record<string, unknown>
  if (typeof callId === 'string' && typeof name === 'string') {
    return { kind: 'call', callId, name, input: JSON.stringify(input ?? {}) }
  }
  if (mimeType === 'usage' && data instanceof Uint8Array) return readUsage(data)
  const text = Array.isArray(value) ? value.join('') : value
  if (typeof text !== 'string' || text === '') return undefined
  return { kind: thinking !== undefined && part instanceof thinking ? 'reasoning' : 'text', text }
}

/** Extensions that tell usage do so in OpenAI's words, as Copilot Chat reads it. Most tell none. */
function readUsage(data: Uint8Array): ReadPart | undefined {
  let told: unknown
  try {
    told = JSON.parse(new TextDecoder().decode(data))
  } catch {
    return undefined
  }
  if (typeof told !== 'object' || told === null) return undefined
  const { prompt_tokens, completion_tokens, prompt_tokens_details: details } = told as Record<string, unknown>
  const cached =
    typeof details === 'object' && details !== null && 'cached_tokens' in details ? details.cached_tokens : 0
  if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return undefined
  const cacheRead = isCount(cached) ? Math.min(cached, prompt_tokens) : 0
  return {
    kind: 'usage',
    usage: { ...unknownUsage, input: prompt_tokens - cacheRead, cacheRead, output: completion_tokens },
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
