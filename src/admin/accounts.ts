// Management of accounts: add, change, check, remove, and their model lists.
import { randomUUID } from 'node:crypto'
import type { Account } from '../core/account.ts'
import { failureOf, GatewayError, toGatewayError } from '../core/errors.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import { isMasked, noProxy, readProxy, shownProxy } from '../core/proxy.ts'
import { checkKey, fetchModels } from '../engine/model-list.ts'
import { normalizeBaseUrl } from '../providers/base-url.ts'
import type { AdminContext } from './context.ts'
import type { AccountCheck, AccountInput, AccountView, MethodParsed, ProviderView } from './contract.ts'
import { withoutSecrets } from './credentials.ts'
import { clearAccount } from './standing.ts'

export function listProviders(context: AdminContext): ProviderView[] {
  const offered = [...context.providers.values()].filter(({ editor }) => !editor || context.hasEditor)
  return offered.map((provider) => ({
    id: provider.id,
    name: provider.name,
    tier: provider.tier,
    wires: [...provider.wires],
    key: provider.key,
    asks: [...(provider.asks ?? [])],
    builtIn: provider.builtIn ?? false,
    ...(provider.editor ? { editor: true } : {}),
    ...(provider.baseUrl === undefined ? {} : { baseUrl: provider.baseUrl }),
    ...(provider.website === undefined ? {} : { website: provider.website }),
    ...(provider.keyUrl === undefined ? {} : { keyUrl: provider.keyUrl }),
    ...(provider.note === undefined ? {} : { note: provider.note }),
  }))
}

export function listAccounts(context: AdminContext): AccountView[] {
  return context.store.accounts.list().map((account) => viewAccount(context, account))
}

export async function checkAccount(context: AdminContext, input: AccountInput): Promise<AccountCheck> {
  const provider = requireProvider(context, input.provider)
  const account = toAccount(context, provider, input, 'check')
  return (await check(context, account, provider, input.apiKey)).result
}

export async function addAccount(
  context: AdminContext,
  input: AccountInput,
): Promise<{ account: AccountView; check: AccountCheck }> {
  const provider = requireProvider(context, input.provider)
  const account = toAccount(context, provider, input, randomUUID())
  const { result, models } = await check(context, account, provider, input.apiKey)
  // The secret first: an account without its key would look broken, a key without its account is merely unused.
  if (input.apiKey !== undefined) await context.credentials.put(account.id, input.apiKey)
  await context.credentials.putHeaders(account.id, account.headers)
  await context.credentials.putProxy(account.id, account.proxy)
  await context.store.accounts.put(withoutSecrets(account))
  if (models) await context.store.models.replaceLive(account.id, models)
  changed(context)
  return { account: viewAccount(context, account), check: result }
}

export async function updateAccount(
  context: AdminContext,
  patch: MethodParsed<'accounts.update'>,
): Promise<AccountView> {
  const before = requireAccount(context, patch.id)
  const provider = requireProvider(context, before.provider)
  if (patch.baseUrl !== undefined) checkBaseUrl(provider, patch.baseUrl)
  const headers =
    patch.headers === undefined ? undefined : unmasked(patch.headers, context.credentials.headers(patch.id))
  const { proxy: proxyBefore, ...others } = before
  const proxy = patch.proxy === undefined ? proxyBefore : changedProxy(context, before, patch.proxy)
  const account: Account = {
    ...others,
    ...(proxy === undefined ? {} : { proxy }),
    ...(patch.label === undefined ? {} : { label: patch.label }),
    ...(patch.prefix === undefined ? {} : { prefix: patch.prefix }),
    ...(patch.tier === undefined ? {} : { tier: patch.tier }),
    ...(patch.baseUrl === undefined ? {} : { baseUrl: patch.baseUrl }),
    ...(headers === undefined ? {} : { headers }),
    ...(patch.enabled === undefined ? {} : { enabled: patch.enabled }),
    ...(patch.order === undefined ? {} : { order: patch.order }),
    ...(patch.apiKey === undefined ? {} : { keyTail: tailOf(patch.apiKey) }),
  }
  if (account.prefix !== before.prefix) refuseTakenPrefix(context, account.prefix)
  if (patch.apiKey !== undefined) await context.credentials.put(account.id, patch.apiKey)
  if (headers !== undefined) await context.credentials.putHeaders(account.id, headers)
  if (patch.proxy !== undefined) await context.credentials.putProxy(account.id, account.proxy)
  await context.store.accounts.put(withoutSecrets(account))
  forget(context, account)
  changed(context)
  return viewAccount(context, account)
}

/** Whatever was learned of the account is about what it was before. */
function forget(context: AdminContext, account: Account): void {
  clearAccount(context, account.id, undefined)
}

export async function removeAccount(context: AdminContext, id: string): Promise<void> {
  const account = requireAccount(context, id)
  await context.store.accounts.remove(account.id)
  await context.credentials.remove(account.id)
  await context.credentials.putHeaders(account.id, {})
  await context.credentials.putProxy(account.id, undefined)
  forget(context, account)
  changed(context)
}

export async function testAccount(context: AdminContext, id: string): Promise<AccountCheck> {
  const account = requireAccount(context, id)
  const provider = requireProvider(context, account.provider)
  const { result, models } = await check(context, account, provider, context.credentials.get(id))
  if (models) await context.store.models.replaceLive(id, models)
  if (result.outcome === 'ok') forget(context, requireAccount(context, id))
  changed(context)
  return result
}

/** Fetches the account's model list anew. Throws the upstream's failure. */
export async function refreshModels(context: AdminContext, id: string): Promise<{ models: number }> {
  const account = requireAccount(context, id)
  const models = await fetchModels(context.serverCall(account, context.credentials.get(id)))
  if (models) {
    await context.store.models.replaceLive(id, models)
    changed(context)
  }
  return { models: modelCount(context, account) }
}

export function viewAccount(context: AdminContext, account: Account): AccountView {
  const provider = context.providers.get(account.provider)
  const hasKey = context.credentials.get(account.id) !== undefined
  const route = context.routeOf(account)
  return {
    id: account.id,
    provider: account.provider,
    providerName: provider?.name ?? account.provider,
    label: account.label,
    prefix: account.prefix,
    tier: account.tier,
    enabled: account.enabled,
    headers: Object.fromEntries(Object.keys(account.headers).map((name) => [name, maskedValue])),
    hasKey,
    order: account.order,
    modelCount: modelCount(context, account),
    state: stateOf(context, account, provider, hasKey),
    ...(account.baseUrl === undefined ? {} : { baseUrl: account.baseUrl }),
    ...(account.keyTail === undefined ? {} : { keyTail: account.keyTail }),
    ...(account.proxy === undefined ? {} : { proxy: shownProxy(account.proxy) }),
    ...(route === undefined ? {} : { route }),
  }
}

/** What a page is shown, and may send back, in the place of a header's value. */
const maskedValue = '••••••••'

/** Values that came back as they were shown stay what they are. */
function unmasked(
  sent: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name, value === maskedValue ? (known[name] ?? '') : value]),
  )
}

/** A new account with the provider's defaults where the input says nothing. */
export function toAccount(
  context: AdminContext,
  provider: ProviderDefinition,
  input: AccountInput,
  id: string,
): Account {
  const needsUrl = provider.asks?.includes('baseUrl') && provider.baseUrl === undefined
  if (needsUrl && input.baseUrl === undefined) {
    throw new GatewayError('invalid_request', `${provider.name} needs the base URL of its server.`, {
      parameter: 'baseUrl',
    })
  }
  if (input.baseUrl !== undefined) checkBaseUrl(provider, input.baseUrl)
  if (provider.key === 'required' && input.apiKey === undefined) {
    throw new GatewayError('invalid_request', `${provider.name} needs an API key.`, { parameter: 'apiKey' })
  }
  const accounts = context.store.accounts.list()
  const same = accounts.filter((account) => account.provider === provider.id).length
  const generic = provider.baseUrl === undefined && !provider.builtIn
  if (input.prefix !== undefined) refuseTakenPrefix(context, input.prefix)
  return {
    id,
    provider: provider.id,
    label: input.label ?? (same === 0 ? provider.name : `${provider.name} ${same + 1}`),
    // Accounts of one named provider share its prefix, so that a second key is a fallback for the first. Two servers that
    // merely speak the same format have nothing in common: each gets its own.
    prefix: input.prefix ?? (generic && same > 0 ? `${provider.id}-${same + 1}` : provider.id),
    tier: input.tier ?? provider.tier,
    enabled: true,
    headers: input.headers ?? {},
    order: accounts.length,
    createdAt: context.now(),
    ...(input.baseUrl === undefined ? {} : { baseUrl: input.baseUrl }),
    ...(input.apiKey === undefined ? {} : { keyTail: tailOf(input.apiKey) }),
    ...(input.proxy ? { proxy: usableProxy(input.proxy) } : {}),
  }
}

/** An address that comes back as it was shown keeps its password; a password is never sent on to another address. */
function changedProxy(context: AdminContext, before: Account, typed: string): string | undefined {
  if (typed === '') return undefined
  const kept = before.proxy !== undefined && typed === shownProxy(before.proxy)
  return kept ? (context.credentials.proxy(before.id) ?? before.proxy) : usableProxy(typed)
}

function usableProxy(typed: string): string {
  if (isMasked(typed)) {
    throw new GatewayError('invalid_request', 'Enter the user name and password of the proxy again.', {
      parameter: 'proxy',
    })
  }
  if (typed === noProxy || readProxy(typed) !== undefined) return typed
  throw new GatewayError(
    'invalid_request',
    'The proxy must be http://, https:// or socks5:// with a host and a port, or the word direct.',
    { parameter: 'proxy' },
  )
}

/** Enough of a key to tell two apart, never enough to use: nothing of a short one. */
export function tailOf(key: string): string {
  return key.length >= 12 ? key.slice(-4) : ''
}

async function check(
  context: AdminContext,
  account: Account,
  provider: ProviderDefinition,
  credential: string | undefined,
): Promise<{ result: AccountCheck; models?: Awaited<ReturnType<typeof fetchModels>> }> {
  const startedAt = context.now()
  const call = context.serverCall(account, credential)
  try {
    const models = await fetchModels(call)
    const checked = provider.keyCheck ? await checkKey(call) : models !== undefined
    const latencyMs = context.now() - startedAt
    if (!checked) {
      return {
        result: { outcome: 'skipped', message: 'This server offers no cheap check; send a request to try it.' },
        models,
      }
    }
    const count = models === undefined ? {} : { models: models.length }
    const message =
      models === undefined ? 'The key was accepted.' : `The server answered and lists ${models.length} models.`
    return { result: { outcome: 'ok', message, latencyMs, ...count }, models }
  } catch (thrown) {
    const error = toGatewayError(thrown)
    if (error.code === 'internal') context.log.error(`check of ${account.provider}: ${error.stack ?? error.message}`)
    const result = { outcome: 'failed', message: error.message, nextStep: failureOf(error.code).nextStep } as const
    return { result: { ...result, latencyMs: context.now() - startedAt } }
  }
}

function stateOf(
  context: AdminContext,
  account: Account,
  provider: ProviderDefinition | undefined,
  hasKey: boolean,
): AccountView['state'] {
  if (!account.enabled) return { kind: 'disabled' }
  if (!provider) return { kind: 'disabled', reason: `This version knows no provider "${account.provider}".` }
  if (provider.key === 'required' && !hasKey) return { kind: 'needs-key' }
  const rest = context.engine.health.restOfAccount(account, context.now())
  if (rest) return { kind: 'resting', reason: failureOf(rest.code).nextStep, until: rest.until }
  return { kind: 'ready' }
}

function modelCount(context: AdminContext, account: Account): number {
  let count = 0
  for (const entry of context.catalogue().entries) {
    if (entry.targets.some((target) => target.account.id === account.id)) count++
  }
  return count
}

function requireProvider(context: AdminContext, id: string): ProviderDefinition {
  const provider = context.providers.get(id)
  if (!provider) throw new GatewayError('invalid_request', `There is no provider "${id}".`, { parameter: 'provider' })
  return provider
}

function requireAccount(context: AdminContext, id: string): Account {
  const account = context.store.accounts.get(id)
  if (!account) throw new GatewayError('invalid_request', 'This account no longer exists.', { status: 404 })
  return account
}

function checkBaseUrl(provider: ProviderDefinition, baseUrl: string): void {
  const [wire] = provider.wires
  if (wire) normalizeBaseUrl(baseUrl, wire)
}

/** A prefix that is a combo's name, or the automatic route's, would make names ambiguous. */
function refuseTakenPrefix(context: AdminContext, prefix: string): void {
  if (prefix !== 'auto' && !context.store.combos.list().some((combo) => combo.name === prefix)) return
  throw new GatewayError('invalid_request', `The prefix "${prefix}" is already the name of a combo.`, {
    parameter: 'prefix',
  })
}

function changed(context: AdminContext): void {
  context.rebuild()
  context.emit({ event: 'accounts.changed', data: {} })
  context.emit({ event: 'models.changed', data: {} })
}
