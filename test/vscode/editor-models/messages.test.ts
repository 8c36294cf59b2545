// Requests as the editor's models are asked: nothing is left out in silence.
import assert from 'node:assert/strict'
import type { ChatRequest, Part } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import { toOutgoing } from '../../../src/vscode/editor-models/messages.ts'

function request(more: Partial<ChatRequest> = {}): ChatRequest {
  const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }] }]
  return { origin: 'openai-chat', model: 'probe/first', stream: true, messages, tools: [], ...more }
}

function saying(...parts: Part[]): ReturnType<typeof toOutgoing>['messages'] {
  return toOutgoing(request({ messages: [{ role: 'user', parts }] })).messages
}

const refused = (work: () => unknown): void =>
  assert.throws(work, (thrown) => thrown instanceof GatewayError && thrown.code === 'unsupported')

describe('a request to a model of the editor', () => {
  it('has the system’s words as the user’s, in their place', () => {
    const messages = [
      { role: 'system' as const, parts: [{ type: 'text' as const, text: 'Be brief.' }] },
      { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }] },
      { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'Hello' }] },
    ]
    assert.deepEqual(
      toOutgoing(request({ messages })).messages.map(({ role, parts }) => [role, parts]),
      [
        ['user', [{ kind: 'text', text: 'Be brief.' }]],
        ['user', [{ kind: 'text', text: 'Hi' }]],
        ['assistant', [{ kind: 'text', text: 'Hello' }]],
      ],
    )
  })

  it('carries calls, and results with the mark of a failure', () => {
    const call: Part = { type: 'tool-call', id: 'c1', name: 'look', input: '{"at":"x"}' }
    const broken: Part = { type: 'tool-call', id: 'c2', name: 'look', input: 'x' }
    const result: Part = { type: 'tool-result', callId: 'c1', parts: [{ type: 'text', text: 'gone' }], isError: true }
    const [first] = saying(call, broken, result)
    assert.deepEqual(first?.parts.slice(0, 2), [
      { kind: 'call', callId: 'c1', name: 'look', input: { at: 'x' } },
      { kind: 'call', callId: 'c2', name: 'look', input: { _raw: 'x' } },
    ])
    const told = first?.parts[2]
    assert.ok(told?.kind === 'result' && told.content[0]?.kind === 'text')
    assert.match(told.content[0].text, /error.*gone/is)
  })

  it('carries pictures as bytes, and refuses what has no place', () => {
    const data = Buffer.from('picture').toString('base64')
    const picture: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } }
    assert.deepEqual(saying(picture)[0]?.parts, [
      { kind: 'image', data: Buffer.from('picture'), mediaType: 'image/png' },
    ])
    refused(() => saying({ type: 'image', source: { kind: 'url', url: 'https://e.example/a.png' } }))
    refused(() => saying({ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data } }))
    refused(() => saying({ type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data } }))
    refused(() => toOutgoing(request({ responseFormat: { type: 'json' } })))
    refused(() => toOutgoing(request({ tools: [{ type: 'custom', name: 'free' }] })))
  })

  it('lets the model choose among the tools that are allowed', () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function' as const, name }))
    const names = (toolChoice: NonNullable<ChatRequest['toolChoice']>): [string[], boolean] => {
      const outgoing = toOutgoing(request({ tools, toolChoice }))
      return [outgoing.tools.map(({ name }) => name), outgoing.mustCall]
    }
    assert.deepEqual(names({ type: 'auto' }), [['a', 'b'], false])
    assert.deepEqual(names({ type: 'none' }), [[], false])
    assert.deepEqual(names({ type: 'required' }), [['a', 'b'], true])
    assert.deepEqual(names({ type: 'tool', name: 'b' }), [['b'], true])
    assert.deepEqual(names({ type: 'allowed', names: ['a'], required: false }), [['a'], false])
  })

  it('says only the options that were set', () => {
    assert.deepEqual(toOutgoing(request()).modelOptions, {})
    assert.deepEqual(toOutgoing(request({ temperature: 0, maxOutputTokens: 5 })).modelOptions, {
      temperature: 0,
      max_tokens: 5,
    })
  })
})
