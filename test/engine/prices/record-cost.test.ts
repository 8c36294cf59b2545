import assert from 'node:assert/strict'
import type { RequestRecord } from '../../../src/core/trace.ts'
import { unknownUsage } from '../../../src/core/usage.ts'
import { createRecordCost } from '../../../src/engine/prices/record-cost.ts'
import { target } from '../world.ts'

const one = target('a1')
const record: RequestRecord = {
  id: 'r',
  at: 7,
  client: 'curl',
  wire: 'openai-chat',
  modelAsked: 'auto',
  modelServed: one.publicId,
  accountId: 'a1',
  stream: false,
  status: 200,
  usage: { ...unknownUsage, input: 1, output: 2 },
  totalMs: 1,
  trace: [],
  warnings: [],
}

describe('cost of a recorded request', () => {
  const asked: unknown[] = []
  const { costOf } = createRecordCost(
    {
      costOf: (...question) => {
        asked.push(question)
        return { usd: 5, source: 'catalogue' }
      },
      loaded: () => Promise.resolve(),
    },
    (accountId, publicId) => (accountId === 'a1' && publicId === one.publicId ? one : undefined),
  )

  it('is that of what served it, at the prices of then', () => {
    assert.deepEqual(costOf(record), { usd: 5, source: 'catalogue' })
    assert.deepEqual(asked, [[record.usage, one, 7]])
  })

  it("is the vendor's own word where there is one, even when the account has gone", () => {
    const told = { ...record, accountId: 'gone', usage: { ...record.usage, costUsd: 0.5 } }
    assert.deepEqual(costOf(told), { usd: 0.5, source: 'vendor' })
  })

  it('is nothing for an answer from a cache, whatever its usage says', () => {
    const cached = { ...record, cache: 'exact' as const, usage: { ...record.usage, costUsd: 0.5 } }
    assert.deepEqual(costOf(cached), { usd: 0, source: 'free' })
  })

  it('is unknown when nothing served, or what did has gone', () => {
    const { modelServed: _, ...failed } = record
    assert.equal(costOf(failed), null)
    assert.equal(costOf({ ...record, accountId: 'gone' }), null)
  })
})
