// The same in-host suite in a desktop VS Code, where one may be downloaded: with OMNIROUTE_TEST_ELECTRON=1.
// A program: node test/vscode/host/run-electron.ts <suite entry> <unpacked extension> [VS Code version]

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../cache/install.mjs'
import { bundleSuite } from './bundle.ts'
import { cameToItsEnd, readEvents, report, type SuiteOptions, type SuiteResult } from './run-in-host.ts'

export interface ElectronOptions extends SuiteOptions {
  extension: string
  /** 'stable' unless told; the oldest one we support is worth a run too. */
  version?: string
}

/** Undefined, and a line that says why, unless the environment asks for a desktop VS Code. */
export async function runElectron(options: ElectronOptions): Promise<SuiteResult | undefined> {
  const print = options.print ?? ((line: string) => process.stdout.write(`${line}\n`))
  if (process.env['OMNIROUTE_TEST_ELECTRON'] !== '1') {
    print('Desktop VS Code: not run. Set OMNIROUTE_TEST_ELECTRON=1 where update.code.visualstudio.com may be reached.')
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'electron-'))
  try {
    const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron')
    const version = options.version ?? 'stable'
    const vscodeExecutablePath = await downloadAndUnzipVSCode({
      version,
      cachePath: join(cacheFolder(), 'desktop'),
    }).catch((error) => {
      throw new Error(`VS Code ${version} could not be downloaded from update.code.visualstudio.com: ${String(error)}`)
    })
    const bundle = await bundleSuite(options.suite, folder, options.parameters)
    const rooted = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const ending = await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: resolve(options.extension),
      extensionTestsPath: bundle.file,
      extensionTestsEnv: { HOME: folder },
      launchArgs: [
        folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--user-data-dir',
        join(folder, 'user'),
        ...rooted,
      ],
    }).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    const events = await readEvents(bundle.events)
    return report(
      events,
      cameToItsEnd(events) ? undefined : (ending ?? 'VS Code ended in the middle of the suite.'),
      print,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [suite, extension, version] = process.argv.slice(2)
  if (!suite || !extension)
    throw new Error('Usage: node test/vscode/host/run-electron.ts <suite entry> <extension> [version]')
  const result = await runElectron({ suite, extension, ...(version ? { version } : {}) })
  process.exitCode = result && result.failed > 0 ? 1 : 0
}
