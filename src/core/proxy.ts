// Proxies as users write them down, and which of several levels applies to an address. Pure; opens nothing.

export interface ProxyServer {
  readonly scheme: 'http' | 'https' | 'socks5'
  /** A name or a number, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** Stands where a proxy would, and says that there is to be none. */
export const noProxy = 'direct'

const schemes: Readonly<Record<string, { readonly scheme: ProxyServer['scheme']; readonly port: number }>> = {
  'http:': { scheme: 'http', port: 80 },
  'https:': { scheme: 'https', port: 443 },
  'socks5:': { scheme: 'socks5', port: 1080 },
  // Names are always resolved at the proxy, which is what the h asks for.
  'socks5h:': { scheme: 'socks5', port: 1080 },
  'socks:': { scheme: 'socks5', port: 1080 },
}

/** Undefined for what is no proxy that can be used. As in the environment's variables, the scheme may be left out. */
export function readProxy(text: string): ProxyServer | undefined {
  const address = text.includes('://') ? text : `http://${text}`
  if (text.trim() !== text || !URL.canParse(address)) return undefined
  const url = new URL(address)
  const known = schemes[url.protocol]
  if (!known || url.hostname === '' || url.search !== '' || url.hash !== '' || url.pathname.length > 1) return undefined
  try {
    return {
      scheme: known.scheme,
      host: bare(url.hostname),
      port: url.port === '' ? known.port : Number(url.port),
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    }
  } catch {
    return undefined
  }
}

/** Host and port, the only part of a proxy that is ever named. */
export function proxyHost({ host, port }: ProxyServer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

const mask = '••••'

/** The proxy as it may be shown and kept in the database: without its user name and password, and saying that it has them. */
export function shownProxy(text: string): string {
  const proxy = text === noProxy || isMasked(text) ? undefined : readProxy(text)
  if (!proxy) return text
  return `${proxy.scheme}://${hasCredentials(proxy) ? `${mask}@` : ''}${proxyHost(proxy)}`
}

export function hasCredentials({ username, password }: ProxyServer): boolean {
  return username !== '' || password !== ''
}

/** Whether the credentials of a proxy were taken out by `shownProxy`: it can't be used as it is. */
export function isMasked(text: string): boolean {
  return text.includes(mask)
}

export type ProxyLevel = 'account' | 'provider' | 'global'

/** What was laid down for one account, as texts; the first level that says something counts. */
export interface ProxyLevels {
  readonly account?: string | undefined
  readonly provider?: string | undefined
  /** The user's own; '' leaves it to the editor or the environment. */
  readonly global: string
  readonly editor: EditorProxy
  readonly environment: Environment
}

export interface EditorProxy {
  readonly proxy?: string
  /** Hosts to be reached directly. */
  readonly noProxy?: readonly string[]
}

export type Environment = Readonly<Record<string, string | undefined>>

export type ProxyChoice =
  | { readonly via: 'direct' }
  /** The text as it was written; it may be of no use, which must not turn into a direct connection. */
  | { readonly via: ProxyLevel; readonly proxy: string }

const direct: ProxyChoice = { via: 'direct' }

export function chooseProxy(url: Pick<URL, 'protocol' | 'hostname' | 'port'>, levels: ProxyLevels): ProxyChoice {
  if (levels.account !== undefined) return chosen('account', levels.account)
  // A server on this machine is out of any proxy's reach.
  if (isLoopback(url.hostname)) return direct
  if (levels.provider !== undefined) return chosen('provider', levels.provider)
  const { global, editor, environment } = levels
  const proxy = global || editor.proxy || fromEnvironment(url.protocol, environment)
  if (!proxy) return direct
  const exempt = [variable(environment, 'no_proxy'), ...(editor.noProxy ?? [])].join(',')
  return isExempt(exempt, url) ? direct : chosen('global', proxy)
}

function chosen(via: ProxyLevel, proxy: string): ProxyChoice {
  return proxy === noProxy ? direct : { via, proxy }
}

function fromEnvironment(protocol: string, environment: Environment): string {
  const own = variable(environment, protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  return own || variable(environment, 'all_proxy')
}

/** Lower case first, as curl does. */
function variable(environment: Environment, name: string): string {
  return (environment[name] || environment[name.toUpperCase()] || '').trim()
}

export function isLoopback(hostname: string): boolean {
  const host = bare(hostname).toLowerCase()
  return host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host) || /(?:^|\.)localhost\.?$/.test(host)
}

/** Whether a list like that of NO_PROXY names a host: `*`, a domain with all below it, an address, an IPv4 network, each with a port or none. */
export function isExempt(list: string, url: Pick<URL, 'protocol' | 'hostname' | 'port'>): boolean {
  const host = bare(url.hostname).toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && entryNames(entry, host, port))
}

function entryNames(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [, name = entry, wanted] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (wanted !== undefined && wanted !== port) return false
  if (name.includes('/')) return isWithin(host, name)
  const domain = bare(name).replace(/^\*?\./, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

function isWithin(host: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/')
  const [address, start] = [numberOf(host), numberOf(base)]
  if (address === undefined || start === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(address / size) === Math.floor(start / size)
}

function numberOf(address: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return undefined
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
