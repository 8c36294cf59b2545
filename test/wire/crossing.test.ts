// Recorded streams of one wire as clients of the other are given them: what crosses, in which shape, and what comes back with the
// next turn.
import assert from 'node:assert/strict'
import type { ChatRequest, Part } from '../../src/core/conversation.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import type { TargetModel, WireFormat } from '../../src/core/wire-format.ts'
import { format as anthropic } from '../../src/wire/anthropic-messages/format.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { format as gemini } from '../../src/wire/gemini-generate/format.ts'
import { unfoldReply } from '../../src/wire/unfold.ts'
import { readStrictly } from './anthropic-messages/grammar.ts'
import { linesOf, replay } from './recorded.ts'

const target = (id: string): TargetModel => ({ id, provider: 'any', limits: {}, capabilities: {}, quirks: {} })
const anthropicClient: ChatRequest = anthropic.readRequest({
  model: 'mine',
  max_tokens: 9,
  stream: true,
  messages: [{ role: 'user', content: 'hi' }],
})
const geminiClient: ChatRequest = gemini.readRequest(
  {
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  },
  { model: 'mine', stream: true },
)
const recorded = (format: WireFormat, name: string): StreamPart[] => replay(format.streamReader(), linesOf(name))
const kindsOf = (parts: readonly Part[]): string[] => parts.map((part) => part.type)

describe('Gemini upstream, Anthropic client', () => {
  it('streams thoughts, text and calls in the order they came', () => {
    const writer = anthropic.streamWriter(anthropicClient)
    const { blocks, stop } = readStrictly(recorded(gemini, 'gemini-thinking-tools').map(writer).join(''))
    assert.deepEqual(
      blocks.map((block) => block.type),
      ['thinking', 'text', 'thinking', 'tool_use', 'tool_use'],
    )
    assert.equal(stop, 'tool_use')
  })

  it('streams the same as it gives whole (rules 3, 4)', () => {
    const reply = foldReply(recorded(gemini, 'gemini-thinking-tools'))
    const whole = anthropic.writeReply(reply, anthropicClient)['content'] as JsonObject[]
    const { blocks } = readStrictly(unfoldReply(reply).map(anthropic.streamWriter(anthropicClient)).join(''))
    assert.deepEqual(
      blocks.map((block) => [block.type, block.text, block.signature]),
      whole.map((block) => [
        block['type'],
        block['text'] ?? block['thinking'] ?? JSON.stringify(block['input']),
        block['signature'] ?? '',
      ]),
    )
  })

  it('gets Google’s signature back on the same call with the next turn (rule 109)', () => {
    const content = anthropic.writeReply(foldReply(recorded(gemini, 'gemini-thinking-tools')), anthropicClient)[
      'content'
    ] as JsonObject[]
    const results = content.flatMap((block) =>
      block['type'] === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block['id'], content: 'r' }] : [],
    )
    const next = anthropic.readRequest({
      model: 'mine',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content },
        { role: 'user', content: results },
      ],
    })
    const { body } = gemini.writeRequest(next, target('gemini-3.7-flash'))
    const [, model, answers] = body['contents'] as { parts: JsonObject[] }[]
    assert.deepEqual(
      model?.parts.map((part) => part['thoughtSignature']),
      [undefined, 'c2lnbmF0dXJl', undefined],
    )
    assert.deepEqual(
      answers?.parts.map((part) => (part['functionResponse'] as JsonObject)['name']),
      ['read_file', 'read_file'],
    )
    const elsewhere = JSON.stringify(anthropic.writeRequest(next, target('claude-opus-5')).body)
    assert.ok(!elsewhere.includes('c2lnbmF0dXJl'), 'and never reaches Anthropic (rule 107)')
  })
})

describe('Anthropic upstream, Gemini client', () => {
  it('gives whole calls and the signatures of thinking, which come back verbatim (rules 106, 109)', () => {
    const reply = foldReply(recorded(anthropic, 'anthropic-thinking-tools'))
    const { candidates } = gemini.writeReply(reply, geminiClient) as unknown as {
      candidates: { content: JsonObject }[]
    }
    const streamed = recorded(anthropic, 'anthropic-thinking-tools').map(gemini.streamWriter(geminiClient)).join('')
    const parts = streamed
      .split('\n\n')
      .slice(0, -1)
      .flatMap((frame) => JSON.parse(frame.slice(6)).candidates[0].content.parts as JsonObject[])
    for (const content of [
      candidates[0]?.content,
      { role: 'model', parts: parts.filter((part) => part['text'] !== '' || part['thoughtSignature']) },
    ]) {
      const next = gemini.readRequest(
        { contents: [{ role: 'user', parts: [{ text: 'hi' }] }, content as JsonObject] },
        { model: 'm' },
      )
      const assistant = next.messages[1]
      assert.deepEqual(
        kindsOf(assistant?.parts ?? []).filter((kind) => kind !== 'text'),
        ['reasoning', 'reasoning', 'tool-call', 'tool-call'],
      )
      const { body } = anthropic.writeRequest(next, target('claude-sonnet-4-5'))
      const blocks = (body['messages'] as { content: JsonObject[] }[])[1]?.content
      assert.equal(blocks?.find((block) => block['type'] === 'thinking')?.['signature'], 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h')
      assert.equal(blocks?.find((block) => block['type'] === 'redacted_thinking')?.['data'], 'EmwKAhgBEgy3va3pzix')
    }
  })
})
