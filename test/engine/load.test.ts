// What is counted of targets: in flight, within the last hour, and how fast they begin to answer.
import assert from 'node:assert/strict'
import { Load } from '../../src/engine/load.ts'
import { clockAt } from './plan/given.ts'
import { target } from './world.ts'

const [a, b] = [target('a'), target('b')]
const minute = 60_000
const start = Date.UTC(2026, 0, 2, 3, 4, 5)

describe('load', () => {
  it('counts what is in flight, by account and model', () => {
    const load = new Load(clockAt(start))
    const other = target('a', { model: 'n' })
    load.begin(a)
    load.begin(a)
    load.begin(other)
    load.end(a)
    assert.deepEqual([load.inFlight(a), load.inFlight(other), load.inFlight(b)], [1, 1, 0])
    load.end(a)
    load.end(a)
    load.end(b)
    assert.deepEqual([load.inFlight(a), load.inFlight(b)], [0, 0])
  })

  it('means the same target after the catalogue was built anew', () => {
    const load = new Load(clockAt(start))
    load.begin(a)
    assert.equal(load.inFlight(target('a')), 1)
  })

  it('counts the requests of the last hour, and no older ones', () => {
    const clock = clockAt(start)
    const load = new Load(clock)
    for (let minutes = 0; minutes < 180; minutes += 1) {
      clock.time = start + minutes * minute
      load.begin(a)
      load.end(a)
    }
    const uses = load.recentUses(a, clock.time)
    assert.ok(uses > 54 && uses <= 60, String(uses))
    assert.equal(load.recentUses(a, clock.time + 61 * minute), 0)
    assert.equal(load.recentUses(b, clock.time), 0)
  })

  it('goes on counting when the clock is set back', () => {
    const clock = clockAt(start)
    const load = new Load(clock)
    load.begin(a)
    clock.time = start - 24 * 60 * minute
    load.begin(a)
    assert.equal(load.recentUses(a, clock.time), 2)
  })

  it('smooths the time to the first byte towards the newest answers', () => {
    const load = new Load(clockAt(start))
    assert.equal(load.firstByteMs(a), undefined)
    load.sawFirstByte(a, 400)
    assert.equal(load.firstByteMs(a), 400)
    load.sawFirstByte(a, 800)
    assert.equal(load.firstByteMs(a), 500)
    for (let times = 0; times < 40; times += 1) load.sawFirstByte(a, 100)
    assert.ok(Math.abs((load.firstByteMs(a) ?? 0) - 100) < 1)
    assert.equal(load.firstByteMs(b), undefined)
  })

  it('forgets an old time and learns it anew', () => {
    const clock = clockAt(start)
    const load = new Load(clock)
    load.sawFirstByte(a, 9_000)
    clock.time += 16 * minute
    assert.equal(load.firstByteMs(a), undefined)
    load.sawFirstByte(a, 100)
    assert.equal(load.firstByteMs(a), 100)
  })

  it('stays bounded, and never forgets what is in flight', () => {
    const clock = clockAt(start)
    const load = new Load(clock, 20)
    const busy = target('busy')
    load.begin(busy)
    for (let index = 0; index < 500; index += 1) {
      clock.time += 1
      const one = target(`t${index}`)
      load.begin(one)
      load.end(one)
    }
    const known = Array.from({ length: 500 }, (_, index) => load.recentUses(target(`t${index}`), clock.time))
    const kept = known.flatMap((uses, index) => (uses > 0 ? [index] : []))
    assert.ok(kept.length < 20 && kept.length >= 10, String(kept.length))
    assert.ok(kept.every((index) => index >= 480))
    assert.equal(load.inFlight(busy), 1)
  })
})
