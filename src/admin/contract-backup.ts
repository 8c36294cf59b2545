// The part of the management contract that moves configuration about: backups, export and import, the editor's Settings Sync.
// Secrets go out in the encrypted part of an exported text only; a passphrase goes in and never out.
import * as z from 'zod'
import { shortestPassphrase } from './passphrase.ts'

const nothing = z.object({})
const id = z.string().min(1).max(400)
const name = z.string()

export const backupView = z.object({
  id,
  at: z.number(),
  /** Why it was made: once a day, by hand, before a migration, before a restore or an import. */
  kind: z.enum(['daily', 'manual', 'migration', 'restore']),
  bytes: z.number(),
})
export type BackupView = z.infer<typeof backupView>

export const backupContent = backupView.extend({
  schemaVersion: z.number(),
  counts: z.object({ accounts: z.number(), models: z.number(), combos: z.number(), keys: z.number() }),
})
export type BackupContent = z.infer<typeof backupContent>

/** One record that a restore would change. `models` are an account's own ones, `setting` is a section of the routing settings. */
export const backupDifference = z.object({
  kind: z.enum(['account', 'models', 'combo', 'key', 'setting']),
  id,
  name,
  change: z.enum(['added', 'changed', 'removed']),
})
export type BackupDifference = z.infer<typeof backupDifference>

export const backupPreview = z.object({ content: backupContent, differences: z.array(backupDifference) })
export type BackupPreview = z.infer<typeof backupPreview>

/** `mine` keeps what is here (and leaves a new item out), `theirs` takes the file's, `both` adds the file's beside mine. */
export const bundleChoice = z.enum(['mine', 'theirs', 'both'])
export type BundleChoice = z.infer<typeof bundleChoice>
const bundleKind = z.enum(['account', 'models', 'combo', 'alias', 'setting'])

export const bundleItem = z.object({
  kind: bundleKind,
  /** As the file has it. */
  id,
  name,
  state: z.enum(['new', 'same', 'differs']),
  /** What may be chosen; the first is what happens when nothing is. */
  choices: z.array(bundleChoice),
  /** The file brings a secret for it that could be read. */
  withSecret: z.boolean(),
  /** Why `theirs` can't be chosen. */
  note: z.string().optional(),
})
export type BundleItem = z.infer<typeof bundleItem>

export const bundlePreview = z.object({
  createdAt: z.string(),
  by: z.string(),
  /** `locked`: there are some, but no passphrase was given. */
  secrets: z.enum(['none', 'locked', 'open']),
  items: z.array(bundleItem),
})
export type BundlePreview = z.infer<typeof bundlePreview>

const passphrase = z.string().max(1000)
const text = z.string().max(16_000_000)

const syncItem = z.object({ key: id, value: z.json() })
export type SyncValue = z.infer<typeof syncItem>

export const backupMethods = {
  /** Newest first. */
  'backups.list': { input: nothing, output: z.array(backupView) },
  'backups.create': { input: nothing, output: backupView },
  /** Proves the backup whole and says what restoring it would change. */
  'backups.preview': { input: z.object({ id }), output: backupPreview },
  /** Backs the present state up first. Secrets stay as they are. */
  'backups.restore': { input: z.object({ id }), output: z.object({ restored: z.number(), before: backupView }) },
  /** With a passphrase the secrets of accounts too, encrypted. */
  'bundle.export': {
    input: z.object({ passphrase: passphrase.min(shortestPassphrase).optional() }),
    output: z.object({ text: z.string(), accounts: z.number(), combos: z.number(), secrets: z.number() }),
  },
  'bundle.preview': { input: z.object({ text, passphrase: passphrase.optional() }), output: bundlePreview },
  /** Everything is checked before anything is changed. */
  'bundle.import': {
    input: z.object({
      text,
      passphrase: passphrase.optional(),
      choices: z
        .array(z.object({ kind: bundleKind, id, choice: bundleChoice }))
        .max(10_000)
        .default([]),
    }),
    output: z.object({ taken: z.number(), kept: z.number(), secrets: z.number() }),
  },
  /** What Settings Sync carries: combos, aliases, own models and routing settings, each under a key of its own. */
  'sync.read': {
    input: nothing,
    output: z.object({
      items: z.array(syncItem),
      prefixes: z.array(z.string()),
      /** What `sync.keep` was given last; null on a gateway that has never synced. */
      own: z.json(),
    }),
  },
  /** Keeps the editor's notes about syncing beside the data that they are about, so that both are lost or restored together. */
  'sync.keep': { input: z.object({ own: z.json() }), output: nothing },
  /** Takes over what it can; what can't be used here is named and stays as it is. */
  'sync.apply': {
    input: z.object({ put: z.array(syncItem).max(10_000), remove: z.array(id).max(10_000) }),
    output: z.object({ skipped: z.array(z.object({ key: id, reason: z.string() })) }),
  },
} as const
