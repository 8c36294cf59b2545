// The time by an upstream's clock, from the date of its answer.
import assert from 'node:assert/strict'
import { theirTime } from '../../src/engine/response-headers.ts'

describe("an upstream's clock", () => {
  const answeredAt = Date.UTC(2026, 10, 22, 10)

  it('runs on with ours, as far ahead or behind as its answer showed', () => {
    const ahead = { date: new Date(answeredAt + 300_000).toUTCString() }
    assert.equal(theirTime(ahead, answeredAt, answeredAt), answeredAt + 300_000)
    assert.equal(theirTime(ahead, answeredAt, answeredAt + 60_000), answeredAt + 360_000)
    const behind = { date: [new Date(answeredAt - 300_000).toUTCString()] }
    assert.equal(theirTime(behind, answeredAt, answeredAt + 60_000), answeredAt - 240_000)
  })

  it('is ours where it tells no date, a garbled one, or leaves out parts of a second only', () => {
    for (const headers of [{}, { date: 'yesterday' }, { date: new Date(answeredAt - 999).toUTCString() }]) {
      assert.equal(theirTime(headers, answeredAt, answeredAt + 5), answeredAt + 5)
    }
  })
})
