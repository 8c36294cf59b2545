// Requests to Gemini upstreams, rule by rule.
import assert from 'node:assert/strict'
import type { ChatRequest, FunctionTool, Message, Part } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../../src/core/wire-format.ts'
import { modelPath, writeRequest } from '../../../src/wire/gemini-generate/request-write.ts'

const target = (id: string, quirks: Record<string, unknown> = {}, provider = 'gemini-compatible'): TargetModel => ({
  id,
  provider,
  limits: { maxOutput: 65_536 },
  capabilities: {},
  quirks,
})
const flash25 = target('gemini-2.5-flash')
const gemini3 = target('gemini-3.7-flash')
const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const system = (...parts: Part[]): Message => ({ role: 'system', parts })
const hello = user(text('hello'))
const base: ChatRequest = { origin: 'openai-chat', model: 'x', stream: false, messages: [hello], tools: [] }
const write = (change: Partial<ChatRequest>, to = flash25): UpstreamRequest => writeRequest({ ...base, ...change }, to)
const bodyOf = (change: Partial<ChatRequest>, to = flash25): JsonObject => write(change, to).body
const configOf = (change: Partial<ChatRequest>, to = flash25): JsonObject =>
  (bodyOf(change, to)['generationConfig'] ?? {}) as JsonObject
const contentsOf = (messages: Message[], to = flash25): { role: string; parts: JsonObject[] }[] =>
  bodyOf({ messages }, to)['contents'] as never
const kindsOf = (request: UpstreamRequest): string[] =>
  request.warnings.map((warning) => `${warning.kind} ${warning.subject}`)
const tool: FunctionTool = {
  type: 'function',
  name: 'f',
  schema: { type: 'object', properties: { a: { type: ['string', 'null'] } } },
}
const call = (id: string, extra: object = {}): Part => ({
  type: 'tool-call',
  id,
  name: 'f',
  input: '{"a":1}',
  ...extra,
})
const result = (callId: string, extra: object): Part => ({ type: 'tool-result', callId, parts: [], ...extra })

describe('gemini-generate writeRequest', () => {
  it('names method and model in the path, and no model that could leave it (rules 2, 166)', () => {
    assert.equal(write({}).path, '/models/gemini-2.5-flash:generateContent')
    assert.equal(write({ stream: true }).path, '/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
    assert.equal(modelPath('models/a-b'), 'models/a-b')
    assert.equal(modelPath('vendor/model:free'), 'models/vendor/model:free')
    for (const id of ['', '..', 'a/../b', 'a?b', 'a#b', 'a\nb', 'a%2fb', 'a//b', '/a']) {
      assert.throws(
        () => modelPath(id),
        (error) => error instanceof GatewayError && error.parameter === 'model',
        id,
      )
    }
  })

  it('maps sampling with its limits (rules 8, 9, 11, 12, 17, 18)', () => {
    const stop = ['1', '2', '3', '4', '5', '6']
    const request = write({
      temperature: 3,
      topP: 0.5,
      topK: 7,
      stop,
      seed: 1,
      logprobs: true,
      topLogprobs: 3,
      maxOutputTokens: 99_999,
    })
    assert.deepEqual(request.body['generationConfig'], {
      maxOutputTokens: 65_536,
      temperature: 2,
      stopSequences: ['1', '2', '3', '4', '5'],
      topP: 0.5,
      topK: 7,
      seed: 1,
      responseLogprobs: true,
      logprobs: 3,
    })
    assert.deepEqual(kindsOf(request), [
      'changed-parameter max_tokens',
      'changed-parameter temperature',
      'changed-parameter stop',
    ])
  })

  it('asks for thinking by budget or level, never both (rules 101-104)', () => {
    const thinking = (reasoning: ChatRequest['reasoning'], to = flash25): unknown =>
      configOf(reasoning === undefined ? {} : { reasoning }, to)['thinkingConfig']
    assert.deepEqual(thinking({ level: 'medium' }), { thinkingBudget: 8192, includeThoughts: true })
    assert.deepEqual(thinking({ level: 'max' }), { thinkingBudget: 24_576, includeThoughts: true })
    assert.deepEqual(thinking({ adaptive: true, summary: 'none' }), { thinkingBudget: -1, includeThoughts: false })
    assert.deepEqual(thinking({ level: 'none' }), { thinkingBudget: 0 })
    assert.deepEqual(thinking({ level: 'none' }, target('gemini-2.5-pro')), { thinkingBudget: 128 })
    assert.deepEqual(thinking({ level: 'xhigh' }, gemini3), { thinkingLevel: 'HIGH', includeThoughts: true })
    assert.deepEqual(thinking({ budgetTokens: 900 }, gemini3), { thinkingLevel: 'LOW', includeThoughts: true })
    assert.deepEqual(thinking({ level: 'medium' }, target('gemini-3-pro-preview')), {
      thinkingLevel: 'HIGH',
      includeThoughts: true,
    })
    assert.deepEqual(thinking({ summary: 'auto' }), { includeThoughts: true })
    assert.equal(thinking(undefined), undefined)
    assert.equal(thinking({ level: 'high' }, target('gemini-2.0-flash')), undefined)
  })

  it('keeps all system texts as parts, later ones at their place (rules 25, 27, 38)', () => {
    const messages = [
      system(text('one'), text('x-anthropic-billing-header: 1')),
      system(text('two')),
      hello,
      assistant(text('hi')),
      system(text('rule')),
      user(text('go')),
    ]
    const body = bodyOf({ messages })
    assert.deepEqual(body['systemInstruction'], { parts: [{ text: 'one' }, { text: 'two' }] })
    assert.deepEqual((body['contents'] as JsonObject[])[2]?.['parts'], [
      { text: '<system-reminder>\nrule\n</system-reminder>' },
      { text: 'go' },
    ])
    const gemma = bodyOf({ messages: [system(text('s')), hello] }, target('gemma-3-27b-it'))
    assert.equal(gemma['systemInstruction'], undefined)
    assert.deepEqual((gemma['contents'] as JsonObject[])[0]?.['parts'], [{ text: 's' }, { text: 'hello' }])
  })

  it('begins and ends with the user (rules 31, 33, 34)', () => {
    const roles = (messages: Message[]): string[] => contentsOf(messages).map((content) => content.role)
    assert.deepEqual(roles([system(text('s'))]), ['user'])
    assert.deepEqual(roles([assistant(text('a')), user(text('b')), user(text('c'))]), ['user', 'model', 'user'])
    assert.deepEqual(roles([hello, assistant(text('pre'))]), ['user', 'model', 'user'])
  })

  it('sends media inline or by an address it can fetch (rules 40, 41, 44-46)', () => {
    const png = 'iVBORw0KGgoAAAANSUhEUg'
    const film: Part = { type: 'video', source: { kind: 'url', url: 'https://www.youtube.com/watch?v=1' } }
    const file: Part = {
      type: 'document',
      source: {
        kind: 'file',
        id: 'https://generativelanguage.googleapis.com/v1beta/files/a',
        family: 'google',
        mediaType: 'application/pdf',
      },
    }
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: png } }
    const audio: Part = { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' } }
    const document: Part = { type: 'document', source: { kind: 'text', text: 'body' }, title: 'T' }
    assert.deepEqual(contentsOf([user(image, audio, film, file, document)])[0]?.parts, [
      { inlineData: { mimeType: 'image/png', data: png } },
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
      { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } },
      {
        fileData: { mimeType: 'application/pdf', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' },
      },
      { text: 'T\n\nbody' },
    ])
    const web: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } }
    assert.throws(() => contentsOf([user(web)]), { code: 'unsupported', parameter: 'image' })
    assert.equal(contentsOf([user(web)], target('gemini-2.5-flash', { externalUrls: true }))[0]?.parts.length, 1)
  })

  it('puts a note in place of an image that the model cannot see (rule 49)', () => {
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }
    const request = write({ messages: [user(image)] }, { ...flash25, capabilities: { vision: false } })
    assert.deepEqual(kindsOf(request), ['dropped-part image'])
    assert.ok(!JSON.stringify(request.body).includes('inlineData'))
  })

  it('declares all functions in one entry, cleaned or as they are (rules 52, 53, 63, 75)', () => {
    const tools: FunctionTool[] = [tool, { type: 'function', name: 'g' }]
    assert.deepEqual(bodyOf({ tools })['tools'], [
      {
        functionDeclarations: [
          { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string', nullable: true } } } },
          { name: 'g' },
        ],
      },
    ])
    const raw = bodyOf({ tools: [tool] }, target('gemini-2.5-flash', {}, 'gemini'))['tools'] as {
      functionDeclarations: unknown[]
    }[]
    assert.deepEqual(raw[0]?.functionDeclarations, [{ name: 'f', parametersJsonSchema: tool.schema }])
  })

  it('renames tools that Google refuses, everywhere (rules 55, 79)', () => {
    const name = '7 day/forecast'
    const part: Part = { type: 'tool-call', id: 'a', name, input: '{}' }
    const request = write({
      tools: [{ type: 'function', name }],
      toolChoice: { type: 'tool', name },
      messages: [hello, assistant(part), user(result('a', {}))],
    })
    const [upstream] = request.toolNames?.keys() ?? []
    assert.match(String(upstream), /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/)
    assert.deepEqual(request.body['toolConfig'], {
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [upstream] },
    })
    assert.equal(JSON.stringify(request.body).split(String(upstream)).length - 1, 4)
  })

  it('maps every tool choice (rules 76-80)', () => {
    const modeOf = (toolChoice: ChatRequest['toolChoice']): unknown =>
      (
        bodyOf({ tools: [tool], ...(toolChoice === undefined ? {} : { toolChoice }) })['toolConfig'] as
          | JsonObject
          | undefined
      )?.['functionCallingConfig']
    assert.deepEqual(modeOf({ type: 'auto' }), { mode: 'AUTO' })
    assert.deepEqual(modeOf({ type: 'none' }), { mode: 'NONE' })
    assert.deepEqual(modeOf({ type: 'required' }), { mode: 'ANY' })
    assert.deepEqual(modeOf({ type: 'allowed', names: ['f', 'g'], required: true }), {
      mode: 'ANY',
      allowedFunctionNames: ['f', 'g'],
    })
    assert.equal(modeOf(undefined), undefined)
  })

  it('maps web search, but not beside functions where these exclude each other (rule 60)', () => {
    const search = {
      type: 'hosted',
      wire: 'anthropic-messages',
      value: { type: 'web_search_20250305', name: 'web_search' },
    } as const
    assert.deepEqual(bodyOf({ tools: [search] })['tools'], [{ googleSearch: {} }])
    const both = write({ tools: [search, tool] })
    assert.equal((both.body['tools'] as unknown[]).length, 1)
    assert.deepEqual(kindsOf(both), ['dropped-tool web_search_20250305'])
  })

  it('answers every call in the next turn, results wrapped once (rules 83, 89, 90, 92, 93, 95, 96)', () => {
    const messages = [
      hello,
      assistant(call('a'), call('b'), call('c')),
      user(text('note'), result('b', { structured: { x: 1 } }), result('a', { parts: [text('')] })),
    ]
    assert.deepEqual(contentsOf(messages)[2]?.parts, [
      { functionResponse: { id: 'a', name: 'f', response: { result: '' } } },
      { functionResponse: { id: 'b', name: 'f', response: { x: 1 } } },
      { functionResponse: { id: 'c', name: 'f', response: { error: 'No result: the call was interrupted.' } } },
      { text: 'note' },
    ])
    const without = contentsOf(messages, target('gemini-2.5-flash', { callIds: false }))[1]?.parts[0]
    assert.deepEqual(without, { functionCall: { name: 'f', args: { a: 1 } } })
  })

  it('puts pictures of a result beside it, or within where that is known (rule 94)', () => {
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }
    const inline = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }
    const messages = [hello, assistant(call('a')), user(result('a', { parts: [text('see'), image] }), text('x'))]
    assert.deepEqual(contentsOf(messages)[2]?.parts, [
      { functionResponse: { id: 'a', name: 'f', response: { result: 'see' } } },
      inline,
      { text: 'x' },
    ])
    assert.deepEqual(contentsOf(messages, gemini3)[2]?.parts[0], {
      functionResponse: { id: 'a', name: 'f', response: { result: 'see' }, parts: [inline] },
    })
  })

  it('returns its own signatures on their parts, and bypasses for foreign history (rules 107, 109, 110)', () => {
    const google = { family: 'google', value: 'G' } as const
    const own = [
      hello,
      assistant({ type: 'text', text: '', signature: google }, call('a', { signature: google }), call('b')),
      user(result('a', {}), result('b', {})),
    ]
    const [, model] = contentsOf(own, gemini3)
    assert.deepEqual(
      model?.parts.map((part) => part['thoughtSignature']),
      ['G', 'G', undefined],
    )
    const foreign = [
      hello,
      assistant(
        { type: 'reasoning', text: 'hm', signature: { family: 'anthropic', value: 'A' } },
        call('a'),
        call('b'),
      ),
      user(result('a', {}), result('b', {})),
    ]
    assert.deepEqual(
      contentsOf(foreign, gemini3)[1]?.parts.map((part) => part['thoughtSignature']),
      ['skip_thought_signature_validator', undefined],
    )
    assert.deepEqual(
      contentsOf(foreign)[1]?.parts.map((part) => part['thoughtSignature']),
      [undefined, undefined],
    )
  })

  it('asks for structured replies, and keeps the tools where both cannot be (rules 22, 23)', () => {
    const schema = { type: 'object', properties: { n: { const: 'a' } }, additionalProperties: false }
    const responseFormat = { type: 'json-schema', name: 'r', schema } as const
    assert.deepEqual(configOf({ responseFormat }), {
      responseMimeType: 'application/json',
      responseSchema: { type: 'object', properties: { n: { type: 'string', enum: ['a'] } } },
    })
    const both = write({ responseFormat, tools: [tool] })
    assert.equal(both.body['generationConfig'], undefined)
    assert.deepEqual(kindsOf(both), ['dropped-parameter response_format'])
    assert.equal(configOf({ responseFormat, tools: [tool] }, gemini3)['responseMimeType'], 'application/json')
    assert.deepEqual(configOf({ responseFormat: { type: 'json' } }), { responseMimeType: 'application/json' })
  })

  it('passes extras of the same wire on and warns of others (rules 1, 7)', () => {
    const extras = {
      'gemini-generate': { safetySettings: [], generationConfig: { mediaResolution: 'LOW' } },
      'anthropic-messages': { speed: 'fast' },
    }
    const request = write({ extras, topP: 1, parallelToolCalls: false, user: 'u' })
    assert.deepEqual(request.body['generationConfig'], { mediaResolution: 'LOW', topP: 1 })
    assert.deepEqual(request.body['safetySettings'], [])
    assert.deepEqual(kindsOf(request), [
      'dropped-parameter parallel_tool_calls',
      'dropped-parameter user',
      'dropped-parameter speed',
    ])
  })
})
