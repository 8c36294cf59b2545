// What a page remembers over a reload: the route, filters, what is unfolded. Never a key. Kept by the editor's state or by
// the browser's session; what can't be read back is forgotten.
import * as z from 'zod'
import type { EditorApi } from './rpc/editor-transport.ts'

const pageState = z.object({
  hash: z.string().max(1000).catch('').default(''),
  logText: z.string().max(200).catch('').default(''),
  logOutcome: z.enum(['all', 'served', 'failed']).catch('all').default('all'),
  routingGroups: z.array(z.string()).max(50).catch([]).default([]),
  expanded: z.array(z.string()).max(200).catch([]).default([]),
})
export type PageState = z.infer<typeof pageState>

const storageKey = 'omniroute.page'

let current: PageState = pageState.parse({})
let keep: (state: PageState) => void = () => undefined

/** Reads the state back and chooses where it is kept from now on. */
export function restorePageState(editor: EditorApi | undefined): void {
  const stored = editor ? editor.getState() : readSession()
  const parsed = pageState.safeParse(stored ?? {})
  current = parsed.success ? parsed.data : pageState.parse({})
  keep = editor ? (state) => editor.setState(state) : writeSession
}

export function getPageState(): PageState {
  return current
}

export function updatePageState(change: Partial<PageState>): void {
  current = { ...current, ...change }
  keep(current)
}

function readSession(): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '{}')
  } catch {
    return {}
  }
}

function writeSession(state: PageState): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(state))
  } catch {
    // Storage may be full or switched off; the page then only forgets over a reload.
  }
}
