// Rules that need little and belong to no single wire: each is proven once, on every wire it speaks of.
import assert from 'node:assert/strict'
import type { ChatRequest } from '../../src/core/conversation.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import type { UpstreamRequest, WireId } from '../../src/core/wire-format.ts'
import { wireIds } from '../../src/core/wire-format.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { createSseParser } from '../../src/wire/sse.ts'

const hello: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
}

function write(wire: WireId, more: Partial<ChatRequest>, quirks: JsonObject = {}): UpstreamRequest {
  const target = { id: 'model', provider: 'vendor', limits: {}, capabilities: {}, quirks }
  return wireFormats[wire].writeRequest({ ...hello, ...more }, target)
}

describe('single rules', () => {
  it('betas that a server needs are asked for, and no other server is sent any (rule 21)', () => {
    const betas = write('anthropic-messages', {}, { betas: ['one', 'two'] }).headers['anthropic-beta']
    assert.equal(betas, 'one,two')
    for (const wire of wireIds) assert.equal(write(wire, {}).headers['anthropic-beta'], undefined, wire)
  })

  it('names of speakers reach Chat servers and are lost with a warning elsewhere (rule 37)', () => {
    const messages = [
      { ...hello.messages[0], role: 'user', name: 'Anna', parts: hello.messages[0]?.parts ?? [] } as const,
    ]
    assert.match(JSON.stringify(write('openai-chat', { messages }).body), /"name":"Anna"/)
    for (const wire of wireIds.filter((id) => id !== 'openai-chat')) {
      const { body, warnings } = write(wire, { messages })
      assert.doesNotMatch(JSON.stringify(body), /Anna/)
      assert.ok(
        warnings.some(({ subject }) => subject === 'name'),
        wire,
      )
    }
  })

  it('a tool that is declared twice is declared once, with a warning (rule 56)', () => {
    const tool = { type: 'function', name: 'look' } as const
    for (const wire of wireIds) {
      const { body, warnings } = write(wire, { tools: [{ ...tool, description: 'first' }, tool] })
      assert.equal(JSON.stringify(body).split('"look"').length, 2, wire)
      assert.match(JSON.stringify(body), /first/)
      assert.ok(warnings.some(({ kind }) => kind === 'dropped-tool'))
    }
  })

  it('several answers at once are refused in plain words rather than lost (rules 7, 8)', () => {
    for (const wire of wireIds) {
      assert.throws(
        () => write(wire, { candidates: 2 }),
        (thrown) => {
          assert.ok(thrown instanceof GatewayError)
          assert.deepEqual([thrown.code, thrown.parameter], ['unsupported', 'n'])
          assert.match(thrown.message, /asks for 2 answers at once.*Ask for one answer/)
          return true
        },
      )
      assert.doesNotThrow(() => write(wire, { candidates: 1 }))
    }
  })

  it('thinking between tool calls stays where it was (rule 116)', () => {
    const sent = [
      { type: 'thinking', thinking: 'first', signature: 'sig-1' },
      { type: 'tool_use', id: 'a', name: 'look', input: {} },
      { type: 'thinking', thinking: 'second', signature: 'sig-2' },
      { type: 'tool_use', id: 'b', name: 'look', input: {} },
    ]
    const reply = wireFormats['anthropic-messages'].readReply({
      type: 'message',
      content: sent,
      stop_reason: 'tool_use',
      usage: { input_tokens: 1, output_tokens: 1 },
    })
    const kinds = ['reasoning', 'tool-call', 'reasoning', 'tool-call']
    assert.deepEqual(
      reply.parts.map(({ type }) => type),
      kinds,
    )
    assert.deepEqual(wireFormats['anthropic-messages'].writeReply(reply, hello)['content'], sent)
  })

  it('signs of life while waiting are legal and say nothing (rule 137)', () => {
    for (const wire of wireIds) {
      const { keepAlive, streamReader } = wireFormats[wire]
      const events = [...createSseParser(1024).feed(Buffer.from(keepAlive))]
      const reader = streamReader()
      assert.deepEqual(
        events.flatMap((event) => reader.read(event)),
        [],
        wire,
      )
      const expected = wire === 'anthropic-messages' ? ['ping'] : []
      assert.deepEqual(
        events.map(({ event }) => event),
        expected,
      )
    }
  })

  it('chunks of tool calls hold no null content (rule 145)', () => {
    const parts: StreamPart[] = [
      { type: 'start' },
      { type: 'tool-input-start', id: 'b', callId: 'c', name: 'look' },
      { type: 'tool-input-delta', id: 'b', text: '{}' },
      { type: 'tool-input-end', id: 'b' },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ]
    const text = parts.map(wireFormats['openai-chat'].streamWriter(hello)).join('')
    const chunks = text.split('\n\n').filter((event) => event.includes('tool_calls":['))
    assert.ok(chunks.length > 0)
    for (const chunk of chunks) assert.doesNotMatch(chunk, /"content":null/)
  })
})

describe('sound in answers', () => {
  const wire = wireFormats['openai-chat']

  it('of Chat servers arrives as its transcript, with a warning, whole and streamed alike', () => {
    const message = { role: 'assistant', content: null, audio: { id: 'a', data: 'AAAA', transcript: 'Good day.' } }
    const whole = wire.readReply({ choices: [{ message, finish_reason: 'stop' }] })
    const reader = wire.streamReader()
    const event = (delta: JsonObject, finish_reason: string | null = null) =>
      reader.read({ data: JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] }) })
    const streamed = foldReply([
      ...event({ role: 'assistant', audio: { id: 'a', transcript: 'Good ' } }),
      ...event({ audio: { data: 'AAAA' } }),
      ...event({ audio: { transcript: 'day.' } }),
      ...event({}, 'stop'),
      ...reader.read({ data: '[DONE]' }),
    ])
    for (const { parts, warnings } of [whole, streamed]) {
      assert.deepEqual(parts, [{ type: 'text', text: 'Good day.' }])
      assert.deepEqual(
        warnings.map(({ kind, subject }) => `${kind} ${subject}`),
        ['dropped-part audio'],
      )
    }
  })

  it('of Gemini is told as lost to other clients', () => {
    const inlineData = { mimeType: 'audio/wav', data: 'AAAA' }
    const { warnings } = wireFormats['gemini-generate'].readReply({
      candidates: [{ content: { role: 'model', parts: [{ inlineData }] }, finishReason: 'STOP' }],
    })
    assert.match(warnings[0]?.message ?? '', /audio\/wav/)
  })
})
