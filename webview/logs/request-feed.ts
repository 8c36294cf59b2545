// The rows of the log as one page holds them: pages from the gateway, newest first, with live rows put on top. The gateway is
// the only judge of a filter: while one is set, live rows are read from it instead of being taken from the event.
import type { RequestRow, RpcFailure } from '../../src/admin/contract.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'

export interface RequestFilter {
  readonly text: string
  readonly outcome: 'all' | 'served' | 'failed'
}

export interface FeedView {
  readonly rows: readonly RequestRow[]
  readonly total: number
  readonly hasMore: boolean
  readonly loading: boolean
  /** Whether a first page has come in, so that an empty list means an empty log. */
  readonly loaded: boolean
  readonly paused: boolean
  /** Requests that came in while paused. */
  readonly pending: number
  readonly failure: RpcFailure | undefined
}

const pageSize = 100
const livePaceMs = 150
const filteredPaceMs = 500
/** Rows kept while live at the top of the list; a reader who scrolled down keeps all. */
const mostLiveRows = 2000

export class RequestFeed {
  readonly #client: RpcClient
  readonly #changed: () => void
  #filter: RequestFilter
  #rows: readonly RequestRow[] = []
  #total = 0
  #next: string | undefined
  #loading = false
  #loaded = false
  #paused = false
  #pending = 0
  #failure: RpcFailure | undefined
  #arrived: RequestRow[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Answers to anything asked before the last full read are of no use. */
  #generation = 0
  readonly #ends: (() => void)[]
  /** Set by the page: only a list that is read from the top may be cut at its end. */
  atTop = true

  constructor(client: RpcClient, filter: RequestFilter, changed: () => void) {
    this.#client = client
    this.#filter = filter
    this.#changed = changed
    this.#ends = [
      client.on('requests.added', (row) => this.#add(row)),
      client.onResync(() => {
        if (!this.#paused) void this.#mergeHead()
      }),
    ]
  }

  get view(): FeedView {
    return {
      rows: this.#rows,
      total: Math.max(this.#total, this.#rows.length),
      hasMore: this.#next !== undefined,
      loading: this.#loading,
      loaded: this.#loaded,
      paused: this.#paused,
      pending: this.#pending,
      failure: this.#failure,
    }
  }

  end(): void {
    for (const end of this.#ends) end()
    clearTimeout(this.#timer)
    this.#generation++
  }

  setFilter(filter: RequestFilter): Promise<void> {
    this.#filter = filter
    return this.reload()
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#pending = 0
    if (paused) this.#flush()
    else void this.#mergeHead()
    this.#changed()
  }

  /** Reads the newest page anew and forgets the rest. */
  async reload(): Promise<void> {
    const generation = ++this.#generation
    this.#arrived = []
    await this.#read(generation, undefined, ({ rows, next, total }) => {
      this.#rows = rows
      this.#next = next
      this.#total = total
      this.#loaded = true
    })
  }

  /** Reads the next older page, unless one is on its way or there is none. */
  async loadMore(): Promise<void> {
    if (this.#loading || this.#next === undefined) return
    await this.#read(this.#generation, this.#next, ({ rows, next, total }) => {
      this.#rows = withoutRepeats([...this.#rows, ...rows])
      this.#next = next
      this.#total = total
    })
  }

  /** Brings the top of the list up to date and keeps what lies below, if the two still touch. */
  async #mergeHead(): Promise<void> {
    await this.#read(this.#generation, undefined, ({ rows, next, total }) => {
      const known = new Set(this.#rows.map(({ id }) => id))
      const touches = next === undefined || rows.some(({ id }) => known.has(id))
      const keeps = touches && this.#rows.length > rows.length
      this.#rows = keeps ? withoutRepeats([...rows, ...this.#rows]) : rows
      if (!keeps) this.#next = next
      this.#total = total
      this.#loaded = true
    })
  }

  #add(row: RequestRow): void {
    if (this.#paused) {
      this.#pending++
      this.#changed()
      return
    }
    if (!this.#isFiltered) this.#arrived.push(row)
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        if (this.#isFiltered) void this.#mergeHead()
        else this.#flush()
      },
      this.#isFiltered ? filteredPaceMs : livePaceMs,
    )
  }

  #flush(): void {
    const known = new Set(this.#rows.map(({ id }) => id))
    const fresh = this.#arrived.filter(({ id }) => !known.has(id)).reverse()
    this.#arrived = []
    if (fresh.length === 0) return
    this.#rows = [...fresh, ...this.#rows]
    this.#total += fresh.length
    this.#changed()
    // The cursor belongs to the last row, so the list can't be cut without reading it anew.
    if (this.atTop && this.#rows.length > mostLiveRows) void this.reload()
  }

  get #isFiltered(): boolean {
    return this.#filter.text !== '' || this.#filter.outcome !== 'all'
  }

  async #read(generation: number, cursor: string | undefined, use: (page: Page) => void): Promise<void> {
    this.#loading = true
    this.#changed()
    const { text, outcome } = this.#filter
    try {
      const page = await this.#client.call('requests.page', {
        filter: { outcome, ...(text ? { text } : {}) },
        ...(cursor === undefined ? {} : { cursor }),
        limit: pageSize,
      })
      if (generation !== this.#generation) return
      this.#failure = undefined
      use(page)
    } catch (thrown) {
      if (generation !== this.#generation) return
      this.#failure = toFailure(thrown)
    } finally {
      if (generation === this.#generation) {
        this.#loading = false
        this.#changed()
      }
    }
  }
}

interface Page {
  readonly rows: readonly RequestRow[]
  readonly next?: string | undefined
  readonly total: number
}

function withoutRepeats(rows: readonly RequestRow[]): RequestRow[] {
  const byId = new Map<string, RequestRow>()
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row)
  return [...byId.values()]
}
