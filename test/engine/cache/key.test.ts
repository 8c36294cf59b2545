// A key is the same for all spellings of a request and another for any change of its meaning.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { canonicalJson, parseExactly } from '../../../src/engine/cache/canonical-json.ts'
import { cacheKey, keyWithoutText, requestDigest } from '../../../src/engine/cache/key.ts'
import { type CacheRequest, readBodyOf } from '../../../src/engine/cache/request.ts'
import { cacheRequest } from './support.ts'

function keyOf(body: unknown, change: Partial<CacheRequest> = {}): string | undefined {
  const request = cacheRequest(body, change)
  const read = readBodyOf(request)
  return read && cacheKey(request, read)
}

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value

const body: fc.Arbitrary<JsonObject> = fc
  .record({ messages: fc.array(json, { maxLength: 4 }), extra: fc.dictionary(fc.string(), json, { maxKeys: 4 }) })
  .map(({ messages, extra }) => ({ ...extra, model: 'groq/llama', messages, store: null, tools: null }))

/** The same JSON in another spelling: other order of keys, white space, escapes. */
function respelled(value: JsonValue | undefined, random: () => number): string {
  const space = (): string => [' ', '', '\n', '\t '][Math.floor(random() * 4)] ?? ''
  if (typeof value === 'string') {
    const escaped = [...value].map((character) =>
      random() < 0.3 && character.length === 1
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
        : JSON.stringify(character).slice(1, -1),
    )
    return `"${escaped.join('')}"`
  }
  if (Array.isArray(value)) return `[${space()}${value.map((one) => respelled(one, random)).join(`${space()},`)}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const entries = Object.entries(value)
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry: [key, field] }) => `${JSON.stringify(key)}${space()}:${space()}${respelled(field, random)}`)
  return `{${space()}${entries.join(`${space()},${space()}`)}${space()}}`
}

/** All places of a value that can be changed, as functions that give the whole with that place changed. */
function changes(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((one, index) => changes(one).map((changed) => value.with(index, changed)))
    return [...inside, [...value, 'more']]
  }
  if (isJsonObject(value)) {
    const inside = Object.entries(value).flatMap(([key, field]) =>
      field === undefined ? [] : changes(field).map((changed) => ({ ...value, [key]: changed })),
    )
    const without = Object.keys(value).map((key) =>
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
    )
    return [...inside, ...without]
  }
  if (typeof value === 'string') return [`${value}.`, null]
  if (typeof value === 'number') return [value + 1 === value ? value / 2 : value + 1, String(value)]
  if (typeof value === 'boolean') return [!value]
  return [false]
}

describe('the key of a request', () => {
  it('is the same in every spelling of the same JSON', () => {
    fc.assert(
      fc.property(body, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (value, numbers) => {
        const random = (): number => numbers.next().value
        assert.equal(keyOf(respelled(value, random)), keyOf(value))
      }),
      { numRuns: 300 },
    )
  })

  it('is another after any change of the body', () => {
    fc.assert(
      fc.property(body, (value) => {
        const keys = changes(value).map((changed) => keyOf(changed))
        const same = keyOf(value)
        assert.ok(keys.length > 0)
        for (const key of keys) assert.notEqual(key, same)
      }),
      { numRuns: 200 },
    )
  })

  it('tells large integers apart that are the same as doubles', () => {
    const keys = [
      '9007199254740992',
      '9007199254740993',
      '9007199254740992.0',
      '1e400',
      '1e401',
      '5e-324',
      '4e-324',
    ].map((number) => keyOf(`{"seed":${number}}`))
    assert.equal(new Set(keys).size, keys.length)
    assert.equal(
      canonicalJson(parseExactly('[12345678901234567890, 1.50, 1e3, 0e999]')),
      '[12345678901234567890,1.5,1000,0]',
    )
  })

  it('is another for another key, workspace, wire, operation, model, shaping or header that matters', () => {
    const body = { messages: [] }
    const changed: Partial<CacheRequest>[] = [
      {},
      { keyId: 'key-2' },
      { keyId: undefined },
      { workspace: 'a' },
      { wire: 'anthropic-messages' },
      { operation: '/chat/completions?x=1' },
      { modelAsked: 'fast' },
      { resolved: 'openai/gpt' },
      { shaping: [{ text: 'Be brief.' }] },
      { shaping: [{ text: 'Be brief!' }] },
      { headers: { 'anthropic-beta': 'a' } },
      { headers: { 'anthropic-version': 'a' } },
      { headers: { 'openai-beta': 'a' } },
      { headers: { 'openai-beta': ['a', 'b'] } },
    ]
    const keys = changed.map((change) => keyOf(body, change))
    assert.equal(new Set(keys).size, changed.length)
    assert.ok(keys.every((key) => /^[0-9a-f]{64}$/.test(key ?? '')))
  })

  it('does not confuse the editor with a key that is called so', () => {
    assert.notEqual(keyOf({}, { keyId: 'editor' }), keyOf({}, { keyId: undefined }))
  })

  it('leaves out who asks, and no more', () => {
    const plain = keyOf({ messages: [] })
    assert.equal(
      keyOf({ messages: [], user: 'u', metadata: { a: 1 }, safety_identifier: 's', prompt_cache_key: 'p' }),
      plain,
    )
    assert.notEqual(keyOf({ messages: [], service_tier: 'flex' }), plain)
    assert.notEqual(keyOf({ messages: [], stream: true }), plain)
    assert.notEqual(keyOf({ messages: [], stream_options: { include_usage: true } }), plain)
    // Metadata inside of a message is content.
    assert.notEqual(keyOf({ messages: [{ metadata: 1 }] }), keyOf({ messages: [{}] }))
    const headers = { 'user-agent': 'x', 'x-session-id': 'y', 'idempotency-key': 'z' }
    assert.equal(keyOf({ messages: [] }, { headers }), plain)
    const anthropic = { wire: 'anthropic-messages' } as const
    assert.equal(keyOf({ metadata: { user_id: 'a' } }, anthropic), keyOf({ metadata: { user_id: 'b' } }, anthropic))
    assert.notEqual(keyOf({ user: 'a' }, anthropic), keyOf({ user: 'b' }, anthropic))
  })

  it('does not exist for what is no JSON object or nested without end', () => {
    assert.equal(keyOf('{'), undefined)
    assert.equal(keyOf('[]'), undefined)
    assert.equal(keyOf('[1'), undefined)
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    assert.equal(keyOf(`{"a":${deep}}`), undefined)
    assert.equal(keyOf(`{"a":${deep},"seed":9007199254740993}`), undefined)
  })

  it('reads a body behind a byte order mark', () => {
    assert.equal(keyOf('x', { body: Buffer.from('\ufeff{"a":1}') }), keyOf({ a: 1 }))
  })

  it('serves one purpose only', () => {
    const request = cacheRequest({ a: 1 })
    const read = readBodyOf(request) ?? {}
    const keys = [cacheKey(request, read), keyWithoutText(request, read), requestDigest(request, read)]
    assert.equal(new Set(keys).size, 3)
  })

  it('does not exist for calls that are no chat', () => {
    assert.equal(keyOf({ messages: [] }, { isReply: false }), undefined)
  })
})
