// A large body must give the very value that JSON.parse gives, however it is spelt and whatever its texts look like.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseJsonBytes } from '../../src/engine/json-in-pieces.ts'

/** Texts that look like the sign between two messages, or end where one might be cut. */
const temptation = fc.constantFrom('"},{"role":"', '\\"},{\\"role', '},{', '"}', '},{"role', '\\', ']}', '🙂漢字', 'ü')
const word = fc.oneof(temptation, fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }))
const content = fc.oneof(
  word,
  fc.array(fc.record({ type: fc.constant('text'), text: word }), { maxLength: 3 }),
  fc.constant(null),
)
const message = fc.record({ role: fc.constantFrom('user', 'assistant'), content }, { requiredKeys: ['role'] })
const field = fc.tuple(
  fc.constantFrom('model', 'system', 'messages', 'input', 'tools', '__proto__', '7', 'stream'),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(message, { maxLength: 3 })),
)

/** A text of at least 300 KB whose fields may be there twice. */
function spell(
  before: [string, unknown][],
  list: [string, unknown[]],
  after: [string, unknown][],
  gap: string,
): string {
  const fields = [...before, list, ...after].map(
    ([name, value]) => `${JSON.stringify(name)}:${gap}${JSON.stringify(value)}`,
  )
  return `${gap}{${fields.join(`,${gap}`)}}${gap}`
}

const filler = (size: number): object => ({ role: 'user', content: 'Grüße, "you"\n'.repeat(size / 14) })

/** The longest text that is handed to JSON.parse meanwhile. */
function longestParsed(work: () => void): number {
  const { parse } = JSON
  let longest = 0
  JSON.parse = (text: string, ...rest) => {
    longest = Math.max(longest, text.length)
    return parse(text, ...rest)
  }
  try {
    work()
  } finally {
    JSON.parse = parse
  }
  return longest
}

describe('parseJsonBytes', () => {
  it('gives what JSON.parse gives', () => {
    const lists = fc.tuple(fc.constantFrom('messages', 'input', 'contents'), fc.array(message, { minLength: 1 }))
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 3 }),
        lists,
        fc.array(field, { maxLength: 3 }),
        fc.constantFrom('', ' ', '\n  '),
        (before, [name, some], after, gap) => {
          const items = Array.from({ length: 300 }, (_, index) => some[index % some.length] ?? filler(1000))
          const text = spell(
            before,
            [name, [...items, ...Array.from({ length: 300 }, () => filler(1000)), ...items]],
            after,
            gap,
          )
          const value = parseJsonBytes(Buffer.from(text))
          assert.equal(JSON.stringify(value), JSON.stringify(JSON.parse(text)))
          assert.equal(Object.getPrototypeOf(value), Object.prototype)
        },
      ),
      { numRuns: 60 },
    )
  })

  for (const [what, indent] of [
    ['as programs write it', undefined],
    ['as people write it', 2],
  ] as const)
    it(`never makes a text of the whole conversation, ${what}`, () => {
      const messages = Array.from({ length: 400 }, () => filler(1000))
      for (const list of ['messages', 'input', 'contents']) {
        const value = { model: 'm', tools: [{ name: 'a' }, { name: 'b' }], [list]: messages, stream: true }
        const body = Buffer.from(`\uFEFF${JSON.stringify(value, undefined, indent)}`)
        let parsed: unknown
        const longest = longestParsed(() => {
          parsed = parseJsonBytes(body)
        })
        assert.deepEqual(parsed, value)
        assert.ok(longest < 128 * 1024, `${longest} characters`)
      }
    })

  it('reads a body that has no such list at once', () => {
    const long = 'x'.repeat(200_000)
    for (const value of [
      { prompt: long },
      [long],
      long,
      { messages: long },
      { messages: [long, long] },
      { messages: [{ long }] },
    ])
      assert.deepEqual(parseJsonBytes(Buffer.from(JSON.stringify(value))), value)
  })

  it('finds the fault that JSON.parse finds', () => {
    const whole = JSON.stringify({ messages: Array.from({ length: 300 }, () => filler(1000)), stream: true })
    const broken = [
      whole.slice(0, -1),
      whole.slice(0, 200_000),
      `${whole}}`,
      whole.replace('"stream":true', '"stream":true,'),
      `${whole.slice(0, 150_000)}"${whole.slice(150_000)}`,
      whole.replace('},{', '},,{'),
      whole.replace('},{', '}],"x":[{'),
    ]
    for (const text of broken) {
      let expected: unknown
      try {
        expected = { value: JSON.parse(text) }
      } catch (error) {
        expected = String(error)
      }
      let found: unknown
      try {
        found = { value: parseJsonBytes(Buffer.from(text)) }
      } catch (error) {
        found = String(error)
      }
      assert.deepEqual(found, expected)
    }
  })
})
