// Requests of Anthropic clients, as real ones send them, and what is lost on a way there and back.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest, Message } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { TargetModel } from '../../../src/core/wire-format.ts'
import { writeError } from '../../../src/wire/anthropic-messages/errors.ts'
import { readRequest } from '../../../src/wire/anthropic-messages/request-read.ts'
import { writeRequest } from '../../../src/wire/anthropic-messages/request-write.ts'
import { conversations, names, words } from '../arbitraries.ts'

const target: TargetModel = { id: 'claude-sonnet-4-5', provider: 'anthropic', limits: {}, capabilities: {}, quirks: {} }
const hello = { role: 'user', content: 'hello' }
const read = (body: object): ChatRequest => readRequest({ model: 'm', max_tokens: 10, messages: [hello], ...body })
const failure = (body: unknown): GatewayError => {
  try {
    readRequest(body)
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    return error
  }
  return assert.fail('the body was accepted')
}

describe('anthropic-messages readRequest', () => {
  it('reads what Claude Code sends (clients.md)', () => {
    const cache_control = { type: 'ephemeral' }
    const request = read({
      stream: true,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1' },
        { type: 'text', text: 'You are Claude Code.', cache_control: { ...cache_control, ttl: '1h' } },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>x</system-reminder>' },
            { type: 'text', text: 'go', cache_control },
          ],
        },
        { role: 'system', content: 'new tools' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: '', signature: 'S' },
            { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: '/a.png' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }],
            },
          ],
        },
      ],
      tools: [
        {
          name: 'Read',
          description: 'd',
          input_schema: { $schema: 'x', type: 'object', properties: {} },
          cache_control,
        },
      ],
      metadata: { user_id: '{"device_id":"d"}' },
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high' },
      context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
    })
    assert.deepEqual(
      request.messages.map((message) => message.role),
      ['system', 'user', 'system', 'assistant', 'user'],
    )
    assert.deepEqual(request.messages[0]?.parts[1], {
      type: 'text',
      text: 'You are Claude Code.',
      cache: { ttl: '1h' },
    })
    assert.deepEqual(request.messages[3]?.parts, [
      { type: 'reasoning', text: '', signature: { family: 'anthropic', value: 'S' } },
      { type: 'tool-call', id: 'toolu_1', name: 'Read', input: '{"file_path":"/a.png"}' },
    ])
    const result = request.messages[4]?.parts[0]
    assert.equal(result?.type === 'tool-result' ? result.parts[0]?.type : '', 'image')
    assert.deepEqual(request.reasoning, { level: 'high', adaptive: true, summary: 'none' })
    assert.equal(request.user, '{"device_id":"d"}')
    assert.deepEqual(request.tools[0], {
      type: 'function',
      name: 'Read',
      description: 'd',
      schema: { $schema: 'x', type: 'object', properties: {} },
      cache: {},
    })
    assert.deepEqual(request.extras, {
      'anthropic-messages': { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } },
    })
  })

  it('refuses threads in the words that make the SDK go on without', () => {
    const { status, body } = writeError(
      failure({ model: 'm', max_tokens: 1, messages: [hello], thread: { type: 'create' } }),
      'r',
    )
    assert.equal(status, 400)
    const error = body['error'] as JsonObject
    assert.equal(error['type'], 'invalid_request_error')
    assert.deepEqual(error['details'], { error_code: 'thread_unsupported_request', unsupported: ['thread'] })
  })

  it('names the field at fault', () => {
    const cases: [unknown, string | undefined][] = [
      [null, undefined],
      [{ model: 'm', messages: [] }, 'messages'],
      [{ messages: [hello] }, 'model'],
      [{ model: 'm', messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
      [{ model: 'm', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
      [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
      [
        { model: 'm', messages: [{ role: 'assistant', content: [{ type: 'tool_use', name: 'f' }] }] },
        'messages[0].content[0].id',
      ],
      [{ model: 'm', messages: [hello], temperature: 'hot' }, 'temperature'],
      [{ model: 'm', messages: [hello], tools: [{ description: 'x' }] }, 'tools[0].name'],
      [{ model: 'm', messages: [hello], tool_choice: { type: 'tool' } }, 'tool_choice.name'],
      [
        { model: 'm', messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64' } }] }] },
        'messages[0].content[0].source.data',
      ],
    ]
    for (const [body, parameter] of cases) {
      const error = failure(body)
      assert.equal(error.code, 'invalid_request')
      assert.equal(error.parameter, parameter)
    }
  })

  it('takes calls from assistants and results from users only (rule 98)', () => {
    const use = { type: 'tool_use', id: 'a', name: 'f', input: {} }
    const [first, second] = read({
      messages: [
        { role: 'user', content: [use, { type: 'thinking', thinking: 'x', signature: 's' }] },
        { role: 'assistant', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] },
      ],
    }).messages
    assert.deepEqual(first?.parts, [{ type: 'text', text: JSON.stringify(use) }])
    assert.equal(second?.parts[0]?.type, 'text')
  })

  it('gives a carried signature back to its call (rule 109)', () => {
    const content = [
      { type: 'thinking', thinking: '', signature: 'omniroute:google:tool-call:G' },
      { type: 'tool_use', id: 'a', name: 'f', input: {} },
      { type: 'tool_use', id: 'b', name: 'f', input: {} },
    ]
    const [, message] = read({ messages: [hello, { role: 'assistant', content }] }).messages
    assert.deepEqual(
      message?.parts.map((part) => ('signature' in part ? part.signature : part.type)),
      [{ family: 'google', value: 'G' }, 'tool-call'],
    )
  })

  it('keeps blocks and tools only this wire knows', () => {
    const request = read({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'search_result', source: 's', title: 'T', content: [{ type: 'text', text: 'found' }] },
            { type: 'document', source: { type: 'content', content: 'inner' } },
            { type: 'container_upload', file_id: 'f' },
          ],
        },
      ],
      tools: [
        { type: 'bash_20250124', name: 'bash' },
        { type: 'custom', name: 'own' },
      ],
    })
    const back = writeRequest(request, target).body
    const [message] = back['messages'] as { content: JsonObject[] }[]
    assert.deepEqual(
      message?.content.map((block) => block['type']),
      ['search_result', 'document', 'container_upload'],
    )
    assert.deepEqual(
      (back['tools'] as JsonObject[]).map((tool) => tool['type'] ?? 'own'),
      ['own', 'bash_20250124'],
    )
  })

  it('reads back what it writes: readRequest(writeRequest(x)) = x', () => {
    const requests = fc
      .record(
        {
          messages: conversations,
          system: fc.option(words, { nil: undefined }),
          temperature: fc.constantFrom(0, 0.5, 1),
          stop: fc.array(words, { minLength: 1, maxLength: 3 }),
          toolChoice: fc.constantFrom(
            { type: 'auto' as const },
            { type: 'none' as const },
            { type: 'required' as const },
          ),
          stream: fc.boolean(),
          tool: names,
        },
        { requiredKeys: ['messages', 'stream', 'tool', 'system'] },
      )
      .map(({ system, tool, ...rest }): ChatRequest => {
        const head: Message[] =
          system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }]
        return {
          origin: 'anthropic-messages',
          model: target.id,
          maxOutputTokens: 500,
          ...rest,
          messages: [...head, ...rest.messages],
          tools: [{ type: 'function', name: tool, schema: { type: 'object', properties: {} } }],
        }
      })
    fc.assert(
      fc.property(requests, (request) => {
        // Documented loss: a result does not say the name of its tool.
        const withoutNames = request.messages.map((message) => ({
          ...message,
          parts: message.parts.map((part) => {
            if (part.type !== 'tool-result') return part
            const { name: _, ...rest } = part
            return rest
          }),
        }))
        const body = JSON.parse(JSON.stringify(writeRequest(request, target).body))
        assert.deepEqual(readRequest(body), { ...request, messages: withoutNames })
      }),
    )
  })

  it('translates a grown conversation to the same beginning (rule 120)', () => {
    const prefixes = fc.tuple(conversations, conversations)
    fc.assert(
      fc.property(prefixes, ([first, second]) => {
        const answer: Message = { role: 'assistant', parts: [{ type: 'text', text: 'done' }] }
        const rename = (message: Message): Message => ({
          ...message,
          parts: message.parts.map((part) => {
            if (part.type === 'tool-call') return { ...part, id: `later_${part.id}` }
            return part.type === 'tool-result' ? { ...part, callId: `later_${part.callId}` } : part
          }),
        })
        const write = (messages: readonly Message[]): string[] => {
          const { body } = writeRequest(
            { origin: 'openai-chat', model: 'm', stream: false, messages, tools: [] },
            target,
          )
          // Breakpoints move on with the conversation; the cache does not look at them.
          return (body['messages'] as JsonObject[]).map((message) =>
            JSON.stringify(message, (key, value) => (key === 'cache_control' ? undefined : value)),
          )
        }
        const short = write(first)
        const long = write([...first, answer, ...second.map(rename)])
        assert.deepEqual(long.slice(0, short.length), short)
      }),
    )
  })

  it('never changes the request it writes (rule 74), and gives the same text twice', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const request: ChatRequest = { origin: 'openai-chat', model: 'm', stream: true, messages, tools: [] }
        const before = JSON.stringify(request)
        const once = JSON.stringify(writeRequest(request, target).body)
        assert.equal(JSON.stringify(request), before)
        assert.equal(JSON.stringify(writeRequest(request, target).body), once)
      }),
    )
  })

  it('answers any body with a request or a named error', () => {
    const block = fc.oneof(
      fc.record(
        {
          type: fc.constantFrom(
            'text',
            'image',
            'document',
            'thinking',
            'redacted_thinking',
            'tool_use',
            'tool_result',
            'search_result',
            'odd',
          ),
          text: fc.anything(),
          source: fc.anything(),
          content: fc.anything(),
          tool_use_id: fc.string(),
          id: fc.string(),
          name: fc.string(),
          input: fc.anything(),
          signature: fc.oneof(fc.constantFrom('omniroute:google:tool-call:', 'omniroute:x:y:z', ''), fc.anything()),
          thinking: fc.string(),
          cache_control: fc.oneof(fc.constant({ type: 'ephemeral', ttl: '1h' }), fc.anything()),
        },
        { requiredKeys: ['type'] },
      ),
      fc.anything(),
    )
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant', 'system'),
      content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
    })
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.oneof(fc.array(message, { maxLength: 5 }), fc.anything()),
        system: fc.oneof(fc.string(), fc.array(block, { maxLength: 2 })),
        tools: fc.array(fc.anything(), { maxLength: 2 }),
        thinking: fc.anything(),
        output_config: fc.anything(),
        metadata: fc.anything(),
      },
      { requiredKeys: ['model', 'messages'] },
    )
    fc.assert(
      fc.property(body, (value) => {
        try {
          const request = readRequest(JSON.parse(JSON.stringify(value)))
          JSON.stringify(writeRequest(request, target).body)
        } catch (error) {
          assert.ok(error instanceof GatewayError, String(error))
          assert.notEqual(error.code, 'internal')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('survives absurd nesting', () => {
    const depth = 200_000
    const body = JSON.parse(
      `{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}]}]}`,
    )
    assert.equal(failure(body).code, 'invalid_request')
  })
})
