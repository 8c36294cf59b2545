// The envelope of Chat requests towards vendors, rule by rule.
import assert from 'node:assert/strict'
import type { ChatRequest, Part } from '../../../src/core/conversation.ts'
import type { TargetModel } from '../../../src/core/wire-format.ts'
import { assistant, targetOf, user } from '../requests.ts'
import { bodyOf, warningsOf } from './written.ts'

const reasoner = (quirks: Record<string, unknown> = {}): TargetModel =>
  targetOf(quirks, { capabilities: { reasoning: true } })

describe('Chat request writer: envelope', () => {
  const cases: readonly (readonly [string, Partial<ChatRequest>, TargetModel, Record<string, unknown>])[] = [
    ['names the output limit as most vendors do (rule 13)', { maxOutputTokens: 50 }, targetOf(), { max_tokens: 50 }],
    [
      'names it as OpenAI does where told to, never both (rule 13)',
      { maxOutputTokens: 50 },
      targetOf({ maxTokensField: 'max_completion_tokens' }),
      { max_completion_tokens: 50, max_tokens: undefined },
    ],
    [
      'never asks for more than the model can give (rule 12)',
      { maxOutputTokens: 5000 },
      targetOf({}, { limits: { maxOutput: 1000 } }),
      { max_tokens: 1000 },
    ],
    ['clamps the temperature (rule 9)', { temperature: 1.8 }, targetOf({ maxTemperature: 1 }), { temperature: 1 }],
    [
      "says a temperature of zero in GLM's words (table R)",
      { temperature: 0 },
      targetOf({ doSample: true }),
      { do_sample: false, temperature: undefined },
    ],
    [
      'cuts stop sequences to four (rule 11)',
      { stop: ['a', 'b', 'c', 'd', 'e'] },
      targetOf(),
      { stop: ['a', 'b', 'c', 'd'] },
    ],
    ['drops top_k, which OpenAI refuses (rule 9)', { topK: 40 }, targetOf(), { top_k: undefined }],
    ['keeps top_k where it is known', { topK: 40 }, targetOf({ topK: true }), { top_k: 40 }],
    [
      'drops what a model refuses (rule 10)',
      { temperature: 1, topP: 0.5 },
      targetOf({ perModel: [{ match: '^served', quirks: { rejects: ['temperature', 'top_p'] } }] }),
      { temperature: undefined, top_p: undefined },
    ],
    [
      'asks for usage in streams (rule 131)',
      { stream: true },
      targetOf(),
      { stream: true, stream_options: { include_usage: true } },
    ],
    [
      'does not where that is refused: Mistral (table R)',
      { stream: true },
      targetOf({ streamOptions: false }),
      { stream_options: undefined },
    ],
    [
      'streams where nothing else is served (rule 3)',
      { stream: false },
      targetOf({ streamOnly: true }),
      { stream: true },
    ],
    [
      'adds what a vendor wants (table R)',
      {},
      targetOf({ bodyExtras: { reasoning_split: true } }),
      { reasoning_split: true },
    ],
    [
      "keeps a user's id within OpenAI's clients (rule 16)",
      { user: 'u', origin: 'anthropic-messages' },
      targetOf(),
      { user: undefined },
    ],
    [
      'sends vendor parameters to that vendor only (rule 19)',
      { serviceTier: 'flex', promptCacheKey: 'k' },
      targetOf(),
      { service_tier: undefined, prompt_cache_key: undefined },
    ],
    [
      'sends the cache key to OpenAI (rule 121)',
      { promptCacheKey: 'k' },
      targetOf({ family: 'openai' }),
      { prompt_cache_key: 'k' },
    ],
    [
      'asks for JSON (rule 22)',
      { responseFormat: { type: 'json' } },
      targetOf(),
      { response_format: { type: 'json_object' } },
    ],
    [
      'nests the schema of the answer (rule 22)',
      { responseFormat: { type: 'json-schema', name: 'a', schema: { type: 'object' }, strict: true } },
      targetOf(),
      {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: true } },
      },
    ],
    [
      'asks for any JSON where schemas are refused (rule 22)',
      { responseFormat: { type: 'json-schema', name: 'a', schema: {} } },
      targetOf({ jsonSchema: false }),
      { response_format: { type: 'json_object' } },
    ],
    ['asks for effort (rule 102)', { reasoning: { level: 'low' } }, reasoner(), { reasoning_effort: 'low' }],
    [
      'turns a budget into a level (rule 101)',
      { reasoning: { budgetTokens: 20_000 } },
      reasoner(),
      { reasoning_effort: 'high' },
    ],
    [
      'moves to the nearest known level (rule 101)',
      { reasoning: { level: 'max' } },
      reasoner(),
      { reasoning_effort: 'high' },
    ],
    [
      'asks nothing of a model not known to reason (rule 102)',
      { reasoning: { level: 'low' } },
      targetOf(),
      { reasoning_effort: undefined },
    ],
    [
      'does not turn thinking on for a summary (rule 104)',
      { reasoning: { summary: 'auto' } },
      reasoner(),
      { reasoning_effort: undefined },
    ],
    [
      "asks in OpenRouter's words (table R)",
      { reasoning: { budgetTokens: 2000 } },
      targetOf({ reasoningControl: 'openrouter' }),
      { reasoning: { max_tokens: 2000 } },
    ],
    [
      "asks in GLM's words (table R)",
      { reasoning: { level: 'none' } },
      targetOf({ reasoningControl: 'thinking' }),
      { thinking: { type: 'disabled' } },
    ],
    [
      "asks in Qwen's words (table R)",
      { reasoning: { level: 'low' } },
      targetOf({ reasoningControl: 'enable_thinking' }),
      { enable_thinking: true, thinking_budget: 1024 },
    ],
  ]
  for (const [name, fields, target, expected] of cases) {
    it(name, () => {
      const body = bodyOf(fields, target)
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(body[field], value, field)
    })
  }

  it('records every drop and change (rule 7)', () => {
    const warnings = warningsOf(
      { topK: 1, temperature: 2, user: 'u', seed: 1, extras: { 'anthropic-messages': { container: 'c' } } },
      targetOf({ maxTemperature: 1, rejects: ['seed'] }),
    )
    assert.deepEqual(warnings, [
      'changed-parameter temperature',
      'dropped-parameter top_k',
      'dropped-parameter user',
      'dropped-parameter seed',
      'dropped-parameter container',
    ])
  })

  it('refuses several answers at once (rule 7)', () => {
    assert.throws(() => bodyOf({ candidates: 2 }), { code: 'unsupported', parameter: 'n' })
  })

  it("refuses what leans on another vendor's memory (rule 158)", () => {
    assert.throws(() => bodyOf({ previousResponseId: 'resp_1' }), { code: 'unsupported' })
    const item: Part = { type: 'opaque', wire: 'openai-responses', value: { type: 'item_reference', id: 'msg_1' } }
    assert.throws(() => bodyOf({ messages: [user('Hi'), assistant(item)] }), { code: 'unsupported' })
  })

  it('adds what a model refuses to what its provider refuses', () => {
    const quirks = { rejects: ['seed'], perModel: [{ match: 'SERVED', quirks: { rejects: ['top_p'] } }] }
    const body = bodyOf({ seed: 1, topP: 1, temperature: 1 }, targetOf(quirks))
    assert.deepEqual([body['seed'], body['top_p'], body['temperature']], [undefined, undefined, 1])
  })

  it('says so when a provider file holds a quirk of the wrong kind', () => {
    assert.throws(() => bodyOf({}, targetOf({ maxStop: 'four' })), { code: 'internal' })
  })
})
