// Routes of the dashboard, as hashes. The editor swallows clicks on `#…` links in webviews, so links are followed here and the
// route is ours; a plain browser shows it in its address bar as well.
import { getPageState, updatePageState } from './page-state.ts'

/** The form of a page that lists things: for a new one or for the one with this id. */
export type Form = 'add' | { readonly edit: string }

export type Route =
  | { readonly page: 'providers' | 'combos'; readonly form?: Form }
  | { readonly page: 'routing'; readonly group?: string }
  | { readonly page: 'keys' | 'tools' }
  | { readonly page: 'logs'; readonly request?: string }

const listeners = new Set<() => void>()
let currentHash = ''
let usesAddressBar = false

export function readRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#?\/?/, '').split('/')
  const [first, second] = rest.map(decode)
  if (page === 'logs') return first ? { page, request: first } : { page }
  if (page === 'routing') return first ? { page, group: first } : { page }
  if (page === 'keys' || page === 'tools') return { page }
  const list = page === 'combos' ? page : 'providers'
  if (first === 'add') return { page: list, form: 'add' }
  return first === 'edit' && second ? { page: list, form: { edit: second } } : { page: list }
}

export function hashOf(route: Route): string {
  const start = `#/${route.page}`
  switch (route.page) {
    case 'logs':
      return route.request ? `${start}/${encodeURIComponent(route.request)}` : start
    case 'routing':
      return route.group ? `${start}/${encodeURIComponent(route.group)}` : start
    case 'keys':
    case 'tools':
      return start
    default:
      if (!route.form) return start
      return route.form === 'add' ? `${start}/add` : `${start}/edit/${encodeURIComponent(route.form.edit)}`
  }
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
  if (!usesAddressBar) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => goWhereTold(event.data))
    return
  }
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

/** The editor opens the dashboard at a route (`NavigateMessage` in src/vscode/dashboard/route-sender.ts). */
function goWhereTold(message: unknown): void {
  const { navigate: hash } = (message ?? {}) as { readonly navigate?: unknown }
  if (typeof hash === 'string' && hash.startsWith('#/')) navigate(readRoute(hash))
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
