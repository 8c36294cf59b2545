// What is loaded late stays out of the gateway's bundle: the price list, whose leaner form answers as the whole library does, and
// the tools, and what speaks MCP.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { priceLibrary } from '../../src/engine/prices/library.ts'

const root = path.resolve(import.meta.dirname, '../..')
const script = (name: string): string => pathToFileURL(path.join(root, 'scripts/build', name)).href

describe('bundles that are loaded late', () => {
  let plugins: { pricesElsewhere: Plugin; toolsElsewhere: Plugin; mcpElsewhere: Plugin; leanPriceData: Plugin }
  let folder: string

  before(async () => {
    plugins = { ...(await import(script('lazy-bundle.mjs'))), ...(await import(script('lean-price-data.mjs'))) }
    folder = await mkdtemp(path.join(tmpdir(), 'omniroute-prices-'))
  })

  after(() => rm(folder, { recursive: true }))

  it('holds the prices, from beside the gateway', async () => {
    const text = await bundle("import('./prices/load.ts').then((door) => door.loadPriceLibrary())")
    assert.match(text, /require\("\.\/prices\.cjs"\)/)
    assert.ok(text.length < 5_000, 'nothing of the price list is inside')
  })

  it('holds the tools, from beside the gateway', async () => {
    const text = await bundle("import('../tools/load.ts').then((door) => door.openToolDesk({}))")
    assert.match(text, /require\("\.\/tools\.cjs"\)/)
    assert.ok(text.length < 5_000, 'nothing of the tools is inside')
    await assert.rejects(bundle("import { createToolDesk } from '../tools/desk.ts'\ncreateToolDesk()"), /await import/)
  })

  it('holds what speaks MCP, from beside the gateway', async () => {
    const text = await bundle("import('../server/mcp/sessions.ts').then((door) => door.createMcpSessions({}))")
    assert.match(text, /require\("\.\/mcp\.cjs"\)/)
    assert.ok(text.length < 5_000, 'nothing of the protocol is inside')
  })

  it('is not to be imported at the start', async () => {
    await assert.rejects(
      bundle("import { priceLibrary } from './prices/library.ts'\npriceLibrary.dated"),
      /await import/,
    )
  })

  it('has the same prices without what is left out of the data', async () => {
    const outfile = path.join(folder, 'prices.cjs')
    const entry = path.join(root, 'src/engine/prices/library.ts')
    await build({ ...common, entryPoints: [entry], outfile, mainFields: ['module'], plugins: [plugins.leanPriceData] })
    const lean: typeof priceLibrary = createRequire(import.meta.url)(outfile).priceLibrary
    for (const question of questions) assert.deepEqual(lean.find(question), priceLibrary.find(question))
    assert.ok(lean.find(questions[0]))
  })

  async function bundle(contents: string): Promise<string> {
    const stdin = { contents, resolveDir: path.join(root, 'src/engine'), loader: 'ts', sourcefile: 'entry.ts' } as const
    const { outputFiles } = await build({
      ...common,
      stdin,
      write: false,
      plugins: [plugins.pricesElsewhere, plugins.toolsElsewhere, plugins.mcpElsewhere],
    })
    return outputFiles[0]?.text ?? ''
  }
})

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  logLevel: 'silent',
  supported: { 'dynamic-import': false },
} as const

const at = Date.UTC(2026, 10, 23, 7)
const ask = (provider: string, baseUrl: string, model: string) => ({ provider, baseUrl, model, at })
const questions = [
  ask('deepseek', 'https://api.deepseek.com/v1', 'deepseek-v4-pro'),
  ask('xai', 'https://api.x.ai/v1', 'grok-4.5'),
  ask('gemini', 'https://generativelanguage.googleapis.com/v1beta', 'gemini-2.5-flash'),
  ask('azure', 'https://mine.openai.azure.com/openai/v1', 'gpt-5'),
  ask('openrouter', 'https://openrouter.ai/api/v1', 'anthropic/claude-sonnet-4.5'),
  ask('nobody', 'https://nobody.example', 'gpt-5'),
] as const
