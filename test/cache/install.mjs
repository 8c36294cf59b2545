// What tests install once and keep: programs from the npm registry in a cache folder outside the checkout, each folder complete or
// not there at all. Plain JavaScript, so that it runs before anything is installed.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'

const installTimeout = 15 * 60_000

export const cacheFolder = () =>
  resolve(process.env.OMNIROUTE_TEST_CACHE || join(homedir(), '.cache', 'omniroute-test'))

/** The cached folder of this name; `install` fills a folder that then takes its place. */
export async function cached(name, install) {
  const cache = cacheFolder()
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  await removeAbandoned(cache)
  const work = join(cache, `installing-${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(work)
  try {
    await install(work)
    await publish(work, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

async function publish(work, folder) {
  try {
    await rename(work, folder)
  } catch (error) {
    // Somebody else was faster with the same content.
    if (!existsSync(folder)) throw error
  }
}

async function removeAbandoned(cache) {
  for (const entry of readdirSync(cache)) {
    const pid = /^installing-(\d+)-/.exec(entry)?.[1]
    // A killed installation may leave an npm that still writes; what cannot go now goes next time.
    if (pid && !isAlive(Number(pid)))
      await rm(join(cache, entry), { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** npm on this Node in a folder of the cache, quietly; its log stays there. */
export function npmIn(folder, node, commandArguments, { cwd = folder, environment = {} } = {}) {
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  return run('npm', [...commandArguments, ...quiet], {
    cwd,
    environment: { ...npmEnvironment(node), ...environment },
    log: join(folder, 'install.log'),
  })
}

/** The environment without the settings an enclosing `npm test` hands down for its own package. */
function npmEnvironment(node) {
  const own =
    /^npm_(lifecycle|package|command|execpath|node_execpath|config_(local_prefix|prefix|nodedir|omit|only|global))/
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name))
  return { ...Object.fromEntries(kept), PATH: [dirname(node), process.env.PATH].join(delimiter) }
}

/** Runs a program to its end and gives what it wrote; a failure carries its last lines. */
export async function run(
  command,
  commandArguments,
  { cwd, environment = process.env, log, timeout = installTimeout } = {},
) {
  const file = log ? await open(log, 'a') : undefined
  try {
    return await new Promise((resolveRun, rejectRun) => {
      let output = ''
      const child = spawn(command, commandArguments, {
        cwd,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout,
      })
      const keep = (chunk) => {
        output = (output + chunk).slice(-20_000)
        file?.write(chunk)
      }
      child.stdout.on('data', keep)
      child.stderr.on('data', keep)
      child.on('error', rejectRun)
      child.on('close', (code, signal) => {
        if (code === 0) return resolveRun(output)
        const tail = output.trim().split('\n').slice(-15).join('\n')
        rejectRun(new Error(`${command} ${commandArguments.join(' ')} failed (${code ?? signal}):\n${tail}`))
      })
    })
  } finally {
    await file?.close()
  }
}
