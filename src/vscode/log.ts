// The log of this window: everything is redacted, then goes to the output channel (whose level the user sets) and, from `info`
// up, into a short ring that Copy Diagnostics reads. Log lines are English.
import type { Log } from '../core/log.ts'
import { redact } from '../core/redact.ts'

const ringSize = 200

/** What is used of `vscode.LogOutputChannel`. */
export interface LogChannel {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface LogLine {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

export interface WindowLog extends Log {
  /** The newest lines, oldest first. */
  recent(): readonly LogLine[]
  /** Takes leave of the channel, which throws at every line once it is disposed of. */
  close(): void
}

export function createLog(channel: LogChannel, now: () => number = Date.now): WindowLog {
  const ring: LogLine[] = []
  let open = true
  const keep = (level: LogLine['level'], message: string): string => {
    const line = redact(message)
    ring.push({ at: now(), level, message: line })
    if (ring.length > ringSize) ring.shift()
    return line
  }
  const write = (level: LogLine['level'], message: string): void => {
    const line = keep(level, message)
    if (open) channel[level](line)
  }
  return {
    debug: (message) => {
      if (open) channel.debug(redact(message))
    },
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message) => write('error', message),
    recent: () => [...ring],
    close: () => {
      open = false
    },
  }
}
