// Which requests and which answers a cache may take, wire by wire.
import assert from 'node:assert/strict'
import type { JsonObject } from '../../../src/core/json.ts'
import { isCacheable } from '../../../src/engine/cache/cacheable.ts'
import { lastUserText } from '../../../src/engine/cache/last-user-text.ts'
import { toRecording } from '../../../src/engine/cache/recording.ts'
import type { CacheRequest } from '../../../src/engine/cache/request.ts'
import { isWorthKeeping } from '../../../src/engine/cache/worth.ts'

type Wire = CacheRequest['wire']

const requests: readonly [Wire, JsonObject, boolean][] = [
  ['openai-chat', { messages: [], temperature: 1, n: 2 }, true],
  ['openai-chat', { messages: [], store: false }, true],
  ['openai-chat', { messages: [], store: true }, false],
  ['openai-chat', { tools: [{ type: 'function', function: { name: 'f' } }] }, true],
  ['openai-chat', { web_search_options: {} }, false],
  ['openai-chat', { tools: [{ type: 'web_search' }] }, false],
  ['openai-responses', { input: 'hi' }, true],
  ['openai-responses', { input: 'hi', store: false }, true],
  ['openai-responses', { input: 'hi', store: true }, false],
  ['openai-responses', { input: 'hi', previous_response_id: 'resp_1' }, false],
  ['openai-responses', { input: 'hi', previous_response_id: null }, true],
  ['openai-responses', { input: 'hi', conversation: { id: 'c' } }, false],
  ['openai-responses', { input: 'hi', background: true }, false],
  ['openai-responses', { input: [{ type: 'item_reference', id: 'i' }] }, false],
  ['openai-responses', { input: 'hi', tools: [{ type: 'web_search' }] }, false],
  ['openai-responses', { input: 'hi', tools: [{ type: 'custom', name: 'c' }] }, true],
  ['anthropic-messages', { messages: [], tools: [{ name: 'f' }, { type: 'bash_20250124', name: 'bash' }] }, true],
  ['anthropic-messages', { messages: [], tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, false],
  ['anthropic-messages', { messages: [], container: 'c' }, false],
  ['anthropic-messages', { messages: [], mcp_servers: [{ url: 'https://x' }] }, false],
  ['gemini-generate', { contents: [], tools: [{ functionDeclarations: [] }] }, true],
  ['gemini-generate', { contents: [], tools: [{ function_declarations: [] }] }, true],
  ['gemini-generate', { contents: [], tools: [{ googleSearch: {} }] }, false],
  ['gemini-generate', { contents: [], tools: { urlContext: {} } }, false],
  ['editor', { messages: [], tools: [{ type: 'function', name: 'f' }] }, true],
  ['editor', { messages: [], tools: [{ type: 'hosted' }] }, false],
]

const answers: readonly [Wire, string, boolean][] = [
  ['openai-chat', '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}', true],
  ['openai-chat', '{"choices":[{"message":{"content":"Hi"},"finish_reason":"length"}]}', false],
  ['openai-chat', '{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}', false],
  ['openai-chat', '{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}', false],
  [
    'openai-chat',
    '{"choices":[{"message":{"content":"say \\"finish_reason\\":\\"length\\""},"finish_reason":"stop"}]}',
    true,
  ],
  [
    'openai-chat',
    '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"},{"finish_reason":"content_filter"}]}',
    false,
  ],
  [
    'openai-chat',
    'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":""}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\n',
    true,
  ],
  ['openai-chat', 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n', false],
  ['openai-responses', '{"status":"completed","output":[{"content":[{"type":"output_text","text":"Hi"}]}]}', true],
  ['openai-responses', '{"status":"incomplete","output":[{"content":[{"type":"output_text","text":"Hi"}]}]}', false],
  [
    'openai-responses',
    'data: {"type":"response.completed","response":{"output":[{"type":"function_call"}]}}\n\n',
    true,
  ],
  [
    'openai-responses',
    'data: {"type":"response.completed","response":{"output":[{"content":[{"type":"refusal","refusal":"No."}]}]}}\n\n',
    false,
  ],
  ['anthropic-messages', '{"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}', true],
  ['anthropic-messages', '{"content":[{"type":"tool_use","name":"f"}],"stop_reason":"tool_use"}', true],
  ['anthropic-messages', '{"content":[{"type":"text","text":"Hi"}],"stop_reason":"max_tokens"}', false],
  ['anthropic-messages', '{"content":[{"type":"text","text":"Hi"}],"stop_reason":"refusal"}', false],
  ['anthropic-messages', '{"content":[],"stop_reason":"end_turn"}', false],
  ['gemini-generate', '{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}', true],
  ['gemini-generate', '{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"MAX_TOKENS"}]}', false],
  ['gemini-generate', '{"candidates":[{"finishReason":"STOP"}]}', false],
  ['editor', '{"type":"text-delta","id":"0","text":"Hi"}\n{"type":"finish","finish":{"unified":"stop"}}\n', true],
  ['editor', '{"type":"text-delta","id":"0","text":"Hi"}\n{"type":"finish","finish":{"unified":"length"}}\n', false],
]

describe('what a cache takes', () => {
  for (const [wire, body, expected] of requests) {
    it(`${expected ? 'takes' : 'leaves'} ${wire} ${JSON.stringify(body)}`, () =>
      assert.equal(isCacheable(wire, body), expected))
  }

  for (const [wire, text, expected] of answers) {
    it(`${expected ? 'keeps' : 'does not keep'} ${wire} ${text.slice(0, 110)}`, () => {
      const recorded = (status: number): boolean =>
        isWorthKeeping(wire, toRecording({ status, headers: {} }, [Buffer.from(text)], undefined))
      assert.equal(recorded(200), expected)
      assert.equal(recorded(502), false)
    })
  }
})

const plain: readonly [Wire, JsonObject, string | undefined][] = [
  [
    'openai-chat',
    {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: ' Hi ' },
      ],
    },
    'Hi',
  ],
  [
    'openai-chat',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    },
    'b',
  ],
  [
    'openai-chat',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: {} },
          ],
        },
      ],
    },
    undefined,
  ],
  [
    'openai-chat',
    {
      messages: [
        { role: 'assistant', content: 'x', tool_calls: [] },
        { role: 'user', content: 'Hi' },
      ],
    },
    'Hi',
  ],
  [
    'openai-chat',
    {
      messages: [
        { role: 'assistant', content: 'x', tool_calls: [{}] },
        { role: 'user', content: 'Hi' },
      ],
    },
    undefined,
  ],
  [
    'openai-chat',
    {
      messages: [
        { role: 'tool', content: 'x' },
        { role: 'user', content: 'Hi' },
      ],
    },
    undefined,
  ],
  ['openai-chat', { messages: [{ role: 'user', content: 'Hi' }], tools: [{ type: 'function' }] }, undefined],
  ['openai-chat', { messages: [{ role: 'user', content: 'Hi' }], functions: [{ name: 'f' }] }, undefined],
  ['openai-chat', { messages: [{ role: 'user', content: 'Hi' }], tools: [] }, 'Hi'],
  ['openai-chat', { messages: [{ role: 'assistant', content: 'Hi' }] }, undefined],
  ['openai-chat', { messages: [{ role: 'user', content: '  ' }] }, undefined],
  ['openai-chat', { messages: [{ role: 'user', content: 'x'.repeat(2_001) }] }, undefined],
  ['openai-responses', { input: 'Hi' }, 'Hi'],
  ['openai-responses', { input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }] }, 'Hi'],
  ['openai-responses', { input: [{ type: 'function_call_output', output: 'x' }] }, undefined],
  ['openai-responses', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, undefined],
  [
    'anthropic-messages',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }] },
    'Hi',
  ],
  [
    'anthropic-messages',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', content: 'x' },
            { type: 'text', text: 'Hi' },
          ],
        },
      ],
    },
    undefined,
  ],
  ['gemini-generate', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }, 'Hi'],
  ['gemini-generate', { contents: [{ parts: [{ text: 'Hi' }] }] }, 'Hi'],
  ['gemini-generate', { contents: [{ parts: [{ inlineData: {} }, { text: 'Hi' }] }] }, undefined],
  [
    'gemini-generate',
    { contents: [{ role: 'model', parts: [{ functionCall: {} }] }, { parts: [{ text: 'Hi' }] }] },
    undefined,
  ],
  ['editor', { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }], tools: [] }, 'Hi'],
  ['editor', { messages: [{ role: 'user', parts: [{ type: 'image', source: {} }] }], tools: [] }, undefined],
]

describe('the last user text', () => {
  for (const [wire, body, expected] of plain) {
    it(`is ${expected} in ${wire} ${JSON.stringify(body).slice(0, 140)}`, () => {
      const found = lastUserText(wire, body)
      assert.equal(found?.text, expected)
      if (found) assert.ok(!JSON.stringify(found.rest).includes(`"${found.text}"`), 'the rest still holds it')
    })
  }
})
