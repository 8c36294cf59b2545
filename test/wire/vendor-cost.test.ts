import assert from 'node:assert/strict'
import { mergeUsage, unknownUsage } from '../../src/core/usage.ts'
import { createStreamTap } from '../../src/engine/tap.ts'
import { readUsage as readAnthropicUsage } from '../../src/wire/anthropic-messages/usage.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'

/** What the reply body of a vendor says it cost. */
function chatCost(usage: object): number | undefined {
  return wireFormats['openai-chat'].inspect.usage({ usage: { prompt_tokens: 194, completion_tokens: 2, ...usage } })
    ?.costUsd
}

describe('cost reported by the vendor', () => {
  it('is read from OpenRouter, where a credit is a dollar', () => {
    assert.equal(chatCost({ cost: 0.0095, cost_details: { upstream_inference_cost: 0.0095 }, is_byok: false }), 0.0095)
    assert.equal(chatCost({ cost: 0 }), 0)
  })

  it("adds what the vendor behind OpenRouter charges when the key is the user's own", () => {
    assert.equal(chatCost({ cost: 0.5, cost_details: { upstream_inference_cost: 10 }, is_byok: true }), 10.5)
    assert.equal(chatCost({ cost: 0.5, cost_details: { upstream_inference_cost: null }, is_byok: true }), undefined)
  })

  it('is read from xAI in ticks of a ten-billionth', () => {
    assert.equal(chatCost({ cost_in_usd_ticks: 37_756_000 }), 0.0037756)
    const responses = wireFormats['openai-responses'].inspect.usage({
      type: 'response.completed',
      response: { usage: { input_tokens: 9212, output_tokens: 3417, cost_in_usd_ticks: 318_319_000 } },
    })
    assert.equal(responses?.costUsd, 0.0318319)
  })

  it('is read from Perplexity, in dollars only', () => {
    const parts = { input_tokens_cost: 0.001, output_tokens_cost: 0.002, request_cost: 0.005, total_cost: 0.008 }
    assert.equal(chatCost({ cost: parts }), 0.008)
    assert.equal(chatCost({ cost: { ...parts, currency: 'USD' } }), 0.008)
    assert.equal(chatCost({ cost: { ...parts, currency: 'EUR' } }), undefined)
  })

  it('is read on the Anthropic wire too, which OpenRouter speaks', () => {
    assert.equal(readAnthropicUsage({ input_tokens: 1, output_tokens: 2, cost: 0.25 })?.costUsd, 0.25)
  })

  it('is absent rather than zero or nonsense when it is not said', () => {
    for (const usage of [{}, { cost: null }, { cost: -1 }, { cost: '0.1' }, { cost: {} }, { cost_in_usd_ticks: 'x' }]) {
      assert.equal(chatCost(usage), undefined)
    }
  })

  it('is seen in a stream that passes as bytes', () => {
    const tap = createStreamTap(wireFormats['openai-chat'].inspect)
    tap.see('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')
    tap.see('data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1,"cost":0.0012}}\n\ndata: [DONE]\n\n')
    assert.equal(tap.usage().costUsd, 0.0012)
  })

  it('keeps the last word when usage is told more than once', () => {
    const first = { ...unknownUsage, costUsd: 1 }
    assert.equal(mergeUsage(first, unknownUsage).costUsd, 1)
    assert.equal(mergeUsage(first, { ...unknownUsage, costUsd: 2 }).costUsd, 2)
    assert.ok(!('costUsd' in mergeUsage(unknownUsage, unknownUsage)))
  })
})
