// Downloads what a client named by address, for upstreams that fetch nothing themselves (rules 41, 167). Assumes that the address
// may be hostile: it is bounded in size, time and redirects, and only the public internet is called.
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import type { Account } from '../core/account.ts'
import { type AddressRule, createGuardedLookup, isAllowedAddress, PrivateAddressError } from './public-address.ts'

export interface DownloadLimits {
  readonly bytes: number
  /** Milliseconds for the whole of it, redirects included. */
  readonly duration: number
  readonly redirects: number
}

export const defaultDownloadLimits: DownloadLimits = { bytes: 20 * 1024 * 1024, duration: 20_000, redirects: 3 }

export interface Downloaded {
  readonly bytes: Buffer
  readonly contentType: string
}

/** The message is the cause in words, to stand behind a colon. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
}

export interface Downloader {
  /** Rejects with a `DownloadError`. Aborting the signal ends it at once. */
  get(url: string, signal: AbortSignal, account?: Account): Promise<Downloaded>
  close(): Promise<void>
}

export interface DownloaderOptions extends AddressRule {
  readonly userAgent: string
  readonly limits?: DownloadLimits
  /** The connections for an address, if a proxy applies to it. They must go to addresses of `lookup` only. */
  readonly route?: (account: Account, url: URL, lookup: LookupFunction) => Pick<Dispatcher, 'dispatch'> | undefined
}

export function createDownloader(options: DownloaderOptions): Downloader {
  const { userAgent, limits = defaultDownloadLimits, route } = options
  const lookup = createGuardedLookup(options)
  const agent = new Agent({
    allowH2: false,
    keepAliveTimeout: 1_000,
    connect: { timeout: 10_000, lookup },
  })

  async function follow(start: string, signal: AbortSignal, account: Account | undefined): Promise<Downloaded> {
    let url = checkedUrl(start, options)
    for (let hop = 0; hop <= limits.redirects; hop++) {
      const through = account && route?.(account, url, lookup)
      const answer = await getOnce(through ?? agent, url, { userAgent, limits, signal })
      if ('bytes' in answer) return answer
      if (!URL.canParse(answer.location, url.href))
        throw new DownloadError('it redirects to something that is no address')
      url = checkedUrl(new URL(answer.location, url).href, options)
    }
    throw new DownloadError(`it redirects more than ${limits.redirects} times`)
  }

  return {
    async get(url, signal, account) {
      const tooLate = AbortSignal.timeout(limits.duration)
      try {
        return await follow(url, AbortSignal.any([signal, tooLate]), account)
      } catch (thrown) {
        if (tooLate.aborted) throw new DownloadError(`it did not arrive within ${limits.duration / 1000} seconds`)
        throw thrown instanceof DownloadError ? thrown : new DownloadError(inWords(thrown), { cause: thrown })
      }
    },
    close: () => agent.destroy(),
  }
}

/** Numbers in addresses are checked here: sockets look up names only. */
function checkedUrl(text: string, rule: AddressRule): URL {
  if (!URL.canParse(text)) throw new DownloadError('it is no address')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new DownloadError(`only http and https are followed, not ${url.protocol.slice(0, -1)}`)
  }
  if (url.username !== '' || url.password !== '') throw new DownloadError('the address carries a user name or password')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isAllowedAddress(host, rule)) throw new PrivateAddressError(host)
  return url
}

interface GetOptions {
  readonly userAgent: string
  readonly limits: DownloadLimits
  readonly signal: AbortSignal
}

type Redirect = { readonly location: string }

function getOnce(agent: Pick<Dispatcher, 'dispatch'>, url: URL, options: GetOptions): Promise<Downloaded | Redirect> {
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) {
      reject(new Error('the caller left'))
      return
    }
    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': options.userAgent },
      },
      new RunningGet(options, resolve, reject),
    )
  })
}

class RunningGet implements Dispatcher.DispatchHandler {
  readonly #limits: DownloadLimits
  readonly #signal: AbortSignal
  readonly #resolve: (answer: Downloaded | Redirect) => void
  readonly #reject: (error: unknown) => void
  readonly #onAbort = (): void => this.#fail(new Error('the caller left'))
  readonly #chunks: Buffer[] = []
  #size = 0
  #contentType = ''
  #controller: Dispatcher.DispatchController | undefined

  constructor(
    { limits, signal }: GetOptions,
    resolve: (answer: Downloaded | Redirect) => void,
    reject: (error: unknown) => void,
  ) {
    this.#limits = limits
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal.aborted) controller.abort(new Error('the caller left'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return
    const { location, 'content-type': type, 'content-length': length, 'content-encoding': encoding } = headers
    if (status >= 300 && status < 400 && typeof location === 'string') {
      this.#end()
      this.#resolve({ location })
      controller.abort(new Error('redirected'))
    } else if (status !== 200) this.#fail(new DownloadError(`its server answered with status ${status}`))
    else if (Number(length) > this.#limits.bytes) this.#fail(tooLarge(this.#limits))
    else if (encoding !== undefined && encoding !== 'identity') {
      this.#fail(new DownloadError('its server packs what was asked for unpacked'))
    } else this.#contentType = typeof type === 'string' ? type : ''
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#limits.bytes) this.#fail(tooLarge(this.#limits))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    this.#resolve({ bytes: Buffer.concat(this.#chunks), contentType: this.#contentType })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #fail(error: Error): void {
    this.#end()
    this.#reject(error)
    this.#controller?.abort(error)
  }

  #end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

function tooLarge({ bytes }: DownloadLimits): DownloadError {
  return new DownloadError(`it is larger than ${Math.floor(bytes / 1024 / 1024)} MB`)
}

function inWords(thrown: unknown): string {
  if (thrown instanceof PrivateAddressError) return 'its address is not one of the public internet'
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of its server could not be resolved'
  if (code === 'ECONNREFUSED') return 'its server refuses connections'
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'its server could not be reached in time'
  if (code.startsWith('ERR_TLS') || code.includes('CERT')) return 'the certificate of its server was not accepted'
  return thrown instanceof Error ? thrown.message : String(thrown)
}
