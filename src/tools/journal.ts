// What was changed in tools' files, so that it can be taken back: a port, and its implementation as a JSON file with backups
// beside it in the data folder. Former values may be secrets of the user's: owner-only files, and never shown.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { say } from '../core/sentence.ts'
import type { KeyRecord } from './changes.ts'
import type { DocumentFormat } from './edit/document.ts'
import { FileTrouble, hashOf, readContent, replaceContent } from './files.ts'
import type { ToolAction } from './tool.ts'

/** One change of one file, by the tool and action that it was made for. */
export interface JournalRecord {
  readonly tool: string
  readonly action: ToolAction
  readonly at: number
  /** `file`: all of it is ours. */
  readonly change: KeyRecord | { readonly kind: 'file'; readonly hash: string }
}

export interface JournalFile {
  readonly path: string
  /** Absent for files that are wholly ours. */
  readonly format?: DocumentFormat
  /** Before we first wrote: the name of a backup and the mode; absent if there was no file. */
  readonly former?: { readonly backup: string; readonly mode: number }
  /** Hash of what we last left there. */
  readonly left: string
  /** Nobody else has written in between, so that the backup can be put back whole. */
  readonly onlyOurs: boolean
  /** Folders made for it, outermost first. */
  readonly folders: readonly string[]
  readonly records: readonly JournalRecord[]
}

/** Whether a file is as we left it, or again as it was before we wrote: either way nobody else's writing is in it. */
export function isUntouched(known: JournalFile, hash: string): boolean {
  const base = known.former ? known.former.backup === backupOf(hash) : hash === hashOf(undefined)
  return base || (known.onlyOurs && known.left === hash)
}

function backupOf(hash: string): string {
  return `${hash}.bak`
}

export interface ToolJournal {
  /** Every file that something of ours is in. */
  readonly read: () => Promise<readonly JournalFile[]>
  /** All of it at once; what isn't in it is forgotten. */
  readonly write: (files: readonly JournalFile[]) => Promise<void>
  /** Keeps bytes and says under which name. */
  readonly keep: (bytes: Uint8Array) => Promise<string>
  readonly fetch: (backup: string) => Promise<Uint8Array | undefined>
  readonly drop: (backup: string) => Promise<void>
}

const keyPath = z.array(z.string())
const value = z.json()
const action = z.enum(['add', 'default'])
const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('set'),
    path: keyPath,
    written: value,
    former: value.optional(),
    source: z.string().optional(),
    above: z.number().int().min(0),
    signs: z.array(keyPath).optional(),
    isFrame: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('include'),
    path: keyPath,
    written: value,
    by: z.string().optional(),
    former: value.optional(),
    index: z.number().int().min(0).optional(),
  }),
  z.object({ kind: z.literal('exclude'), path: keyPath, former: value, indexes: z.array(z.number().int().min(0)) }),
  z.object({ kind: z.literal('file'), hash: z.string() }),
])
const backupName = /^[0-9a-f]{64}\.bak$/
const journalSchema = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      path: z.string(),
      format: z.enum(['json', 'jsonc', 'json5', 'yaml', 'toml', 'dotenv']).optional(),
      former: z.object({ backup: z.string().regex(backupName), mode: z.number().int() }).optional(),
      left: z.string(),
      onlyOurs: z.boolean(),
      folders: z.array(z.string()),
      records: z.array(z.object({ tool: z.string(), action, at: z.number(), change })),
    }),
  ),
})

/** The journal in a folder, which is made when something is first written. A damaged journal is never written over. */
export function fileJournal(folder: string): ToolJournal {
  const path = join(folder, 'journal.json')
  const backups = join(folder, 'backups')
  return {
    async read() {
      const { bytes } = await readContent(path)
      if (!bytes) return []
      const parsed = journalSchema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')))
      if (!parsed.success) {
        throw new FileTrouble(path, say('The record of changed tools is damaged or of a newer version.'))
      }
      return parsed.data.files as readonly JournalFile[]
    },
    async write(files) {
      const text = `${JSON.stringify({ version: 1, files }, undefined, 2)}\n`
      await replaceContent(await readContent(path), Buffer.from(text), 0o600)
    },
    async keep(bytes) {
      const name = backupOf(hashOf(bytes))
      await mkdir(backups, { recursive: true, mode: 0o700 })
      await replaceContent(await readContent(join(backups, name)), bytes, 0o600)
      return name
    },
    async fetch(backup) {
      if (!backupName.test(backup)) return undefined
      const bytes = await readFile(join(backups, backup)).catch(() => undefined)
      // A backup that isn't what was kept is no backup.
      return bytes && backupOf(hashOf(bytes)) === backup ? bytes : undefined
    },
    async drop(backup) {
      if (backupName.test(backup)) await rm(join(backups, backup), { force: true })
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
