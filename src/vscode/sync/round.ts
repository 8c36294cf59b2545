// One round of syncing: what changed here is stamped, merged with what Settings Sync brought, and the difference taken over. Knows
// nothing of VS Code. A round that finds nothing new writes nothing.
import type { GatewayClient } from '../../admin/client.ts'
import type { Memory } from '../models/catalogue.ts'
import { hashesOf, hashOf, merge, stampChanges, type Value, withoutOldDeletions } from './merge.ts'
import { type OwnRecords, readOwn, readSynced, writeSynced } from './storage.ts'

export interface RoundResult {
  /** Records taken over from other machines. */
  readonly taken: number
  /** Kinds of records that are too large to be synced. */
  readonly tooLarge: readonly string[]
  /** What this machine could not use. */
  readonly skipped: readonly { readonly key: string; readonly reason: string }[]
}

export async function syncRound(
  gateway: Pick<GatewayClient, 'call'>,
  memory: Memory,
  now: () => number,
): Promise<RoundResult> {
  const before = await readHere(gateway)
  const own = readOwn(before.own)
  const couldBe = (key: string): boolean => couldBeHere(key, before.prefixes)
  const stamped = stampChanges(own?.stamps ?? {}, own?.base, before.values, couldBe, now())
  const merged = withoutOldDeletions(merge(stamped, readSynced(memory)), now())
  const put: { key: string; value: Value }[] = []
  const remove: string[] = []
  for (const [key, { value }] of Object.entries(merged)) {
    const here = before.values.get(key)
    if (value !== undefined && hashOf(value) !== hashOf(here)) put.push({ key, value })
    if (value === undefined && here !== undefined) remove.push(key)
  }
  const base = hashesOf(before.values)
  let skipped: RoundResult['skipped'] = []
  let taken = 0
  if (put.length + remove.length > 0) {
    // What this machine had before it joined may be replaced.
    if (own === undefined && before.values.size > 0) await gateway.call('backups.create', {})
    skipped = (await gateway.call('sync.apply', { put, remove })).skipped
    const after = await readHere(gateway)
    const left = new Set(skipped.map(({ key }) => key))
    // Only what was taken over counts as it reads back, which may be in another form than it came. What the user has changed
    // since the first reading differs from the base and is stamped by the next round.
    for (const key of [...put.map((item) => item.key), ...remove].filter((one) => !left.has(one))) {
      const hash = hashOf(after.values.get(key))
      if (hash !== (base[key] ?? '')) taken += 1
      if (hash === '') delete base[key]
      else base[key] = hash
    }
  }
  const next = { stamps: merged, base: inOrder(base) }
  if (JSON.stringify(before.own) !== JSON.stringify(next)) await gateway.call('sync.keep', { own: toJson(next) })
  const tooLarge = await writeSynced(memory, merged)
  return { taken, tooLarge, skipped }
}

async function readHere(
  gateway: Pick<GatewayClient, 'call'>,
): Promise<{ values: ReadonlyMap<string, Value>; prefixes: ReadonlySet<string>; own: unknown }> {
  const { items, prefixes, own } = await gateway.call('sync.read', {})
  return { values: new Map(items.map(({ key, value }) => [key, value])), prefixes: new Set(prefixes), own }
}

/** An own model goes with its last account: that is no deletion of the model. */
function couldBeHere(key: string, prefixes: ReadonlySet<string>): boolean {
  if (!key.startsWith('model:')) return true
  return prefixes.has(key.slice('model:'.length).split('/', 1)[0] ?? '')
}

function inOrder(hashes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Plain data without undefined is JSON; the compiler only lacks an index signature. */
function toJson(own: OwnRecords): Value {
  return own as unknown as Value
}
