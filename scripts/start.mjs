// `npm start`: installs and builds what is needed, then runs the headless gateway with the arguments given.
// Node 20+ and npm are all it asks of the machine.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt, ensureInstalled, nodeBinary, root, SetupError } from './setup.mjs'

try {
  // What the gateway prints belongs on stdout alone, so that it can be piped.
  await ensureInstalled(console.error)
  await ensureBuilt(console.error)
  const program = path.join(root, 'dist/headless.cjs')
  if (!existsSync(program)) throw new SetupError('dist/headless.cjs was not built: src/headless.ts is missing.')
  runGateway(program)
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}

function runGateway(program) {
  // The caller's working folder stays: paths in the arguments are relative to it.
  const cwd = process.env['INIT_CWD'] ?? process.cwd()
  const child = spawn(nodeBinary, [program, ...process.argv.slice(2)], { stdio: 'inherit', cwd })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // On Ctrl+C a terminal has told the gateway already; a second signal would make it quit without tidying up.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  // npm ends on SIGTERM without telling what it started: an orphan would go on holding the port.
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 1_000).unref()
  child.on('error', (cause) => {
    console.error(`The gateway could not be started: ${cause.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)
  })
}
