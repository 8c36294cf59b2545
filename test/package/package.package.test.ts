// What is in the .vsix: exactly what runs, and no more than 3 MB of it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { listZip } from './zip-listing.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Files that vsce itself adds or renames, then ours. Folders whose content other work decides are checked by rule below. */
const expected = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/THIRD-PARTY-NOTICES.txt',
  'extension/changelog.md',
  'extension/dist/extension.cjs',
  'extension/dist/gateway.cjs',
  'extension/dist/headless.cjs',
  'extension/dist/mcp.cjs',
  'extension/dist/prices.cjs',
  'extension/dist/sql-wasm.wasm',
  'extension/dist/tools.cjs',
  'extension/dist/uninstall.cjs',
  'extension/dist/webview/codicon.css',
  'extension/dist/webview/codicon.ttf',
  'extension/dist/webview/dashboard.css',
  'extension/dist/webview/dashboard.js',
  'extension/dist/webview/index.html',
  'extension/dist/webview/page-combos.js',
  'extension/dist/webview/page-keys.js',
  'extension/dist/webview/page-logs.js',
  'extension/dist/webview/page-providers.js',
  'extension/dist/webview/page-routing.js',
  'extension/dist/webview/page-tools.js',
  'extension/docs/what-leaves-your-machine.md',
  'extension/package.json',
  'extension/readme.md',
]

describe('the package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'omniroute-vsix-'))
  let vsix = ''
  let files: string[] = []

  before(async function () {
    this.timeout(180_000)
    await promisify(execFile)(process.execPath, ['scripts/package.mjs', '--out', folder], { cwd: root })
    const name = readdirSync(folder).join()
    assert.match(name, /^omniroute-[\d.]+\.vsix$/)
    vsix = path.join(folder, name)
    files = listZip(vsix)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  it('holds what runs and nothing else', () => {
    const byRule = /^extension\/(media\/|l10n\/|package\.nls\.|dist\/webview\/chunk-[A-Z0-9]{8}\.js$)/
    assert.deepEqual(files.filter((file) => !byRule.test(file)).sort(), expected)
  })

  it('holds translations and media of the kinds that run', () => {
    for (const file of files.filter((name) => name.startsWith('extension/l10n/'))) {
      assert.match(file, /^extension\/l10n\/bundle\.l10n(\.[a-z]{2}(-[a-z]{2,4})?)?\.json$/i)
    }
    assert.ok(files.includes('extension/package.nls.json'))
    for (const file of files.filter((name) => name.startsWith('extension/package.nls.'))) {
      assert.match(file, /^extension\/package\.nls(\.[a-z]{2}(-[a-z]{2,4})?)?\.json$/i)
    }
    for (const file of files.filter((name) => name.startsWith('extension/media/'))) {
      assert.match(file, /\.(png|svg|woff2?|schema\.json)$/)
    }
  })

  it('is at most 3 MB', () => {
    assert.ok(statSync(vsix).size <= 3_000_000, `${statSync(vsix).size} bytes`)
  })

  it('names only files that are there in its manifest', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8')
    const inside = new Set(files.map((file) => file.toLowerCase()))
    const paths = [...manifest.matchAll(/"\.?\/?((?:dist|media|l10n)\/[^"]+)"/g)].map((match) => match[1] ?? '')
    assert.ok(paths.includes('dist/extension.cjs'))
    for (const name of paths) assert.ok(inside.has(`extension/${name}`.toLowerCase()), `${name} is not packed`)
  })

  it('names every bundled package in the notices', () => {
    const notices = readFileSync(path.join(root, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of [
      '@modelcontextprotocol/sdk',
      'express',
      'undici',
      'zod',
      'sql.js',
      'lit-html',
      '@vscode-elements/elements',
      '@vscode/codicons',
    ]) {
      assert.ok(notices.includes(`\n${name} `), `${name} is missing`)
    }
    for (const name of ['mocha', 'typescript', 'esbuild', 'playwright-core']) {
      assert.ok(!notices.includes(`\n${name} `), `${name} does not ship`)
    }
    assert.ok(existsSync(path.join(root, 'dist/metafile.json')))
  })
})
