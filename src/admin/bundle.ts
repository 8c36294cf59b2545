// Export and import of everything in one file, and its preview. An import is checked whole before anything is changed, backs the
// present state up, and puts secrets back as they were when the rest can't be stored.
import { randomUUID } from 'node:crypto'
import type { Account } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import type { Configuration } from '../store/configuration.ts'
import { tailOf } from './accounts.ts'
import { configurationChanged, refuseReadOnly } from './backup.ts'
import { modelsOf } from './backup-difference.ts'
import {
  type AccountSecrets,
  type BundleAccount,
  bundleSecrets,
  type PlainBundle,
  readBundle,
} from './bundle-format.ts'
import { type BundlePlan, type BundleWorld, configurationAfter, planImport } from './bundle-plan.ts'
import { sealSecrets } from './bundle-seal.ts'
import { refuseCycle } from './combos.ts'
import type { AdminContext } from './context.ts'
import type { MethodOutput, MethodParsed } from './contract.ts'
import type { BundlePreview } from './contract-backup.ts'
import { viewSettings } from './settings.ts'

export async function exportBundle(
  context: AdminContext,
  passphrase: string | undefined,
): Promise<MethodOutput<'bundle.export'>> {
  const { accounts, combos } = context.store.configuration()
  const plain = plainBundleOf(context)
  const held = Object.fromEntries(
    accounts.map(({ id }) => [id, secretsOf(context, id)] as const).filter(([, one]) => hasAny(one)),
  )
  const secrets = passphrase === undefined ? 0 : Object.keys(held).length
  const sealed =
    passphrase === undefined ? undefined : await sealSecrets(plain, bundleSecrets.parse({ accounts: held }), passphrase)
  const text = `${JSON.stringify({ ...plain, ...(sealed && { secrets: sealed }) }, null, 2)}\n`
  return { text, accounts: accounts.length, combos: combos.length, secrets }
}

export async function previewBundle(
  context: AdminContext,
  text: string,
  passphrase: string | undefined,
): Promise<BundlePreview> {
  const bundle = await readBundle(text, passphrase)
  const { items } = planImport(bundle, worldOf(context))
  return {
    createdAt: bundle.createdAt,
    by: bundle.by,
    secrets: bundle.secretsAre,
    items: items.map(({ chosen: _, ...item }) => item),
  }
}

export async function importBundle(
  context: AdminContext,
  text: string,
  passphrase: string | undefined,
  choices: MethodParsed<'bundle.import'>['choices'],
): Promise<MethodOutput<'bundle.import'>> {
  refuseReadOnly(context)
  const bundle = await readBundle(text, passphrase)
  const wishes = new Map(choices.map(({ kind, id, choice }) => [`${kind}:${id}`, choice]))
  const plan = (): BundlePlan => {
    const made = planImport(bundle, worldOf(context), (kind, id) => wishes.get(`${kind}:${id}`))
    refuseConflicts(configurationAfter(context.store.configuration(), made.change))
    return made
  }
  const preliminary = plan()
  if (preliminary.items.some(({ chosen }) => chosen !== 'mine')) await context.store.backups.create('restore')
  const { items, change, secrets } = plan()
  const undo = await keepSecrets(context, secrets)
  try {
    const put = change.accounts?.put ?? []
    const accounts = put.map((account) => withTail(account, context.credentials.get(account.id)))
    await context.store.change({ ...change, ...(change.accounts && { accounts: { put: accounts } }) })
  } catch (error) {
    await undo()
    throw error
  }
  configurationChanged(
    context,
    (change.accounts?.put ?? []).map(({ id }) => id),
  )
  const taken = items.filter(({ chosen }) => chosen !== 'mine').length
  return { taken, kept: items.length - taken, secrets: secrets.length }
}

function plainBundleOf(context: AdminContext): PlainBundle {
  const { accounts, models, combos } = context.store.configuration()
  const lists = accounts.flatMap(({ id }) =>
    (['user', 'live'] as const).map((source) => ({ account: id, source, models: modelsOf(models, id, source) })),
  )
  return {
    omniroute: 'bundle',
    version: 1,
    createdAt: new Date(context.now()).toISOString(),
    by: context.status().version,
    accounts: accounts.map(toBundleAccount),
    models: lists.filter((list) => list.models.length > 0),
    combos: combos.map((combo) => ({ ...combo, members: [...combo.members] })),
    routing: viewSettings(context.routing.current()),
  }
}

/**
 * Field by field: what is added to accounts later may be a secret, and stays here until somebody has thought about it. A proxy
 * belongs to the network of this machine.
 */
function toBundleAccount(account: Account): BundleAccount {
  const { id, provider, label, prefix, tier, enabled, baseUrl, headers, order, createdAt } = account
  const own = { id, provider, label, prefix, tier, enabled, order, createdAt, headers: Object.keys(headers) }
  return baseUrl === undefined ? own : { ...own, baseUrl }
}

function secretsOf({ credentials }: AdminContext, id: string): AccountSecrets {
  const key = credentials.get(id)
  const headers = credentials.headers(id)
  return {
    ...(key === undefined ? {} : { key }),
    ...(Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
  }
}

function hasAny(secrets: AccountSecrets): boolean {
  return Object.keys(secrets).length > 0
}

function worldOf(context: AdminContext): BundleWorld {
  return {
    now: context.store.configuration(),
    routing: context.routing.current(),
    newId: randomUUID,
    secretsOf: (accountId) => secretsOf(context, accountId),
  }
}

/** Names must be clear and combos finite, whatever was put together from two sides. */
export function refuseConflicts({ accounts, models, combos }: Configuration): void {
  const prefixOf = new Map(accounts.map(({ id, prefix }) => [id, prefix]))
  const modelNames = new Set(models.map(({ accountId, id }) => `${prefixOf.get(accountId) ?? ''}/${id}`))
  const prefixes = new Set(prefixOf.values())
  const seen = new Set<string>()
  for (const combo of combos) {
    const { name } = combo
    if (seen.has(name)) throw conflict(`Two combos would have the name "${name}".`)
    if (prefixes.has(name)) throw conflict(`"${name}" would be both a combo and the prefix of an account.`)
    if (modelNames.has(name)) throw conflict(`"${name}" would be both a combo and a model.`)
    seen.add(name)
    refuseCycle(combo, combos)
  }
}

function conflict(message: string): GatewayError {
  return new GatewayError('invalid_request', `${message} Nothing was imported.`, { parameter: 'choices' })
}

/** Secrets before accounts: a key without its account is merely unused. Returns what puts back the ones before. */
async function keepSecrets(
  { credentials }: AdminContext,
  secrets: BundlePlan['secrets'],
): Promise<() => Promise<void>> {
  const undo: (() => Promise<void>)[] = []
  const back = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    for (const { accountId, key, headers } of secrets) {
      if (key !== undefined) {
        const before = credentials.get(accountId)
        undo.push(() => (before === undefined ? credentials.remove(accountId) : credentials.put(accountId, before)))
        await credentials.put(accountId, key)
      }
      if (headers !== undefined) {
        const before = credentials.headers(accountId)
        undo.push(() => credentials.putHeaders(accountId, before))
        await credentials.putHeaders(accountId, headers)
      }
    }
  } catch (error) {
    await back()
    throw error
  }
  return back
}

function withTail({ keyTail: _, ...account }: Account, key: string | undefined): Account {
  return key === undefined ? account : { ...account, keyTail: tailOf(key) }
}
