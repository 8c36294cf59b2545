// The checks of what a user types about an account agree with what the gateway accepts.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { accountInput } from '../../src/admin/contract.ts'
import {
  baseUrlQuestion,
  freeLabel,
  keyQuestion,
  labelQuestion,
  prefixFrom,
  prefixQuestion,
} from '../../src/vscode/commands/account-questions.ts'
import { english } from '../../src/vscode/localizer.ts'

const key = keyQuestion('t', { name: 'Groq', key: 'required' }, english)
const questions = {
  baseUrl: baseUrlQuestion('t', undefined, english),
  apiKey: key,
  label: labelQuestion('t', '', english),
  prefix: prefixQuestion('t', '', english),
}
const typed = fc.oneof(
  fc.string(),
  fc.webUrl(),
  fc.constantFrom('my-server', 'Groq', 'http://127.0.0.1:8080/v1', 'ftp://x', 'sk-abc', 'x'.repeat(101)),
)

describe('questions about an account', () => {
  for (const [field, question] of Object.entries(questions)) {
    it(`let no ${field} pass that the gateway refuses`, () => {
      fc.assert(
        fc.property(typed, (text) => {
          const value = text.trim()
          if (question.validate?.(value) !== undefined) return
          assert.equal(accountInput.safeParse({ provider: 'groq', [field]: value }).success, true, value)
        }),
      )
    })
  }

  it('ask for a key as a password, and for none where none is needed', () => {
    assert.equal(key.password, true)
    assert.notEqual(key.validate?.(''), undefined)
    assert.equal(keyQuestion('t', { name: 'x', key: 'optional' }, english).validate?.(''), undefined)
    assert.notEqual(key.validate?.('two words'), undefined)
  })

  it('suggest a prefix the gateway takes, from any label', () => {
    assert.equal(prefixFrom('My Server', 'x'), 'my-server')
    assert.equal(prefixFrom('Büro (neu)', 'x'), 'bu-ro-neu')
    assert.equal(prefixFrom('日本', 'openai-compatible'), 'openai-compatible')
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (label) => questions.prefix.validate?.(prefixFrom(label, 'fallback')) === undefined,
      ),
    )
  })

  it('suggest a label that is free', () => {
    assert.equal(freeLabel('Groq', []), 'Groq')
    assert.equal(freeLabel('Groq', ['Groq', 'Groq 2']), 'Groq 3')
  })
})
