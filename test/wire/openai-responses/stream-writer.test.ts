// Responses streams and replies towards clients: rules 5, 61, 107, 109, 138-141, 153-157.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatReply, ChatRequest, Part } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import type { SseEvent } from '../../../src/core/wire-format.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { readReply, writeReply } from '../../../src/wire/openai-responses/reply.ts'
import { readRequest } from '../../../src/wire/openai-responses/request-read.ts'
import { createStreamReader } from '../../../src/wire/openai-responses/stream-reader.ts'
import { createStreamWriter } from '../../../src/wire/openai-responses/stream-writer.ts'
import { unfoldReply } from '../../../src/wire/unfold.ts'
import { eventsOf } from '../fixtures.ts'
import { anyReply, legalStream } from '../stream-arbitraries.ts'
import { assertResponsesGrammar } from './grammar.ts'

const request: ChatRequest = { origin: 'openai-responses', model: 'my/model', stream: true, messages: [], tools: [] }

function write(parts: readonly StreamPart[], to: ChatRequest = request): SseEvent[] {
  const writer = createStreamWriter(to)
  return eventsOf(new TextEncoder().encode(parts.map(writer).join('')))
}

function read(events: readonly SseEvent[]): ChatReply {
  const reader = createStreamReader()
  return foldReply([...events.flatMap((event) => reader.read(event)), ...reader.end()])
}

/** What must survive; ids of answers and of reasoning and the vendor's word for the finish are the wire's own. */
function essence(reply: ChatReply): unknown {
  const parts = reply.parts.map((part): Part => {
    if (part.type !== 'reasoning') return part
    const { id: _, ...rest } = part
    return rest
  })
  return { parts, finish: endOf(reply), usage: reply.usage }
}

/** A call ends a turn as `completed`; cut answers with calls are the same on both sides. */
function endOf(reply: ChatReply): string {
  return reply.finish.unified
}

const withoutSignatures = (reply: ChatReply): ChatReply => ({
  ...reply,
  parts: reply.parts.map((part) => (part.type === 'tool-call' ? { ...part, signature: undefined } : part)) as Part[],
})

describe('Responses stream writer', () => {
  it('writes nothing but the grammar of the wire (rules 138, 141, 153-157)', () => {
    fc.assert(fc.property(legalStream, (stream) => assertResponsesGrammar(write(stream), 'my/model')))
  })

  it('writes the grammar for a client with free-form tools too (rule 61)', () => {
    const to: ChatRequest = {
      ...request,
      tools: [
        { type: 'custom', name: 'search' },
        { type: 'custom', name: 'Bash2' },
      ],
    }
    fc.assert(fc.property(legalStream, (stream) => assertResponsesGrammar(write(stream, to), 'my/model')))
  })

  it('gives back every reply in its order (rules 3, 97, 156)', () => {
    fc.assert(
      fc.property(anyReply, (reply) => assert.deepEqual(essence(read(write(unfoldReply(reply)))), essence(reply))),
    )
  })

  it('repeats in the final response what the events said (rule 156)', () => {
    fc.assert(
      fc.property(legalStream, (stream) => {
        const events = write(stream)
        const { response } = JSON.parse(events.at(-1)?.data ?? '')
        if (response.output.length === 0) return
        const whole = foldReply(createStreamReader().readResponse(response))
        assert.deepEqual(essence(withoutSignatures(whole)), essence(withoutSignatures(read(events))))
      }),
    )
  })

  it('ends a broken stream as failed, with what was finished (rule 139)', () => {
    const error = new GatewayError('stream_interrupted', 'The upstream hung up.')
    const events = write([
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'Hi' },
      { type: 'error', error },
    ])
    const last = JSON.parse(events.at(-1)?.data ?? '')
    assert.equal(last.type, 'response.failed')
    assert.equal(last.response.status, 'failed')
    assert.match(last.response.error.message, /^The upstream hung up\./)
    assert.deepEqual(last.response.output, [])
    assert.equal(last.sequence_number, events.length - 1)
  })

  it('writes nothing after the end (rule 141)', () => {
    const writer = createStreamWriter(request)
    writer({ type: 'finish', finish: { unified: 'stop' } })
    assert.equal(writer({ type: 'text-delta', id: 'x', text: 'late' }), '')
    assert.equal(writer({ type: 'finish', finish: { unified: 'stop' } }), '')
  })

  it('gives codex a total and the AI SDK numbers, even when nothing is known (rule 132)', () => {
    const usage = { input: 5, cacheRead: 3, cacheWrite: null, output: 2, reasoning: null }
    const last = (parts: StreamPart[]): Record<string, unknown> =>
      JSON.parse(write([...parts, { type: 'finish', finish: { unified: 'stop' } }]).at(-1)?.data ?? '').response
    assert.equal((last([{ type: 'usage', usage }])['usage'] as Record<string, unknown>)['total_tokens'], 10)
    assert.equal((last([])['usage'] as Record<string, unknown>)['total_tokens'], 0)
  })

  it('gives calls of a namespace back as codex declared them (rule 61)', () => {
    const to = readRequest({
      model: 'm',
      input: 'hi',
      tools: [
        { type: 'function', name: 'agents__spawn', parameters: {} },
        { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn', parameters: {} }] },
      ],
    })
    const [direct, within] = to.tools
    assert.equal(direct?.type === 'function' && direct.name, 'agents__spawn')
    assert.equal(within?.type === 'function' && within.name, 'agents__spawn_2')
    const events = write(
      [
        { type: 'tool-input-start', id: 'c', callId: 'call_1', name: 'agents__spawn_2' },
        { type: 'tool-input-delta', id: 'c', text: '{}' },
        { type: 'tool-input-end', id: 'c' },
        { type: 'finish', finish: { unified: 'tool-calls' } },
      ],
      to,
    )
    const [item] = JSON.parse(events.at(-1)?.data ?? '').response.output
    assert.deepEqual({ namespace: item.namespace, name: item.name }, { namespace: 'agents', name: 'spawn' })
  })

  it("carries other vendors' signatures through the client and back (rules 107, 109)", () => {
    const reply: ChatReply = {
      parts: [
        { type: 'reasoning', text: 'Hm.', signature: { family: 'anthropic', value: 'A==' } },
        { type: 'reasoning', text: '', signature: { family: 'anthropic', value: 'R==' }, redacted: true },
        { type: 'tool-call', id: 'call 1', name: 'f', input: '{}', signature: { family: 'google', value: 'G==' } },
        { type: 'tool-call', id: 'call_2', name: 'g', input: '{}' },
      ],
      finish: { unified: 'tool-calls' },
      usage: { input: 1, cacheRead: 0, cacheWrite: null, output: 1, reasoning: 0 },
      warnings: [],
    }
    for (const output of [
      writeReply(reply, request)['output'],
      JSON.parse(write(unfoldReply(reply)).at(-1)?.data ?? '').response.output,
    ]) {
      const back = readRequest({ model: 'm', input: output })
      const parts = back.messages[0]?.parts.map((part) => {
        if (part.type !== 'reasoning') return part
        const { id: _, ...rest } = part
        return rest
      })
      assert.deepEqual(parts, reply.parts)
    }
  })
})

describe('Responses reply writer', () => {
  it('is read back as it was (rules 3, 97)', () => {
    fc.assert(
      fc.property(anyReply, (reply) =>
        assert.deepEqual(essence(readReply(writeReply(reply, request))), essence(reply)),
      ),
    )
  })

  it('names the model that the client asked for (rule 5)', () => {
    fc.assert(fc.property(anyReply, (reply) => assert.equal(writeReply(reply, request)['model'], 'my/model')))
  })

  it('keeps every id within 64 characters', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const item of writeReply(reply, request)['output'] as { id: string }[]) assert.ok(item.id.length <= 64)
      }),
    )
  })
})
