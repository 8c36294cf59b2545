// What is shown of a tool's files: the keys that change and nothing secret, neither the gateway's nor the person's own.
import assert from 'node:assert/strict'
import { hideKeys, keyChanges } from '../../src/tools/masks.ts'
import { viewFile } from '../../src/tools/views.ts'

const key = 'omr-0123456789abcdefghijklmnopqrstuv'
const other = 'omr-zyxwvutsrqponmlkjihgfedcba987654'

describe('what is shown of a change', () => {
  const changes = (before: object, after: object) =>
    keyChanges(JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after)), key)

  it('is each key at the highest place that is new, gone or other', () => {
    const before = { kept: { a: 1 }, env: { A: 'x', B: 'y' }, list: ['a', 'b'], gone: true }
    const after = { kept: { a: 1 }, env: { A: 'z', B: 'y', C: 'w' }, list: ['b', 'c'], provider: { us: { n: 1 } } }
    assert.deepEqual(changes(before, after), [
      { path: ['env', 'A'], before: '"x"', after: '"z"' },
      { path: ['env', 'C'], after: '"w"' },
      { path: ['list', '[]'], before: '"a"' },
      { path: ['list', '[]'], after: '"c"' },
      { path: ['gone'], before: 'true' },
      { path: ['provider'], after: '{\n  "us": {\n    "n": 1\n  }\n}' },
    ])
  })

  it('holds no secret, wherever it stands', () => {
    const secret = 'hunter2-very-own'
    const before = {
      ANTHROPIC_API_KEY: secret,
      env: { AUTH_TOKEN: secret, url: `https://me:${secret}@host/v1`, note: `Bearer ${secret}` },
      headers: { Authorization: secret },
      nested: { clientSecret: { deep: [secret] }, password: 12345678 },
      list: [{ apiKey: secret, name: 'mine' }],
      odd: 'sk-0123456789abcdef',
    }
    const shown = JSON.stringify([changes(before, {}), changes({}, before)])
    assert.ok(!shown.includes(secret) && !shown.includes('12345678') && !shown.includes('0123456789abcdef'), shown)
    assert.ok(shown.includes('mine') && shown.includes('ANTHROPIC_API_KEY') && shown.includes('@host/v1'))
  })

  it('lets two keys of the gateway be told apart by their ends', () => {
    const [change] = changes({ apiKey: other }, { apiKey: key })
    assert.deepEqual(change, { path: ['apiKey'], before: '"omr-••••7654"', after: '"omr-••••stuv"' })
    assert.equal(hideKeys(`a ${key} b ${other}`, key), 'a omr-••••stuv b omr-••••7654')
  })

  it('leaves names and numbers that only sound like secrets readable', () => {
    assert.match(JSON.stringify(changes({}, { max_tokens: 8192, CONTEXT_TOKENS: '200000' })), /8192.*200000/)
  })

  it('is the text of a file of ours, and never that of one that is put back', () => {
    const file = { path: '/x', before: undefined, after: `apiKey: ${key}\n`, format: undefined }
    assert.equal(viewFile(file, key, false).text, 'apiKey: omr-••••stuv\n')
    const back = viewFile({ ...file, before: file.after, after: 'apiKey: theirs\n' }, key, true)
    assert.deepEqual([back.effect, back.text, back.keys], ['changed', undefined, []])
    assert.equal(viewFile({ ...file, before: 'a', after: undefined }, key, false).effect, 'deleted')
    assert.equal(viewFile({ ...file, before: 'a', after: 'a' }, key, false).effect, 'kept')
  })
})
