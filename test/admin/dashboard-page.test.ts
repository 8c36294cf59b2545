// The page of the panel: every placeholder filled, nothing that could run but our script, nothing from the network.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageHtml } from '../../src/admin/dashboard-page.ts'
import { root } from '../vscode/manifest.ts'

const template = readFileSync(join(root, 'webview/index.html'), 'utf8')
const values = {
  language: 'de',
  cspSource: 'https://*.vscode-cdn.net',
  connectSource: "'none'",
  nonce: 'abc_123',
  base: 'https://file.vscode-cdn.net/dist/webview/',
  bundle: { Yes: 'Ja', Bad: '--></script><script>alert(1)</script>' },
}

describe('page of the dashboard', () => {
  const body = pageHtml(template, values)

  it('has every placeholder filled in', () => {
    assert.doesNotMatch(body, /\{\{/)
    assert.match(body, /<html lang="de" dir="ltr">/)
    assert.match(body, /src="https:\/\/file\.vscode-cdn\.net\/dist\/webview\/dashboard\.js"/)
  })

  it('has a policy without unsafe sources and without connections', () => {
    const policy = /content="(default-src[^"]*)"/.exec(body)?.[1] ?? ''
    assert.match(policy, /^default-src 'none'/)
    assert.match(policy, /script-src 'nonce-abc_123'/)
    assert.match(policy, /connect-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*;|http:/)
  })

  it('cannot be broken out of by a translation', () => {
    assert.equal(body.match(/<script/g)?.length, 2)
    const block = /<script [^>]*id="omniroute-l10n"[^>]*>(.*?)<\/script>/s.exec(body)?.[1] ?? ''
    assert.deepEqual(JSON.parse(block), values.bundle)
  })

  it('is English where there is no bundle, and right to left where that is written', () => {
    assert.match(pageHtml(template, { ...values, bundle: undefined }), /<html lang="en" dir="ltr">/)
    assert.match(pageHtml(template, { ...values, language: 'ar' }), /<html lang="ar" dir="rtl">/)
  })
})
