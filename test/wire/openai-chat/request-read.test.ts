// Chat requests from clients, rule by rule.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { readRequest } from '../../../src/wire/openai-chat/request-read.ts'
import { plainRequestSchema, requestSchema } from '../../../src/wire/openai-chat/schema.ts'

function read(fields: Record<string, unknown>): ChatRequest {
  return readRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields })
}

const readMessages = (...messages: unknown[]): ChatRequest['messages'] => read({ messages }).messages
const image = { type: 'image_url', image_url: { url: 'data:image/jpg;base64,iVBORw0KGgo=', detail: 'low' } }

describe('Chat request reader', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, Partial<ChatRequest>])[] = [
    ['takes no stream for false (rule 2)', {}, { stream: false }],
    ['takes a stop word for a list (rule 11)', { stop: 'END' }, { stop: ['END'] }],
    ['reads either limit (rule 12)', { max_completion_tokens: 9 }, { maxOutputTokens: 9 }],
    ['takes null for absent', { temperature: null, stop: null, tools: null }, { tools: [] }],
    ['reads n (rule 8)', { n: 2 }, { candidates: 2 }],
    ['reads effort (rule 101)', { reasoning_effort: 'minimal' }, { reasoning: { level: 'minimal' } }],
    ["reads OpenRouter's reasoning (table R)", { reasoning: { max_tokens: 99 } }, { reasoning: { budgetTokens: 99 } }],
    ["reads GLM's thinking (table R)", { thinking: { type: 'disabled' } }, { reasoning: { level: 'none' } }],
    ["reads Qwen's thinking (table R)", { enable_thinking: true }, { reasoning: { adaptive: true } }],
    ['reads the wish for usage (rule 131)', { stream_options: { include_usage: true } }, { includeUsage: true }],
    ["reads Mistral's any (rule 77)", { tool_choice: 'any' }, { toolChoice: { type: 'required' } }],
    [
      'reads a named choice (rule 79)',
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { toolChoice: { type: 'tool', name: 'f' } },
    ],
    [
      'reads functions of the old form (rule 100)',
      { functions: [{ name: 'f' }], function_call: { name: 'f' } },
      { tools: [{ type: 'function', name: 'f' }], toolChoice: { type: 'tool', name: 'f' } },
    ],
    [
      'keeps hosted tools apart (rule 60)',
      { tools: [{ type: 'web_search' }] },
      { tools: [{ type: 'hosted', wire: 'openai-chat', value: { type: 'web_search' } }] },
    ],
    [
      'keeps unknown fields (rule 1)',
      { metadata: { a: 'b' } },
      { extras: { 'openai-chat': { metadata: { a: 'b' } } } },
    ],
  ]
  for (const [name, fields, expected] of cases) {
    it(name, () => {
      const request = read(fields)
      for (const [field, value] of Object.entries(expected))
        assert.deepEqual(request[field as keyof ChatRequest], value, field)
    })
  }

  it('lets hints of the path win over the body', () => {
    const request = readRequest(
      { model: 'm', messages: [{ role: 'user', content: 'x' }] },
      { model: 'other', stream: true },
    )
    assert.deepEqual([request.model, request.stream], ['other', true])
  })

  it('reads images, correcting their type by their bytes (rules 40, 42)', () => {
    assert.deepEqual(readMessages({ role: 'user', content: [image] })[0]?.parts, [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: 'low' },
    ])
  })

  it('keeps addresses of images (rule 41)', () => {
    const [part] =
      readMessages({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] })[0]
        ?.parts ?? []
    assert.deepEqual(part, { type: 'image', source: { kind: 'url', url: 'https://x/y.png' } })
  })

  it('puts a note where data cannot be read, so that the conversation goes on (rule 43)', () => {
    const [part] =
      readMessages({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }] })[0]
        ?.parts ?? []
    assert.equal(part?.type === 'text' && /could not be read/.test(part.text), true)
  })

  it('reads files and audio (rules 44, 46)', () => {
    const content = [
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
    ]
    assert.deepEqual(readMessages({ role: 'user', content })[0]?.parts, [
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }, title: 'a.pdf' },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA==' } },
    ])
  })

  it('groups results in one user message, with names and failures (rules 89, 92)', () => {
    const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: `f_${id}`, arguments: '{}' } }))
    const messages = readMessages(
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'b', content: '[tool error] boom' },
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'user', content: 'And?' },
    )
    assert.deepEqual(messages.slice(1), [
      {
        role: 'user',
        parts: [
          { type: 'tool-result', callId: 'b', name: 'f_b', parts: [{ type: 'text', text: 'boom' }], isError: true },
          { type: 'tool-result', callId: 'a', name: 'f_a', parts: [] },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'And?' }] },
    ])
  })

  it('matches calls and results of the old form (rule 100)', () => {
    const messages = readMessages(
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: 'ok' },
    )
    const [made] = messages[0]?.parts ?? []
    const [answer] = messages[1]?.parts ?? []
    assert.equal(made?.type === 'tool-call' && made.input, '{"a":1}')
    assert.equal(answer?.type === 'tool-result' && answer.callId, made?.type === 'tool-call' && made.id)
  })

  it('believes calls and reasoning of the assistant only (rule 98)', () => {
    const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
    const [message] = readMessages({ role: 'user', content: 'x', tool_calls: calls, reasoning_content: 'y' })
    assert.deepEqual(message?.parts, [{ type: 'text', text: 'x' }])
  })

  it('reads reasoning that the client sends back, and OpenRouter pieces within it (rule 111)', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm', signature: 'S' }]
    const [message] = readMessages({ role: 'assistant', content: 'A', reasoning: 'Hm', reasoning_details: details })
    assert.deepEqual(message?.parts, [
      { type: 'reasoning', text: 'Hm', signature: { family: 'openrouter', value: JSON.stringify(details) } },
      { type: 'text', text: 'A' },
    ])
  })

  it('leaves the text of arguments alone (rule 6)', () => {
    const input = '{ "n": 9007199254740993 }'
    const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: input } }]
    const [part] = readMessages({ role: 'assistant', tool_calls: calls })[0]?.parts ?? []
    assert.equal(part?.type === 'tool-call' && part.input, input)
  })

  const refusals: readonly (readonly [string, unknown, string | undefined])[] = [
    ['a body that is no object', 'x', undefined],
    ['no model', { messages: [{ role: 'user', content: 'x' }] }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['empty messages', { model: 'm', messages: [] }, 'messages'],
    ['an unknown role', { model: 'm', messages: [{ role: 'bot', content: 'x' }] }, 'messages[0].role'],
    [
      'a result without its call',
      { model: 'm', messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].tool_call_id',
    ],
    ['content of the wrong kind', { model: 'm', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [
      'an image without an address',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0].image_url.url',
    ],
    [
      'an unknown choice',
      { model: 'm', messages: [{ role: 'user', content: 'x' }], tool_choice: 'maybe' },
      'tool_choice',
    ],
  ]
  for (const [name, body, parameter] of refusals) {
    it(`refuses ${name} by its path`, () => {
      assert.throws(
        () => readRequest(body),
        (error: { code?: string; parameter?: string }) => {
          assert.deepEqual([error.code, error.parameter], ['invalid_request', parameter])
          return true
        },
      )
    })
  }

  it('takes by hand exactly the messages that the schema takes, but for calls in the old form', () => {
    const oneOf = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values)
    const message = fc.record(
      {
        role: oneOf('user', 'assistant', 'tool', 'developer', 'system', 'function', 'owner', 1),
        content: oneOf('Hi', '', null, 7, [], [{ type: 'text', text: 'Hi' }], [{ text: 'Hi' }], ['Hi'], {}),
        name: oneOf('Ada', null, 7),
        refusal: oneOf('No', null, {}),
        tool_call_id: oneOf('call_1', null, []),
        tool_calls: oneOf([], null, [{ id: 'a' }], ['a'], [[]], 'a'),
        other: oneOf(1, null),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    const messages = fc.oneof(
      fc.array(fc.oneof({ weight: 9, arbitrary: message }, oneOf(null, 'Hi', []))),
      oneOf(null, {}),
    )
    fc.assert(
      fc.property(messages, (list) => {
        const body = { model: 'm', messages: list }
        const whole = requestSchema.safeParse(body)
        const plain = plainRequestSchema.safeParse(body)
        assert.equal(plain.success, whole.success)
        assert.deepEqual(plain.data, whole.data)
      }),
      { numRuns: 500 },
    )
    const old = { messages: [{ role: 'assistant', function_call: { name: 'f' } }] }
    assert.deepEqual([plainRequestSchema.safeParse(old).success, requestSchema.safeParse(old).success], [false, true])
  })
})
