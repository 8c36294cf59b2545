// Runs mocha inside an extension host. It is bundled with the suite; its findings leave the host as one JSON line each
// in a file, so that they survive a host that dies or hangs in the middle.

import { appendFileSync } from 'node:fs'
import type MochaClass from 'mocha'

export type SuiteEvent =
  | { kind: 'start'; total: number }
  | { kind: 'begin'; title: string }
  | { kind: 'pass'; suites: string[]; title: string; milliseconds: number }
  | { kind: 'fail'; suites: string[]; title: string; message: string }
  | { kind: 'pending'; suites: string[]; title: string }
  | { kind: 'note'; text: string }
  | { kind: 'end'; failures: number }
  | { kind: 'broken'; message: string }

export interface SuiteRun {
  events: string
  parameters: Record<string, string>
  mocha: () => Promise<{ default: typeof MochaClass }>
  suite: () => Promise<unknown>
}

let report: (event: SuiteEvent) => void = () => undefined

/** For suites: a line in the output of the run, e.g. a measured time. */
export const note = (text: string): void => report({ kind: 'note', text })

export async function runSuite({ events, parameters, mocha, suite }: SuiteRun): Promise<void> {
  report = (event) => appendFileSync(events, `${JSON.stringify(event)}\n`)
  try {
    Object.assign(process.env, parameters)
    const { default: Mocha } = await mocha()
    // Mocha asks no more of a reporter than that it can be called with new.
    const reporter = reportEvents as unknown as MochaClass.ReporterConstructor
    const runner = new Mocha({ ui: 'bdd', reporter, timeout: 20_000, color: false })
    // The suite's describe and it are globals, which mocha sets when it is about to load a file.
    runner.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', runner)
    await suite()
    const failures = await new Promise<number>((resolve) => runner.run(resolve))
    report({ kind: 'end', failures })
  } catch (error) {
    report({ kind: 'broken', message: describeError(error) })
    throw error
  }
}

/** The reporter; no arrow function, because those cannot be called with new. */
function reportEvents(runner: MochaClass.Runner): void {
  report({ kind: 'start', total: runner.total })
  runner.on('test', (test) => report({ kind: 'begin', title: test.fullTitle() }))
  runner.on('pass', (test) => report({ kind: 'pass', ...namesOf(test), milliseconds: test.duration ?? 0 }))
  runner.on('fail', (test, error) => report({ kind: 'fail', ...namesOf(test), message: describeError(error) }))
  runner.on('pending', (test) => report({ kind: 'pending', ...namesOf(test) }))
}

const namesOf = (test: MochaClass.Runnable): { suites: string[]; title: string } => ({
  suites: test.titlePath().slice(0, -1),
  title: test.title,
})

const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
