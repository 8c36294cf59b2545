// One gateway per user: whoever binds the port leads, the operating system decides. The data folder names its leader too, so
// that two with different ports never write to the same database.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import * as z from 'zod'
import { requestLoopback } from '../admin/loopback.ts'
import { GatewayError } from '../core/errors.ts'
import { isInUse, type Listening, listenOnLoopback } from './listen.ts'
import { productName, proveIdentity } from './routes/health.ts'

export type Lease =
  | { readonly kind: 'leader'; readonly listening: Listening; readonly movedFrom?: number; release(): Promise<void> }
  | { readonly kind: 'follower'; readonly port: number }

export interface LeaseOptions {
  readonly port: number
  readonly dataDirectory: string
  readonly adminToken: string
  readonly handler: RequestListener
  /** Whether another port may be taken when a stranger holds this one. */
  readonly mayMove: boolean
}

const portsTried = 10
const probeTimeoutMs = 1_500
/** How long a gateway that is stopping, or does not answer, is waited for. */
const rounds = 100
const roundMs = 50
const leaderFile = 'leader.json'
const leaderRecord = z.object({ pid: z.number(), port: z.number() })
const healthAnswer = z.object({ product: z.literal(productName), status: z.string(), proof: z.string() })

/** Takes the lease or finds who has it. Rejects with a `GatewayError` when a stranger holds the port and it may not move. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  await makeFolder(options.dataDirectory)
  for (let round = 0; round < rounds; round++) {
    const lease = await tryLease(options)
    if (lease !== 'later') return lease
    await wait(roundMs)
  }
  throw new GatewayError('shutting_down', 'Another OmniRoute holds this data and neither answers nor ends.')
}

/** `later` when the data is in the hands of a gateway that is just stopping, or too busy to answer: there must never be two. */
async function tryLease(options: LeaseOptions): Promise<Lease | 'later'> {
  const { adminToken, dataDirectory } = options
  const known = await readLeader(dataDirectory)
  const probe = async (port: number): Promise<Lease | 'later' | 'stranger'> => {
    const health = await probeHealth(port, adminToken)
    if (health === 'ours') return { kind: 'follower', port }
    if (health === 'stopping') return 'later'
    return health === 'silent' && known?.port === port && isAlive(known.pid) ? 'later' : 'stranger'
  }
  if (known !== undefined && known.port !== options.port) {
    const found = await probe(known.port)
    if (found !== 'stranger') return found
  }
  const last = options.mayMove && options.port !== 0 ? options.port + portsTried : options.port
  for (let port = options.port; port <= last; port++) {
    const listening = await listenUnlessTaken(port, options.handler)
    if (listening) return await lead(options, listening)
    const found = await probe(port)
    if (found !== 'stranger') return found
  }
  throw new GatewayError('port_taken', `Port ${options.port} is used by another program.`)
}

async function lead({ dataDirectory, port }: LeaseOptions, listening: Listening): Promise<Lease> {
  try {
    await writeLeader(dataDirectory, listening.port)
  } catch (error) {
    await listening.close()
    throw unusableFolder(dataDirectory, error)
  }
  const moved = port === 0 || port === listening.port ? {} : { movedFrom: port }
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

/** Who answers at a port. Ours proves that it holds the same admin token, without showing it to whoever listens there. */
async function probeHealth(port: number, adminToken: string): Promise<'ours' | 'stopping' | 'stranger' | 'silent'> {
  const nonce = randomBytes(18).toString('base64url')
  const timeout = AbortSignal.timeout(probeTimeoutMs)
  try {
    const answer = await requestLoopback(`http://127.0.0.1:${port}`, `/health?nonce=${nonce}`, {
      headersTimeout: probeTimeoutMs,
      bodyTimeout: probeTimeoutMs,
      signal: timeout,
    })
    const health = healthAnswer.safeParse(await answer.body.json())
    if (!health.success) return 'stranger'
    const expected = Buffer.from(proveIdentity(adminToken, nonce))
    const given = Buffer.from(health.data.proof)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 'stranger'
    return health.data.status === 'stopping' ? 'stopping' : 'ours'
  } catch {
    // Nobody there, or somebody who does not speak HTTP.
    return timeout.aborted ? 'silent' : 'stranger'
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
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

async function readLeader(directory: string): Promise<{ pid: number; port: number } | undefined> {
  try {
    const record = leaderRecord.safeParse(JSON.parse(await readFile(join(directory, leaderFile), 'utf8')))
    return record.success ? record.data : undefined
  } catch {
    // No file, or one cut off by a crash: then there is no leader to find this way.
    return undefined
  }
}

async function writeLeader(directory: string, port: number): Promise<void> {
  const path = join(directory, leaderFile)
  await writeFile(`${path}.${process.pid}`, JSON.stringify({ pid: process.pid, port }), { mode: 0o600 })
  await rename(`${path}.${process.pid}`, path)
}

async function removeLeader(directory: string): Promise<void> {
  const leader = await readLeader(directory)
  if (leader?.pid === process.pid) await rm(join(directory, leaderFile), { force: true })
}

function cannotListen(port: number, error: unknown): GatewayError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason =
    code === 'EACCES' ? 'this user may not use that port' : error instanceof Error ? error.message : String(error)
  return new GatewayError('internal', `The gateway can not listen on port ${port}: ${reason}.`, { cause: error })
}
