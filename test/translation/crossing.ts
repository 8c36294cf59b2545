// Sends a request or reply from one wire to another and reads it back, to see what is left of one feature of it.
import { isDeepStrictEqual } from 'node:util'
import type { BinarySource, ChatReply, ChatRequest, Warning } from '../../src/core/conversation.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { LinkedPart, WireId } from '../../src/core/wire-format.ts'
import { addressesToLoad } from '../../src/engine/media.ts'
import { targets, wireOf } from './targets.ts'

/** One thing that a request or reply may hold, and where to find it again. */
export interface Feature<Whole> {
  readonly name: string
  readonly fields: Partial<Whole>
  /** What of the whole belongs to the feature; undefined when nothing of it is there. */
  readonly pick: (whole: Whole) => unknown
  /** Looked for in the next request, of which the reply has become a turn, rather than in the reply itself. */
  readonly comesBack?: boolean
}

export type Outcome =
  /** The client's wire has no words for it. */
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'kept' | 'changed' | 'lost' | 'refused'; readonly notes: readonly string[] }

function told(warnings: readonly Warning[]): string[] {
  return [...new Set(warnings.map(({ message }) => message))]
}

function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other))
}

/** Without fields that are there but undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function judge(said: unknown, arrived: unknown, notes: readonly string[]): Outcome {
  if (same(said, arrived)) return { kind: 'kept', notes }
  return { kind: arrived === undefined ? 'lost' : 'changed', notes }
}

/** The request as a client of this wire would send it: what the wire cannot say is gone. */
export function asSaidBy(client: WireId, request: ChatRequest): ChatRequest {
  const wire = wireOf(client)
  const { body } = wire.writeRequest({ ...request, origin: client }, targets[client])
  return wire.readRequest(JSON.parse(JSON.stringify(body)), { model: request.model, stream: request.stream })
}

export function crossRequest(
  feature: Feature<ChatRequest>,
  base: ChatRequest,
  client: WireId,
  upstream: WireId,
): Outcome {
  let said: ChatRequest
  try {
    said = asSaidBy(client, { ...base, ...feature.fields })
  } catch (error) {
    if (error instanceof GatewayError) return { kind: 'unsaid' }
    throw error
  }
  const picked = feature.pick(said)
  if (!same(picked, feature.pick({ ...base, ...feature.fields }))) return { kind: 'unsaid' }
  try {
    const wire = wireOf(upstream)
    const bare = wire.writeRequest(asSaidBy(client, base), targets[upstream])
    const target = targets[upstream]
    const loaded = addressesToLoad(said, wire, target).size > 0
    const sendable = loaded ? withSomeBytes(said, upstream) : said
    const { body, warnings } = wire.writeRequest({ ...sendable, model: target.id }, target)
    const arrived = wire.readRequest(JSON.parse(JSON.stringify(body)), { model: said.model, stream: said.stream })
    // What is said of any request is no matter of this feature.
    const usual = told(bare.warnings)
    const notes = told(warnings).filter((note) => !usual.includes(note))
    return judge(picked, feature.pick(arrived), loaded ? [loadedNote, ...notes] : notes)
  } catch (error) {
    if (error instanceof GatewayError) return { kind: 'refused', notes: [error.message] }
    throw error
  }
}

const loadedNote = 'The gateway downloads what lies at the address and sends its content.'

/** As the gateway sends it after the download, but for what was downloaded. */
function withSomeBytes(request: ChatRequest, upstream: WireId): ChatRequest {
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.map((part) => {
      const isLinked = 'source' in part && part.source.kind === 'url'
      const isLoaded = isLinked && wireOf(upstream).needsBytes?.(part, part.source.url, targets[upstream]) === true
      return isLoaded ? { ...part, source: bytesFor(part.type) } : part
    }),
  }))
  return { ...request, messages }
}

function bytesFor(type: LinkedPart['type']): Extract<BinarySource, { kind: 'base64' }> {
  const mediaType = type === 'document' ? 'application/pdf' : type === 'image' ? 'image/png' : `${type}/mpeg`
  return { kind: 'base64', mediaType, data: type === 'image' ? 'iVBORw0KGgo=' : 'AAAA' }
}

/** The reply as a server of this wire gives it. */
export function asToldBy(upstream: WireId, reply: ChatReply, request: ChatRequest): ChatReply {
  const wire = wireOf(upstream)
  return wire.readReply(
    JSON.parse(JSON.stringify(wire.writeReply(reply, { ...request, origin: upstream }))),
    targets[upstream],
  )
}

/** The reply as it comes back from the client as a turn of the conversation, which clients send as they got it. */
function asSentBack(client: WireId, reply: ChatReply, request: ChatRequest): ChatReply {
  const wire = wireOf(client)
  const { body } = wire.writeRequest({ ...request, origin: client }, targets[client])
  const answer = JSON.parse(JSON.stringify(wire.writeReply(reply, { ...request, origin: client })))
  const next = JSON.parse(JSON.stringify(body))
  if (client === 'openai-chat') next.messages.push(answer.choices[0].message)
  else if (client === 'openai-responses') next.input.push(...answer.output)
  else if (client === 'anthropic-messages') next.messages.push({ role: 'assistant', content: answer.content })
  else next.contents.push(answer.candidates[0].content)
  const read = wire.readRequest(next, { model: request.model, stream: false })
  return { ...reply, parts: read.messages.filter(({ role }) => role === 'assistant').flatMap(({ parts }) => parts) }
}

export function crossReply(
  feature: Feature<ChatReply>,
  base: ChatReply,
  request: ChatRequest,
  client: WireId,
  upstream: WireId,
): Outcome {
  const told = asToldBy(upstream, { ...base, ...feature.fields }, request)
  const picked = feature.pick(told)
  if (!same(picked, feature.pick({ ...base, ...feature.fields }))) return { kind: 'unsaid' }
  const arrived = feature.comesBack === true ? asSentBack(client, told, request) : asToldBy(client, told, request)
  return judge(picked, feature.pick(arrived), [])
}
