// Backups of the stored data, without secrets (they lie elsewhere) and without the rows of the request log. One is made at a time,
// read back before it counts, and the oldest go after it. What is opened has been proved whole and brought to today's schema.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../core/errors.ts'
import {
  type BackupFile,
  type BackupKind,
  backupId,
  backupPath,
  listBackupFiles,
  parseBackupId,
  pruneBackups,
} from './backup-file.ts'
import { Database, type Sqlite } from './database.ts'
import { makePrivateDirectory, replaceFile } from './disk.ts'
import { missingMigrations } from './migrations.ts'
import { imageOfSnapshot, snapshotTrailer } from './snapshot.ts'
import { statement } from './statement.ts'

export interface BackupOptions {
  /** The folder of the stored data; the backups lie in one of their own in it. */
  readonly directory: string
  readonly database: Database
  readonly sqlite: Sqlite
  readonly schema: readonly (readonly string[])[]
  readonly now: () => number
}

export interface OpenBackup extends BackupFile {
  /** In memory, at today's schema; whoever opened it closes it. */
  readonly database: Database
  /** The schema it was written with. */
  readonly schemaVersion: number
}

/** Generations number the store's own snapshots; a backup is none of them. */
const noGeneration = 0

export class Backups {
  readonly #options: BackupOptions
  readonly #directory: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: BackupOptions) {
    this.#options = options
    this.#directory = join(options.directory, 'backups')
  }

  /** Newest first. */
  list(): Promise<BackupFile[]> {
    return asking('The backups cannot be listed', () => listBackupFiles(this.#directory))
  }

  /** Of the state at this instant. Rejects when it is not on disk and readable. */
  create(kind: BackupKind): Promise<BackupFile> {
    // Copied before anything is awaited: what the caller changes next is not in it.
    const image = this.#copy()
    const turn = this.#last.then(() => this.#write(kind, image))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Rejects, saying why, when it is gone, damaged or of a newer version. */
  async open(id: string): Promise<OpenBackup> {
    const named = parseBackupId(id)
    if (!named) throw new GatewayError('invalid_request', 'There is no such backup.', { status: 404 })
    const bytes = await asking('The backup cannot be read', () => readFile(backupPath(this.#directory, id)))
    const database = this.#openImage(bytes)
    try {
      const { schema } = this.#options
      const schemaVersion = database.schemaVersion
      if (schemaVersion < 1) throw damaged('it holds no data of OmniRoute')
      if (schemaVersion > schema.length) {
        throw new GatewayError(
          'storage_failed',
          `This backup was written by a newer version of OmniRoute (schema ${schemaVersion}, this version knows ${schema.length}); update OmniRoute first.`,
        )
      }
      database.apply(missingMigrations(schemaVersion, schema))
      return { id, ...named, bytes: bytes.length, database, schemaVersion }
    } catch (error) {
      database.close()
      throw error instanceof GatewayError ? error : damaged('its schema cannot be brought up to date')
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#last
  }

  #copy(): Uint8Array {
    const { database, sqlite } = this.#options
    const copy = new Database(sqlite, database.image())
    try {
      const hasLog = copy.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'requests'").length > 0
      if (hasLog) copy.apply([[statement('DELETE FROM requests')]])
      copy.vacuum()
      return copy.image()
    } finally {
      copy.close()
    }
  }

  async #write(kind: BackupKind, image: Uint8Array): Promise<BackupFile> {
    return await asking('The backup could not be written', async () => {
      await makePrivateDirectory(this.#directory)
      const taken = new Set((await listBackupFiles(this.#directory)).map(({ id }) => id))
      let at = this.#options.now()
      while (taken.has(backupId(at, kind))) at += 1
      const id = backupId(at, kind)
      const trailer = snapshotTrailer(image, noGeneration)
      await replaceFile(backupPath(this.#directory, id), image, trailer)
      const written = await this.open(id)
      written.database.close()
      await pruneBackups(this.#directory, id)
      return { id, at, kind, bytes: image.length + trailer.length }
    })
  }

  #openImage(bytes: Buffer): Database {
    const image = imageOfSnapshot(bytes, noGeneration)
    if (!image) throw damaged('its checksum is wrong')
    let database: Database | undefined
    try {
      database = new Database(this.#options.sqlite, image)
      const [[verdict] = []] = database.all('PRAGMA integrity_check(1)')
      if (verdict === 'ok') return database
    } catch {
      // Told below, like any other damage.
    }
    database?.close()
    throw damaged('SQLite finds it inconsistent')
  }
}

function damaged(how: string): GatewayError {
  return new GatewayError('storage_failed', `This backup is damaged: ${how}. Nothing was changed.`)
}

async function asking<T>(words: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new GatewayError('storage_failed', `${words}: ${reason}`, { cause: error })
  }
}
