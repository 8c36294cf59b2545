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

export { Agent, Client, Dispatcher, errors, Pool }
