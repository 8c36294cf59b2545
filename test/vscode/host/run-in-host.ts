// Runs a mocha suite inside the extension host of a real VS Code and gives what happened, test by test.
// Also a program: node test/vscode/host/run-in-host.ts <suite entry> [unpacked extension or .vsix …]

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openWorkbench } from './browser.ts'
import { bundleSuite } from './bundle.ts'
import { type HostOptions, startHost } from './server.ts'
import type { SuiteEvent } from './suite-runner.ts'

export interface SuiteOptions {
  /** The module that imports the suite's test files, e.g. test/vscode/suite/index.ts. */
  suite: string
  /** In process.env of the extension host before the suite is loaded. */
  parameters?: Record<string, string>
  /** For the whole run, in milliseconds. */
  timeout?: number
  /** Receives each line of the report. */
  print?: (line: string) => void
}

export interface SuiteResult {
  passed: number
  failed: number
  /** Skipped tests; a suite of ours has none. */
  pending: number
  /** The report as it was printed: a spec line each test, failures with their stacks, notes. */
  lines: string[]
  failures: { title: string; message: string }[]
}

/** Runs the suite in a host of its own that starts and ends with it. */
export async function runInHost({
  host: hostOptions,
  ...options
}: SuiteOptions & { host: HostOptions }): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'suite-'))
  try {
    const host = await startHost(hostOptions)
    try {
      const bundle = await bundleSuite(options.suite, folder, options.parameters)
      const window = await openWorkbench(host, { extensionTestsPath: bundle.file })
      const timeout = options.timeout ?? 5 * 60_000
      const hung = await window
        .until('the suite to end', () => window.exited() !== undefined, { timeout })
        .then(
          () => undefined,
          (error: Error) => error.message,
        )
      const events = await readEvents(bundle.events)
      const verdict =
        hung ?? (cameToItsEnd(events) ? undefined : `The extension host went away.\n${await window.describe()}`)
      return report(events, verdict, options.print ?? printLine)
    } finally {
      await host.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The exit code says nothing: an extension host that was killed reports 0. */
export const cameToItsEnd = (events: SuiteEvent[]): boolean =>
  events.some(({ kind }) => kind === 'end' || kind === 'broken')

export async function readEvents(file: string): Promise<SuiteEvent[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line))
}

/** Turns events into a result; `verdict` is why a run did not come to its own end. */
export function report(events: SuiteEvent[], verdict: string | undefined, print: (line: string) => void): SuiteResult {
  const result: SuiteResult = { passed: 0, failed: 0, pending: 0, lines: [], failures: [] }
  let heading: string[] = []
  let running: string | undefined
  const say = (line: string): void => {
    result.lines.push(line)
    print(line)
  }
  const under = (suites: string[]): string => {
    suites.forEach((suite, depth) => {
      if (heading[depth] !== suite) say(`${'  '.repeat(depth + 1)}${suite}`)
    })
    heading = suites
    running = undefined
    return '  '.repeat(suites.length + 1)
  }
  const fail = (title: string, message: string): void => {
    result.failed += 1
    result.failures.push({ title, message })
    for (const line of message.split('\n')) say(`      ${line}`)
  }
  for (const event of events) {
    if (event.kind === 'begin') running = event.title
    if (event.kind === 'note') say(`    ${event.text}`)
    if (event.kind === 'pass') {
      say(`${under(event.suites)}✔ ${event.title} (${event.milliseconds} ms)`)
      result.passed += 1
    }
    if (event.kind === 'pending') {
      say(`${under(event.suites)}- ${event.title}`)
      result.pending += 1
    }
    if (event.kind === 'fail') {
      say(`${under(event.suites)}✘ ${event.title}`)
      fail([...event.suites, event.title].join(' '), event.message)
    }
    if (event.kind === 'broken') fail('(the suite itself)', event.message)
  }
  if (verdict) fail(running ?? '(the extension host)', verdict)
  else if (result.passed + result.failed === 0) fail('(the suite itself)', 'The suite holds no test.')
  say(`${result.passed} passed, ${result.failed} failed`)
  return result
}

const printLine = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [suite, ...extensions] = process.argv.slice(2)
  if (!suite) throw new Error('Usage: node test/vscode/host/run-in-host.ts <suite entry> [extension …]')
  const { failed } = await runInHost({ suite, host: { extensions } })
  process.exitCode = failed > 0 ? 1 : 0
}
