// What is said of a passphrase while it is typed.
import assert from 'node:assert/strict'
import { passphraseStrength } from '../../src/admin/passphrase.ts'

describe('the strength of a passphrase', () => {
  const cases: [string, string][] = [
    ['', 'short'],
    ['Zx9!kQ2', 'short'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['1234567890123456', 'weak'],
    ['abcdefghijklmnop', 'weak'],
    ['password', 'weak'],
    ['kingfisher7', 'fair'],
    ['correct horse battery staple', 'strong'],
    ['Zx9!kQ2#vLp7w', 'strong'],
  ]
  for (const [passphrase, strength] of cases) {
    it(`of "${passphrase}" is ${strength}`, () => assert.equal(passphraseStrength(passphrase), strength))
  }
})
