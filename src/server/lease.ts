// One gateway per user: whoever binds the port leads, the operating system decides. The data folder names its leader too, so
// that two with different ports never write to the same database. A leader that is silent is waited for, never replaced.
import { mkdir } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { GatewayError } from '../core/errors.ts'
import { enterLeader, isAlive, type LeaderRecord, readLeader, removeLeader } from './leader-file.ts'
import { isInUse, type Listening, listenOnLoopback } from './listen.ts'
import { type Found, probe } from './probe.ts'

/** Who holds a port that is not ours, as far as it can be told. */
export type Holder = 'omniroute' | 'program'

export type Lease =
  | {
      readonly kind: 'leader'
      readonly listening: Listening
      /** The port that was wished for, when a stranger holds it. */
      readonly movedFrom?: number
      readonly heldBy?: Holder
      release(): Promise<void>
    }
  | { readonly kind: 'follower'; readonly port: number; readonly version: string; readonly contract: number }

export interface LeaseOptions {
  readonly port: number
  readonly dataDirectory: string
  readonly adminToken: string
  readonly handler: RequestListener
  /** Whether another port may be taken when a stranger holds this one. */
  readonly mayMove: boolean
}

const portsTried = 10
/** How long a gateway that is stopping, or does not answer, is waited for. */
const patienceMs = 8_000
const roundMs = 50

/**
 * Takes the lease or finds who has it. Rejects with a `GatewayError`: `port_taken` when a stranger holds the port and it may
 * not move, `leader_silent` when the data is in the hands of a gateway that neither answers nor ends, `data_in_use` when it is in
 * those of one with other secrets: windows in two browsers have one folder on the server, and each its own secret storage.
 */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  await makeFolder(options.dataDirectory)
  const until = Date.now() + patienceMs
  for (;;) {
    const isLast = Date.now() >= until
    const lease = await tryLease(options, isLast)
    if (lease !== 'later') return lease
    if (isLast) break
    await wait(roundMs)
  }
  const known = await readLeader(options.dataDirectory)
  const who = known ? `at port ${known.port} (process ${known.pid}) ` : ''
  throw new GatewayError('leader_silent', `The OmniRoute ${who}that holds this data does not answer.`)
}

/** `later` when the data is, or may be, in the hands of a gateway that can't answer now: there must never be two. */
async function tryLease(options: LeaseOptions, isLast: boolean): Promise<Lease | 'later'> {
  const { adminToken, dataDirectory } = options
  let heldBy: Holder | undefined
  const ask = async (port: number): Promise<Lease | 'later' | 'stranger'> => {
    const found = await probe(port, adminToken)
    if (found.kind === 'ours') return { kind: 'follower', port, version: found.version, contract: found.contract }
    if (found.kind === 'stopping') return 'later'
    if (found.kind === 'silent' && (await mayBeOurs(dataDirectory, port, isLast))) return 'later'
    if (holderOf(found) === 'omniroute') await refuseIfItHolds(dataDirectory, port)
    if (port === options.port) heldBy = holderOf(found)
    return 'stranger'
  }
  const known = await readLeader(dataDirectory)
  if (known !== undefined && known.port !== options.port) {
    const found = await ask(known.port)
    if (found !== 'stranger') return found
  }
  const last = options.mayMove && options.port !== 0 ? options.port + portsTried : options.port
  for (let port = options.port; port <= last; port++) {
    const listening = await listenUnlessTaken(port, options.handler)
    if (listening) return await lead(options, listening, known, heldBy)
    const found = await ask(port)
    if (found !== 'stranger') return found
  }
  throw new GatewayError('port_taken', heldBy === 'omniroute' ? foreignText(options.port) : takenText(options.port))
}

/** Read after the probe: a leader that has just bound its port enters itself before it is able to answer. */
async function mayBeOurs(dataDirectory: string, port: number, isLast: boolean): Promise<boolean> {
  const known = await readLeader(dataDirectory)
  if (known?.port === port && isAlive(known.pid)) return true
  // A leader that is only being born, on a busy machine, is given its time; a stranger that never speaks gets no more than that.
  return !isLast
}

async function refuseIfItHolds(dataDirectory: string, port: number): Promise<void> {
  const known = await readLeader(dataDirectory)
  if (known?.port !== port || !isAlive(known.pid)) return
  const text = `This data is used by an OmniRoute at port ${port} (process ${known.pid}), under other secrets: another browser or user.`
  throw new GatewayError('data_in_use', text)
}

function holderOf(found: Found): Holder {
  return found.kind === 'stranger' && found.claims === 'omniroute' ? 'omniroute' : 'program'
}

function takenText(port: number): string {
  return `Port ${port} is used by another program.`
}

function foreignText(port: number): string {
  return `Port ${port} is used by an OmniRoute with other data.`
}

async function lead(
  { dataDirectory, port }: LeaseOptions,
  listening: Listening,
  seen: LeaderRecord | undefined,
  heldBy: Holder | undefined,
): Promise<Lease | 'later'> {
  try {
    if (!(await enterLeader(dataDirectory, listening.port, seen))) {
      await listening.close()
      return 'later'
    }
  } catch (error) {
    await listening.close()
    throw unusableFolder(dataDirectory, error)
  }
  const moved = port === 0 || port === listening.port ? {} : { movedFrom: port, ...(heldBy ? { heldBy } : {}) }
  return { kind: 'leader', listening, ...moved, release: () => removeLeader(dataDirectory) }
}

async function listenUnlessTaken(port: number, handler: RequestListener): Promise<Listening | undefined> {
  try {
    return await listenOnLoopback(port, handler)
  } catch (error) {
    if (isInUse(error)) return undefined
    throw cannotListen(port, error)
  }
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw unusableFolder(directory, error)
  }
}

function unusableFolder(directory: string, error: unknown): GatewayError {
  const reason = error instanceof Error ? error.message : String(error)
  return new GatewayError('storage_failed', `The data folder ${directory} can not be used: ${reason}`, { cause: error })
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function cannotListen(port: number, error: unknown): GatewayError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason =
    code === 'EACCES' ? 'this user may not use that port' : error instanceof Error ? error.message : String(error)
  return new GatewayError('internal', `The gateway can not listen on port ${port}: ${reason}.`, { cause: error })
}
