// Model servers that run on this machine: asked on loopback for their list of models, with little patience. Nothing else than
// the list is asked for, and nothing is sent along.
import { request } from 'node:http'
import * as z from 'zod'
import type { AccountInput, AccountView, ProviderView } from '../../admin/contract.ts'

const patienceMs = 700
const answerLimit = 1_000_000
const modelList = z.object({ data: z.array(z.object({ id: z.string() })) })

export interface FoundServer {
  readonly provider: string
  readonly address: string
  readonly models: number
  readonly input: AccountInput
}

interface Candidate {
  readonly provider: string
  /** Up to and including the version. */
  readonly baseUrl: string
  /** Whether the provider would go there by itself. */
  readonly usual: boolean
}

/** The servers that answer and that no account uses yet. Never rejects. */
export async function localServers(
  environment: Readonly<Record<string, string | undefined>>,
  providers: readonly Pick<ProviderView, 'id' | 'tier' | 'baseUrl'>[],
  accounts: readonly Pick<AccountView, 'provider' | 'baseUrl'>[],
): Promise<FoundServer[]> {
  const candidates = candidatesOf(environment, providers).filter(
    ({ provider, baseUrl, usual }) =>
      !accounts.some(
        (account) =>
          account.provider === provider && (account.baseUrl === undefined ? usual : account.baseUrl === baseUrl),
      ),
  )
  const found = await Promise.all(
    candidates.map(async ({ provider, baseUrl, usual }): Promise<FoundServer | undefined> => {
      const models = await countModels(baseUrl)
      if (models === undefined) return undefined
      const input = usual ? { provider } : { provider, baseUrl }
      return { provider, address: new URL(baseUrl).host, models, input }
    }),
  )
  return found.filter((server) => server !== undefined)
}

/** Providers on this machine, at their usual address or, for Ollama, where its own variable says. */
export function candidatesOf(
  environment: Readonly<Record<string, string | undefined>>,
  providers: readonly Pick<ProviderView, 'id' | 'tier' | 'baseUrl'>[],
): Candidate[] {
  return providers.flatMap(({ id, tier, baseUrl }): Candidate[] => {
    if (tier !== 'local' || baseUrl === undefined || !isLoopback(baseUrl)) return []
    const own = id === 'ollama' ? ollamaUrl(environment['OLLAMA_HOST']) : undefined
    return [
      own === undefined || own === baseUrl
        ? { provider: id, baseUrl, usual: true }
        : { provider: id, baseUrl: own, usual: false },
    ]
  })
}

/** What Ollama's own command line makes of its variable: host, port or both. Only this machine is asked unasked. */
function ollamaUrl(value: string | undefined): string | undefined {
  const given = value?.trim()
  if (!given) return undefined
  const address = /^https?:\/\//.test(given) ? given : `http://${given.startsWith(':') ? `127.0.0.1${given}` : given}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  // The server listens there; a client reaches it on loopback.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.port === '' && !/:\d+\/?$/.test(given)) url.port = '11434'
  const base = `${url.origin}/v1`
  return isLoopback(base) ? base : undefined
}

function isLoopback(address: string): boolean {
  return URL.canParse(address) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(address).hostname)
}

/** How many models the server lists; undefined when nobody answers in time, or somebody else does. */
function countModels(baseUrl: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asking = request(`${baseUrl}/models`, { signal: AbortSignal.timeout(patienceMs) }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        if (text.length > answerLimit) response.destroy()
      })
      response.on('error', () => resolve(undefined))
      response.on('close', () => resolve(response.statusCode === 200 ? modelsIn(text) : undefined))
    })
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}

function modelsIn(text: string): number | undefined {
  try {
    return modelList.parse(JSON.parse(text)).data.length
  } catch {
    return undefined
  }
}
