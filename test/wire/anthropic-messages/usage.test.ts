// Token counts of the Anthropic wire: what is written to a cache for minutes and for an hour.
import assert from 'node:assert/strict'
import { mergeUsage } from '../../../src/core/usage.ts'
import { readUsage, writeUsage } from '../../../src/wire/anthropic-messages/usage.ts'

describe('anthropic-messages usage', () => {
  const byLife = (minutes: number, hour: number) => ({
    cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
  })

  it('tells what is cached for an hour, and says nothing of it where there is none', () => {
    const usage = readUsage({ input_tokens: 1, cache_creation_input_tokens: 800, ...byLife(300, 500) })
    assert.deepEqual([usage?.cacheWrite, usage?.cacheWrite1h], [800, 500])
    for (const value of [
      byLife(800, 0),
      {},
      { cache_creation: null },
      { cache_creation: { ephemeral_1h_input_tokens: 'x' } },
    ]) {
      assert.ok(!('cacheWrite1h' in (readUsage({ cache_creation_input_tokens: 800, ...value }) ?? {})))
    }
    // Only the parts are told: the whole is their sum.
    assert.equal(readUsage(byLife(300, 500))?.cacheWrite, 800)
  })

  it('keeps it when the end of a stream tells the rest (rule 130)', () => {
    const start = readUsage({
      input_tokens: 1,
      cache_creation_input_tokens: 800,
      output_tokens: 1,
      ...byLife(300, 500),
    })
    const end = readUsage({ output_tokens: 9, cache_creation_input_tokens: 800 })
    assert.ok(start && end)
    assert.deepEqual(mergeUsage(start, end), { ...start, output: 9 })
  })

  it('is written as it was read', () => {
    const usage = { input_tokens: 1, cache_creation_input_tokens: 800, output_tokens: 2, ...byLife(300, 500) }
    const read = readUsage(usage)
    assert.ok(read)
    assert.deepEqual(writeUsage(read), usage)
  })
})
