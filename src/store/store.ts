// Opens what the gateway keeps between runs: accounts, models, combos, keys, settings, the request log with its roll-ups and what
// the engine learned, held in memory and made durable by snapshot and journal (docs/decisions/0002). Assumes to be the only writer
// of its folder.
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { Accounts } from './accounts.ts'
import { Backups, type OpenBackup } from './backups.ts'
import { Combos } from './combos.ts'
import { type CompactionPolicy, defaultCompaction } from './compaction.ts'
import {
  type Configuration,
  type ConfigurationChange,
  changeConfiguration,
  readConfiguration,
} from './configuration.ts'
import { type Database, loadSqlite } from './database.ts'
import { listStoredFiles, makePrivateDirectory, setAsideName } from './disk.ts'
import { EngineState } from './engine-state.ts'
import { Keys } from './keys.ts'
import { missingMigrations, schemaSteps } from './migrations.ts'
import { AccountModels } from './models.ts'
import { Persistence, type Write } from './persistence.ts'
import { type Recovered, recover } from './recovery.ts'
import { Requests } from './requests.ts'
import { RollupWriter } from './rollup-writer.ts'
import { Rollups } from './rollups.ts'
import { Settings } from './settings.ts'

export interface StoreOptions {
  /** Created when it is missing. */
  readonly directory: string
  readonly wasmPath: string
  readonly log: Log
  readonly now?: () => number
  readonly compaction?: Partial<CompactionPolicy>
  /** The schema this code knows, step by step. */
  readonly schema?: readonly (readonly string[])[]
}

export interface Store {
  readonly accounts: Accounts
  readonly models: AccountModels
  readonly combos: Combos
  readonly keys: Keys
  readonly settings: Settings
  readonly requests: Requests
  readonly rollups: Rollups
  readonly state: EngineState
  readonly backups: Backups
  /** Everything the user has laid down. */
  configuration(): Configuration
  /** What a backup holds of it. */
  configurationOf(backup: Pick<OpenBackup, 'database'>): Configuration
  /** Many changes, all or nothing: in effect at once, resolves when on disk. */
  change(change: ConfigurationChange): Promise<void>
  /** For people: what was damaged and what became of it, or why nothing can be changed. */
  readonly notice?: string
  /** The data is of a newer version: reads work as far as they can, writes reject. */
  readonly readOnly: boolean
  /** Resolves when everything so far is on disk, log rows included. */
  flush(): Promise<void>
  close(): Promise<void>
}

export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, log, now = Date.now, schema = schemaSteps } = options
  const recovered = await readDirectory(options)
  const { database } = recovered
  const backups = new Backups({ directory, database, sqlite: await loadSqlite(options.wasmPath), schema, now })
  const version = database.schemaVersion
  if (version > schema.length) {
    const notice = newerNotice(version, schema.length)
    log.warn(notice)
    const write = refuse(notice)
    const kept = repositories(recovered, options, write)
    return { ...kept, backups, ...wholeConfiguration(kept, write), ...readOnlyLife(recovered, notice) }
  }
  const compaction = { ...defaultCompaction, ...options.compaction }
  const openedAt = now()
  const notice = damageNotice(recovered, directory, openedAt)
  if (notice !== undefined) log.warn(notice)
  if (version > 0 && version < schema.length) await backUpFirst(backups, log)
  const persistence = new Persistence(recovered, { directory, log, openedAt, compaction })
  for (const entry of missingMigrations(version, schema)) persistence.write(entry).catch(() => undefined)
  // The damaged state is replaced before anyone relies on it. Should that fail, it is tried again with the first write.
  if (notice !== undefined) await persistence.flush().catch(() => undefined)
  const kept = repositories(recovered, options, persistence.write, () => persistence.compactSoon())
  return {
    ...kept,
    backups,
    ...wholeConfiguration(kept, persistence.write),
    ...(notice !== undefined && { notice }),
    readOnly: false,
    flush: () => {
      kept.requests.writePending()
      return persistence.flush()
    },
    close: async () => {
      kept.requests.writePending()
      await backups.settled()
      await persistence.close()
      database.close()
    },
  }
}

/** Goes on without it: a migration loses nothing by itself, and a full disk must not keep the gateway from starting. */
async function backUpFirst(backups: Backups, log: Log): Promise<void> {
  try {
    await backups.create('migration')
  } catch (error) {
    log.warn(`No backup could be made before the stored data is migrated: ${String(error)}`)
  }
}

type Kept = Pick<Store, 'accounts' | 'models' | 'combos' | 'keys' | 'settings' | 'requests' | 'rollups' | 'state'>

function wholeConfiguration(kept: Kept, write: Write): Pick<Store, 'configuration' | 'configurationOf' | 'change'> {
  const { accounts, models, combos, keys, settings } = kept
  const tables = { accounts, models, combos, keys, settings }
  return {
    configuration: () => readConfiguration(tables),
    configurationOf: ({ database }) =>
      readConfiguration(configurationTables(database, refuse('A backup is not written to.'))),
    change: (change) => changeConfiguration(tables, write, change),
  }
}

function configurationTables(
  database: Database,
  write: Write,
): Pick<Store, 'accounts' | 'models' | 'combos' | 'keys' | 'settings'> {
  const models = new AccountModels(database, write)
  return {
    models,
    accounts: new Accounts(database, write, models),
    combos: new Combos(database, write),
    keys: new Keys(database, write),
    settings: new Settings(database, write),
  }
}

async function readDirectory({ directory, wasmPath }: StoreOptions): Promise<Recovered> {
  // Started first, so that compiling the database engine and reading the folder overlap.
  const loading = loadSqlite(wasmPath)
  loading.catch(() => undefined)
  try {
    await makePrivateDirectory(directory)
    return await recover(directory, await listStoredFiles(directory), await loading)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new GatewayError('storage_failed', `The folder of the stored data cannot be used: ${reason}`, {
      cause: error,
    })
  }
}

function repositories(
  { database }: Recovered,
  { log, now = Date.now }: StoreOptions,
  write: Write,
  onCleared: () => void = () => undefined,
): Kept {
  const tables = configurationTables(database, write)
  const { accounts } = tables
  const accountsLabelled = (text: string): string[] =>
    accounts
      .list()
      .filter(({ label }) => label.toLowerCase().includes(text))
      .map(({ id }) => id)
  const sums = new RollupWriter(database)
  const requests = new Requests(database, write, sums, { log, now, onCleared, accountsLabelled })
  const rollups = new Rollups(
    database,
    write,
    () => requests.writePending(),
    () => sums.forget(),
  )
  return {
    ...tables,
    requests,
    rollups,
    state: new EngineState(database, write),
  }
}

function readOnlyLife({ database }: Recovered, notice: string): Pick<Store, 'notice' | 'readOnly' | 'flush' | 'close'> {
  return { notice, readOnly: true, flush: async () => undefined, close: async () => database.close() }
}

function refuse(reason: string): Write {
  return () => {
    throw new GatewayError('internal', reason)
  }
}

function newerNotice(version: number, known: number): string {
  return `The stored data was written by a newer version of OmniRoute (schema ${version}, this version knows ${known}). It can be read but not changed; update OmniRoute.`
}

function damageNotice(recovered: Recovered, directory: string, at: number): string | undefined {
  const { damaged, lost, nothingLeft } = recovered
  if (!lost && damaged.length === 0) return undefined
  const outcome = nothingLeft
    ? 'could not be read, so OmniRoute starts with nothing stored.'
    : lost
      ? 'was damaged. It is back at the last state that could be restored; changes made after it are missing.'
      : 'was damaged in part, but everything in it could be restored.'
  const kept = damaged.map((name) => setAsideName(name, at)).join(', ')
  const files = kept === '' ? '' : ` The damaged files are kept in ${directory} as ${kept}.`
  return `The stored data ${outcome}${files}`
}
