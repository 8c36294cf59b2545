// Requests of Gemini clients, as real ones send them, and what is lost on a way there and back.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest, Message } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { TargetModel } from '../../../src/core/wire-format.ts'
import { readRequest } from '../../../src/wire/gemini-generate/request-read.ts'
import { writeRequest } from '../../../src/wire/gemini-generate/request-write.ts'
import { conversations, names, words } from '../arbitraries.ts'

const target: TargetModel = {
  id: 'gemini-2.5-flash',
  provider: 'gemini-compatible',
  limits: {},
  capabilities: {},
  quirks: {},
}
const hello = { role: 'user', parts: [{ text: 'hello' }] }
const hints = { model: 'm', stream: true }
const read = (body: object): ChatRequest => readRequest({ contents: [hello], ...body }, hints)
const failure = (body: unknown): GatewayError => {
  try {
    readRequest(body, hints)
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    return error
  }
  return assert.fail('the body was accepted')
}

describe('gemini-generate readRequest', () => {
  it('reads what gemini-cli sends (clients.md)', () => {
    const request = read({
      contents: [
        hello,
        {
          role: 'model',
          parts: [
            { text: 'hm', thought: true },
            { functionCall: { name: 'read_file', args: { path: 'a' }, id: 'read_file_1_0' }, thoughtSignature: 'G' },
          ],
        },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'read_file_1_0', name: 'read_file', response: { output: 'text' } } }],
        },
      ],
      systemInstruction: { role: 'user', parts: [{ text: 'You are a CLI.' }] },
      tools: [
        {
          functionDeclarations: [
            {
              name: 'read_file',
              description: 'd',
              parametersJsonSchema: { type: 'object', properties: { path: { type: 'string' } } },
            },
          ],
        },
      ],
      generationConfig: { temperature: 1, topP: 0.95, topK: 64, thinkingConfig: { includeThoughts: true } },
    })
    assert.equal(request.stream, true)
    assert.deepEqual(request.messages, [
      { role: 'system', parts: [{ type: 'text', text: 'You are a CLI.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'hello' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm' },
          {
            type: 'tool-call',
            id: 'read_file_1_0',
            name: 'read_file',
            input: '{"path":"a"}',
            signature: { family: 'google', value: 'G' },
          },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            type: 'tool-result',
            callId: 'read_file_1_0',
            name: 'read_file',
            parts: [{ type: 'text', text: 'text' }],
            structured: { output: 'text' },
          },
        ],
      },
    ])
    assert.deepEqual(request.reasoning, { summary: 'auto' })
    assert.deepEqual([request.temperature, request.topP, request.topK], [1, 0.95, 64])
  })

  it('takes snake_case, schemas of the OpenAPI kind and hosted tools (rule 48)', () => {
    const request = read({
      system_instruction: { parts: [{ text: 's' }] },
      tools: [
        {
          function_declarations: [
            {
              name: 'f',
              parameters: {
                type: 'OBJECT',
                properties: {
                  type: { type: 'STRING', nullable: true },
                  n: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '2' },
                },
              },
            },
          ],
        },
        { google_search: {} },
      ],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      generation_config: {
        max_output_tokens: 5,
        response_mime_type: 'application/json',
        response_schema: { type: 'OBJECT' },
        media_resolution: 'LOW',
        thinking_config: { thinking_budget: 0 },
      },
      safety_settings: [{ category: 'x' }],
    })
    assert.deepEqual(request.messages[0], { role: 'system', parts: [{ type: 'text', text: 's' }] })
    assert.deepEqual(request.tools, [
      {
        type: 'function',
        name: 'f',
        schema: {
          type: 'object',
          properties: {
            type: { type: ['string', 'null'] },
            n: { type: 'array', items: { type: 'integer' }, minItems: 2 },
          },
        },
      },
      { type: 'hosted', wire: 'gemini-generate', value: { googleSearch: {} } },
    ])
    assert.deepEqual(request.toolChoice, { type: 'tool', name: 'f' })
    assert.deepEqual(request.responseFormat, { type: 'json-schema', name: 'response', schema: { type: 'object' } })
    assert.deepEqual([request.maxOutputTokens, request.reasoning], [5, { level: 'none' }])
    assert.deepEqual(request.extras, {
      'gemini-generate': { safetySettings: [{ category: 'x' }], generationConfig: { mediaResolution: 'LOW' } },
    })
  })

  it('gives calls without ids stable ones and matches their responses by name, then order (rule 87)', () => {
    const call = (name: string, n: number): object => ({ functionCall: { name, args: { n } } })
    const response = (name: string, n: number): object => ({ functionResponse: { name, response: { result: n } } })
    const body = {
      contents: [
        hello,
        { role: 'model', parts: [call('a', 1), call('b', 2), call('a', 3)] },
        { role: 'user', parts: [response('b', 2), response('a', 1), response('a', 3)] },
        { role: 'model', parts: [call('a', 4)] },
        { role: 'user', parts: [response('a', 4)] },
      ],
    }
    const { messages } = read(body)
    const pairs = messages.flatMap((message) =>
      message.parts.flatMap((part) => {
        if (part.type === 'tool-call') return [`${part.id} ${JSON.parse(part.input).n}`]
        return part.type === 'tool-result' ? [`${part.callId} ${(part.structured as JsonObject)['result']}`] : []
      }),
    )
    assert.equal(new Set(pairs).size, 4, 'every result has the id of its call')
    assert.deepEqual(read(body).messages, messages)
  })

  it('sorts media by their type (rules 42, 46, 47)', () => {
    const inline = (mimeType: string): object => ({ inlineData: { mimeType, data: 'AAAA' } })
    const { messages } = read({
      contents: [
        {
          role: 'user',
          parts: [
            inline('image/png'),
            inline('audio/mp3'),
            inline('video/mp4'),
            inline('application/pdf'),
            {
              fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/x', mimeType: 'image/png' },
            },
            { fileData: { fileUri: 'https://youtu.be/x' } },
          ],
        },
      ],
    })
    assert.deepEqual(
      messages[0]?.parts.map((part) => part.type),
      ['image', 'audio', 'video', 'document', 'image', 'video'],
    )
  })

  it('takes calls from the model and responses from the user only (rule 98)', () => {
    const { messages } = read({
      contents: [
        { role: 'user', parts: [{ functionCall: { name: 'f', args: {} } }, { text: 'x', thought: true }] },
        { role: 'model', parts: [{ functionResponse: { name: 'f', response: {} } }] },
      ],
    })
    assert.deepEqual(
      messages.map((message) => message.parts.map((part) => part.type)),
      [['text'], ['text']],
    )
  })

  it('unpacks the signatures of other vendors and forgets the bypass (rules 109, 110)', () => {
    const { messages } = read({
      contents: [
        hello,
        {
          role: 'model',
          parts: [
            { text: 'why', thought: true },
            { text: '', thought: true, thoughtSignature: 'omniroute:anthropic:reasoning:A' },
            { functionCall: { name: 'f', args: {}, id: '1' }, thoughtSignature: 'skip_thought_signature_validator' },
          ],
        },
      ],
    })
    assert.deepEqual(messages[1]?.parts, [
      { type: 'reasoning', text: 'why', signature: { family: 'anthropic', value: 'A' } },
      { type: 'tool-call', id: '1', name: 'f', input: '{}' },
    ])
  })

  it('names the field at fault', () => {
    const cases: [unknown, string | undefined][] = [
      ['x', undefined],
      [{}, 'contents'],
      [{ contents: [] }, 'contents'],
      [{ contents: [{ role: 'user', parts: 'x' }] }, 'contents[0].parts'],
      [{ contents: [{ role: 'user', parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
      [{ contents: [{ role: 'model', parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
      [{ contents: [hello], generationConfig: { topK: 'x' } }, 'generationConfig.topK'],
      [{ contents: [hello], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    ]
    for (const [body, parameter] of cases) {
      const error = failure(body)
      assert.equal(error.code, 'invalid_request')
      assert.equal(error.parameter, parameter)
    }
    assert.throws(() => readRequest({ contents: [hello] }), { code: 'invalid_request', parameter: 'model' })
  })

  it('reads back what it writes: readRequest(writeRequest(x)) = x', () => {
    const requests = fc
      .record(
        {
          messages: conversations,
          system: fc.option(words, { nil: undefined }),
          temperature: fc.constantFrom(0, 0.5, 2),
          seed: fc.nat(1000),
          stop: fc.array(words, { minLength: 1, maxLength: 3 }),
          toolChoice: fc.constantFrom(
            { type: 'auto' as const },
            { type: 'none' as const },
            { type: 'required' as const },
          ),
          reasoning: fc.constantFrom(
            { level: 'none' as const },
            { budgetTokens: 900 },
            { adaptive: true, summary: 'auto' as const },
          ),
          tool: names,
        },
        { requiredKeys: ['messages', 'tool', 'system'] },
      )
      .map(({ system, tool, ...rest }): ChatRequest => {
        const head: Message[] =
          system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }]
        return {
          origin: 'gemini-generate',
          model: 'm',
          stream: true,
          ...rest,
          messages: [...head, ...rest.messages],
          tools: [{ type: 'function', name: tool, schema: { type: 'object', properties: { a: { type: 'string' } } } }],
        }
      })
    fc.assert(
      fc.property(requests, (request) => {
        // Documented change: the wire carries results as objects, so they are structured when they come back.
        const wrapped = request.messages.map((message) => ({
          ...message,
          parts: message.parts.map((part) => {
            if (part.type !== 'tool-result') return part
            const text = part.parts[0]?.type === 'text' ? part.parts[0].text : ''
            return { ...part, structured: part.isError === true ? { error: text } : { result: text } }
          }),
        }))
        const body = JSON.parse(JSON.stringify(writeRequest(request, target).body))
        assert.deepEqual(readRequest(body, hints), { ...request, messages: wrapped })
      }),
    )
  })

  it('translates a grown conversation to the same beginning (rule 120)', () => {
    fc.assert(
      fc.property(conversations, conversations, (first, second) => {
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
            { ...target, id: 'gemini-3.7-flash' },
          )
          return (body['contents'] as JsonObject[]).map((content) => JSON.stringify(content))
        }
        const short = write(first)
        assert.deepEqual(write([...first, answer, ...second.map(rename)]).slice(0, short.length), short)
      }),
    )
  })

  it('answers any body with a request or a named error', () => {
    const part = fc.oneof(
      fc.record(
        {
          text: fc.oneof(fc.string(), fc.anything()),
          thought: fc.boolean(),
          thoughtSignature: fc.oneof(fc.string(), fc.constant('omniroute:google:tool-call:')),
          functionCall: fc.oneof(
            fc.record({ name: fc.string(), args: fc.anything(), id: fc.string() }, { requiredKeys: ['name'] }),
            fc.anything(),
          ),
          functionResponse: fc.oneof(
            fc.record({ name: fc.string(), response: fc.anything(), parts: fc.anything() }, { requiredKeys: [] }),
            fc.anything(),
          ),
          inlineData: fc.oneof(fc.record({ mimeType: fc.string(), data: fc.string() }), fc.anything()),
        },
        { requiredKeys: [] },
      ),
      fc.anything(),
    )
    const content = fc.record(
      { role: fc.constantFrom('user', 'model', 'function', 'odd'), parts: fc.array(part, { maxLength: 3 }) },
      { requiredKeys: [] },
    )
    const body = fc.record(
      {
        contents: fc.oneof(fc.array(content, { maxLength: 4 }), fc.anything()),
        systemInstruction: fc.oneof(content, fc.anything()),
        tools: fc.oneof(fc.array(fc.record({ functionDeclarations: fc.anything() }), { maxLength: 2 }), fc.anything()),
        generationConfig: fc.anything(),
        toolConfig: fc.anything(),
      },
      { requiredKeys: ['contents'] },
    )
    fc.assert(
      fc.property(body, (value) => {
        try {
          const request = readRequest(JSON.parse(JSON.stringify(value)), hints)
          JSON.stringify(writeRequest(request, target).body)
        } catch (error) {
          assert.ok(error instanceof GatewayError, String((error as Error).stack))
          assert.notEqual(error.code, 'internal')
        }
      }),
      { numRuns: 500 },
    )
  })
})
