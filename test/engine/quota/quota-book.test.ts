// What the quota book makes of what it is told.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Clock } from '../../../src/core/clock.ts'
import type { QuotaWindow } from '../../../src/core/quota.ts'
import { createQuotaBook, type QuotaBook } from '../../../src/engine/quota/quota-book.ts'
import { isShortWindow } from '../../../src/engine/quota/window-life.ts'
import { target } from '../world.ts'

const start = 1_700_000_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const here = target('one')
const sibling = target('one', { model: 'other' })

function world(): { book: QuotaBook; clock: Clock & { time: number } } {
  const clock = { time: start, now: () => clock.time, after: () => () => undefined }
  return { book: createQuotaBook(clock), clock }
}

const window = (id: string, more: Partial<QuotaWindow> = {}): QuotaWindow => ({
  id,
  unit: 'share',
  source: 'header',
  at: start,
  ...more,
})

describe('the quota book', () => {
  it('tells the tightest window that counts for the target', () => {
    const { book } = world()
    assert.equal(book.standing(here, start), undefined)
    book.observe(here, [
      window('unified/5h', { usedShare: 0.25, resetsAt: start + hour, lengthMs: 5 * hour }),
      window('unified/7d', { usedShare: 0.75, resetsAt: start + day, lengthMs: 7 * day }),
      window('requests/day', { unit: 'requests', model: 'm', limit: 100, remaining: 10, resetsAt: start + hour }),
    ])
    const { at, source } = window('')
    const tight = { window: 'requests/day', remaining: 0.1, resetsAt: start + hour, at, source }
    assert.deepEqual(book.standing(here, start), tight)
    assert.equal(book.standing(sibling, start)?.window, 'unified/7d')
    assert.equal(book.standing(target('two'), start), undefined)
  })

  it('holds a target back until the reset of what is used up, and then knows nothing', () => {
    const { book } = world()
    const resetsAt = start + hour
    assert.equal(book.observe(here, [window('unified/5h', { usedShare: 1, exhausted: true, resetsAt })]), true)
    assert.equal(book.standing(here, start)?.exhaustedUntil, resetsAt)
    assert.equal(book.standing(sibling, resetsAt - 1)?.exhaustedUntil, resetsAt)
    assert.equal(book.standing(here, resetsAt), undefined)
  })

  it('puts what is used up before what is merely tight, and the longest first', () => {
    const { book } = world()
    book.observe(here, [
      window('a', { unit: 'requests', remaining: 0, limit: 9, resetsAt: start + hour }),
      window('b', { exhausted: true, resetsAt: start + day }),
      window('c', { usedShare: 1, exhausted: false, resetsAt: start + 2 * day }),
    ])
    assert.equal(book.standing(here, start)?.exhaustedUntil, start + day)
  })

  it('does not hold back for what the vendor serves on, what fills up bit by bit, nor for minutes', () => {
    const { book } = world()
    book.observe(here, [
      window('unified/7d', { usedShare: 1, exhausted: false, resetsAt: start + day, lengthMs: 7 * day }),
      window('requests/day', { unit: 'requests', remaining: 0, refills: true, resetsAt: start + hour, lengthMs: day }),
      window('tokens/minute', { unit: 'tokens', remaining: 0, resetsAt: start + minute, lengthMs: minute }),
      window('requests', { unit: 'requests', remaining: 0, resetsAt: start + minute }),
    ])
    assert.equal(book.standing(here, start)?.exhaustedUntil, undefined)
    assert.equal(book.standing(here, start)?.remaining, 0)
    assert.equal(book.list('one').length, 4)
    assert.deepEqual(
      book
        .list('one')
        .filter(isShortWindow)
        .map((one) => one.id),
      ['tokens/minute', 'requests'],
    )
  })

  it('knows nothing of a target when only minutes were told', () => {
    const { book } = world()
    book.observe(here, [window('tokens/minute', { unit: 'tokens', remaining: 5, limit: 9, lengthMs: minute })])
    assert.equal(book.standing(here, start), undefined)
  })

  it('does not let an answer that came late undo a later one', () => {
    const { book } = world()
    book.observe(here, [window('a', { usedShare: 0.9, resetsAt: start + day, at: start + 10 })])
    book.observe(here, [window('a', { usedShare: 0.1, resetsAt: start + day, at: start })])
    assert.ok(Math.abs((book.standing(here, start + 20)?.remaining ?? 1) - 0.1) < 1e-9)
  })

  it('believes no reset beyond the length of its window', () => {
    const { book } = world()
    const absurd = start + 300 * day
    book.observe(here, [window('requests/day', { unit: 'requests', remaining: 0, resetsAt: absurd, lengthMs: day })])
    const until = book.standing(here, start)?.exhaustedUntil ?? 0
    assert.ok(until > start + day && until < start + 1.2 * day)
    book.observe(sibling, [window('x', { exhausted: true, resetsAt: absurd, model: 'other' })])
    assert.equal(book.standing(sibling, start)?.exhaustedUntil, start + 31 * day)
  })

  it('asks to be found out about from time to time, by one request', () => {
    const { book } = world()
    book.observe(here, [window('unified/7d', { exhausted: true, resetsAt: start + 5 * day, lengthMs: 7 * day })])
    const recheck = (now: number) => book.standing(here, now)?.recheck
    assert.equal(recheck(start + 6 * hour - 1), undefined)
    assert.equal(recheck(start + 6 * hour), true)
    book.checking(here, start + 6 * hour)
    assert.equal(recheck(start + 6 * hour + 1), undefined)
    assert.equal(recheck(start + 12 * hour), true)
  })

  it('lets a success disprove what was told before its call began, and keeps the rest', () => {
    const { book } = world()
    book.observe(here, [
      window('unified/5h', { usedShare: 1, exhausted: true, resetsAt: start + hour }),
      window('requests/day', { unit: 'requests', remaining: 0, limit: 10, resetsAt: start + day, lengthMs: day }),
    ])
    assert.equal(book.succeeded(here, start - 1), false)
    assert.notEqual(book.standing(here, start)?.exhaustedUntil, undefined)
    assert.equal(book.succeeded(here, start + 1), true)
    assert.equal(book.standing(here, start + 2)?.exhaustedUntil, undefined)
    assert.equal(book.list('one').length, 2)
    assert.equal(book.succeeded(here, start + 3), false)
  })

  it('says when targets begin and cease to be held back', () => {
    const { book } = world()
    const told = (more: Partial<QuotaWindow>): boolean =>
      book.observe(here, [window('unified/5h', { resetsAt: start + hour, ...more })])
    assert.equal(told({ usedShare: 0.5 }), false)
    assert.equal(told({ usedShare: 1, exhausted: true, at: start + 1 }), true)
    assert.equal(told({ usedShare: 1, exhausted: true, at: start + 2 }), false)
    assert.equal(told({ usedShare: 0, at: start + 3 }), true)
  })

  it('survives a restart, but for what has passed meanwhile', () => {
    const before = world()
    before.book.observe(here, [
      window('unified/5h', { exhausted: true, usedShare: 1, resetsAt: start + hour, lengthMs: 5 * hour }),
      window('requests/day', { unit: 'requests', model: 'm', remaining: 3, limit: 9, resetsAt: start + day }),
      window('tokens/minute', { unit: 'tokens', remaining: 3, limit: 9, lengthMs: minute }),
    ])
    const kept: unknown = JSON.parse(JSON.stringify(before.book.snapshot()))
    const same = world()
    same.book.restore(kept)
    assert.deepEqual(same.book.standing(here, start), before.book.standing(here, start))
    assert.equal(same.book.list('one').length, 2)
    const later = world()
    later.clock.time = start + 2 * hour
    later.book.restore(kept)
    assert.deepEqual(
      later.book.list('one').map((one) => one.id),
      ['requests/day'],
    )
  })

  it('restores anything at all', () => {
    const odd = fc.record(
      {
        account: fc.constant('one'),
        id: fc.string(),
        unit: fc.anything(),
        at: fc.double(),
        resetsAt: fc.double(),
        source: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(odd)), (value) => {
        const { book } = world()
        book.restore(value)
        assert.equal(book.standing(here, start)?.exhaustedUntil, undefined)
      }),
    )
  })

  it('stays small, and forgets an account when told to', () => {
    const { book } = world()
    for (let i = 0; i < 5_000; i++) book.observe(here, [window(`w${i % 200}`, { model: `m${i}`, usedShare: 0.5 })])
    for (let i = 0; i < 500; i++) book.observe(here, [window(`w${i}`, { usedShare: 0.5 })])
    assert.ok(book.list('one').length <= 400)
    book.clear('one')
    assert.equal(book.list('one').length, 0)
  })
})
