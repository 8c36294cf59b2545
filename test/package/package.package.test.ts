// What is in the .vsix: exactly what runs, and no more than 3 MB of it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { listZip, readFromZip } from './zip-listing.ts'

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
  let said = ''

  before(async function () {
    this.timeout(180_000)
    const program = [process.execPath, ['scripts/package.mjs', '--out', folder], { cwd: root }] as const
    const { stdout, stderr } = await promisify(execFile)(...program)
    said = stdout + stderr
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

  it('is made without a warning', () => {
    assert.match(said, /Packaged:/)
    assert.doesNotMatch(said, /warning/i)
  })

  it('says to the registries who made it, for which editors, under which licence', () => {
    const about = readFromZip(vsix, 'extension.vsixmanifest')
    assert.match(about, /<Identity [^>]*Id="omniroute" Version="\d+\.\d+\.\d+" Publisher="omniroute"/)
    assert.match(about, /Id="Microsoft\.VisualStudio\.Code\.Engine" Value="\^1\.\d+\.0"/)
    assert.match(about, /<License>extension\/LICENSE\.txt<\/License>/)
    assert.match(about, /<Icon>extension\/media\/icon\.png<\/Icon>/)
    assert.match(about, /Type="Microsoft\.VisualStudio\.Services\.Content\.Details" Path="extension\/readme\.md"/)
    assert.doesNotMatch(about, /EnabledApiProposals" Value="[^"]/)
    // Links of the README lead out of the package.
    assert.doesNotMatch(readFromZip(vsix, 'extension/readme.md'), /\]\((?!https?:|#)/)
  })
})

describe('what the registries ask for', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8')

  it('is said in the manifest: namespace, name, version, licence, repository, engine', () => {
    assert.match(manifest.publisher, /^[a-z0-9][\w-]*$/)
    assert.match(manifest.name, /^[a-z0-9][\w-]*$/)
    // The Marketplace takes three numbers and nothing behind them.
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/)
    assert.equal(manifest.license, 'MIT')
    assert.match(readFileSync(path.join(root, 'LICENSE'), 'utf8'), /^MIT License/)
    for (const address of [manifest.repository.url, manifest.bugs.url, manifest.homepage]) {
      assert.match(address, /^https:\/\/github\.com\//)
    }
    assert.match(manifest.engines.vscode, /^\^1\.\d+\.0$/)
    assert.ok(manifest.description && manifest.displayName && manifest.categories.length > 0)
    assert.equal(manifest.preview ?? false, false)
  })

  it('asks for no proposed API and no extension that one of the registries lacks', () => {
    assert.equal(manifest.enabledApiProposals, undefined)
    assert.deepEqual([manifest.extensionDependencies, manifest.extensionPack], [undefined, undefined])
  })

  it('has an icon that is a square PNG of at least 128 points', () => {
    const icon = readFileSync(path.join(root, manifest.icon))
    assert.equal(icon.subarray(1, 4).toString('latin1'), 'PNG')
    const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)]
    assert.ok(width === height && width >= 128, `${width}×${height}`)
  })

  it('shows pictures by full secure addresses only, none of them SVG', () => {
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)|<img[^>]+src="([^"]+)"/g)].map(
      ([, a, b]) => a ?? b ?? '',
    )
    assert.ok(pictures.length > 0)
    for (const picture of pictures) assert.match(picture, /^https:\/\/(?!.*\.svg)/)
  })

  it('is published to both by a workflow that does nothing without its secrets', () => {
    const workflow = readFileSync(path.join(root, '.github/workflows/publish.yml'), 'utf8')
    for (const [secret, command] of [
      ['VSCE_PAT', 'vsce publish --packagePath'],
      ['OVSX_PAT', 'ovsx@[\\d.]+ publish'],
    ]) {
      assert.match(workflow, new RegExp(`if: \\$\\{\\{ env\\.${secret} != '' \\}\\}\\n\\s+run: npx .*${command}`))
    }
  })
})
