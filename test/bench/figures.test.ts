// The arithmetic of the bench: a wrong median or verdict would be believed.
import assert from 'node:assert/strict'
import { figure, median, percentile, readingOf, table } from './figures.ts'

describe('bench figures', () => {
  it('takes medians and percentiles of unsorted values', () => {
    assert.equal(median([5, 1, 3]), 3)
    assert.equal(median([4, 1, 3, 2]), 2.5)
    const values = Array.from({ length: 100 }, (_, index) => 99 - index)
    assert.deepEqual([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 0.99)], [50, 95, 99])
    assert.equal(percentile([7], 0.99), 7)
  })

  it('reckons a round per second and per request', () => {
    const round = { requests: 4, seconds: 2, latencyMs: [1, 2, 3, 4], firstByteMs: [1, 1, 1, 1] }
    const reading = readingOf(round, 12)
    assert.equal(reading.requestsPerSecond, 2)
    assert.equal(reading.cpuMsPerRequest, 3)
  })

  it('compares pair by pair, so that one disturbed pair does not count', () => {
    const pairs = [
      [1, 1.2],
      [10, 12],
      [1, 9],
    ] as const
    const result = figure('a', 'CPU', 'ms', pairs, { compare: 'ratio', bound: 'at most', limit: 1.5 })
    assert.ok(Math.abs(result.ratio - 1.2) < 1e-9)
    assert.equal(result.met, true)
  })

  it('judges by ratio, difference or value, at most or at least', () => {
    const judge = (compare: 'ratio' | 'difference' | 'value', bound: 'at most' | 'at least', limit: number) =>
      figure('a', 'b', 'ms', [[10, 20]], { compare, bound, limit }).met
    assert.deepEqual([judge('ratio', 'at most', 2), judge('ratio', 'at most', 1.9)], [true, false])
    assert.deepEqual([judge('difference', 'at most', 10), judge('difference', 'at most', 9)], [true, false])
    assert.deepEqual([judge('value', 'at least', 20), judge('value', 'at least', 21)], [true, false])
  })

  it('prints an aligned table that says what was missed', () => {
    const missed = figure('memory', 'RSS', 'MB', [[10, 100]], { compare: 'difference', bound: 'at most', limit: 60 })
    const lines = table([missed, figure('x', 'y', '/s', [[Number.NaN, 1]])]).split('\n')
    assert.match(lines[1] ?? '', /10\.0\s+100\s+10\.00 ×\s+\+90\.0 MB\s+≤ \+60 MB\s+MISSED$/)
    assert.match(lines[2] ?? '', /n\/a/)
  })
})
