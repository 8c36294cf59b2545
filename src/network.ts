// How each account's servers are reached: directly, or through the proxy of the account, of its provider, or the global one. One pool
// of connections a proxy. A proxy that can't be used fails the call; it never becomes a direct connection.
import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import type { Account } from './core/account.ts'
import { GatewayError } from './core/errors.ts'
import type { ProviderDefinition } from './core/provider.ts'
import {
  chooseProxy,
  type EditorProxy,
  type Environment,
  isMasked,
  type ProxyChoice,
  type ProxyLevel,
  type ProxyLevels,
  proxyHost,
  readProxy,
} from './core/proxy.ts'
import type { RoutingSettings } from './core/settings.ts'
import { baseUrlOf } from './providers/base-url.ts'
import { connectThrough } from './tunnel.ts'

export interface ProxySettings {
  readonly network: RoutingSettings['network']
  readonly editor: EditorProxy
}

export interface Route {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>
  readonly via: 'direct' | ProxyLevel
  /** Host and port of the proxy. */
  readonly host?: string
}

export interface Network {
  dispatcherFor(account: Account, provider: ProviderDefinition): Route
  /** How a file is fetched for an account; undefined is directly. `lookup`, always the same, says which addresses may be called. */
  downloadFor(
    account: Account,
    provider: ProviderDefinition,
    url: URL,
    lookup: LookupFunction,
  ): Pick<Dispatcher, 'dispatch'> | undefined
  /** Opens new connections from now on: those of before a sleep of the machine may be dead without knowing. */
  renew(): void
  /** Fails the calls under way, and all that come, with this error. */
  interrupt(error: Error): Promise<void>
  close(): Promise<void>
}

export interface NetworkOptions {
  /** Asked for every call. A part of it is the same object until it changes. */
  readonly settings: () => ProxySettings
  readonly environment: Environment
}

/** Proxies whose connections are kept at a time. */
const mostPools = 32
const poolOptions = { allowH2: false, keepAliveTimeout: 30_000 }

export function createNetwork({ settings, environment }: NetworkOptions): Network {
  const openStraight = (): Agent => new Agent({ ...poolOptions, connect: { timeout: 10_000 } })
  let straight = openStraight()
  const direct: Pick<Dispatcher, 'dispatch'> = { dispatch: (call, handler) => straight.dispatch(call, handler) }
  const pools = new Map<string, Agent>()
  /** Pools out of use whose last calls are still under way. */
  const leaving = new Set<Agent>()
  let routes = new WeakMap<Account, Route>()
  let seen = settings()

  const retire = (pool: Agent): void => {
    leaving.add(pool)
    const gone = (): unknown => leaving.delete(pool)
    pool.close().then(gone, gone)
  }

  /** Everything is worked out anew after a change; calls under way end as they began. */
  const upToDate = (): ProxySettings => {
    const now = settings()
    if (now.network === seen.network && now.editor === seen.editor) return now
    seen = now
    routes = new WeakMap()
    for (const pool of pools.values()) retire(pool)
    pools.clear()
    return now
  }

  const destroyAll = async (error: Error | null): Promise<void> => {
    const all = [straight, ...pools.values(), ...leaving]
    pools.clear()
    await Promise.all(all.map((pool) => pool.destroy(error)))
  }

  const poolOf = (text: string, lookup?: LookupFunction): Agent => {
    const key = `${lookup ? 'files' : 'calls'} ${text}`
    const known = pools.get(key)
    if (known) {
      // The one that was used last stands last.
      pools.delete(key)
      pools.set(key, known)
      return known
    }
    const proxy = isMasked(text) ? undefined : readProxy(text)
    if (!proxy) throw unusable(text)
    const [oldest] = pools
    if (oldest && pools.size >= mostPools) {
      pools.delete(oldest[0])
      retire(oldest[1])
    }
    const pool = new Agent({ ...poolOptions, connect: connectThrough(proxy, lookup ? { lookup } : {}) })
    pools.set(key, pool)
    return pool
  }

  const levelsOf = (account: Account, provider: ProviderDefinition): ProxyLevels => {
    const { network, editor } = upToDate()
    const own = Object.hasOwn(network.perProvider, provider.id) ? network.perProvider[provider.id] : undefined
    return { account: account.proxy, provider: own, global: network.proxy, editor, environment }
  }

  const routeBy = (choice: ProxyChoice): Route => {
    if (choice.via === 'direct') return { via: 'direct', dispatcher: direct }
    const { via, proxy: text } = choice
    const proxy = isMasked(text) ? undefined : readProxy(text)
    return {
      via,
      // Looked up at each call: a pool may have been retired since the route was made.
      dispatcher: { dispatch: (call, handler) => poolOf(text).dispatch(call, handler) },
      ...(proxy ? { host: proxyHost(proxy) } : {}),
    }
  }

  return {
    dispatcherFor(account, provider) {
      upToDate()
      const known = routes.get(account)
      if (known) return known
      const levels = levelsOf(account, provider)
      const route = routeBy(chooseProxy(addressOf(account, provider), levels))
      routes.set(account, route)
      return route
    },
    downloadFor(account, provider, url, lookup) {
      const choice = chooseProxy(url, levelsOf(account, provider))
      return choice.via === 'direct' ? undefined : poolOf(choice.proxy, lookup)
    },
    renew() {
      for (const pool of [straight, ...pools.values()]) retire(pool)
      pools.clear()
      straight = openStraight()
    },
    interrupt: (error) => destroyAll(error),
    close: () => destroyAll(null),
  }
}

/** All wires of a provider are reached on one network, so its first one speaks for all. */
function addressOf(account: Account, provider: ProviderDefinition): URL {
  try {
    return new URL(baseUrlOf(provider, provider.wires[0] ?? 'openai-chat', account.baseUrl))
  } catch {
    // The call itself will say that there is no address.
    return new URL('https://unknown.invalid')
  }
}

function unusable(text: string): GatewayError {
  const why = isMasked(text)
    ? 'its user name and password are not on this machine; enter them again in the account'
    : 'it is none of http, https and socks5 with a host'
  return new GatewayError('upstream_unreachable', `The proxy that is set here can not be used: ${why}.`)
}
