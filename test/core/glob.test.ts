// Globs: captures, specificity, and agreement with a regular expression that says the same.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { capture, matchGlob, mostSpecific, type Name, parseGlob } from '../../src/core/glob.ts'

describe('globs', () => {
  it('capture what each star stands for', () => {
    assert.deepEqual(matchGlob('gpt-*', 'gpt-5-mini'), ['5-mini'])
    assert.deepEqual(matchGlob('*/claude-*-4*', 'or/claude-opus-4-6'), ['or', 'opus', '-6'])
    assert.deepEqual(matchGlob('exact', 'exact'), [])
    assert.equal(matchGlob('exact', 'exactly'), undefined)
    assert.equal(matchGlob('ab*ba', 'aba'), undefined, 'the two ends may not share a character')
  })

  it('agree with a lazy regular expression on any pattern and name', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 })
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 })
    fc.assert(
      fc.property(patterns, letters, (pattern, name) => {
        const source = pattern.replace(/[.*/]/g, (sign) => (sign === '*' ? '(.*?)' : `\\${sign}`))
        const expected = new RegExp(`^${source}$`).exec(name)
        const found = matchGlob(pattern, name)
        assert.equal(found !== undefined, expected !== null)
        if (found && expected) assert.deepEqual(found, expected.slice(1))
      }),
    )
  })

  it('read each character of a name a fixed number of times, whatever the pattern', () => {
    const most = (pattern: string, text: string): number => {
      let reads = 0
      const name: Name = {
        length: text.length,
        slice: (from, to) => text.slice(from, to),
        charCodeAt(index) {
          reads++
          return text.charCodeAt(index)
        },
      }
      capture(parseGlob(pattern), name)
      return reads
    }
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), maxLength: 30 }), { maxLength: 10 })
    const names = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), maxLength: 2_000 })
    fc.assert(fc.property(pieces, names, (parts, name) => most(parts.join('*'), name) <= name.length))
    // What a search that starts over at every position would read fifty times.
    assert.ok(most(`*${'a'.repeat(99)}b*`, 'a'.repeat(10_000)) <= 10_000)
  })

  it('the most specific rule wins, an exact one over all', () => {
    const rules = [{ model: '*' }, { model: 'openai/*' }, { model: 'openai/gpt-5' }, { model: 'openai/gpt-*' }]
    assert.equal(mostSpecific(rules, 'openai/gpt-5')?.model, 'openai/gpt-5')
    assert.equal(mostSpecific(rules, 'openai/gpt-4')?.model, 'openai/gpt-*')
    assert.equal(mostSpecific(rules, 'groq/llama')?.model, '*')
    assert.equal(mostSpecific(rules.slice(1), 'groq/llama'), undefined)
  })
})
