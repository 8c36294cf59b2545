// Runs a coding tool to its end in an environment that holds nothing of the person's own and leads nowhere but to this machine. A run
// that hangs is ended with all it has started.
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'

export interface Finished {
  readonly code: number | string | null
  readonly output: string
}

const limitMs = 180_000
/** Nothing listens there: whoever asks the world by way of a proxy is refused at once. */
const nowhere = 'http://127.0.0.1:9'

export function runProgram(
  program: string,
  programArguments: readonly string[],
  { cwd, home, environment }: { cwd: string; home: string; environment: Readonly<Record<string, string>> },
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
        LANG: 'C.UTF-8',
        HOME: home,
        TMPDIR: home,
        XDG_CONFIG_HOME: `${home}/.config`,
        HTTP_PROXY: nowhere,
        HTTPS_PROXY: nowhere,
        NO_PROXY: '127.0.0.1,localhost',
        // Some of a tool's parts know only the names in small letters.
        http_proxy: nowhere,
        https_proxy: nowhere,
        no_proxy: '127.0.0.1,localhost',
        DO_NOT_TRACK: '1',
        ...environment,
      },
    })
    let output = ''
    const keep = (text: string): void => {
      output = (output + text).slice(-20_000)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    const endGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All of them have ended by themselves.
      }
    }
    const timer = setTimeout(() => {
      keep(`\nStopped after ${limitMs / 1000} s.`)
      endGroup()
    }, limitMs)
    process.once('exit', endGroup)
    const finish = (code: Finished['code']): void => {
      clearTimeout(timer)
      process.off('exit', endGroup)
      endGroup()
      resolve({ code, output })
    }
    child.once('error', (error) => {
      keep(error.message)
      finish(null)
    })
    // Not `close`: what the tool has left behind may hold its output open.
    child.once('exit', (code, signal) => setImmediate(() => finish(code ?? signal)))
  })
}
