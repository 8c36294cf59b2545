// Reads back what is on disk: the newest snapshot that is whole, then the journals from there on. Changes nothing on disk; what
// it found damaged it names, for the caller to rewrite and set aside. A file that cannot be read at all (no permission) is an error.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Database, type Sqlite } from './database.ts'
import { journalName, type StoredFiles, snapshotName } from './disk.ts'
import { journalHeaderBytes, scanJournal } from './frame.ts'
import { imageOfSnapshot } from './snapshot.ts'
import { decodeFrameContent, type FrameContent } from './statement.ts'

export interface Recovered {
  readonly database: Database
  /** The snapshot it started from; 0 is the empty database before the first one. */
  readonly base: number
  readonly snapshotBytes: number
  /** The journal that goes on, and how much of it is good; absent when it has still to be created. */
  readonly generation: number
  readonly journal: { readonly size: number; readonly frames: number } | undefined
  /** Bytes of all journals since `base`. */
  readonly journalBytes: number
  /** Files to be set aside, once the recovered state is safe in a new generation. Empty when all was well. */
  readonly damaged: readonly string[]
  /** Whether acknowledged changes may be missing from the recovered state. */
  readonly lost: boolean
  /** Whether there were files, but none to start from. */
  readonly nothingLeft: boolean
  /** The highest generation any file has. */
  readonly highest: number
}

export async function recover(directory: string, files: StoredFiles, sqlite: Sqlite): Promise<Recovered> {
  const damage: Damage = { files: [], lost: false }
  const start = await openNewestSnapshot(directory, files, sqlite, damage)
  const chain = await replayJournals(directory, files, start, damage)
  const unreached = await journalsNotReached(directory, files, chain.generation)
  damage.files.push(...unreached.map(journalName))
  // A damaged snapshot costs nothing when the journals before it lead up to it.
  const skipped = Math.max(0, ...files.snapshots.filter((generation) => generation > start.base))
  const lost = damage.lost || unreached.length > 0 || skipped > chain.generation
  return {
    ...start,
    ...chain,
    damaged: damage.files,
    lost,
    nothingLeft: lost && start.base === 0 && chain.journalBytes === 0,
    highest: Math.max(0, ...files.snapshots, ...files.journals),
  }
}

interface Damage {
  readonly files: string[]
  lost: boolean
}

type Start = Pick<Recovered, 'database' | 'base' | 'snapshotBytes'>
type Chain = Pick<Recovered, 'generation' | 'journal' | 'journalBytes'>

async function openNewestSnapshot(
  directory: string,
  files: StoredFiles,
  sqlite: Sqlite,
  damage: Damage,
): Promise<Start> {
  for (const generation of files.snapshots) {
    const bytes = await readFile(join(directory, snapshotName(generation)))
    const database = openImage(imageOfSnapshot(bytes, generation), sqlite)
    if (database) return { database, base: generation, snapshotBytes: bytes.length }
    damage.files.push(snapshotName(generation))
  }
  return { database: new Database(sqlite), base: 0, snapshotBytes: 0 }
}

function openImage(image: Buffer | undefined, sqlite: Sqlite): Database | undefined {
  if (!image) return undefined
  try {
    const database = new Database(sqlite, image)
    database.all('SELECT count(*) FROM sqlite_schema')
    return database
  } catch {
    return undefined
  }
}

/** Follows the journals: one that was closed for compaction names the next, which starts at exactly that state. */
async function replayJournals(
  directory: string,
  files: StoredFiles,
  { database, base }: Start,
  damage: Damage,
): Promise<Chain> {
  let generation = base
  let journalBytes = 0
  for (;;) {
    if (!files.journals.includes(generation)) {
      // It is created before its snapshot is put in place, and removed after; only the very first start has none.
      if (generation === base && base > 0) damage.lost = true
      return { generation, journal: undefined, journalBytes }
    }
    const name = journalName(generation)
    const bytes = await readFile(join(directory, name))
    const replayed = replay(bytes, generation, database)
    journalBytes += replayed.size - journalHeaderBytes
    if (replayed.damaged) damage.files.push(name)
    if (replayed.lost) damage.lost = true
    if (replayed.next !== generation + 1 || replayed.lost) {
      return { generation, journal: { size: replayed.size, frames: replayed.frames }, journalBytes }
    }
    generation = replayed.next
  }
}

interface Replayed {
  readonly size: number
  readonly frames: number
  readonly next: number | undefined
  readonly damaged: boolean
  readonly lost: boolean
}

function replay(bytes: Buffer, generation: number, database: Database): Replayed {
  const scan = scanJournal(bytes, generation)
  let size = journalHeaderBytes
  let frames = 0
  let next: number | undefined
  for (const frame of scan.frames) {
    const content = readContent(frame.text)
    if (!content || !applies(database, content)) return { size, frames, next, damaged: true, lost: true }
    size = frame.end
    frames += 1
    next = content.next
  }
  // A journal file comes into being with its header complete, so a shorter one has lost something.
  const cutToNothing = bytes.length < journalHeaderBytes
  const lost = scan.ending === 'damaged' || cutToNothing || (!scan.headerIntact && frames === 0)
  return { size, frames, next, damaged: lost || !scan.headerIntact, lost }
}

function readContent(text: string): FrameContent | undefined {
  try {
    return decodeFrameContent(text)
  } catch {
    return undefined
  }
}

function applies(database: Database, content: FrameContent): boolean {
  try {
    database.apply(content.entries)
    return true
  } catch {
    return false
  }
}

/** Journals beyond the end of the chain that hold anything. An empty one is what a crash between two steps leaves. */
async function journalsNotReached(directory: string, files: StoredFiles, generation: number): Promise<number[]> {
  const found: number[] = []
  for (const beyond of files.journals.filter((candidate) => candidate > generation)) {
    const bytes = await readFile(join(directory, journalName(beyond)))
    if (bytes.length > journalHeaderBytes) found.push(beyond)
  }
  return found
}
