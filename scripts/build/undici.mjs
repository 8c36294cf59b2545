// Stands in for `undici` inside bundles: the dispatchers alone, without fetch, WebSocket, mocks and caches. A name that is
// missing here fails the build; add its line then.
import api from 'undici/lib/api/index.js'
import errors from 'undici/lib/core/errors.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Client from 'undici/lib/dispatcher/client.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Pool from 'undici/lib/dispatcher/pool.js'

// The package's own index does this, so that `dispatcher.request()` and its siblings exist.
Object.assign(Dispatcher.prototype, api)

let shared

/** `undici.request` for absolute URLs, over one agent of its own unless a dispatcher is given. */
export function request(url, options = {}) {
  const { origin, pathname, search } = new URL(url)
  const { dispatcher, method = options.body == null ? 'GET' : 'PUT', ...rest } = options
  shared ??= new Agent()
  return (dispatcher ?? shared).request({ ...rest, method, origin, path: pathname + search })
}

export { Agent, Client, Dispatcher, errors, Pool }
