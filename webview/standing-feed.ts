// How everything stands that routing goes by, for a page that shows some of it: read when the page asks, and once a minute while
// it can be seen.
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { RpcFailure, StandingView } from '../src/admin/contract.ts'
import { type RpcClient, toFailure } from './rpc/client.ts'

const everyMs = 60_000

interface Host extends ReactiveControllerHost {
  readonly client: RpcClient
}

export class StandingFeed implements ReactiveController {
  /** Absent until it is read; kept when it can't be read anew. */
  standing: StandingView | undefined
  failure: RpcFailure | undefined
  readonly #host: Host
  #timer: ReturnType<typeof setInterval> | undefined
  #loadedAt = 0
  #lastLoad = 0

  constructor(host: Host) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#timer = setInterval(this.#refresh, everyMs)
    document.addEventListener('visibilitychange', this.#refreshWhenOld)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
    document.removeEventListener('visibilitychange', this.#refreshWhenOld)
  }

  /** Reads it; never rejects. */
  async load(): Promise<void> {
    const load = ++this.#lastLoad
    this.#loadedAt = Date.now()
    try {
      const standing = await this.#host.client.call('standing.get', {})
      // An answer that was overtaken is older than what is shown.
      if (load !== this.#lastLoad) return
      this.standing = standing
      this.failure = undefined
    } catch (thrown) {
      if (load !== this.#lastLoad) return
      this.failure = toFailure(thrown)
    }
    this.#host.requestUpdate()
  }

  readonly #refresh = (): void => {
    if (document.visibilityState === 'visible') void this.load()
  }

  readonly #refreshWhenOld = (): void => {
    if (Date.now() - this.#loadedAt >= everyMs) this.#refresh()
  }
}
