// Requests to Anthropic upstreams, rule by rule.
import assert from 'node:assert/strict'
import type { ChatRequest, Message, Part } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../../src/core/wire-format.ts'
import { writeRequest } from '../../../src/wire/anthropic-messages/request-write.ts'

const target = (id: string, quirks: Record<string, unknown> = {}, provider = 'anthropic'): TargetModel => ({
  id,
  provider,
  limits: { maxOutput: 64_000 },
  capabilities: { tools: true },
  quirks,
})
const sonnet45 = target('claude-sonnet-4-5-20250929')
const opus5 = target('claude-opus-5')
const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const system = (...parts: Part[]): Message => ({ role: 'system', parts })
const hello = user(text('hello'))
const base: ChatRequest = { origin: 'openai-chat', model: 'x', stream: false, messages: [hello], tools: [] }
const write = (change: Partial<ChatRequest>, to = sonnet45): UpstreamRequest => writeRequest({ ...base, ...change }, to)
const bodyOf = (change: Partial<ChatRequest>, to = sonnet45): JsonObject => write(change, to).body
const kindsOf = (request: UpstreamRequest): string[] =>
  request.warnings.map((warning) => `${warning.kind} ${warning.subject}`)
/** A body without the breakpoints that are added for clients of other wires. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'cache_control' ? undefined : inner)))
const messagesOf = (change: Partial<ChatRequest>, to = sonnet45): unknown => plain(bodyOf(change, to)['messages'])
const tool = { type: 'function', name: 'f', schema: { type: 'object', properties: {} } } as const
const call = (id: string, name = 'f', input = '{}'): Part => ({ type: 'tool-call', id, name, input })
const result = (callId: string, ...parts: Part[]): Part => ({ type: 'tool-result', callId, parts: parts as never })

describe('anthropic-messages writeRequest', () => {
  it('sets path and stream (rule 2)', () => {
    assert.equal(write({}).path, '/messages')
    assert.equal(bodyOf({})['stream'], undefined)
    assert.equal(bodyOf({ stream: true })['stream'], true)
  })

  it('clamps temperature, keeps one of temperature and top_p (rules 9, 10)', () => {
    const request = write({ temperature: 1.7, topP: 0.5, topK: 3 })
    assert.equal(request.body['temperature'], 1)
    assert.equal(request.body['top_p'], undefined)
    assert.equal(request.body['top_k'], 3)
    assert.deepEqual(kindsOf(request), ['changed-parameter temperature', 'dropped-parameter top_p'])
    assert.equal(bodyOf({ temperature: 0.5 }, opus5)['temperature'], undefined)
  })

  it('drops white stop sequences (rule 11) and unknown parameters (rules 17, 18)', () => {
    const request = write({ stop: ['\n', 'END'], seed: 1, logprobs: true })
    assert.deepEqual(request.body['stop_sequences'], ['END'])
    assert.deepEqual(kindsOf(request), [
      'changed-parameter stop',
      'dropped-parameter seed',
      'dropped-parameter logprobs',
    ])
  })

  it('never raises the output limit and knows one where the client does not (rule 12)', () => {
    assert.equal(bodyOf({})['max_tokens'], 64_000)
    assert.equal(bodyOf({ maxOutputTokens: 10 })['max_tokens'], 10)
    assert.equal(bodyOf({ maxOutputTokens: 100_000 })['max_tokens'], 64_000)
    assert.equal(bodyOf({}, { ...sonnet45, limits: {} })['max_tokens'], 8192)
  })

  it('asks for thinking as the model’s generation takes it (rules 15, 101, 102)', () => {
    const high = { reasoning: { level: 'high' } } as const
    assert.deepEqual(bodyOf(high)['thinking'], { type: 'enabled', budget_tokens: 24_576 })
    assert.deepEqual(bodyOf(high, opus5)['thinking'], { type: 'adaptive', display: 'summarized' })
    assert.deepEqual(bodyOf(high, opus5)['output_config'], { effort: 'high' })
    assert.deepEqual(bodyOf({ reasoning: { level: 'xhigh' } }, target('claude-sonnet-4-6'))['output_config'], {
      effort: 'max',
    })
    assert.equal(bodyOf(high, target('claude-3-5-haiku-20241022'))['thinking'], undefined)
    assert.deepEqual(bodyOf({ reasoning: { level: 'none' } })['thinking'], { type: 'disabled' })
    assert.equal(
      bodyOf({ reasoning: { summary: 'auto' } })['thinking'],
      undefined,
      'a summary alone turns nothing on (rule 104)',
    )
  })

  it('fits budget and output limit together (rule 15)', () => {
    const raised = bodyOf({ reasoning: { budgetTokens: 10_000 }, maxOutputTokens: 4000 })
    assert.deepEqual([raised['max_tokens'], raised['thinking']], [14_000, { type: 'enabled', budget_tokens: 10_000 }])
    const small = bodyOf({ reasoning: { budgetTokens: 100 }, maxOutputTokens: 4000 })
    assert.deepEqual(small['thinking'], { type: 'enabled', budget_tokens: 1024 })
    const none = write(
      { reasoning: { level: 'low' }, maxOutputTokens: 800 },
      { ...sonnet45, limits: { maxOutput: 900 } },
    )
    assert.equal(none.body['thinking'], undefined)
    assert.deepEqual(kindsOf(none), ['changed-parameter reasoning'])
  })

  it('drops sampling that thinking forbids (rule 10)', () => {
    const body = bodyOf({ reasoning: { level: 'low' }, temperature: 0.2, topP: 0.5, topK: 4 })
    assert.deepEqual([body['temperature'], body['top_p'], body['top_k']], [undefined, undefined, undefined])
  })

  it('keeps all system texts in order, without another vendor’s billing line (rules 24, 38)', () => {
    const messages = [system(text('one'), text('x-anthropic-billing-header: cc')), system(text('two')), hello]
    const texts = (to: TargetModel): unknown[] =>
      (bodyOf({ messages }, to)['system'] as JsonObject[]).map((block) => block['text'])
    assert.deepEqual(texts(target('kimi-k2', {}, 'kimi')), ['one', 'two'])
    assert.deepEqual(texts(sonnet45), ['one', 'x-anthropic-billing-header: cc', 'two'])
  })

  it('leaves a system message of mid-conversation at its place (rule 27)', () => {
    const messages = [hello, assistant(text('hi')), system(text('rule')), user(text('go'))]
    assert.deepEqual(messagesOf({ messages }), [
      { role: 'user', content: [{ type: 'text', text: 'hello' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>\nrule\n</system-reminder>' },
          { type: 'text', text: 'go' },
        ],
      },
    ])
    const roles = (
      bodyOf({ messages }, target('claude-opus-5', { midSystemRole: true }))['messages'] as JsonObject[]
    ).map((one) => one['role'])
    assert.deepEqual(roles, ['user', 'assistant', 'system', 'user'])
  })

  it('adds a user turn where there is none, skips empty parts (rules 31, 32, 35)', () => {
    const request = write({
      messages: [system(text('only')), assistant(text(' ')), assistant(text('hi')), user(text(''), text('x'))],
    })
    assert.deepEqual(plain(request.body['messages']), [
      { role: 'user', content: [{ type: 'text', text: 'Continue.' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
      { role: 'user', content: [{ type: 'text', text: 'x' }] },
    ])
    assert.deepEqual(kindsOf(request), ['invented-turn messages'])
  })

  it('trims a prefill, leaves it out where it is refused (rule 34)', () => {
    const messages = [hello, assistant(text('Sure: \n'))]
    assert.deepEqual((messagesOf({ messages }) as JsonObject[])[1], {
      role: 'assistant',
      content: [{ type: 'text', text: 'Sure:' }],
    })
    const refused = write({ messages }, opus5)
    assert.equal((refused.body['messages'] as JsonObject[]).length, 1)
    assert.deepEqual(kindsOf(refused), ['dropped-prefill messages'])
  })

  it('sends images and documents of every source (rules 40-44)', () => {
    const png = 'iVBORw0KGgoAAAANSUhEUg'
    const parts: Part[] = [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: png } },
      { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: '' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, title: 'T' },
      { type: 'document', source: { kind: 'base64', mediaType: 'text/plain', data: 'w6Q=' } },
      { type: 'document', source: { kind: 'text', text: 'body' } },
    ]
    assert.deepEqual((messagesOf({ messages: [user(...parts)] }) as { content: unknown }[])[0]?.content, [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }, title: 'T' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ä' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'body' } },
    ])
  })

  it('puts a note in place of an image that the model cannot see (rule 49)', () => {
    const image: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } }
    const request = write({ messages: [user(image)] }, { ...sonnet45, capabilities: { vision: false } })
    assert.deepEqual(kindsOf(request), ['dropped-part image'])
    assert.ok(!JSON.stringify(request.body).includes('example.org'))
  })

  it('refuses what it cannot hold, naming the part (rules 42, 45, 46)', () => {
    const codeOf = (part: Part): string => {
      try {
        write({ messages: [user(part)] })
      } catch (error) {
        assert.ok(error instanceof GatewayError && error.parameter !== undefined)
        return error.code
      }
      return 'none'
    }
    assert.equal(codeOf({ type: 'image', source: { kind: 'file', id: 'file-1', family: 'openai' } }), 'invalid_request')
    assert.equal(
      codeOf({ type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'AAAA' } }),
      'unsupported',
    )
    assert.equal(
      codeOf({ type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' } }),
      'unsupported',
    )
  })

  it('declares tools with an object schema and names that fit, and says which were renamed (rules 53-57)', () => {
    const request = write({
      tools: [
        { type: 'function', name: 'mcp.server/do' },
        { type: 'function', name: '' },
        { type: 'function', name: 'f', schema: { anyOf: [{ properties: { a: {} } }] }, description: 'd' },
        { type: 'function', name: 'f' },
      ],
      toolChoice: { type: 'tool', name: 'mcp.server/do' },
      messages: [hello, assistant(call('a', 'mcp.server/do')), user(result('a'))],
    })
    const tools = plain(request.body['tools']) as JsonObject[]
    const renamed = String(tools[0]?.['name'])
    assert.match(renamed, /^mcp_server_do_[a-z0-9]{6}$/)
    assert.deepEqual(tools, [
      { name: renamed, input_schema: { type: 'object', properties: {} } },
      { name: 'f', description: 'd', input_schema: { type: 'object', properties: { a: {} } } },
    ])
    assert.equal(request.toolNames?.get(renamed), 'mcp.server/do')
    assert.deepEqual(request.body['tool_choice'], { type: 'tool', name: renamed })
    const calls = JSON.stringify(request.body['messages'])
    assert.ok(calls.includes(renamed) && !calls.includes('mcp.server'))
  })

  it('maps every tool choice (rules 20, 76-82)', () => {
    const choice = (change: Partial<ChatRequest>): unknown => bodyOf({ tools: [tool], ...change })['tool_choice']
    assert.deepEqual(choice({ toolChoice: { type: 'auto' } }), { type: 'auto' })
    assert.deepEqual(choice({ toolChoice: { type: 'required' } }), { type: 'any' })
    assert.deepEqual(choice({ toolChoice: { type: 'none' } }), { type: 'none' })
    assert.deepEqual(choice({ parallelToolCalls: false }), { type: 'auto', disable_parallel_tool_use: true })
    assert.deepEqual(choice({ toolChoice: { type: 'none' }, tools: [] }), undefined)
    const allowed = bodyOf({
      tools: [tool, { type: 'function', name: 'g' }],
      toolChoice: { type: 'allowed', names: ['g'], required: true },
    })
    assert.deepEqual(
      (allowed['tools'] as JsonObject[]).map((one) => one['name']),
      ['g'],
    )
    assert.deepEqual(allowed['tool_choice'], { type: 'any' })
  })

  it('switches thinking off where a call is demanded (rule 81)', () => {
    const request = write({ tools: [tool], toolChoice: { type: 'required' }, reasoning: { level: 'low' } })
    assert.equal(request.body['thinking'], undefined)
    assert.deepEqual(kindsOf(request), ['changed-parameter reasoning'])
  })

  it('drops hosted tools it cannot run, and maps web search (rule 60)', () => {
    const hosted = { type: 'hosted', wire: 'openai-responses', value: { type: 'web_search' } } as const
    assert.deepEqual(plain(bodyOf({ tools: [hosted] })['tools']), [{ type: 'web_search_20250305', name: 'web_search' }])
    const elsewhere = write({ tools: [hosted] }, target('m', {}, 'kimi'))
    assert.equal(elsewhere.body['tools'], undefined)
    assert.deepEqual(kindsOf(elsewhere), ['dropped-tool web_search'])
  })

  it('sends calls and results as the wire pairs them (rules 83-86, 89-95)', () => {
    const messages = [
      hello,
      assistant(call('weird id!', 'f', ''), call('b', 'f', '{"a": 1,')),
      user(text('and'), result('b'), {
        type: 'tool-result',
        callId: 'weird id!',
        parts: [],
        structured: { x: 1 },
        isError: true,
      }),
    ]
    const [, calls, results] = messagesOf({ messages }) as { content: JsonObject[] }[]
    assert.deepEqual(
      calls?.content.map((block) => block['input']),
      [{}, { a: 1 }],
    )
    assert.match(String(calls?.content[0]?.['id']), /^[a-zA-Z0-9_-]+$/)
    assert.deepEqual(results?.content, [
      {
        type: 'tool_result',
        tool_use_id: calls?.content[0]?.['id'],
        content: [{ type: 'text', text: '{"x":1}' }],
        is_error: true,
      },
      { type: 'tool_result', tool_use_id: 'b' },
      { type: 'text', text: 'and' },
    ])
  })

  it('returns only signed thinking of Anthropic, verbatim (rules 106, 107, 114)', () => {
    const reasoning: Part[] = [
      { type: 'reasoning', text: 'mine', signature: { family: 'anthropic', value: 'S' } },
      { type: 'reasoning', text: '', signature: { family: 'anthropic', value: 'R' }, redacted: true },
      { type: 'reasoning', text: 'google', signature: { family: 'google', value: 'G' } },
      { type: 'reasoning', text: 'nobody' },
    ]
    const messages = [hello, assistant(...reasoning, text('a')), user(text('b'))]
    assert.deepEqual((messagesOf({ messages }) as { content: unknown[] }[])[1]?.content, [
      { type: 'thinking', thinking: 'mine', signature: 'S' },
      { type: 'redacted_thinking', data: 'R' },
      { type: 'text', text: 'a' },
    ])
  })

  it('does without thinking in a tool loop that began elsewhere (rule 108)', () => {
    const messages = [hello, assistant(call('a')), user(result('a'))]
    const change = { messages, tools: [tool], reasoning: { level: 'high' } } as const
    assert.equal(bodyOf(change)['thinking'], undefined)
    assert.equal((bodyOf(change, opus5)['thinking'] as JsonObject)['type'], 'adaptive')
  })

  it('asks for structured replies natively, else by a forced tool (rule 22)', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] }
    const responseFormat = { type: 'json-schema', name: 'r', schema } as const
    assert.deepEqual(bodyOf({ responseFormat })['output_config'], {
      format: {
        type: 'json_schema',
        schema: {
          ...schema,
          properties: { n: { type: 'integer', description: '(minimum: 1)' } },
          additionalProperties: false,
        },
      },
    })
    const old = bodyOf({ responseFormat }, target('claude-sonnet-4-20250514'))
    assert.deepEqual(old['tool_choice'], { type: 'tool', name: 'omniroute_structured_reply' })
    assert.deepEqual((old['tools'] as JsonObject[])[0]?.['input_schema'], schema)
  })

  it('keeps the client’s breakpoints and adds ours in free slots only (rules 117, 118)', () => {
    const marked = (value: string, ttl?: '1h'): Part => ({
      type: 'text',
      text: value,
      cache: ttl === undefined ? {} : { ttl },
    })
    const count = (change: Partial<ChatRequest>, to = sonnet45): number =>
      JSON.stringify(bodyOf(change, to)).split('cache_control').length - 1
    const messages = [system(text('s')), hello, assistant(text('hi')), user(text('x'))]
    assert.equal(count({ messages, tools: [tool] }), 4)
    assert.equal(count({ messages, origin: 'anthropic-messages' }), 0)
    assert.equal(count({ messages }, target('glm-4.7', {}, 'glm')), 0)
    assert.equal(
      count({ messages: [user(...['a', 'b', 'c', 'd', 'e'].map((one) => marked(one)))], origin: 'anthropic-messages' }),
      4,
    )
    const late = bodyOf({ messages: [user(marked('a'), marked('b', '1h'))], origin: 'anthropic-messages' })
    assert.ok(!JSON.stringify(late).includes('1h'))
  })

  it('passes extras of the same wire on and warns of others (rules 1, 7, 16)', () => {
    const extras = { 'anthropic-messages': { context_management: { edits: [] } }, 'openai-chat': { x: 1 } }
    const request = write({ extras, user: 'u', serviceTier: 'flex' })
    assert.deepEqual(request.body['context_management'], { edits: [] })
    assert.equal(request.body['metadata'], undefined)
    assert.deepEqual(kindsOf(request), [
      'dropped-parameter user',
      'dropped-parameter service_tier',
      'dropped-parameter x',
    ])
    assert.deepEqual(bodyOf({ user: 'u', origin: 'anthropic-messages' })['metadata'], { user_id: 'u' })
  })
})
