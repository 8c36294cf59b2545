// `leader.json` in the data folder: which process leads and at which port, so that windows whose settings name another port find
// it, and two never write to one database. `stopped.json` instead says that the user stopped it, and when.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

const leaderRecord = z.object({
  pid: z.number(),
  port: z.number(),
  /** Epoch milliseconds; tells a leader from the one before it in the same process. */
  since: z.number().optional(),
})
export type LeaderRecord = z.infer<typeof leaderRecord>

const stopMark = z.object({ at: z.number() })

const fileName = 'leader.json'
const markName = 'stopped.json'

/** The record as it stands, dead or alive. Undefined where there is none, or one that a crash cut off. */
export async function readLeader(directory: string): Promise<LeaderRecord | undefined> {
  return await readRecord(join(directory, fileName), leaderRecord)
}

async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    const record = schema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    return record.success ? record.data : undefined
  } catch {
    // No file, or one cut off by a crash.
    return undefined
  }
}

/** Tells the windows that follow, whenever they come to look: none of them is to take over. */
export async function markStopped(directory: string): Promise<void> {
  await writeFile(join(directory, markName), JSON.stringify({ at: Date.now() }), { mode: 0o600 })
}

/** Whether the user has stopped the gateway since that instant. */
export async function wasStoppedSince(directory: string, since: number): Promise<boolean> {
  const mark = await readRecord(join(directory, markName), stopMark)
  return mark !== undefined && mark.at >= since
}

/** Enters this process, unless somebody has entered since `seen` was read: false then, and nothing is changed. */
export async function enterLeader(directory: string, port: number, seen: LeaderRecord | undefined): Promise<boolean> {
  const path = join(directory, fileName)
  const draft = `${path}.${process.pid}`
  const record: LeaderRecord = { pid: process.pid, port, since: Date.now() }
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 })
  if (!isSame(await readLeader(directory), seen)) {
    await rm(draft, { force: true })
    return false
  }
  await rename(draft, path)
  await rm(join(directory, markName), { force: true })
  // Two may have come this far in the same instant; the file names one of them.
  return isSame(await readLeader(directory), record)
}

/** Removes the record if it is this process's own. */
export async function removeLeader(directory: string): Promise<void> {
  const leader = await readLeader(directory)
  if (leader?.pid === process.pid) await rm(join(directory, fileName), { force: true })
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function isSame(one: LeaderRecord | undefined, other: LeaderRecord | undefined): boolean {
  return one?.pid === other?.pid && one?.port === other?.port && one?.since === other?.since
}
