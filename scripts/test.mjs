// `npm test`: installs, builds, gets a browser and a real VS Code, runs every suite. The last line is `N passed, N failed`.
// `npm test -- --only NAME` (repeatable) runs the suites named. Runs on any Node 20+ with nothing installed.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInstalled, nodeBinary, root, run, SetupError } from './setup.mjs'
import { runSuite } from './test/run-suite.mjs'
import { suites } from './test/suites.mjs'

const started = Date.now()
const total = { passed: 0, failed: 0, failures: [] }

try {
  const chosen = choose(parseArgs({ options: { only: { type: 'string', multiple: true } } }).values.only)
  await ensureInstalled()
  // Only the build's own failures are worth a screenful; unit tests and lint can run without it.
  if (chosen.some(({ name }) => name !== 'lint' && name !== 'unit')) await build()
  await runAll(chosen)
} catch (error) {
  console.log(error instanceof SetupError ? error.message : error)
  total.failed += 1
}
// Once more in one place: a suite's own output may be far above, or cut from what a service keeps of a log.
for (const line of total.failures) console.log(line)
console.log(`\nTook ${Math.round((Date.now() - started) / 1000)} s.`)
process.exitCode = total.failed > 0 ? 1 : 0
// Written in one go as the very last thing, so that nothing can follow it.
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)

function choose(names) {
  const all = suites()
  for (const name of names ?? []) {
    if (!all.some((suite) => suite.name === name)) {
      throw new SetupError(`There is no suite "${name}". There are: ${all.map((suite) => suite.name).join(', ')}.`)
    }
  }
  return names ? all.filter(({ name }) => names.includes(name)) : all
}

async function build() {
  if ((await run(nodeBinary, ['esbuild.mjs', '--tests'])) !== 0)
    throw new SetupError('The build failed; the reason is above.')
}

async function runAll(chosen) {
  // Downloading waits for the network and lint for the processor, so they go well together.
  const provisioned = provision(new Set(chosen.flatMap(({ needs }) => needs ?? [])))
  const together = chosen.filter(({ beside }) => beside)
  await Promise.all(together.map((suite) => runOne(suite, {})))
  const environment = await provisioned
  for (const suite of chosen.filter(({ beside }) => !beside)) await runOne(suite, environment)
}

async function runOne(suite, environment) {
  const result = await runSuite(suite, environment)
  total.passed += result.passed
  total.failed += result.failed
  total.failures.push(...result.failures.map((line) => `FAILED ${suite.name}: ${line}`))
  const mark = result.failed > 0 ? 'FAILED' : 'ok'
  const summary = `${mark.padEnd(6)} ${suite.name.padEnd(8)} ${result.passed} passed, ${result.failed} failed`
  // One write, so that suites running together don't mix their lines.
  const details = result.failed > 0 ? `${result.output.trimEnd()}\n` : ''
  process.stdout.write(`\n${details}${result.report ?? ''}${summary} (${result.seconds.toFixed(1)} s)\n`)
}

/** Where the browser and the editor are, as environment variables of the suites. What is missing, they report. */
async function provision(needs) {
  const environment = {}
  const progress = (line) => process.stdout.write(`${line}\n`)
  const get = async (file, provide) => {
    try {
      await provide(await import(pathToFileURL(path.join(root, file)).href))
    } catch (error) {
      progress(`\n${error.message}\nThe suites that need it will fail.`)
    }
  }
  if (needs.has('chromium'))
    await get('test/vscode/host/provision.mjs', async ({ provisionChromium }) => {
      environment.CHROMIUM_PATH = await provisionChromium({ progress })
    })
  if (needs.has('host'))
    await get('test/vscode/host/provision.mjs', ({ provisionCodeServer }) => provisionCodeServer({ progress }))
  if (needs.has('clients'))
    await get('test/clients/provision.mjs', async ({ clientNames, provisionClient }) => {
      for (const name of clientNames) await provisionClient(name, { node: nodeBinary, progress })
    })
  return environment
}
