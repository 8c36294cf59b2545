// Large bodies must come out as the very text that a small one would, and must let others have their turn.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { JsonValue } from '../../src/core/json.ts'
import { toJson } from '../../src/engine/json-in-turns.ts'

const megabyte = 1024 * 1024

async function written(value: JsonValue): Promise<string> {
  return (await toJson(value)).toString()
}

describe('toJson', () => {
  it('writes a small body at once', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'Grüße 🙂' }] }
    assert.equal(toJson(body), JSON.stringify(body))
  })

  it('writes a large body as JSON.stringify does, whatever else is in it', async () => {
    const filler = 'x'.repeat(400 * 1024)
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), async (one, other) => {
        const value = { one, list: [filler, one, [filler, other]], other, more: { ...other, filler } } as JsonValue
        assert.equal(await written(value), JSON.stringify(value))
      }),
      { numRuns: 15 },
    )
  })

  it('writes a list of many items as JSON.stringify does, some of them at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 1 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (some, size) => {
          const filler = 'Grüße, "you"\n🙂'.repeat(size / 14)
          const items = Array.from({ length: 40 }, (_, index) => [some[index % some.length], { role: 'user', filler }])
          const value = { model: 'm', items: [...items, ...some], stream: true } as JsonValue
          assert.equal(await written(value), JSON.stringify(value))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('writes long names, and signs that need more room than letters', async () => {
    const value = {
      ['n'.repeat(400_000)]: '\u0001'.repeat(200_000),
      numbers: Array.from({ length: 100_000 }, () => -1.2345e-67),
    }
    assert.equal(await written(value), JSON.stringify(value))
  })

  it('keeps characters that a slice cuts in half', async () => {
    const value = [`a${'🙂'.repeat(megabyte)}"\\\n`]
    assert.deepEqual(JSON.parse(await written(value)), value)
  })

  it('leaves out fields without a value', async () => {
    const value = { gone: undefined, text: 'x'.repeat(2 * megabyte) } as unknown as JsonValue
    assert.deepEqual(Object.keys(JSON.parse(await written(value))), ['text'])
  })

  it('lets others have their turn while it writes', async () => {
    let turns = 0
    let writing = true
    const watch = (): void => {
      turns += 1
      if (writing) setImmediate(watch)
    }
    setImmediate(watch)
    await written(Array.from({ length: 20 }, () => 'x'.repeat(megabyte / 2)))
    writing = false
    assert.ok(turns >= 9, `${turns} turns`)
  })
})
