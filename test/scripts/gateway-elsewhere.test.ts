// The gateway stays out of the extension's bundle: only a lazy import of it is let through, and it points beside the bundle.
import assert from 'node:assert/strict'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildResult, build, type Plugin } from 'esbuild'

const root = path.resolve(import.meta.dirname, '../..')
const script = pathToFileURL(path.join(root, 'scripts/build/gateway-elsewhere.mjs')).href

describe('gatewayElsewhere', () => {
  let gatewayElsewhere: (options: { lazyOnly: boolean }) => Plugin

  before(async () => {
    gatewayElsewhere = (await import(script)).gatewayElsewhere
  })

  it('turns a dynamic import into a load of gateway.cjs', async () => {
    const text = textOf(
      await bundle("export const start = async () => (await import('./gateway.ts')).startGateway", true),
    )
    assert.match(text, /require\("\.\/gateway\.cjs"\)/)
    assert.ok(text.length < 5_000, 'nothing of the gateway is inside')
  })

  it('refuses a static import where only lazy ones are allowed', async () => {
    await assert.rejects(bundle("import { startGateway } from './gateway.ts'\nstartGateway()", true), /await import/)
  })

  it('lets types through, since nothing of them is left', async () => {
    const text = textOf(await bundle("import type { Gateway } from './gateway.ts'\nexport let gateway: Gateway", true))
    assert.doesNotMatch(text, /gateway\.cjs/)
  })

  it('lets a static import through for the headless program', async () => {
    const text = textOf(await bundle("import { startGateway } from './gateway.ts'\nstartGateway()", false))
    assert.match(text, /require\("\.\/gateway\.cjs"\)/)
  })

  function bundle(contents: string, lazyOnly: boolean): Promise<BuildResult> {
    return build({
      absWorkingDir: root,
      stdin: { contents, resolveDir: path.join(root, 'src'), loader: 'ts', sourcefile: 'entry.ts' },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      logLevel: 'silent',
      supported: { 'dynamic-import': false },
      plugins: [gatewayElsewhere({ lazyOnly })],
    })
  }
})

function textOf(result: BuildResult): string {
  const [file] = result.outputFiles ?? []
  assert.ok(file)
  return file.text
}
