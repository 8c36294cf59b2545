// What `@vscode/test-electron` loads where a desktop VS Code can be downloaded: the same suite, events to a file of the caller.
import { runSuite } from '../host/suite-runner.ts'

export function run(): Promise<void> {
  return runSuite({
    events: process.env['OMNIROUTE_SUITE_EVENTS'] ?? 'suite-events.jsonl',
    parameters: {},
    mocha: () => import('mocha'),
    suite: () => import('./all.ts'),
  })
}
