// Calls and results in the order that wires demand (rules 32, 88-91).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Message, Part, Warning } from '../../src/core/conversation.ts'
import { missingResultText, pairToolResults } from '../../src/wire/tool-pairing.ts'

const call = (id: string, name = 'f'): Part => ({ type: 'tool-call', id, name, input: '{}' })
const result = (callId: string, text = callId): Part => ({
  type: 'tool-result',
  callId,
  parts: [{ type: 'text', text }],
})
const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const pair = (...messages: Message[]): { messages: Message[]; kinds: string[] } => {
  const warnings: Warning[] = []
  return { messages: pairToolResults(messages, warnings), kinds: warnings.map((warning) => warning.kind) }
}
const outline = (messages: readonly Message[]): string[] =>
  messages.map(({ role, parts }) => {
    const words = parts.map((part) => {
      if (part.type === 'tool-call') return `call ${part.id}`
      if (part.type === 'tool-result')
        return `result ${part.callId}=${part.parts.map((inner) => ('text' in inner ? inner.text : inner.type)).join()}`
      return part.type === 'text' ? part.text : part.type
    })
    return `${role}: ${words.join(' | ')}`
  })

describe('pairToolResults', () => {
  it('groups separate results in one user message, results first, in call order (rule 89)', () => {
    const { messages } = pair(
      assistant(call('a'), call('b')),
      user(text('note')),
      user(result('b')),
      user(result('a')),
      assistant(text('ok')),
    )
    assert.deepEqual(outline(messages), [
      'assistant: call a | call b',
      'user: result a=a | result b=b | note',
      'assistant: ok',
    ])
  })

  it('merges neighbours of one role block-wise (rule 32)', () => {
    const { messages } = pair(
      user(text('1')),
      user(text('2')),
      assistant(text('3')),
      assistant(call('a')),
      user(result('a')),
    )
    assert.deepEqual(outline(messages), ['user: 1 | 2', 'assistant: 3 | call a', 'user: result a=a'])
  })

  it('invents a result for an interrupted call, at the end too (rule 90)', () => {
    const { messages, kinds } = pair(assistant(call('a')), user(text('go on')), assistant(call('b')))
    assert.deepEqual(outline(messages), [
      'assistant: call a',
      `user: result a=${missingResultText} | go on`,
      'assistant: call b',
      `user: result b=${missingResultText}`,
    ])
    assert.deepEqual(kinds, ['invented-result', 'invented-result'])
  })

  it('says an orphan result in words (rule 90)', () => {
    const { messages, kinds } = pair(user(result('x', 'lost')), assistant(text('hm')), user(result('y', 'late')))
    assert.deepEqual(outline(messages), [
      'user: Result of the tool call x: | lost',
      'assistant: hm',
      'user: Result of the tool call y: | late',
    ])
    assert.deepEqual(kinds, ['orphan-result', 'orphan-result'])
  })

  it('lets the last of several results win (rule 91)', () => {
    const { messages } = pair(assistant(call('a')), user(result('a', 'first'), result('a', 'second')))
    assert.deepEqual(outline(messages), ['assistant: call a', 'user: result a=second'])
  })

  it('tells equal ids apart and matches their results by order (rule 88)', () => {
    const { messages } = pair(
      assistant(call('a'), call('a')),
      user(result('a', 'one'), result('a', 'two')),
      assistant(call('a')),
      user(result('a', 'three')),
    )
    assert.deepEqual(outline(messages), [
      'assistant: call a | call a_2',
      'user: result a=one | result a_2=two',
      'assistant: call a_3',
      'user: result a_3=three',
    ])
  })

  it('keeps a system message that stands between call and result, after the result', () => {
    const { messages } = pair(assistant(call('a')), { role: 'system', parts: [text('rule')] }, user(result('a')))
    assert.deepEqual(outline(messages), ['assistant: call a', 'user: result a=a', 'system: rule'])
  })

  it('answers every call exactly once in the next message, whatever comes in', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const part = fc.oneof(
      id.map((value) => call(value)),
      id.map((value) => result(value)),
      fc.constant(text('t')),
    )
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant', 'system') as fc.Arbitrary<Message['role']>,
      parts: fc.array(part, { maxLength: 4 }),
    })
    const legal = fc.array(message, { maxLength: 8 }).map((messages) =>
      messages.map(({ role, parts }) => ({
        role,
        parts: parts.filter((one) =>
          one.type === 'tool-call' ? role === 'assistant' : one.type !== 'tool-result' || role === 'user',
        ),
      })),
    )
    fc.assert(
      fc.property(legal, (messages) => {
        const paired = pairToolResults(messages, [])
        const ids = paired.flatMap(({ parts }) => parts.flatMap((one) => (one.type === 'tool-call' ? [one.id] : [])))
        assert.equal(new Set(ids).size, ids.length)
        for (const [index, { role, parts }] of paired.entries()) {
          const calls = parts.flatMap((one) => (one.type === 'tool-call' ? [one.id] : []))
          if (role === 'assistant' && calls.length > 0) {
            const next = paired[index + 1]
            const head = next?.parts
              .slice(0, calls.length)
              .map((one) => (one.type === 'tool-result' ? one.callId : 'none'))
            assert.deepEqual(head, calls)
          }
        }
        const results = paired.flatMap(({ parts }) => parts.filter((one) => one.type === 'tool-result'))
        assert.equal(results.length, ids.length)
        assert.deepEqual(pairToolResults(paired, []), paired)
      }),
    )
  })
})
