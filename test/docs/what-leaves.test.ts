// docs/what-leaves-your-machine.md names every file that can open a connection, and no other: a new way out can't be built without
// telling what it is for.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const page = readFileSync(path.join(root, 'docs/what-leaves-your-machine.md'), 'utf8')

/** Modules that open, accept or resolve; of `node:net` and `node:http` the names that only compute are harmless. */
const opening = /^(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns\/promises)$|^undici(?:\/|$)|^(?:ws|axios|got)$/
const harmless = new Set(['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'STATUS_CODES', 'validateHeaderValue'])
const globals =
  /(?<![\w.#'"`]|async )(?:fetch|WebSocket|EventSource|XMLHttpRequest)\(|sendBeacon\(|openExternal\(|\.sendRequest\(/

function openers(): string[] {
  const files = globSync('{src,webview}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.d.ts'))
  return files.filter((file) => opensConnections(readFileSync(path.join(root, file), 'utf8'))).sort()
}

function opensConnections(source: string): boolean {
  const code = source.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')
  for (const [, names = '', module = ''] of code.matchAll(/^import (?!type\b)([^'"]*?)\s*from ['"]([^'"]+)['"]/gm)) {
    if (!opening.test(module)) continue
    const values = names
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
    if (values.some((name) => !harmless.has(name.split(' as ')[0] ?? ''))) return true
  }
  if (/(?:import|require)\(['"](?:node:)?(?:https?|http2|net|tls|dgram|dns)['"]\)/.test(code)) return true
  return globals.test(code)
}

describe('the page on what leaves the machine', () => {
  const named = [...new Set([...page.matchAll(/\[`((?:src|webview)\/[^`]+)`\]/g)].map(([, file]) => file ?? ''))].sort()

  it('names exactly the files that can open a connection', () => {
    assert.deepEqual(named, openers())
  })

  it('would find a way out that is not named', () => {
    const ways = [
      "import { request } from 'node:https'\n",
      "import got from 'got'\n",
      "import { isIP, type Socket, connect as dial } from 'node:net'\n",
      "import {\n  type Dispatcher,\n  Agent,\n} from 'undici/lib/dispatcher/agent.js'\n",
      "const answer = await fetch('https://example.com')\n",
      "const net = await import('node:net')\n",
      'navigator.sendBeacon(address)\n',
      'await model.sendRequest(messages)\n',
    ]
    for (const way of ways) assert.ok(opensConnections(way), way)
    const none = [
      "import type { Socket } from 'node:net'\n",
      "import { isIP, type LookupFunction } from 'node:net'\n",
      "// await fetch('…') would be one\n",
      'const bytes = await journal.fetch(name)\n',
    ]
    for (const way of none) assert.ok(!opensConnections(way), way)
  })

  it('says of every connection when, to whom, what, and how to turn it off', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    assert.ok(rows.length > 10)
    for (const row of rows) {
      const cells = row.split('|').slice(1, -1)
      assert.equal(cells.length, 6, row)
      for (const cell of cells) assert.notEqual(cell.trim(), '', row)
    }
  })

  it('links only to files that exist, by their full address, since it is read inside the extension, too', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '')
    assert.ok(links.length > 10)
    for (const link of links) {
      const file = link.replace('https://github.com/omniroute/omniroute-vscode/blob/main/', '')
      assert.ok(file !== link && existsSync(path.join(root, file)), link)
    }
  })
})
