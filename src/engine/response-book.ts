// Which account keeps which response: OpenAI's Responses wire goes on from one by its id, or by that of a conversation, and only the
// account that made it has it. Bounded; what was used last is kept longest. The newest ids outlive a restart.
import { LRUCache } from 'lru-cache'
import * as z from 'zod'
import type { JsonValue } from '../core/json.ts'
import type { Target } from './catalogue.ts'

/** Where something is kept. */
export interface Keeper {
  readonly account: string
  /** The upstream's name of the model that made it. */
  readonly model: string
}

export interface ResponseBook {
  keeperOf(id: string): Keeper | undefined
  /** The target keeps all of these. */
  learn(ids: readonly string[], target: Target): void
  /** Undefined when nothing has been learned since the last one. */
  snapshot(): JsonValue | undefined
  /** Takes up a snapshot. What isn't understood is left out; what was learned since stays. */
  restore(value: unknown): void
}

const mostKept = 10_000
/** Of those as many outlive a restart: a hundred bytes each, written at most once a minute. */
const mostStored = 1_000
/** Ids of vendors are shorter than this; what is longer is none. */
const longestId = 200

const name = z.string().min(1).max(500)
const snapshotShape = z.array(
  z.object({ account: name, model: name, ids: z.array(name.max(longestId)).max(mostStored) }),
)

export function createResponseBook(capacity = mostKept): ResponseBook {
  const keepers = new LRUCache<string, Keeper>({ max: capacity })
  let changed = false

  return {
    keeperOf: (id) => keepers.get(id),
    learn(ids, { account, model }) {
      for (const id of ids) {
        if (id === '' || id.length > longestId) continue
        keepers.set(id, { account: account.id, model: model.id })
        changed = true
      }
    },
    snapshot() {
      if (!changed) return undefined
      changed = false
      const byPlace = new Map<string, { readonly account: string; readonly model: string; readonly ids: string[] }>()
      let count = 0
      for (const [id, { account, model }] of keepers.entries()) {
        if (++count > mostStored) break
        const place = JSON.stringify([account, model])
        const known = byPlace.get(place) ?? { account, model, ids: [] }
        byPlace.set(place, known)
        known.ids.push(id)
      }
      return [...byPlace.values()]
    },
    restore(value) {
      const { success, data } = snapshotShape.safeParse(value)
      if (!success) return
      for (const { account, model, ids } of data) {
        // The newest stand first.
        for (const id of ids.toReversed()) if (!keepers.has(id)) keepers.set(id, { account, model })
      }
    },
  }
}
