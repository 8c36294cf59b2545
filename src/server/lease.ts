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
const leaderFile = 'leader.json'
const leaderRecord = z.object({ pid: z.number(), port: z.number() })
const healthAnswer = z.object({ product: z.literal(productName), proof: z.string() })

/** Takes the lease or finds who has it. Rejects with a `GatewayError` when a stranger holds the port and it may not move. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 })
  const known = await readLeader(options.dataDirectory)
  if (known !== undefined && known.port !== options.port && (await isOurs(known.port, options.adminToken))) {
    return { kind: 'follower', port: known.port }
  }
  const last = options.mayMove && options.port !== 0 ? options.port + portsTried : options.port
  for (let port = options.port; port <= last; port++) {
    try {
      const listening = await listenOnLoopback(port, options.handler)
      await writeLeader(options.dataDirectory, listening.port)
      return {
        kind: 'leader',
        listening,
        ...(port === options.port ? {} : { movedFrom: options.port }),
        release: () => removeLeader(options.dataDirectory),
      }
    } catch (error) {
      if (!isInUse(error)) throw cannotListen(port, error)
      if (await isOurs(port, options.adminToken)) return { kind: 'follower', port }
    }
  }
  throw new GatewayError('internal', `Port ${options.port} is used by another program.`)
}

/** Whether the gateway at a port holds the same admin token, proven without showing it to whoever listens there. */
export async function isOurs(port: number, adminToken: string): Promise<boolean> {
  const nonce = randomBytes(18).toString('base64url')
  try {
    const answer = await requestLoopback(`http://127.0.0.1:${port}`, `/health?nonce=${nonce}`, {
      headersTimeout: probeTimeoutMs,
      bodyTimeout: probeTimeoutMs,
      signal: AbortSignal.timeout(probeTimeoutMs),
    })
    const health = healthAnswer.safeParse(await answer.body.json())
    if (!health.success) return false
    const expected = Buffer.from(proveIdentity(adminToken, nonce))
    const given = Buffer.from(health.data.proof)
    return expected.length === given.length && timingSafeEqual(expected, given)
  } catch {
    // Nobody there, or somebody who does not speak HTTP: not ours.
    return false
  }
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
