// Runs one suite, each command or mocha run in a process of its own, and returns its counts and everything it printed.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nodeBinary, root } from '../setup.mjs'

/**
 * `{ passed, failed, failures, output, report, seconds }`; `failures` has a line for each, `report` is what its tests want shown
 * even when all are good. A suite that ran no test counts as one failure.
 */
export async function runSuite(suite, environment) {
  const started = Date.now()
  const result = suite.commands ? await runCommands(suite, environment) : await runMocha(suite, environment)
  if (result.passed + result.failed === 0) {
    result.failed = 1
    result.failures = ['no test ran']
    result.output += 'No test ran.\n'
  }
  return { ...result, seconds: (Date.now() - started) / 1000 }
}

async function runCommands({ commands, limit }, environment) {
  const result = { passed: 0, failed: 0, failures: [], output: '' }
  for (const [title, ...args] of commands) {
    const { code, output } = await runNode(args, { environment, limit })
    if (code === 0) {
      result.passed += 1
      continue
    }
    result.failed += 1
    result.failures.push(`${title}: ended with ${code}`)
    result.output += `${title} failed:\n${output}\n`
  }
  return result
}

async function runMocha({ files, limit, retries = 0 }, environment) {
  if (files.length === 0) return { passed: 0, failed: 0, failures: [], output: '' }
  const folder = mkdtempSync(path.join(tmpdir(), 'omniroute-counts-'))
  const counts = path.join(folder, 'counts.json')
  const reportFile = path.join(folder, 'report.txt')
  try {
    // A handle that a test has left open must not turn a finished suite into one that hangs.
    const mocha = [
      'node_modules/mocha/bin/mocha.js',
      '--exit',
      '--retries',
      String(retries),
      '--reporter',
      'scripts/test/count-reporter.cjs',
      ...files,
    ]
    const { code, output } = await runNode(mocha, {
      environment: { ...environment, OMNIROUTE_TEST_COUNTS: counts, OMNIROUTE_TEST_REPORT: reportFile },
      limit,
    })
    const nothing = { passed: 0, failed: 0, failures: [] }
    const { passed, failed, failures } = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : nothing
    const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : ''
    // A process that died, hung or failed to load a file has failed even if every test it reached was good.
    const broken = code !== 0 && failed === 0
    return {
      passed,
      failed: broken ? 1 : failed,
      failures: broken ? [`mocha ended with ${code}`] : failures,
      output: broken ? `${output}\nmocha ended with ${code}.\n` : output,
      report,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runNode(args, { environment, limit }) {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary, args, {
      cwd: root,
      env: { ...process.env, ...environment, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a suite that hangs is ended with all it started.
      detached: process.platform !== 'win32',
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    const timer = setTimeout(() => {
      output += `\nStopped after ${limit / 60_000} minutes.\n`
      endGroup(child)
    }, limit)
    child.on('error', (cause) => {
      output += `${cause.message}\n`
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code: code ?? signal ?? 1, output })
    })
  })
}

function endGroup(child) {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
  }
}
