// HTTP calls to another window's gateway on this machine. Over undici's own sockets: the editor routes the platform's fetch and
// http through its proxy settings, which have no business between two windows.
import type { Dispatcher } from 'undici'
import apiRequest from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'

let agent: Dispatcher | undefined

/** Calls `http://127.0.0.1:PORT/…`. Rejects when nobody answers there. */
export function requestLoopback(
  origin: string,
  path: string,
  options: Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> & { readonly method?: 'GET' | 'POST' } = {},
): Promise<Dispatcher.ResponseData> {
  agent ??= new Agent({ allowH2: false })
  return apiRequest.call(agent, { method: 'GET', ...options, origin, path })
}
