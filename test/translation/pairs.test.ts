// Properties of every pair of wires: what all wires can say arrives whole, streams and whole replies say the same, and a conversation
// that grows is translated to a text that grows.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatReply, ChatRequest, Message, Part } from '../../src/core/conversation.ts'
import type { JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { type WireId, wireIds } from '../../src/core/wire-format.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { createSseParser } from '../../src/wire/sse.ts'
import { unfoldReply } from '../../src/wire/unfold.ts'
import { conversations, interleavedStreams, names, words } from '../wire/arbitraries.ts'
import { requestOf, system } from '../wire/requests.ts'
import { asSaidBy, asToldBy } from './crossing.ts'
import { targets, wireOf } from './targets.ts'

const pairs = wireIds.flatMap((client) =>
  wireIds.map((upstream) => ({ client, upstream, name: `${client} > ${upstream}` })),
)
const runs = { numRuns: 40 }

const tools = ['read_file', 'bash', 'Search-1', 'get_weather', 'f'].map((name) => ({
  type: 'function' as const,
  name,
  schema: { type: 'object', properties: { path: { type: 'string' } } },
}))

/** What every wire can hold of a message. */
type Said = readonly [kind: string, ...rest: unknown[]]

function saidIn(part: Part): Said[] {
  switch (part.type) {
    case 'text':
      return [['text', part.text]]
    case 'tool-call':
      return [['call', part.id, part.name, JSON.parse(part.input)]]
    case 'tool-result':
      return [['result', part.callId, part.isError === true, part.parts.flatMap(saidIn)]]
    default:
      return []
  }
}

function essence(messages: readonly Message[]): unknown[] {
  return messages.map(({ role, parts }) => [role, parts.flatMap(saidIn)])
}

const requests = fc
  .tuple(fc.option(words, { nil: undefined }), conversations)
  .map(([text, messages]) =>
    requestOf({ messages: text === undefined ? messages : [system(text), ...messages], tools }),
  )

function written(upstream: WireId, request: ChatRequest): { readonly body: JsonValue; readonly text: string } {
  const { body } = wireOf(upstream).writeRequest({ ...request, model: targets[upstream].id }, targets[upstream])
  return { body, text: JSON.stringify(body) }
}

describe('requests between wires', () => {
  for (const { client, upstream, name } of pairs)
    it(`${name}: texts, calls and results arrive whole and in order`, () => {
      fc.assert(
        fc.property(requests, (request) => {
          const said = asSaidBy(client, request)
          assert.deepEqual(essence(said.messages), essence(request.messages))
          const { body } = written(upstream, said)
          const arrived = wireOf(upstream).readRequest(body, { model: said.model, stream: said.stream })
          assert.deepEqual(essence(arrived.messages), essence(said.messages))
          assert.deepEqual(
            arrived.tools.map((tool) => tool.type === 'function' && tool.name),
            tools.map((tool) => tool.name),
          )
        }),
        runs,
      )
    })

  for (const { client, upstream, name } of pairs)
    it(`${name}: the same bytes each time (rule 120)`, () => {
      fc.assert(
        fc.property(requests, (request) => {
          const body = JSON.stringify(wireOf(client).writeRequest(request, targets[client]).body)
          const once = (): string =>
            written(upstream, wireOf(client).readRequest(JSON.parse(body), { model: 'm', stream: false })).text
          assert.equal(once(), once())
        }),
        runs,
      )
    })

  for (const { client, upstream, name } of pairs)
    it(`${name}: a conversation that grows keeps its beginning (rule 120)`, () => {
      fc.assert(
        fc.property(requests, fc.nat(), (request, at) => {
          // Cut where a client would have asked: after a turn of the user.
          const ends = [...request.messages.keys()].filter((index) => request.messages[index]?.role === 'user')
          const end = ends[at % ends.length] ?? 0
          const shorter = { ...request, messages: request.messages.slice(0, end + 1) }
          const [before, after] = [shorter, request].map((one) =>
            turnsOf(written(upstream, asSaidBy(client, one)).body),
          )
          assert.ok(before !== undefined && after !== undefined && after.length >= before.length)
          assert.deepEqual(after.slice(0, before.length), before)
        }),
        runs,
      )
    })
})

/** The turns of a body as texts, head first. Cache marks wander with the end of the conversation and are no part of the prefix. */
function turnsOf(body: JsonValue): string[] {
  assert.ok(isJsonObject(body))
  const { messages, input, contents, ...head } = body
  const turns = messages ?? input ?? contents
  assert.ok(Array.isArray(turns))
  return [head, ...turns].map((turn) =>
    JSON.stringify(turn, (key, value) => (key === 'cache_control' ? undefined : value)),
  )
}

const replies: fc.Arbitrary<ChatReply> = fc
  .record({
    reasoning: fc.option(words, { nil: undefined }),
    text: fc.option(words, { nil: undefined }),
    calls: fc.array(fc.record({ name: names, value: words }), { maxLength: 3 }),
    cut: fc.boolean(),
    counts: fc.tuple(fc.nat(99_999), fc.nat(99_999), fc.nat(99_999)),
  })
  .map(({ reasoning, text, calls, cut, counts: [input, cacheRead, output] }) => {
    const parts: Part[] = [
      ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...(text === undefined && calls.length > 0 ? [] : [{ type: 'text' as const, text: text ?? 'x' }]),
      ...calls.map(({ name, value }, index) => ({
        type: 'tool-call' as const,
        id: `call_${index}`,
        name,
        input: JSON.stringify({ path: value, n: index }),
      })),
    ]
    return {
      id: 'reply-1',
      model: 'm',
      parts,
      finish: { unified: cut ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop' },
      usage: { input, cacheRead, cacheWrite: null, output, reasoning: null },
      warnings: [],
    }
  })

const asking = requestOf({ tools, stream: true, includeUsage: true, reasoning: { level: 'high', summary: 'auto' } })

interface Substance {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly Said[]
  readonly finish: string
  readonly usage: { readonly input: number; readonly cacheRead: number; readonly output: number }
}

/** Of a reply, what every wire can say. Reasoning is only compared as text: signatures never cross. */
function substance({ parts, finish, usage }: ChatReply): Substance {
  const texts = (type: 'text' | 'reasoning' | 'refusal'): string =>
    parts.map((part) => (part.type === type ? part.text : '')).join('')
  return {
    text: texts('text') + texts('refusal'),
    reasoning: texts('reasoning'),
    calls: parts.flatMap((part) => (part.type === 'tool-call' ? saidIn(part) : [])),
    finish: finish.unified,
    usage: { input: usage.input ?? 0, cacheRead: usage.cacheRead ?? 0, output: usage.output ?? 0 },
  }
}

/**
 * The substance of an interleaved answer: wires that send one block at a time put the blocks in an order of their own, and some join
 * them with blank lines or tell a refusal by how the answer ended.
 */
function gist(reply: ChatReply, isRefused: boolean): unknown {
  const { text, reasoning, calls, finish } = substance(reply)
  const letters = (value: string): string => [...value.replaceAll('\n', '')].sort().join('')
  return {
    text: letters(text),
    reasoning: letters(reasoning),
    calls: calls.toSorted((one, other) => String(one[1]).localeCompare(String(other[1]))),
    finish: isRefused && finish !== 'length' ? 'refused' : finish,
  }
}

/** The parts as this wire's server would send them, read back from its bytes. */
function overWire(id: WireId, parts: readonly StreamPart[]): StreamPart[] {
  const wire = wireOf(id)
  const write = wire.streamWriter({ ...asking, origin: id })
  const bytes = Buffer.from(parts.map(write).join(''))
  const parser = createSseParser(1 << 20)
  const reader = wire.streamReader(targets[id])
  return [...[...parser.feed(bytes), ...parser.end()].flatMap((event) => reader.read(event)), ...reader.end()]
}

describe('answers between wires', () => {
  for (const { client, upstream, name } of pairs)
    it(`${name}: a whole reply arrives whole`, () => {
      fc.assert(
        fc.property(replies, (reply) => {
          const told = asToldBy(upstream, reply, asking)
          assert.deepEqual(substance(told), substance(reply))
          assert.deepEqual(substance(asToldBy(client, told, asking)), substance(reply))
        }),
        runs,
      )
    })

  for (const { client, upstream, name } of pairs)
    it(`${name}: a stream says what the whole reply says (rule 3)`, () => {
      fc.assert(
        fc.property(replies, (reply) => {
          const streamed = foldReply(overWire(client, overWire(upstream, unfoldReply(reply))))
          assert.deepEqual(substance(streamed), substance(asToldBy(client, asToldBy(upstream, reply, asking), asking)))
        }),
        runs,
      )
    })

  for (const { client, upstream, name } of pairs)
    it(`${name}: an interleaved stream loses nothing and ends once`, () => {
      fc.assert(
        fc.property(interleavedStreams, (parts) => {
          const once = overWire(upstream, parts)
          const twice = overWire(client, once)
          for (const stream of [once, twice])
            assert.equal(stream.filter(({ type }) => type === 'finish' || type === 'error').length, 1)
          const isRefused = parts.some(({ type }) => type === 'refusal-delta')
          assert.deepEqual(gist(foldReply(twice), isRefused), gist(foldReply(once), isRefused))
        }),
        runs,
      )
    })
})
