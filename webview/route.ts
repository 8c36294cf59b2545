// Routes of the dashboard, as hashes. The editor swallows clicks on `#…` links in webviews, so links are followed here and the
// route is ours; a plain browser shows it in its address bar as well.
import { getPageState, updatePageState } from './page-state.ts'

export type Route =
  | { readonly page: 'providers'; readonly form?: 'add' | { readonly edit: string } }
  | { readonly page: 'logs'; readonly request?: string }

const listeners = new Set<() => void>()
let currentHash = ''
let usesAddressBar = false

export function readRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#?\/?/, '').split('/')
  const [first, second] = rest.map(decode)
  if (page === 'logs') return first ? { page, request: first } : { page }
  if (first === 'add') return { page: 'providers', form: 'add' }
  if (first === 'edit' && second) return { page: 'providers', form: { edit: second } }
  return { page: 'providers' }
}

export function hashOf(route: Route): string {
  if (route.page === 'logs') return route.request ? `#/logs/${encodeURIComponent(route.request)}` : '#/logs'
  if (route.form === 'add') return '#/providers/add'
  return route.form ? `#/providers/edit/${encodeURIComponent(route.form.edit)}` : '#/providers'
}

export function currentRoute(): Route {
  return readRoute(currentHash)
}

/** Goes to a route and tells whoever listens. */
export function navigate(route: Route): void {
  const hash = hashOf(route)
  if (usesAddressBar && location.hash !== hash) history.pushState(null, '', hash)
  follow(hash)
}

/** Takes the route from the address bar (plain browser only) or from the state kept, and follows it from then on. */
export function startRouting(options: { readonly addressBar: boolean }): void {
  usesAddressBar = options.addressBar
  const fromAddress = usesAddressBar ? location.hash : ''
  follow(fromAddress || getPageState().hash || '#/providers')
  if (!usesAddressBar) return
  history.replaceState(null, '', currentHash)
  window.addEventListener('popstate', () => follow(location.hash))
  window.addEventListener('hashchange', () => follow(location.hash))
}

export function onRoute(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A click handler for the root of the page: follows links within the dashboard. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    return
  const link = event.composedPath().find((element) => element instanceof HTMLAnchorElement)
  const hash = link?.getAttribute('href')
  if (!hash?.startsWith('#/')) return
  event.preventDefault()
  navigate(readRoute(hash))
}

function follow(hash: string): void {
  if (hash === currentHash) return
  currentHash = hash
  updatePageState({ hash })
  for (const listener of listeners) listener()
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
