// What rules of the user make of a request: where system prompts go, whose reasoning counts, and what is left alone.
import assert from 'node:assert/strict'
import type { ChatRequest, Message } from '../../src/core/conversation.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/settings.ts'
import { applyShape, type Shape, type ShapeInput, shapeOf } from '../../src/engine/shape.ts'

const system = (text: string, cached = false): Message => ({
  role: 'system',
  parts: [{ type: 'text', text, ...(cached ? { cache: {} } : {}) }],
})
const user: Message = { role: 'user', parts: [{ type: 'text', text: 'hello' }] }

function request(more: Partial<ChatRequest> = {}): ChatRequest {
  return { origin: 'openai-chat', model: 'm', stream: false, messages: [user], tools: [], ...more }
}

function shape(settings: Partial<RoutingSettings>, more: Partial<ShapeInput> = {}): Shape | undefined {
  return shapeOf({
    settings: { ...defaultRoutingSettings, ...settings },
    origin: {},
    publicId: 'openai/gpt-5',
    suffix: undefined,
    overrides: undefined,
    ...more,
  })
}

function shaped(of: Shape | undefined, to: ChatRequest): ChatRequest {
  assert.ok(of)
  return applyShape(to, of)
}

function texts(of: ChatRequest): string[] {
  return of.messages.flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
}

describe('the shape of a request', () => {
  it('is absent when nothing applies, so that bytes pass untouched', () => {
    assert.equal(shape({}), undefined)
    assert.equal(shape({ reasoning: [{ model: 'groq/*', rule: { mode: 'off' } }] }), undefined)
    assert.equal(shape({ reasoning: [{ model: '*', rule: { mode: 'passthrough' } }] }), undefined)
    assert.equal(
      shape({ systemPrompt: [{ position: 'prepend', text: 'x', keyId: 'other' }] }, { origin: {} }),
      undefined,
    )
  })

  it('prepends behind what the client has cached, and appends before the first turn (rule 39)', () => {
    const made = shape({
      systemPrompt: [
        { position: 'prepend', text: 'before' },
        { position: 'append', text: 'after' },
      ],
    })
    const plain = shaped(made, request({ messages: [system('own'), user] }))
    assert.deepEqual(texts(plain), ['before', 'own', 'after', 'hello'])
    const cached = shaped(made, request({ messages: [system('kept', true), system('own'), user] }))
    assert.deepEqual(texts(cached), ['kept', 'before', 'own', 'after', 'hello'])
    assert.deepEqual(applyShape(plain, made ?? { systemPrompt: [] }), plain, 'a second time changes nothing')
  })

  it('applies a rule only to its key and its workspace', () => {
    const systemPrompt = [{ position: 'append' as const, text: 'mine', keyId: 'k', workspace: 'w' }]
    assert.equal(shape({ systemPrompt }, { origin: { keyId: 'k' } }), undefined)
    const both = shape({ systemPrompt }, { origin: { keyId: 'k', workspace: 'w' } })
    assert.deepEqual(texts(shaped(both, request())), ['mine', 'hello'])
  })

  it('leaves requests for titles alone (rule 39)', () => {
    const made = shape({ systemPrompt: [{ position: 'prepend', text: 'x' }] })
    const title = request({ maxOutputTokens: 32 })
    assert.deepEqual(shaped(made, title).messages, title.messages)
  })

  it('takes reasoning from the suffix, then the combo, then the most specific rule', () => {
    const reasoning = [
      { model: '*', rule: { mode: 'off' as const } },
      { model: 'openai/gpt-*', rule: { mode: 'level' as const, level: 'low' as const } },
    ]
    const asked = request({ reasoning: { level: 'high', summary: 'auto' } })
    assert.deepEqual(shaped(shape({ reasoning }), asked).reasoning, { level: 'low', summary: 'auto' })
    const overrides = { reasoning: { mode: 'budget' as const, tokens: 2048 } }
    assert.deepEqual(shaped(shape({ reasoning }, { overrides }), request()).reasoning, { budgetTokens: 2048 })
    const suffix = { mode: 'adaptive' as const }
    assert.deepEqual(shaped(shape({ reasoning }, { overrides, suffix }), request()).reasoning, { adaptive: true })
    assert.deepEqual(shaped(shape({ reasoning }, { publicId: 'groq/x' }), asked).reasoning, { level: 'none' })
  })

  it('caps the output of a combo’s member, and never raises what the client asked', () => {
    const made = shape({}, { overrides: { maxOutputTokens: 1000, temperature: 0.2 } })
    assert.equal(shaped(made, request()).maxOutputTokens, 1000)
    assert.equal(shaped(made, request({ maxOutputTokens: 200 })).maxOutputTokens, 200)
    assert.equal(shaped(made, request()).temperature, 0.2)
  })
})
