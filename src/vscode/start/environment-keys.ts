// Keys that other tools have left in the environment, as accounts that could be added. Pure: nothing is read or sent here, and a
// key is only ever handed on within the input of its own account.
import type { AccountInput, AccountView, ProviderView } from '../../admin/contract.ts'

interface KnownVariable {
  readonly provider: string
  /** In the order in which the vendor's own tools look for them. */
  readonly keys: readonly string[]
  /** Where the key belongs when it is not the vendor's own server: sending it there instead would give it away. */
  readonly baseUrl?: string
}

const known: readonly KnownVariable[] = [
  { provider: 'anthropic', keys: ['ANTHROPIC_API_KEY'], baseUrl: 'ANTHROPIC_BASE_URL' },
  { provider: 'openai', keys: ['OPENAI_API_KEY'], baseUrl: 'OPENAI_BASE_URL' },
  { provider: 'gemini', keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], baseUrl: 'GOOGLE_GEMINI_BASE_URL' },
  { provider: 'groq', keys: ['GROQ_API_KEY'], baseUrl: 'GROQ_BASE_URL' },
  { provider: 'openrouter', keys: ['OPENROUTER_API_KEY'], baseUrl: 'OPENROUTER_BASE_URL' },
  { provider: 'mistral', keys: ['MISTRAL_API_KEY'] },
  { provider: 'deepseek', keys: ['DEEPSEEK_API_KEY'] },
  { provider: 'xai', keys: ['XAI_API_KEY'], baseUrl: 'XAI_BASE_URL' },
  { provider: 'nvidia', keys: ['NVIDIA_API_KEY'] },
]

/** Providers that stand in where a key belongs to another server of the same wire. */
const generic: Readonly<Record<string, string>> = {
  anthropic: 'anthropic-compatible',
  openai: 'openai-compatible',
  gemini: 'gemini-compatible',
  groq: 'openai-compatible',
  openrouter: 'openai-compatible',
  xai: 'openai-compatible',
}

export interface FoundKey {
  /** The variable that holds the key. */
  readonly variable: string
  /** The provider of the variable, for its name. */
  readonly provider: string
  /** The last characters, enough to recognise a key. */
  readonly tail: string
  readonly input: AccountInput
}

/** Every key that no account has yet. A gateway of ours in the environment is no vendor. */
export function keysInEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  providers: readonly Pick<ProviderView, 'id' | 'baseUrl'>[],
  accounts: readonly Pick<AccountView, 'provider' | 'keyTail'>[],
  ownEndpoint: string | undefined,
): FoundKey[] {
  return known.flatMap(({ provider, keys, baseUrl: variableOfUrl }) => {
    const variable = keys.find((name) => isKey(environment[name]?.trim()))
    const apiKey = variable === undefined ? undefined : environment[variable]?.trim()
    if (variable === undefined || apiKey === undefined) return []
    const baseUrl = variableOfUrl === undefined ? undefined : environment[variableOfUrl]?.trim()
    const usualUrl = providers.find(({ id }) => id === provider)?.baseUrl
    const input = inputFor(provider, apiKey, baseUrl || undefined, usualUrl)
    if (input === undefined || (input.baseUrl !== undefined && isOwn(input.baseUrl, ownEndpoint))) return []
    const tail = apiKey.length >= 12 ? apiKey.slice(-4) : ''
    const added = accounts.some((account) => account.provider === input.provider && account.keyTail === tail)
    return added ? [] : [{ variable, provider, tail, input }]
  })
}

function inputFor(
  provider: string,
  apiKey: string,
  baseUrl: string | undefined,
  usualUrl: string | undefined,
): AccountInput | undefined {
  if (baseUrl === undefined || hostOf(baseUrl) === hostOf(usualUrl)) return { provider, apiKey }
  const standIn = generic[provider]
  if (standIn === undefined || !URL.canParse(baseUrl)) return undefined
  const { protocol, host } = new URL(baseUrl)
  if (!/^https?:$/.test(protocol)) return undefined
  return { provider: standIn, apiKey, baseUrl, label: host.slice(0, 100), prefix: prefixOf(host, provider) }
}

function hostOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : undefined
}

function prefixOf(host: string, fallback: string): string {
  const made = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  return made === '' ? fallback : made
}

/** Visible ASCII only: anything else is a placeholder or a mistake, which the gateway would refuse. */
function isKey(value: string | undefined): value is string {
  return value !== undefined && /^[\x21-\x7e]{8,4000}$/.test(value)
}

function isOwn(baseUrl: string, endpoint: string | undefined): boolean {
  if (endpoint === undefined) return false
  const theirs = new URL(baseUrl)
  return theirs.port === new URL(endpoint).port && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(theirs.hostname)
}
