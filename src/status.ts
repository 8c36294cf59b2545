// What the gateway says of itself, and what becomes of each request's record: a row of the log, a count, and word to whoever watches.
import type { GatewayEvent } from './admin/client.ts'
import type { GatewayStatus } from './admin/contract.ts'
import { viewRow } from './admin/requests.ts'
import type { Cost } from './core/cost.ts'
import type { RequestRecord } from './core/trace.ts'
import type { Activity } from './server/context.ts'
import type { Store } from './store/store.ts'

export interface StatusOptions {
  readonly version: string
  readonly endpoint: string
  readonly activity: Activity
  readonly store: Store
  /** How many models can be asked for. */
  readonly models: () => number
  /** Whether anybody listens to events. */
  readonly isWatched: () => boolean
  readonly costOf: (request: RequestRecord) => Cost | null | undefined
  readonly emit: (event: GatewayEvent) => void
  readonly now: () => number
}

export interface Status {
  readonly status: () => GatewayStatus
  readonly record: (request: RequestRecord) => void
  close(): void
}

/** Changes of the counts are told at most this often. */
const everyMs = 1_000

export function createStatus({ store, activity, emit, now, ...options }: StatusOptions): Status {
  const startedAt = now()
  const counts = { served: 0, failed: 0 }
  let lastServed: GatewayStatus['lastServed']
  let timer: NodeJS.Timeout | undefined

  const status = (): GatewayStatus => ({
    version: options.version,
    endpoint: options.endpoint,
    startedAt,
    activeRequests: activity.active,
    accounts: store.accounts.list().length,
    models: options.models(),
    requests: { ...counts },
    ...(lastServed ? { lastServed } : {}),
    ...(store.notice === undefined ? {} : { storageNotice: store.notice }),
  })

  return {
    status,
    /** Runs after the answer; with nobody watching it is a push onto an array. */
    record(request) {
      store.requests.add(request)
      if (request.code === undefined) {
        counts.served++
        if (request.modelServed !== undefined) lastServed = { model: request.modelServed, at: now() }
      } else if (request.code !== 'client_left') counts.failed++
      if (!options.isWatched()) return
      const cost = request.cost ?? options.costOf(request)
      emit({ event: 'requests.added', data: viewRow({ store }, cost ? { ...request, cost } : request) })
      timer ??= setTimeout(() => {
        timer = undefined
        emit({ event: 'gateway.changed', data: status() })
      }, everyMs)
    },
    close: () => clearTimeout(timer),
  }
}
