// The files of the backups: their names, listing, and which of them have had their time. A backup is a snapshot like those of the
// store, a plain SQLite file with a trailer that proves it whole.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Why it was made: once a day, by hand, before a migration, before a restore. */
export const backupKinds = ['daily', 'manual', 'migration', 'restore'] as const
export type BackupKind = (typeof backupKinds)[number]

export interface BackupFile {
  /** The name of the file without its ending. */
  readonly id: string
  readonly at: number
  readonly kind: BackupKind
  readonly bytes: number
}

/** How many are kept of each kind, so that many of one never push out those of another. */
export const backupsKept: Readonly<Record<BackupKind, number>> = { daily: 7, manual: 20, migration: 3, restore: 5 }

const ending = '.sqlite'
const temporaryEnding = `${ending}.new`
const pattern = /^backup-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-([a-z]+)$/

export function backupId(at: number, kind: BackupKind): string {
  return `backup-${new Date(at).toISOString().replace(/[:.]/g, '-')}-${kind}`
}

export function backupPath(directory: string, id: string): string {
  return join(directory, id + ending)
}

/** What an id says, or undefined when it is none of ours. */
export function parseBackupId(id: string): Pick<BackupFile, 'at' | 'kind'> | undefined {
  const [, day, hour, minute, second, fraction, name] = pattern.exec(id) ?? []
  const kind = backupKinds.find((known) => known === name)
  const at = Date.parse(`${day}T${hour}:${minute}:${second}.${fraction}Z`)
  return kind === undefined || Number.isNaN(at) ? undefined : { at, kind }
}

/** Newest first. A folder that doesn't exist has none. */
export async function listBackupFiles(directory: string): Promise<BackupFile[]> {
  const found: BackupFile[] = []
  for (const name of await namesIn(directory)) {
    const id = name.endsWith(ending) ? name.slice(0, -ending.length) : ''
    const parsed = parseBackupId(id)
    if (parsed) found.push({ id, ...parsed, bytes: (await stat(join(directory, name))).size })
  }
  return found.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
}

/** Removes the oldest of each kind, and what a crash left half written. `spare` stays whatever its age. */
export async function pruneBackups(directory: string, spare: string): Promise<void> {
  const files = await listBackupFiles(directory)
  for (const kind of backupKinds) {
    const surplus = files.filter((file) => file.kind === kind).slice(backupsKept[kind])
    for (const { id } of surplus) if (id !== spare) await rm(backupPath(directory, id), { force: true })
  }
  for (const name of await namesIn(directory)) {
    const half = name.endsWith(temporaryEnding) && parseBackupId(name.slice(0, -temporaryEnding.length)) !== undefined
    if (half) await rm(join(directory, name), { force: true })
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
