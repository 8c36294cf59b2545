// What is typed into the account form, and how it becomes the input of a call. Pure; the contract's schemas are the rules.
import {
  type AccountInput,
  type AccountView,
  accountInput,
  type MethodInput,
  type ProviderView,
} from '../../src/admin/contract.ts'
import { t } from '../l10n.ts'
import type { Tier } from './account-words.ts'

export interface HeaderDraft {
  readonly name: string
  readonly value: string
}

export interface AccountDraft {
  readonly provider: string
  readonly label: string
  readonly prefix: string
  /** Empty means the provider's own. */
  readonly tier: Tier | ''
  readonly baseUrl: string
  readonly headers: readonly HeaderDraft[]
  readonly apiKey: string
  /** Empty means the provider's, or everybody's. */
  readonly proxy: string
}

export type DraftField = 'provider' | 'label' | 'prefix' | 'tier' | 'baseUrl' | 'headers' | 'apiKey' | 'proxy'
export type Problems = Partial<Record<DraftField, string>>
export type Drafted<T> = { readonly input: T } | { readonly problems: Problems }

export const emptyDraft: AccountDraft = {
  provider: '',
  label: '',
  prefix: '',
  tier: '',
  baseUrl: '',
  headers: [],
  apiKey: '',
  proxy: '',
}

export function draftOf(account: AccountView): AccountDraft {
  return {
    provider: account.provider,
    label: account.label,
    prefix: account.prefix,
    tier: account.tier,
    baseUrl: account.baseUrl ?? '',
    headers: Object.entries(account.headers).map(([name, value]) => ({ name, value })),
    apiKey: '',
    proxy: account.proxy ?? '',
  }
}

/** Whether the form must ask for the address: generic servers have none of their own. */
export function needsBaseUrl(provider: ProviderView): boolean {
  return provider.asks.includes('baseUrl') && !provider.baseUrl
}

/** The input of `accounts.add` and `accounts.check`, or what is wrong in words. */
export function toInput(draft: AccountDraft, provider: ProviderView | undefined): Drafted<AccountInput> {
  if (!provider) return { problems: { provider: t('Choose a provider.') } }
  const headers = headerRecord(draft)
  const input = {
    provider: provider.id,
    ...filled('label', draft.label),
    ...filled('prefix', draft.prefix),
    ...filled('tier', draft.tier),
    ...filled('baseUrl', draft.baseUrl),
    ...filled('apiKey', draft.apiKey),
    ...filled('proxy', draft.proxy),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
  }
  const parsed = accountInput.safeParse(input)
  const problems = parsed.success ? {} : problemsIn(parsed.error.issues)
  if (needsBaseUrl(provider) && !draft.baseUrl.trim()) problems.baseUrl = t('Enter the address of the server.')
  if (provider.key === 'required' && !draft.apiKey.trim()) problems.apiKey = t('Enter the key of this account.')
  return parsed.success && Object.keys(problems).length === 0 ? { input: parsed.data } : { problems }
}

/** The input of `accounts.update` with what changed only, or what is wrong in words. */
export function toPatch(draft: AccountDraft, account: AccountView): Drafted<MethodInput<'accounts.update'>> {
  const before = draftOf(account)
  const changed = {
    ...(draft.label.trim() === before.label ? {} : { label: draft.label }),
    ...(draft.prefix.trim() === before.prefix ? {} : { prefix: draft.prefix.trim() }),
    ...(draft.tier === before.tier || draft.tier === '' ? {} : { tier: draft.tier }),
    ...(draft.baseUrl.trim() === before.baseUrl ? {} : { baseUrl: draft.baseUrl.trim() }),
    ...(sameHeaders(draft, before) ? {} : { headers: headerRecord(draft) }),
    ...filled('apiKey', draft.apiKey),
    ...(draft.proxy.trim() === before.proxy ? {} : { proxy: draft.proxy.trim() }),
  }
  const parsed = accountInput.safeParse({ provider: account.provider, ...changed })
  if (!parsed.success) return { problems: problemsIn(parsed.error.issues) }
  return { input: { id: account.id, ...changed } }
}

/** Whether the change may make a working account stop working, so that it is worth a test. */
export function touchesConnection(patch: MethodInput<'accounts.update'>): boolean {
  const { apiKey, baseUrl, headers, proxy } = patch
  return [apiKey, baseUrl, headers, proxy].some((changed) => changed !== undefined)
}

function filled<K extends string>(name: K, value: string): { [key in K]?: string } {
  const trimmed = value.trim()
  return (trimmed ? { [name]: trimmed } : {}) as { [key in K]?: string }
}

function headerRecord(draft: AccountDraft): Record<string, string> {
  return Object.fromEntries(
    draft.headers.filter(({ name, value }) => name.trim() || value).map(({ name, value }) => [name.trim(), value]),
  )
}

function sameHeaders(left: AccountDraft, right: AccountDraft): boolean {
  return JSON.stringify(headerRecord(left)) === JSON.stringify(headerRecord(right))
}

function problemsIn(issues: readonly { readonly path: readonly PropertyKey[] }[]): Problems {
  const problems: Problems = {}
  for (const { path } of issues) {
    const field = path[0]
    if (typeof field === 'string' && field in problemTexts) {
      problems[field as DraftField] ??= problemTexts[field as DraftField]()
    }
  }
  return problems
}

const problemTexts: Readonly<Record<DraftField, () => string>> = {
  provider: () => t('Choose a provider.'),
  label: () => t('Enter a name of at most 100 characters.'),
  prefix: () =>
    t(
      'Use lower-case letters, digits, dot, dash and underscore, starting with a letter or digit; 64 characters at most.',
    ),
  tier: () => t('Choose a tier from the list.'),
  baseUrl: () => t('Enter a full address that starts with http:// or https://.'),
  headers: () => t('A header name has letters, digits and dashes only; a value has 4,000 characters at most.'),
  apiKey: () => t('Enter a key of at most 4,000 characters.'),
  proxy: () => t('Enter http://, https:// or socks5:// with a host and a port, or the word direct.'),
}
