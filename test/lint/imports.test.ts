// The import rules do refuse: each forbidden import, made in a small tree of its own, is reported under its rule's name.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

/** File -> what it imports, and the rule that must object. Every rule that forbids something occurs. */
const forbidden: readonly (readonly [file: string, source: string, rule: string])[] = [
  ['src/core/a.ts', "import '../wire/target.ts'", 'core-imports'],
  ['src/core/b.ts', "import 'zod'", 'core-and-providers-have-no-packages'],
  ['src/wire/c.ts', "import '../engine/target.ts'", 'wire-imports'],
  ['src/wire/d.ts', "import type {} from '../providers/target.ts'", 'wire-imports'],
  ['src/providers/e.ts', "import 'node:fs'", 'pure-folders-do-no-io'],
  ['src/providers/f.ts', "import 'undici'", 'core-and-providers-have-no-packages'],
  ['src/wire/v.ts', "import 'undici'", 'wires-know-no-transport'],
  ['src/engine/g.ts', "import '../server/target.ts'", 'engine-imports'],
  ['src/engine/h.ts', "import 'express'", 'engine-knows-no-server-or-database'],
  ['src/store/i.ts', "import '../admin/target.ts'", 'store-imports'],
  ['src/admin/j.ts', "import '../server/target.ts'", 'admin-imports'],
  ['src/server/k.ts', "import 'vscode'", 'only-vscode-imports-vscode'],
  ['src/server/l.ts', "import '../vscode/target.ts'", 'server-imports'],
  ['src/vscode/m.ts', "import '../../webview/target.ts'", 'src-knows-no-webview'],
  ['webview/n.ts', "import '../src/core/target.ts'", 'webview-knows-only-the-contract'],
  ['src/tools/o.ts', "import './w.ts'", 'no-circular'],
]

/** The other half of the circle that src/tools/o.ts begins. */
const companions = [['src/tools/w.ts', "import './o.ts'"]] as const

const allowed: readonly (readonly [file: string, source: string])[] = [
  ['src/tools/x.ts', "import './y.ts'"],
  ['src/tools/y.ts', "import type {} from './x.ts'"],
  ['src/wire/q.ts', "import '../core/target.ts'"],
  ['src/engine/r.ts', "import '../wire/target.ts'\nimport 'undici'"],
  ['src/server/s.ts', "import '../engine/target.ts'\nimport 'express'\nimport 'node:fs'"],
  ['src/vscode/t.ts', "import 'vscode'\nimport '../admin/contract.ts'"],
  ['webview/u.ts', "import '../src/admin/contract.ts'"],
]

describe('import rules', function () {
  this.timeout(60_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'omniroute-imports-'))
  let violations: readonly Violation[] = []
  let status: number | null = null

  before(() => {
    const layers = ['core', 'wire', 'providers', 'engine', 'store', 'tools', 'admin', 'server', 'vscode']
    const targets = [...layers.map((layer) => `src/${layer}/target.ts`), 'webview/target.ts', 'src/admin/contract.ts']
    for (const file of targets) write(file, 'export {}')
    for (const [file, source] of [...forbidden, ...companions, ...allowed]) write(file, source)
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
    copyFileSync(path.join(root, 'tsconfig.json'), path.join(folder, 'tsconfig.json'))
    const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
    const config = path.join(root, '.dependency-cruiser.cjs')
    const cruise = (type: string) =>
      spawnSync(process.execPath, [cruiser, '--config', config, '--output-type', type, 'src', 'webview'], {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 50_000_000,
      })
    violations = JSON.parse(cruise('json').stdout).summary.violations
    status = cruise('err').status
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [file, source, rule] of forbidden) {
    it(`${rule}: ${file} may not ${source.replaceAll("'", '')}`, () => {
      assert.ok(violations.some((violation) => violation.from === file && violation.rule.name === rule))
    })
  }

  for (const [file, source] of allowed) {
    it(`${file} may ${source.replaceAll("'", '').replaceAll('\n', ', ')}`, () => {
      assert.deepEqual(
        violations.filter((violation) => violation.from === file),
        [],
      )
    })
  }

  it('makes lint fail', () => {
    assert.notEqual(status, 0)
  })

  function write(file: string, source: string): void {
    const target = path.join(folder, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, `${source}\n`)
  }
})
