// The semantic tier: nearest request of the same group, bounded, and a miss whenever the embeddings model fails.
import assert from 'node:assert/strict'
import { OwnCancellation } from '../../../src/engine/cache/cancellation.ts'
import { type Embed, SemanticCache, toUnit } from '../../../src/engine/cache/semantic.ts'
import { type CacheSettings, cacheSettings, ManualClock, settled } from './support.ts'

function createWorld(embed: Embed, change: Partial<CacheSettings> = {}) {
  const clock = new ManualClock()
  const warnings: string[] = []
  const quiet = (): void => undefined
  const log = { debug: quiet, info: quiet, error: quiet, warn: (message: string) => void warnings.push(message) }
  const world = {
    settings: cacheSettings({ semantic: true, embeddingModel: 'e/m', threshold: 0.9, ...change }),
    clock,
    warnings,
  }
  const cache = new SemanticCache({ clock, settings: () => world.settings, embed, log })
  return Object.assign(world, { cache })
}

const unused: Embed = () => Promise.reject(new Error('not to be called'))
const all = (): boolean => true

function unit(...values: number[]): Float32Array {
  return toUnit(Float32Array.from(values)) ?? new Float32Array()
}

describe('the semantic cache', () => {
  it('finds the nearest above the threshold, in its group only', () => {
    const { cache } = createWorld(unused)
    cache.put('group', 'key a', 'one', unit(1, 0.3))
    cache.put('group', 'key a', 'two', unit(1, 0.1))
    cache.put('group', 'key a', 'three', unit(0, 1))
    cache.put('other', 'key a', 'four', unit(1, 0))
    const match = cache.find('group', unit(1, 0), all)
    assert.equal(match?.key, 'two')
    assert.ok(match.similarity > 0.99 && match.similarity <= 1)
    assert.equal(cache.find('group', unit(-1, 0), all), undefined)
    assert.equal(cache.find('nothing', unit(1, 0), all), undefined)
    assert.equal(cache.hits(), 1)
  })

  it('goes by the threshold of now', () => {
    const world = createWorld(unused, { threshold: 0.999 })
    world.cache.put('group', 'key a', 'one', unit(1, 0.1))
    assert.equal(world.cache.find('group', unit(1, 0), all), undefined)
    world.settings = { ...world.settings, threshold: 0.99 }
    assert.equal(world.cache.find('group', unit(1, 0), all)?.key, 'one')
  })

  it('takes the next when the answer of the nearest is gone', () => {
    const { cache } = createWorld(unused)
    cache.put('group', 'key a', 'one', unit(1, 0))
    cache.put('group', 'key a', 'two', unit(1, 0.1))
    assert.equal(cache.find('group', unit(1, 0), (key) => key !== 'one')?.key, 'two')
    assert.equal(cache.entries(), 1)
  })

  it('never compares vectors of two models', () => {
    const world = createWorld(unused)
    world.cache.put('group', 'key a', 'one', unit(1, 0))
    world.cache.put('group', 'key a', 'long', unit(1, 0, 0))
    assert.equal(world.cache.find('group', unit(1, 0, 0), all)?.key, 'long')
    world.settings = { ...world.settings, embeddingModel: 'e/other' }
    assert.equal(world.cache.find('group', unit(1, 0), all), undefined)
  })

  it('is bounded, keeping what was used last', () => {
    const { cache } = createWorld(unused)
    for (let index = 0; index < 4_100; index++) cache.put('group', 'key a', String(index), unit(1, index / 1_000))
    assert.equal(cache.entries(), 4_000)
    assert.notEqual(cache.find('group', unit(1, 0), all)?.key, '0')
  })

  it('forgets a scope, an overwritten place and all', () => {
    const { cache } = createWorld(unused)
    cache.put('group', 'key a', 'one', unit(1, 0))
    cache.put('group', 'key b', 'two', unit(1, 0))
    cache.clearScope('key a')
    assert.equal(cache.find('group', unit(1, 0), all)?.key, 'two')
    cache.put('elsewhere', 'key b', 'two', unit(1, 0))
    assert.equal(cache.find('group', unit(1, 0), all), undefined)
    assert.equal(cache.find('elsewhere', unit(1, 0), all)?.key, 'two')
    cache.clear()
    assert.equal(cache.entries(), 0)
  })

  it('asks for a vector and makes it one of length 1', async () => {
    const { cache } = createWorld(async () => Float32Array.from([3, 4]))
    const vector = await cache.vectorOf('x', new OwnCancellation())
    assert.deepEqual(
      [...(vector ?? [])].map((value) => value.toFixed(3)),
      ['0.600', '0.800'],
    )
  })

  it('takes a failure as a miss, says so once, and lets the model rest', async () => {
    let calls = 0
    let answer: () => Promise<Float32Array | undefined> = () => Promise.reject(new Error('no such model'))
    const world = createWorld(() => {
      calls++
      return answer()
    })
    const ask = (): Promise<Float32Array | undefined> => world.cache.vectorOf('x', new OwnCancellation())
    assert.equal(await ask(), undefined)
    assert.equal(await ask(), undefined)
    assert.equal(calls, 1)
    world.clock.advance(30_000)
    answer = () => Promise.resolve(Float32Array.from([0, 0]))
    assert.equal(await ask(), undefined)
    assert.deepEqual(world.warnings.length, 1)
    assert.match(world.warnings[0] ?? '', /no such model/)
    world.clock.advance(30_000)
    answer = () => Promise.resolve(Float32Array.from([1, 0]))
    assert.ok(await ask())
    answer = () => {
      throw new Error('thrown at once')
    }
    assert.equal(await ask(), undefined)
    assert.equal(world.warnings.length, 2)
    assert.equal(world.clock.timers(), 0)
  })

  it('waits for a while only', async () => {
    let aborted = false
    const world = createWorld(
      (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            aborted = true
          })
        }),
    )
    const vector = world.cache.vectorOf('x', new OwnCancellation())
    await settled()
    world.clock.advance(3_000)
    assert.equal(await vector, undefined)
    assert.equal(aborted, true)
    assert.equal(world.warnings.length, 1)
  })

  it('blames nobody when the client leaves meanwhile', async () => {
    const world = createWorld(
      (_, signal) => new Promise((__, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    )
    const client = new OwnCancellation()
    const vector = world.cache.vectorOf('x', client)
    client.abort()
    assert.equal(await vector, undefined)
    assert.deepEqual(world.warnings, [])
    assert.equal(world.clock.timers(), 0)
  })
})
