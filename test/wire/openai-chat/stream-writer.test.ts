// Chat streams towards clients: rules 5, 61, 84, 131, 138-146.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatReply, ChatRequest } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import type { SseEvent } from '../../../src/core/wire-format.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { readReply, writeReply } from '../../../src/wire/openai-chat/reply.ts'
import { createStreamReader } from '../../../src/wire/openai-chat/stream-reader.ts'
import { createStreamWriter } from '../../../src/wire/openai-chat/stream-writer.ts'
import { unfoldReply } from '../../../src/wire/unfold.ts'
import { eventsOf } from '../fixtures.ts'
import { anyReply, legalStream, orderedReply } from '../stream-arbitraries.ts'
import { assertChatGrammar } from './grammar.ts'

const request: ChatRequest = {
  origin: 'openai-chat',
  model: 'my/model',
  stream: true,
  messages: [],
  tools: [],
  includeUsage: true,
}

function write(parts: readonly StreamPart[], to: ChatRequest = request): SseEvent[] {
  const writer = createStreamWriter(to)
  return eventsOf(new TextEncoder().encode(parts.map(writer).join('')))
}

function read(events: readonly SseEvent[]): ChatReply {
  const reader = createStreamReader()
  return foldReply([...events.flatMap((event) => reader.read(event)), ...reader.end()])
}

/** What must survive; ids of answers and vendors' words for the finish are the wire's own. */
function essence(reply: ChatReply): unknown {
  return { parts: reply.parts, finish: reply.finish.unified, usage: reply.usage }
}

/** Everything a reply says, without the order between kinds, which the whole form of this wire does not have. */
function byKind(reply: ChatReply): unknown {
  const textOf = (type: 'text' | 'reasoning' | 'refusal'): string =>
    reply.parts.flatMap((part) => (part.type === type ? part.text : [])).join('')
  const others = reply.parts.filter((part) => part.type === 'tool-call' || part.type === 'image')
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    refusal: textOf('refusal'),
    calls: others.filter((part) => part.type === 'tool-call'),
    images: others.filter((part) => part.type === 'image'),
    finish: reply.finish.unified,
    usage: reply.usage,
  }
}

describe('Chat stream writer', () => {
  it('writes nothing but the grammar of the wire (rules 138, 141, 143-146)', () => {
    fc.assert(
      fc.property(legalStream, fc.boolean(), (stream, includeUsage) => {
        assertChatGrammar(write(stream, { ...request, includeUsage }), { model: 'my/model', includeUsage })
      }),
    )
  })

  it('gives back what the wire can hold (rules 3, 97)', () => {
    fc.assert(
      fc.property(orderedReply, (reply) => assert.deepEqual(essence(read(write(unfoldReply(reply)))), essence(reply))),
    )
  })

  it('streams exactly what the whole reply says (rule 3)', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const streamed = read(write(unfoldReply(reply)))
        assert.deepEqual(byKind(streamed), byKind(readReply(writeReply(reply, request))))
      }),
    )
  })

  it('writes nothing after the end (rule 141)', () => {
    const writer = createStreamWriter(request)
    writer({ type: 'start' })
    writer({ type: 'finish', finish: { unified: 'stop' } })
    assert.equal(writer({ type: 'text-delta', id: 'x', text: 'late' }), '')
    assert.equal(writer({ type: 'finish', finish: { unified: 'stop' } }), '')
    assert.equal(writer({ type: 'error', error: new GatewayError('internal', 'late') }), '')
  })

  it('ends a broken stream with the error and no finish (rule 139)', () => {
    const error = new GatewayError('stream_interrupted', 'The upstream hung up.')
    const parts: StreamPart[] = [
      { type: 'start' },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'Hi' },
      { type: 'error', error },
    ]
    const events = write(parts)
    const last = JSON.parse(events.at(-1)?.data ?? '')
    assert.match(last.error.message, /^The upstream hung up\./)
    assert.equal(
      events.some((event) => /"finish_reason":"|\[DONE\]/.test(event.data)),
      false,
    )
  })

  it('writes an empty object for a call without arguments (rule 84)', () => {
    const events = write([
      { type: 'tool-input-start', id: 'c', callId: 'call_1', name: 'now' },
      { type: 'tool-input-end', id: 'c' },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ])
    assert.deepEqual(read(events).parts, [{ type: 'tool-call', id: 'call_1', name: 'now', input: '{}' }])
  })

  it('unwraps the input of a free-form tool that went upstream as a function (rule 61)', () => {
    const to: ChatRequest = { ...request, tools: [{ type: 'custom', name: 'patch' }] }
    const events = write(
      [
        { type: 'tool-input-start', id: 'c', callId: 'call_1', name: 'patch' },
        { type: 'tool-input-delta', id: 'c', text: '{"input":"*** Be' },
        { type: 'tool-input-delta', id: 'c', text: 'gin\\n"}' },
        { type: 'tool-input-end', id: 'c' },
        { type: 'finish', finish: { unified: 'tool-calls' } },
      ],
      to,
    )
    assert.deepEqual(read(events).parts, [
      { type: 'tool-call', id: 'call_1', name: 'patch', input: '*** Begin\n', kind: 'custom' },
    ])
  })

  it("hands Gemini's signature to the client and takes it back (rule 109)", () => {
    const signature = { family: 'google', value: 'TS==' } as const
    const events = write([
      { type: 'tool-input-start', id: 'c', callId: 'call_1', name: 'f' },
      { type: 'tool-input-delta', id: 'c', text: '{}' },
      { type: 'tool-input-end', id: 'c', signature },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ])
    assert.deepEqual(read(events).parts, [{ type: 'tool-call', id: 'call_1', name: 'f', input: '{}', signature }])
  })

  it('leaves < and other characters of markup as they are (rule 6)', () => {
    const [, event] = write([
      { type: 'text-delta', id: 't', text: '<b>&é' },
      { type: 'finish', finish: { unified: 'stop' } },
    ])
    assert.ok(event?.data.includes('<b>&é'))
  })
})

describe('Chat reply writer', () => {
  it('is read back as it was, but for what the wire cannot hold (rule 97)', () => {
    fc.assert(
      fc.property(orderedReply, (reply) => {
        assert.deepEqual(essence(readReply(writeReply(reply, request))), essence(reply))
      }),
    )
  })

  it('names the model that the client asked for (rule 5)', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const body = writeReply(reply, request)
        assert.equal(body['model'], 'my/model')
        assert.match(String(body['id']), /^chatcmpl/)
      }),
    )
  })

  it('writes null content beside calls and zeros for unknown usage (rules 36, 132)', () => {
    const unknown = { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null }
    const body = writeReply(
      {
        parts: [{ type: 'tool-call', id: 'a', name: 'f', input: '' }],
        finish: { unified: 'tool-calls' },
        usage: unknown,
        warnings: [],
      },
      request,
    )
    const [choice] = JSON.parse(JSON.stringify(body['choices']))
    assert.equal(choice.message.content, null)
    assert.equal(choice.message.tool_calls[0].function.arguments, '{}')
    assert.deepEqual(body['usage'], { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })
  })
})
