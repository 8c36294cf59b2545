// Every text a user can see has a key, and every language has every key with the same placeholders. After a change of texts:
// `node test/vscode/localized-texts.ts`.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { dynamicCalls, knownDynamicCalls, placeholders, readBundle, wantedTexts } from './localized-texts.ts'
import { readText, root } from './manifest.ts'

describe('texts of the product', () => {
  const english = readBundle('l10n/bundle.l10n.json')
  const wanted = wantedTexts()

  it('are found in the sources', () => {
    assert.ok(wanted.length > 100, `${wanted.length} texts`)
  })

  it('are in the English bundle, all of them and nothing else', () => {
    assert.deepEqual(Object.keys(english).sort(), wanted)
    for (const [key, text] of Object.entries(english)) assert.equal(text, key)
  })

  it('are literals, but for the next steps of failures and checks', () => {
    assert.equal(dynamicCalls().length, knownDynamicCalls, dynamicCalls().join('\n'))
  })

  for (const file of globSync('l10n/bundle.l10n.*.json', { cwd: root })) {
    it(`are all in ${file}, with the same placeholders and icons`, () => {
      compare(english, readBundle(file))
    })
  }
})

describe('texts of the manifest', () => {
  const english = readBundle('package.nls.json')
  const keysUsed = [...new Set([...readText('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''))]

  it('are used, all of them, and none is missing', () => {
    assert.deepEqual(Object.keys(english).sort(), keysUsed.sort())
  })

  for (const file of globSync('package.nls.*.json', { cwd: root })) {
    it(`are all in ${file}, with the same links`, () => {
      compare(english, readBundle(file))
    })
  }
})

/** Same keys; every text differs or is a name; placeholders, icons, command links and code survive translation. */
function compare(english: Record<string, string>, other: Record<string, string>): void {
  assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort())
  for (const [key, text] of Object.entries(english)) {
    const translated = other[key] ?? ''
    assert.notEqual(translated.trim(), '', key)
    assert.deepEqual(placeholders(translated), placeholders(text), key)
    for (const pattern of [/\$\([\w~-]+\)/g, /\(command:[\w.]+\)/g, /`[^`]+`/g]) {
      assert.deepEqual(translated.match(pattern), text.match(pattern), key)
    }
  }
}
