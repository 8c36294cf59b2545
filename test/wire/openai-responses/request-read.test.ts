// Responses requests from clients, rule by rule; the first is what codex sends.
import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { writeRequest as writeChat } from '../../../src/wire/openai-chat/request-write.ts'
import { readRequest } from '../../../src/wire/openai-responses/request-read.ts'
import { targetOf } from '../requests.ts'

const codexBody = {
  model: 'gw/m',
  stream: true,
  input: [
    {
      type: 'message',
      role: 'developer',
      id: 'm1',
      content: [
        { type: 'input_text', text: 'You are Codex.' },
        { type: 'input_text', text: 'Rules.' },
      ],
    },
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandbox.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is in a.png?' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Look.' }], encrypted_content: 'ENC' },
    {
      type: 'function_call',
      id: 'fc_1',
      status: 'completed',
      call_id: 'call_1',
      name: 'view_image',
      arguments: '{"path":"a.png"}',
    },
    {
      type: 'function_call',
      id: 'fc_2',
      status: 'completed',
      call_id: 'call_2',
      namespace: 'agents',
      name: 'spawn',
      arguments: '{}',
    },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [{ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'high' }],
    },
    { type: 'function_call_output', call_id: 'call_2', output: 'spawned' },
  ],
  tools: [
    {
      type: 'function',
      name: 'view_image',
      description: 'Views.',
      strict: false,
      parameters: { type: 'object', properties: { path: { type: 'string' } } },
    },
    {
      type: 'namespace',
      name: 'agents',
      description: 'Agents.',
      tools: [{ type: 'function', name: 'spawn', strict: false, parameters: { type: 'object', properties: {} } }],
    },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Patches.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
    },
    { type: 'web_search', external_web_access: true },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'high', summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'key',
  client_metadata: { a: 'b' },
}

const read = (fields: Record<string, unknown>): ChatRequest => readRequest({ model: 'm', input: 'Hi', ...fields })

describe('Responses request reader', () => {
  it('reads everything codex sends', () => {
    const request = readRequest(codexBody)
    assert.deepEqual(
      request.messages.map((message) => [message.role, message.parts.map((part) => part.type), message.developer]),
      [
        ['system', ['text', 'text'], true],
        ['system', ['text'], true],
        ['user', ['text'], undefined],
        ['assistant', ['reasoning', 'tool-call', 'tool-call'], undefined],
        ['user', ['tool-result', 'tool-result'], undefined],
      ],
    )
    assert.deepEqual(request.messages[3]?.parts[0], {
      type: 'reasoning',
      text: 'Look.',
      signature: { family: 'openai', value: 'ENC' },
      id: 'rs_1',
    })
    assert.deepEqual(
      request.tools.map((tool) => (tool.type === 'hosted' ? tool.value['type'] : tool.name)),
      ['view_image', 'agents__spawn', 'apply_patch', 'web_search'],
    )
    assert.deepEqual(request.reasoning, { level: 'high', summary: 'auto' })
  })

  it("never refuses codex's namespaces and hosted tools on the way to a Chat server (rules 60, 61)", () => {
    const { body, warnings } = writeChat(readRequest(codexBody), targetOf())
    const written = JSON.parse(JSON.stringify(body))
    assert.deepEqual(
      written.tools.map((tool: { function: { name: string } }) => tool.function.name),
      ['view_image', 'agents__spawn', 'apply_patch'],
    )
    assert.deepEqual(
      written.messages.map((message: { role: string }) => message.role),
      ['system', 'system', 'user', 'assistant', 'tool', 'tool', 'user'],
    )
    assert.ok(warnings.some((warning) => warning.kind === 'dropped-tool' && warning.subject === 'web_search'))
  })

  const cases: readonly (readonly [string, Record<string, unknown>, Partial<ChatRequest>])[] = [
    ['takes text for a user message', {}, { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }] }],
    [
      'puts the instructions first (rule 28)',
      {
        instructions: 'Be brief.',
        input: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'Hi' },
        ],
      },
      {
        messages: [
          { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'system', parts: [{ type: 'text', text: 'S' }] },
          { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        ],
      },
    ],
    ['reads the limit', { max_output_tokens: 30 }, { maxOutputTokens: 30 }],
    [
      'reads a flat schema (rule 22)',
      { text: { format: { type: 'json_schema', name: 'a', schema: {}, strict: true } } },
      { responseFormat: { type: 'json-schema', name: 'a', schema: {}, strict: true } },
    ],
    [
      'reads a named choice (rule 79)',
      { tool_choice: { type: 'function', name: 'f' } },
      { toolChoice: { type: 'tool', name: 'f' } },
    ],
    [
      'keeps the choice of a hosted tool (rule 60)',
      { tool_choice: { type: 'web_search' } },
      { extras: { 'openai-responses': { tool_choice: { type: 'web_search' } } } },
    ],
    [
      'reads a summary without turning thinking on (rule 104)',
      { reasoning: { summary: 'auto' } },
      { reasoning: { summary: 'auto' } },
    ],
    [
      'keeps the reference to stored state (rule 158)',
      { previous_response_id: 'resp_1' },
      { previousResponseId: 'resp_1' },
    ],
    [
      'keeps the phase of messages',
      {
        input: [
          { type: 'message', role: 'assistant', phase: 'commentary', content: [{ type: 'output_text', text: 'A' }] },
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            parts: [{ type: 'text', text: 'A', extras: { 'openai-responses': { phase: 'commentary' } } }],
          },
        ],
      },
    ],
    [
      'keeps items it does not know (rule 1)',
      { input: [{ type: 'web_search_call', id: 'ws_1' }] },
      {
        messages: [
          {
            role: 'assistant',
            parts: [{ type: 'opaque', wire: 'openai-responses', value: { type: 'web_search_call', id: 'ws_1' } }],
          },
        ],
      },
    ],
    [
      'reads documents by data and by address (rule 44)',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
              { type: 'input_file', file_url: 'https://x/a.pdf' },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            parts: [
              {
                type: 'document',
                source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' },
                title: 'a.pdf',
              },
              { type: 'document', source: { kind: 'url', url: 'https://x/a.pdf' } },
            ],
          },
        ],
      },
    ],
  ]
  for (const [name, fields, expected] of cases) {
    it(name, () => {
      const request = read(fields)
      for (const [field, value] of Object.entries(expected))
        assert.deepEqual(request[field as keyof ChatRequest], value, field)
    })
  }

  const refusals: readonly (readonly [string, unknown, string | undefined])[] = [
    ['a body that is no object', [], undefined],
    ['no model', { input: 'x' }, 'model'],
    ['nothing to answer', { model: 'm' }, 'input'],
    ['an unknown role', { model: 'm', input: [{ role: 'bot', content: 'x' }] }, 'input[0].role'],
    [
      'a call without its id',
      { model: 'm', input: [{ type: 'function_call', name: 'f', arguments: '{}' }] },
      'input[0].call_id',
    ],
    [
      'a result without its call',
      { model: 'm', input: [{ type: 'function_call_output', output: 'x' }] },
      'input[0].call_id',
    ],
    ['content of the wrong kind', { model: 'm', input: [{ role: 'user', content: 5 }] }, 'input[0].content'],
    ['an unknown choice', { model: 'm', input: 'x', tool_choice: 'maybe' }, 'tool_choice'],
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
})
