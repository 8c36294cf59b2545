// What the user has been told already, so that each thing is told once: kept in the editor's memory, which all windows share and
// which outlives them. Knows nothing of VS Code.
import type { Memory } from '../models/catalogue.ts'
import type { Session } from '../session.ts'

export interface ToldBook {
  readonly has: (key: string) => boolean
  /** Until that instant the thing is old news; `Infinity` until it is forgotten. */
  readonly add: (key: string, until: number) => void
  /** What is forgotten is news when it happens again. */
  readonly forget: (isOver: (key: string) => boolean) => void
}

/** JSON knows no infinity. */
const forEver = Number.MAX_SAFE_INTEGER

export function openToldBook(memory: Memory, storageKey: string, now: () => number): ToldBook {
  // Kept here as well: what the memory holds may be written later than the next event comes.
  let own: Readonly<Record<string, number>> = {}
  const known = () => ({ ...readTold(memory.get(storageKey)), ...own })
  const keep = (told: Readonly<Record<string, number>>) => {
    own = told
    void memory.update(storageKey, told)
  }
  return {
    has: (key) => (known()[key] ?? 0) > now(),
    add(key, until) {
      const current = Object.entries(known()).filter(([, end]) => end > now())
      keep({ ...Object.fromEntries(current), [key]: Math.min(until, forEver) })
    },
    forget(isOver) {
      const all = Object.entries(known())
      // An end in the past rather than no entry: the memory may still hold the old one.
      const over = all.filter(([key, end]) => end > now() && isOver(key))
      if (over.length > 0) keep({ ...Object.fromEntries(all), ...Object.fromEntries(over.map(([key]) => [key, 0])) })
    },
  }
}

/** Of all windows one tells: the one whose gateway leads. */
export function isTeller({ state }: Pick<Session, 'state'>): boolean {
  return state.kind === 'running' && state.role === 'leader'
}

/** Key to the end; anything else that is stored counts as nothing told. */
function readTold(stored: unknown): Readonly<Record<string, number>> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {}
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
