// Makes writes durable. A write is applied to the database in memory at once and its promise resolves when its journal frame is
// synced; all that waits goes into one frame. Compaction starts a new generation: the journal is closed by naming its successor,
// writes go on there, and the image taken at that instant becomes its snapshot in the background. One writer is assumed.
import { join } from 'node:path'
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type CompactionPolicy, CompactionSchedule } from './compaction.ts'
import type { Database } from './database.ts'
import { makePrivateDirectory, removeOlder, replaceFile, setAside, snapshotName } from './disk.ts'
import { isJournalGone, JournalFile } from './journal-file.ts'
import type { Recovered } from './recovery.ts'
import { snapshotTrailer } from './snapshot.ts'
import { type Entry, encodeEntry, encodeFrameContent } from './statement.ts'

/** What repositories need: applies at once, resolves when durable. Throws, having changed nothing, when it cannot apply. */
export type Write = (entry: Entry, urgency?: Urgency) => Promise<void>

/** `later` waits for company: rows of the request log need no sync of their own, nobody is told that they are safe. */
export type Urgency = 'now' | 'later'

export interface PersistenceOptions {
  readonly directory: string
  readonly log: Log
  /** Part of the names under which damaged files are kept. */
  readonly openedAt: number
  readonly compaction: CompactionPolicy
}

interface Waiting {
  readonly text: string
  resolve(): void
  reject(error: GatewayError): void
}

/** What failed writes may hold in memory before the journal is given up for a new snapshot of everything. */
const carriedLimit = 4_000_000
const retryMs = 5_000
/** How long a write that need not be synced at once may wait for one that must. */
const laterMs = 1_000

export class Persistence {
  readonly #database: Database
  readonly #options: PersistenceOptions
  readonly #schedule: CompactionSchedule
  #journal: JournalFile
  #generation: number
  #highest: number
  #base: number
  #snapshotBytes: number
  #journalBytes: number
  #queue: Waiting[] = []
  /** Applied in memory, but refused by the disk: goes first into the next frame, because later writes may build on it. */
  #carried: string[] = []
  #pumping: Promise<void> | undefined
  #later: NodeJS.Timeout | undefined
  #snapshotting: Promise<void> | undefined
  #compactionWanted = false
  /** The journal cannot go on: nothing is acknowledged until a new snapshot of everything is on disk. */
  #startOver: boolean
  #startOverAfter = 0
  #damaged: readonly string[]
  #failing = false
  #closed = false

  constructor(recovered: Recovered, options: PersistenceOptions) {
    this.#database = recovered.database
    this.#options = options
    this.#generation = recovered.generation
    this.#highest = recovered.highest
    this.#base = recovered.base
    this.#snapshotBytes = recovered.snapshotBytes
    this.#journalBytes = recovered.journalBytes
    this.#damaged = recovered.damaged
    this.#startOver = recovered.lost || recovered.damaged.length > 0
    this.#journal = new JournalFile(options.directory, recovered.generation, recovered.journal)
    this.#schedule = new CompactionSchedule(options.compaction, () => void this.compact())
    if (this.#journalBytes > 0) this.#schedule.journalGrew(this.#journalBytes, this.#snapshotBytes)
  }

  readonly write: Write = (entry, urgency = 'now') => {
    if (this.#closed) throw new GatewayError('shutting_down', 'OmniRoute is stopping and stores nothing any more.')
    try {
      this.#database.apply([entry])
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new GatewayError('internal', `A change could not be stored: ${reason}`, { cause: error })
    }
    return this.#enqueue(encodeEntry(entry), urgency)
  }

  /** Resolves when everything applied so far is durable, also what was refused before. */
  async flush(): Promise<void> {
    if (this.#startOver || this.#carried.length > 0) await this.#enqueue('')
    else if (this.#queue.length > 0) this.#pump()
    while (this.#pumping) await this.#pumping
    if (this.#carried.length > 0 || this.#startOver) throw this.#refusal()
  }

  /** Asks for a compaction; it never runs within a write. */
  compactSoon(): void {
    this.#schedule.soon()
  }

  /** Starts a new generation; resolves when its snapshot is on disk or a failure has been logged. */
  async compact(): Promise<void> {
    if (this.#closed) return
    this.#compactionWanted = true
    this.#pump()
    await this.#settled()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#schedule.stop()
    try {
      await this.flush()
    } catch {
      this.#options.log.error('Stopped with changes that could not be written to disk.')
    }
    this.#closed = true
    await this.#settled()
    await this.#journal.close()
  }

  async #settled(): Promise<void> {
    while (this.#pumping || this.#snapshotting) await Promise.all([this.#pumping, this.#snapshotting])
  }

  #enqueue(text: string, urgency: Urgency = 'now'): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#queue.push({ text, resolve, reject }))
    if (urgency === 'now') this.#pump()
    else this.#later ??= setTimeout(() => this.#pump(), laterMs)
    return written
  }

  #take(): Waiting[] {
    const batch = this.#queue
    this.#queue = []
    return batch
  }

  #pump(): void {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#pumping ??= this.#work().finally(() => {
      this.#pumping = undefined
      if (this.#queue.length > 0 || this.#compactionWanted) this.#pump()
    })
  }

  /** One thing at a time. The pause first lets the writes of one turn share a frame. */
  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0 || this.#compactionWanted) {
      if (this.#startOver) await this.#writeEverythingAnew(this.#take())
      else if (this.#compactionWanted) await this.#rotate()
      else await this.#append(this.#take())
    }
  }

  /** True when the batch is durable; otherwise it was rejected and is carried. */
  async #append(batch: readonly Waiting[], next?: number): Promise<boolean> {
    const texts = [...this.#carried, ...batch.map(({ text }) => text).filter((text) => text !== '')]
    try {
      if (texts.length > 0 || next !== undefined) {
        this.#journalBytes += await this.#journal.append(encodeFrameContent(texts, next))
      }
    } catch (error) {
      this.#carried = texts
      if (isJournalGone(error)) {
        this.#giveUpJournal()
        this.#queue.unshift(...batch)
      } else {
        if (texts.reduce((sum, text) => sum + text.length, 0) > carriedLimit) this.#giveUpJournal()
        this.#refuse(batch, error)
      }
      return false
    }
    this.#carried = []
    this.#accept(batch)
    if (!this.#snapshotting) this.#schedule.journalGrew(this.#journalBytes, this.#snapshotBytes)
    return true
  }

  async #rotate(): Promise<void> {
    this.#compactionWanted = false
    if (this.#snapshotting) return
    const next = this.#generation + 1
    try {
      // In one turn: the image holds exactly what the journal will hold once this batch is in it.
      const image = this.#database.image()
      if (!(await this.#append(this.#take(), next))) return this.#schedule.postpone()
      const closing = this.#journal
      this.#generation = next
      this.#highest = Math.max(this.#highest, next)
      this.#journal = new JournalFile(this.#options.directory, next)
      await closing.close()
      await this.#journal.ready()
      this.#snapshotting = this.#writeSnapshot(image, next)
    } catch (error) {
      this.#compactionFailed(error)
    }
  }

  async #writeSnapshot(image: Uint8Array, generation: number): Promise<void> {
    const { directory } = this.#options
    const covered = this.#journalBytes
    try {
      const trailer = snapshotTrailer(image, generation)
      await replaceFile(join(directory, snapshotName(generation)), image, trailer)
      const previous = this.#base
      this.#base = generation
      this.#snapshotBytes = image.length + trailer.length
      this.#journalBytes -= covered
      await removeOlder(directory, previous)
    } catch (error) {
      this.#compactionFailed(error)
    } finally {
      this.#snapshotting = undefined
      this.#schedule.journalGrew(this.#journalBytes, this.#snapshotBytes)
    }
  }

  /** After damage or loss of the journal: a snapshot first, acknowledgements after it, the damaged files aside last. */
  async #writeEverythingAnew(batch: Waiting[]): Promise<void> {
    this.#compactionWanted = false
    await this.#snapshotting
    if (performance.now() < this.#startOverAfter) return this.#refuse(batch, undefined)
    const { directory } = this.#options
    const generation = this.#highest + 1
    try {
      const image = this.#database.image()
      batch.push(...this.#take())
      await makePrivateDirectory(directory)
      await this.#journal.close()
      this.#journal = new JournalFile(directory, generation)
      await this.#journal.ready()
      const trailer = snapshotTrailer(image, generation)
      await replaceFile(join(directory, snapshotName(generation)), image, trailer)
      this.#snapshotBytes = image.length + trailer.length
    } catch (error) {
      this.#startOverAfter = performance.now() + retryMs
      return this.#refuse(batch, error)
    }
    this.#generation = generation
    this.#highest = generation
    this.#base = generation
    this.#journalBytes = 0
    this.#carried = []
    this.#startOver = false
    this.#accept(batch)
    await this.#setDamagedAside()
  }

  async #setDamagedAside(): Promise<void> {
    const { directory, openedAt, log } = this.#options
    for (const name of this.#damaged) {
      try {
        await setAside(directory, name, openedAt)
      } catch (error) {
        log.warn(`The damaged file ${name} could not be renamed: ${String(error)}`)
      }
    }
    this.#damaged = []
  }

  #giveUpJournal(): void {
    this.#startOver = true
    this.#startOverAfter = 0
    this.#carried = []
  }

  #accept(batch: readonly Waiting[]): void {
    if (this.#failing) this.#options.log.info('Changes can be written to disk again.')
    this.#failing = false
    for (const waiting of batch) waiting.resolve()
  }

  #refuse(batch: readonly Waiting[], error: unknown): void {
    if (!this.#failing) this.#options.log.error(`Changes could not be written to disk: ${String(error)}`)
    this.#failing = true
    for (const waiting of batch) waiting.reject(this.#refusal(error))
  }

  #refusal(cause?: unknown): GatewayError {
    return new GatewayError(
      'storage_failed',
      `The change could not be written to disk; check the free space and the permissions of ${this.#options.directory}. It is in effect until OmniRoute stops.`,
      { cause },
    )
  }

  #compactionFailed(error: unknown): void {
    this.#options.log.warn(`The stored data could not be compacted: ${String(error)}`)
    this.#schedule.postpone()
  }
}
