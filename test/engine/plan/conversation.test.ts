// Which signs of a conversation are found where, and that the same conversation gives the same key from its first request on.
import assert from 'node:assert/strict'
import type { ChatRequest, Message } from '../../../src/core/conversation.ts'
import type { WireId } from '../../../src/core/wire-format.ts'
import {
  conversationInBytes,
  conversationInHeaders,
  conversationInRequest,
  conversationOfResponse,
} from '../../../src/engine/plan/conversation.ts'

function said(role: Message['role'], text: string): Message {
  return { role, parts: [{ type: 'text', text }] }
}

function request(messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { origin: 'openai-chat', model: 'm', stream: false, messages, tools: [], ...more }
}

function inBytes(wire: WireId, body: unknown): string | undefined {
  return conversationInBytes(wire, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
}

describe('the conversation of a request', () => {
  for (const name of [
    'x-claude-code-session-id',
    'session_id',
    'session-id',
    'x-session-id',
    'x-session-affinity',
    'conversation_id',
  ]) {
    it(`is told by the header ${name}`, () => {
      assert.equal(conversationInHeaders({ accept: '*/*', [name]: 'abc-1' }), 'session:abc-1')
      assert.equal(conversationInHeaders({ [name]: ['first', 'second'] }), 'session:first')
      assert.equal(conversationInHeaders({ [name]: '' }), undefined)
    })
  }

  it('is a short key however long the sign is', () => {
    const key = conversationInHeaders({ 'x-session-id': 'x'.repeat(10_000) })
    assert.ok(key !== undefined && key.length < 80)
    assert.notEqual(key, conversationInHeaders({ 'x-session-id': 'x'.repeat(10_001) }))
  })

  const bodies: readonly (readonly [string, WireId, unknown, string | undefined])[] = [
    ['OpenAI’s prompt cache key', 'openai-responses', { input: 'x', prompt_cache_key: 'c-1' }, 'cache:c-1'],
    ['one with escapes, in loose spelling', 'openai-chat', '{"prompt_cache_key" :\n "a\\u0062\\"c"}', 'cache:ab"c'],
    ['the reply it goes on from', 'openai-responses', { previous_response_id: 'resp_1' }, 'response:resp_1'],
    [
      'none where the field is null',
      'openai-responses',
      { prompt_cache_key: null, previous_response_id: null },
      undefined,
    ],
    [
      'the session in Claude Code’s user',
      'anthropic-messages',
      { metadata: { user_id: 'user_1f_account_2e_session_0a1b-2c' } },
      'session:0a1b-2c',
    ],
    [
      'the session in its newer form',
      'anthropic-messages',
      { metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"0a1b-2c"}' } },
      'session:0a1b-2c',
    ],
    ['none of a user without a session', 'anthropic-messages', { metadata: { user_id: 'somebody' } }, undefined],
    [
      'the real field behind one of a tool and one of its arguments',
      'anthropic-messages',
      {
        tools: [{ input_schema: { properties: { user_id: { type: 'string' } } } }],
        messages: [
          { content: [{ type: 'tool_use', input: { user_id: '42' } }, { text: 'say "user_id": "_session_evil1"' }] },
        ],
        metadata: { user_id: 'user_1_session_good1' },
      },
      'session:good1',
    ],
    ['nothing in Gemini’s wire', 'gemini-generate', { prompt_cache_key: 'c-1', user_id: 'u_session_abcd' }, undefined],
  ]
  for (const [what, wire, body, wanted] of bodies) {
    it(`is found in the bytes: ${what}`, () => assert.equal(inBytes(wire, body), wanted))
  }

  it('is found by the same sign in bytes and in canonical form', () => {
    const user = 'user_1_account_2_session_0a1b-2c'
    assert.equal(
      conversationInRequest(request([], { user })),
      inBytes('anthropic-messages', { metadata: { user_id: user } }),
    )
    assert.equal(
      conversationInRequest(request([], { promptCacheKey: 'k' })),
      inBytes('openai-chat', { prompt_cache_key: 'k' }),
    )
    assert.equal(conversationInRequest(request([], { previousResponseId: 'r' })), conversationOfResponse('r'))
  })

  it('stays the same while a conversation grows, whatever else changes', () => {
    const first = [said('system', 'be kind'), said('user', 'hello')]
    const key = conversationInRequest(request(first))
    assert.match(String(key), /^hash:/)
    const later = [...first, said('assistant', 'hi'), said('user', 'more'), said('system', 'reminder')]
    assert.equal(conversationInRequest(request(later, { stream: true, temperature: 1, model: 'n' })), key)
  })

  it('differs by system prompt, first message, picture and tools', () => {
    const picture = (data: string): Message => ({
      role: 'user',
      parts: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } }],
    })
    const tool = { type: 'function', name: 'read' } as const
    const keys = [
      request([said('user', 'hello')]),
      request([said('user', 'hello!')]),
      request([said('system', 'be kind'), said('user', 'hello')]),
      request([said('system', 'be'), said('user', 'kind hello')]),
      request([said('user', 'hello')], { tools: [tool] }),
      request([picture('AAAA')]),
      request([picture('AAAB')]),
    ].map(conversationInRequest)
    assert.equal(new Set(keys).size, keys.length)
  })

  it('can’t be told without a user’s message', () => {
    assert.equal(conversationInRequest(request([said('system', 'be kind')])), undefined)
  })
})
