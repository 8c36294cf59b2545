// Chat requests of VS Code become canonical ones; what belongs to Copilot alone stays behind.
import assert from 'node:assert/strict'
import { type EditorMessage, toChatRequest, toOrigin } from '../../../src/vscode/models/request.ts'
import type { ResponseOptions } from '../../../src/vscode/models/run-time-api.ts'
import { DataPart, PromptTsxPart, TextPart, ThinkingPart, ToolCallPart, ToolResultPart } from './parts-of-vscode.ts'

const png = new Uint8Array([137, 80, 78, 71])
const bytes = (text: string) => new TextEncoder().encode(text)

function convert(messages: EditorMessage[], options: Partial<ResponseOptions> = {}) {
  return toChatRequest('groq/llama', messages, { toolMode: 1, ...options }, ThinkingPart)
}

describe('chat request of the editor', () => {
  it('keeps roles, the third one included, and the order of parts', () => {
    const request = convert([
      { role: 3, content: [new TextPart('Be brief.')] },
      { role: 1, content: [new TextPart('Look:'), new DataPart(png, 'image/png'), new TextPart('What is it?')] },
      { role: 2, content: [new TextPart('A picture.')], name: 'assistant-1' },
    ])
    assert.equal(request.origin, 'editor')
    assert.equal(request.model, 'groq/llama')
    assert.deepEqual(request.messages, [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Look:' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw==' } },
          { type: 'text', text: 'What is it?' },
        ],
      },
      { role: 'assistant', parts: [{ type: 'text', text: 'A picture.' }], name: 'assistant-1' },
    ])
  })

  it('carries a tool loop', () => {
    const { messages } = convert([
      { role: 2, content: [new ToolCallPart('call_1', 'read_file', { path: 'a.ts', line: 1 })] },
      {
        role: 1,
        content: [
          new ToolResultPart('call_1', [
            new TextPart('one'),
            new DataPart(png, 'image/png'),
            new DataPart(bytes('{"two":2}'), 'application/json'),
            new PromptTsxPart({
              node: {
                type: 1,
                children: [
                  { type: 2, text: 'three' },
                  { type: 2, text: 'four', lineBreakBefore: true },
                ],
              },
            }),
            new DataPart(bytes('x'), 'cache_control'),
            null,
          ]),
        ],
      },
    ])
    assert.deepEqual(messages[0]?.parts, [
      { type: 'tool-call', id: 'call_1', name: 'read_file', input: '{"path":"a.ts","line":1}' },
    ])
    assert.deepEqual(messages[1]?.parts, [
      {
        type: 'tool-result',
        callId: 'call_1',
        parts: [
          { type: 'text', text: 'one' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw==' } },
          { type: 'text', text: '{"two":2}' },
          { type: 'text', text: 'three\nfour' },
        ],
      },
    ])
  })

  it('keeps a tool result that has nothing in it, because its call waits for one', () => {
    const { messages } = convert([{ role: 1, content: [new ToolResultPart('call_1', [])] }])
    assert.deepEqual(messages[0]?.parts, [{ type: 'tool-result', callId: 'call_1', parts: [] }])
  })

  it('drops notes between Copilot and its own providers, empty text, broken images and what it does not know', () => {
    const { messages } = convert([
      {
        role: 1,
        content: [
          new DataPart(bytes('ephemeral'), 'cache_control'),
          new DataPart(bytes('{}'), 'stateful_marker'),
          new DataPart(bytes('{}'), 'application/json'),
          new DataPart(new Uint8Array(), 'image/png'),
          new TextPart(''),
          { something: 'else' },
          42,
          undefined,
        ],
      },
      { role: 1, content: [new TextPart('Hello')] },
    ])
    assert.deepEqual(messages, [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }])
  })

  it('tells thinking from text by its class', () => {
    const { messages } = convert([{ role: 2, content: [new ThinkingPart(['Let me ', 'see']), new TextPart('Yes')] }])
    assert.deepEqual(messages[0]?.parts, [
      { type: 'reasoning', text: 'Let me see' },
      { type: 'text', text: 'Yes' },
    ])
  })

  it('keeps thinking where the editor has it beside a tool call', () => {
    const call = new ToolCallPart('call_1', 'f', {})
    const { messages } = convert([{ role: 2, content: [new ThinkingPart('hm'), new TextPart('I look.'), call] }])
    assert.deepEqual(messages[0]?.parts, [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'I look.' },
      { type: 'tool-call', id: 'call_1', name: 'f', input: '{}' },
    ])
  })

  it('passes on the options a caller may set and no internal one', () => {
    const request = convert([], {
      modelOptions: {
        temperature: 0.2,
        top_p: 0.9,
        max_tokens: 100,
        stop: ['END'],
        seed: 'not a number',
        _conversationId: 'c1',
        _otelTraceContext: {},
        apiKey: 'sk-planted',
      },
    })
    const { origin, model, stream, includeUsage, messages, tools, ...rest } = request
    assert.deepEqual(rest, { temperature: 0.2, topP: 0.9, maxOutputTokens: 100, stop: ['END'] })
    assert.doesNotMatch(JSON.stringify(request), /_conversationId|_otel|planted/)
  })

  it('says who asks, in which conversation and in which workspace, as far as that is known', () => {
    assert.deepEqual(
      toOrigin(
        { toolMode: 1, requestInitiator: 'github.copilot-chat', modelOptions: { _conversationId: 'c1' } },
        'shop',
      ),
      { client: 'github.copilot-chat', conversationId: 'c1', workspace: 'shop' },
    )
    assert.deepEqual(toOrigin({ toolMode: 1, modelOptions: { _conversationId: 7 } }, undefined), { client: 'vscode' })
    assert.deepEqual(toOrigin({ toolMode: 1, requestInitiator: '' }, ''), { client: 'vscode' })
  })

  it('never says more than the gateway of another window takes', () => {
    const long = 'x'.repeat(1_000)
    const origin = toOrigin({ toolMode: 1, requestInitiator: long, modelOptions: { _conversationId: long } }, long)
    assert.equal(origin.client.length, 200)
    assert.equal(origin.conversationId?.length, 200)
    assert.equal(origin.workspace?.length, 300)
  })

  it('offers tools with their schema, and requires one when told to', () => {
    const inputSchema = { type: 'object', properties: { path: { type: 'string' } } }
    const tools = [
      { name: 'read_file', description: 'Reads.', inputSchema },
      { name: 'now', description: 'Time.', inputSchema: undefined },
    ]
    const auto = convert([], { tools })
    assert.deepEqual(auto.tools, [
      { type: 'function', name: 'read_file', description: 'Reads.', schema: inputSchema },
      { type: 'function', name: 'now', description: 'Time.' },
    ])
    assert.deepEqual(auto.toolChoice, { type: 'auto' })
    assert.deepEqual(convert([], { tools, toolMode: 2 }).toolChoice, { type: 'required' })
    assert.equal(convert([], { toolMode: 2 }).toolChoice, undefined)
  })

  it('drops a name that vendors would refuse', () => {
    const [message] = convert([{ role: 1, content: [new TextPart('Hi')], name: 'José Pérez' }]).messages
    assert.deepEqual(message, { role: 'user', parts: [{ type: 'text', text: 'Hi' }] })
  })

  it('asks for the effort of reasoning that was chosen for the model, and for none it does not know', () => {
    const reasoning = (modelConfiguration: unknown) => convert([], { modelConfiguration }).reasoning
    assert.deepEqual(reasoning({ reasoningEffort: 'high' }), { level: 'high' })
    assert.deepEqual(reasoning({ reasoningEffort: 'none' }), { level: 'none' })
    for (const nothing of [
      { reasoningEffort: 'default' },
      { reasoningEffort: 'colossal' },
      {},
      null,
      'high',
      undefined,
    ])
      assert.equal(reasoning(nothing), undefined)
  })
})
