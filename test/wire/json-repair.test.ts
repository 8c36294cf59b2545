// Tool arguments that are no valid JSON: rules 6, 84, 85.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isCompleteObject, repairJson, toolInputObject, toolInputText } from '../../src/wire/json-repair.ts'

describe('toolInputObject', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['reads an empty text as no arguments (rule 84)', '', {}],
    ['reads blanks as no arguments (rule 84)', ' \n', {}],
    ['takes null for no arguments', 'null', {}],
    ['drops a trailing comma (rule 85)', '{"a":1,}', { a: 1 }],
    ['drops a trailing comma in a list (rule 85)', '{"a":[1,2,]}', { a: [1, 2] }],
    ['closes what was cut off (rule 85)', '{"a":{"b":[1,2', { a: { b: [1, 2] } }],
    ['closes a string that was cut off (rule 85)', '{"path":"/tmp/fi', { path: '/tmp/fi' }],
    ['leaves a member without its value out (rule 85)', '{"a":1,"b":', { a: 1 }],
    ['leaves a half word out (rule 85)', '{"a":1,"b":tru', { a: 1 }],
    ['survives a cut within an escape', '{"a":"x\\', { a: 'x' }],
    ['survives a cut within a code point', '{"a":"x\\u00', { a: 'x' }],
    ['takes raw line breaks in strings', '{"a":"x\ny"}', { a: 'x\ny' }],
    ['reads arguments that were encoded twice', '"{\\"a\\":1}"', { a: 1 }],
    ['keeps a list whole, since it is no object (rule 85)', '[1]', { _raw: '[1]' }],
    ['keeps prose whole (rule 85)', 'rm -rf', { _raw: 'rm -rf' }],
    ['keeps mismatched brackets whole', '{"a":1]', { _raw: '{"a":1]' }],
  ]
  for (const [name, input, expected] of cases) it(name, () => assert.deepEqual(toolInputObject(input).value, expected))

  it('gives an object for any text at all, in bounded time', () => {
    const unit = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', 'a', '1', ' ', '\n')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const { value } = toolInputObject(text)
        assert.equal(typeof value === 'object' && value !== null && !Array.isArray(value), true)
      }),
    )
    assert.deepEqual(toolInputObject('['.repeat(200_000)).value, { _raw: '['.repeat(200_000) })
  })

  it('repairs every prefix of an object to one that says no more than it did', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }), fc.nat(), (value, cut) => {
        const text = JSON.stringify(value)
        const prefix = text.slice(0, 1 + (cut % text.length))
        const repaired = repairJson(prefix)
        assert.notEqual(repaired, undefined)
        const keys = Object.keys(JSON.parse(repaired ?? ''))
        assert.equal(
          keys.every((key, index) => Object.keys(value)[index]?.startsWith(key)),
          true,
        )
      }),
    )
  })
})

describe('toolInputText', () => {
  it('never touches valid text, so that numbers keep their digits (rule 6)', () => {
    const text = '{ "id": 9007199254740993, "x": 1.0 }'
    assert.deepEqual(toolInputText(text), { text, repaired: false })
  })

  it('writes an empty object for no arguments (rule 84)', () => {
    assert.equal(toolInputText('').text, '{}')
  })
})

describe('isCompleteObject', () => {
  it('is true for whole objects only', () => {
    assert.equal(isCompleteObject('{"a":1} '), true)
    for (const text of ['', '{"a":1', '"x"', '{"a":"}']) assert.equal(isCompleteObject(text), false)
  })
})
