// The bundled price list: that our providers are found in it, and that its release and date are the ones we show.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { costOf } from '../../../src/core/cost.ts'
import { libraryRelease, priceLibrary } from '../../../src/engine/prices/library.ts'
import { type ListPrice, priceAt } from '../../../src/engine/prices/list-price.ts'
import { providers } from '../../../src/providers/registry.generated.ts'

const at = Date.UTC(2026, 10, 23, 12)

function find(provider: string, model: string, baseUrl = providers.find(({ id }) => id === provider)?.baseUrl) {
  return priceLibrary.find({ provider, baseUrl, model, at })
}

describe('price library', () => {
  it('is of the release whose date is shown', () => {
    const manifest = new URL('../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
    assert.equal(JSON.parse(readFileSync(manifest, 'utf8')).version, libraryRelease.version)
    assert.equal(priceLibrary.dated, libraryRelease.dated)
  })

  it("knows the vendors by our providers' base URLs", () => {
    assert.deepEqual(find('openai', 'gpt-5'), { input: 1.25, cacheRead: 0.125, output: 10 })
    const haiku = find('anthropic', 'claude-haiku-4-5-20251001')
    // An hour costs twice the input, minutes a quarter more than it.
    assert.deepEqual([haiku?.input, haiku?.cacheWrite, haiku?.cacheWrite1h], [1, 1.25, 2])
    for (const [provider, model] of [
      ['gemini', 'gemini-2.5-flash'],
      ['groq', 'openai/gpt-oss-120b'],
      ['mistral', 'codestral-latest'],
      ['openrouter', 'anthropic/claude-sonnet-4.5'],
      ['deepseek', 'deepseek-v4-pro'],
      ['xai', 'grok-4.5'],
    ] as const) {
      assert.ok(find(provider, model), `${provider}/${model} has a price`)
    }
  })

  it('goes by where a generic account leads', () => {
    assert.deepEqual(find('openai-compatible', 'gpt-5', 'https://api.openai.com/v1'), find('openai', 'gpt-5'))
    assert.equal(find('openai-compatible', 'gpt-5', 'https://models.example/v1'), undefined)
  })

  it('knows nothing of what it does not have', () => {
    assert.equal(find('openai', 'gpt-of-tomorrow'), undefined)
    assert.equal(find('nvidia', 'z-ai/glm-5.1'), undefined)
    assert.equal(find('anthropic-compatible', 'claude-opus-5', undefined), undefined)
  })

  it('says which prices hold only for a time', () => {
    assert.equal(find('deepseek', 'deepseek-v4-pro')?.changes, true)
    assert.equal(find('openai', 'gpt-5')?.changes, undefined)
  })

  it('comes to what the library itself calculates, tiers and classes included', async () => {
    const all = (await waitForUpdate()) ?? []
    const models = ['openai', 'anthropic', 'google', 'x-ai', 'mistral'].flatMap((provider) =>
      (all.find(({ id }) => id === provider)?.models ?? []).map(({ id }) => ({ provider, id })),
    )
    const tokens = fc.oneof(fc.nat(5_000), fc.nat(600_000))
    let compared = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        tokens,
        tokens,
        tokens,
        fc.double({ min: 0, max: 1, noNaN: true }),
        tokens,
        (model, input, read, write, share, output) => {
          // Only Anthropic tells them apart, so only there the library has a price.
          const hour = model.provider === 'anthropic' ? Math.floor(write * share) : 0
          const list = priceLibrary.find({ provider: model.provider, baseUrl: undefined, model: model.id, at })
          const theirs = calcPrice(
            {
              input_tokens: input + read + write,
              cache_read_tokens: read,
              cache_write_tokens: write,
              ...(hour > 0 && { cache_write_1h_tokens: hour }),
              output_tokens: output,
            },
            model.id,
            { providerId: model.provider, timestamp: new Date(at) },
          )
          if (!list || !theirs || !isPlain(list)) return
          const usage = { input, cacheRead: read, cacheWrite: write, cacheWrite1h: hour, output, reasoning: null }
          const ours = costOf(usage, priceAt(list, input + read + write))
          assert.ok(ours !== null && Math.abs(ours - theirs.total_price) <= 1e-9 * Math.max(1, ours), model.id)
          compared++
        },
      ),
      { numRuns: 500 },
    )
    assert.ok(compared > 100, `only ${compared} compared`)
  })
})

/** Complete, so that unknown (ours) and nothing (theirs) don't differ. */
function isPlain({ input, output }: ListPrice): boolean {
  return input !== undefined && output !== undefined
}
