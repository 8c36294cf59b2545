// What the demo says: the same for the same conversation, calling tools as a real model would.
import assert from 'node:assert/strict'
import type { ChatRequest, FunctionTool, Message, Part } from '../../src/core/conversation.ts'
import { demoAnswer } from '../../src/engine/demo-answer.ts'
import { foldReply } from '../../src/wire/fold.ts'

const weather: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  schema: {
    type: 'object',
    required: ['city', 'days', 'unit', 'tags', 'where'],
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', minimum: 2 },
      unit: { enum: ['c', 'f'] },
      tags: { type: 'array', items: { type: 'boolean' } },
      where: { type: 'object', required: ['lat'], properties: { lat: { type: ['number', 'null'] } } },
      unasked: { type: 'string' },
    },
  },
}
const pay: FunctionTool = { type: 'function', name: 'pay' }

function user(...parts: (string | Part)[]): Message {
  return { role: 'user', parts: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)) }
}

function ask(messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { origin: 'openai-chat', model: 'echo', stream: true, messages, tools: [], ...more }
}

function said(request: ChatRequest, model = 'echo'): string {
  return foldReply(demoAnswer(request, model))
    .parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`))
    .join('')
}

function called(request: ChatRequest, model: string): string[] {
  return foldReply(demoAnswer(request, model)).parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))
}

describe('the demo', () => {
  it('echoes the last thing the user typed, and names what came with it', () => {
    const image: Part = { type: 'image', source: { kind: 'url', url: 'http://x/y.png' } }
    assert.equal(said(ask([user('first'), user('Grüße 🙂')])), 'You said: Grüße 🙂')
    assert.equal(said(ask([user('look', image, image)])), 'You said: look (with 2 images)')
    assert.equal(said(ask([user()])), 'You sent no text.')
    assert.equal(said(ask([user('<context>pages</context><userRequest> Hi </userRequest>')])), 'You said: Hi')
  })

  it('gives the same parts for the same request', () => {
    const request = ask([user('again')], { tools: [weather] })
    for (const model of ['echo', 'tools', 'lorem']) {
      assert.deepEqual(demoAnswer(request, model), demoAnswer(request, model))
    }
  })

  it('streams a long text as lorem, whatever tools there are', () => {
    const parts = demoAnswer(ask([user('call pay')], { tools: [pay] }), 'lorem')
    assert.ok(parts.filter((part) => part.type === 'text-delta').length > 300)
  })

  it('calls a tool when it is told to, and only then', () => {
    const tools = [pay, weather]
    assert.deepEqual(called(ask([user('Hello')], { tools }), 'echo'), [])
    assert.deepEqual(called(ask([user('please call get_weather now')], { tools }), 'echo'), ['get_weather'])
    assert.deepEqual(called(ask([user('Hello')], { tools }), 'tools'), ['pay'])
    assert.deepEqual(called(ask([user('Hello')], { tools, toolChoice: { type: 'required' } }), 'echo'), ['pay'])
    const chosen = { tools, toolChoice: { type: 'tool', name: 'get_weather' } } as const
    assert.deepEqual(called(ask([user('Hello')], chosen), 'echo'), ['get_weather'])
    assert.deepEqual(called(ask([user('call pay')], { tools, toolChoice: { type: 'none' } }), 'tools'), [])
  })

  it('makes up arguments that fit the schema', () => {
    const reply = foldReply(demoAnswer(ask([user('Köln')], { tools: [weather] }), 'tools'))
    const [call] = reply.parts
    assert.ok(call?.type === 'tool-call')
    assert.deepEqual(JSON.parse(call.input), { city: 'Köln', days: 2, unit: 'c', tags: [true], where: { lat: 1 } })
    assert.equal(reply.finish.unified, 'tool-calls')
  })

  it('reports the result of its call in the next turn', () => {
    const call: Part = { type: 'tool-call', id: 'call_demo_1', name: 'pay', input: '{}' }
    const result: Part = { type: 'tool-result', callId: 'call_demo_1', parts: [{ type: 'text', text: 'paid' }] }
    const messages: Message[] = [user('call pay'), { role: 'assistant', parts: [call] }, user(result)]
    assert.equal(said(ask(messages, { tools: [pay] }), 'tools'), 'The tool pay answered: paid')
  })

  it('gives every call of a conversation an id of its own', () => {
    const earlier: Message = { role: 'assistant', parts: [{ type: 'tool-call', id: 'x', name: 'pay', input: '{}' }] }
    const [call] = foldReply(demoAnswer(ask([user('a'), earlier, user('b')], { tools: [pay] }), 'tools')).parts
    assert.ok(call?.type === 'tool-call')
    assert.equal(call.id, 'call_demo_2')
  })

  it('takes a tool’s name as text, not as a pattern', () => {
    const odd: FunctionTool = { type: 'function', name: 'a.*(b' }
    assert.deepEqual(called(ask([user('call axxb')], { tools: [odd] }), 'echo'), [])
  })
})
