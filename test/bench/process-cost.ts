// CPU time and memory of another process, read from the operating system so that the measured program need not help.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const megabyte = 1024 * 1024

/** CPU time in milliseconds since the process began: exact on Linux, to 10 ms elsewhere, NaN where it cannot be told. */
export function cpuMsOf(pid: number): number {
  if (process.platform === 'linux') {
    const tasks = readdirSync(`/proc/${pid}/task`)
    return tasks.reduce((total, task) => total + taskNanoseconds(`/proc/${pid}/task/${task}/schedstat`), 0) / 1e6
  }
  const time = processStatus(pid, 'time')
  if (time === undefined) return Number.NaN
  return time.split(/[:-]/).reduce((total, part) => total * 60 + Number(part), 0) * 1000
}

/** CPU time of a thread; 0 for one that ended between the listing and the reading. */
function taskNanoseconds(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

/** Resident memory in megabytes; NaN where it cannot be told. */
export function residentMbOf(pid: number): number {
  if (process.platform === 'linux') {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (Number(kilobytes) * 1024) / megabyte
  }
  const kilobytes = processStatus(pid, 'rss')
  return kilobytes === undefined ? Number.NaN : (Number(kilobytes) * 1024) / megabyte
}

function processStatus(pid: number, column: 'time' | 'rss'): string | undefined {
  if (process.platform === 'win32') return undefined
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
}
