// Owns the life of this window's gateway: starts it (as leader, or attached to the one of another window), stops it, and tells
// everybody in the window what state it is in. Knows nothing of VS Code. Starting and stopping never overlap.
import type { GatewayEvent } from '../admin/client.ts'
import type { Log } from '../core/log.ts'
import type { Gateway, GatewayOptions, GatewaySettings, GatewayState } from '../gateway.ts'
import { Listeners } from './listeners.ts'

export type SessionState =
  | Exclude<GatewayState, { kind: 'stopped' }>
  /** `byUser` when the user asked for it; then nothing but the user starts it again. */
  | { readonly kind: 'stopped'; readonly byUser: boolean }
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly error: unknown }

export interface SessionOptions {
  /** Loads the bundle with the gateway; called when it is first needed. */
  readonly loadGateway: () => Promise<{ startGateway(options: GatewayOptions): Promise<Gateway> }>
  readonly gateway: Omit<GatewayOptions, 'settings' | 'log'>
  readonly settings: () => GatewaySettings
  readonly log: Log
}

export class Session {
  readonly #options: SessionOptions
  readonly #states: Listeners<SessionState>
  readonly #events: Listeners<GatewayEvent>
  #state: SessionState = { kind: 'stopped', byUser: false }
  #gateway: Gateway | undefined
  #unsubscribe: readonly (() => void)[] = []
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#states = new Listeners(options.log)
    this.#events = new Listeners(options.log)
  }

  get state(): SessionState {
    return this.#state
  }

  /** The gateway when it is running. */
  get gateway(): Gateway | undefined {
    return this.#state.kind === 'running' ? this.#gateway : undefined
  }

  onDidChangeState(listener: (state: SessionState) => void): () => void {
    return this.#states.add(listener)
  }

  /** Events of whichever gateway is running, across restarts. */
  onEvent(listener: (event: GatewayEvent) => void): () => void {
    return this.#events.add(listener)
  }

  /** Starts the gateway unless it runs. Rejects with the failure, which is the state then, too. */
  start(): Promise<Gateway> {
    return this.#enqueue(() => this.#start())
  }

  stop(byUser = true): Promise<void> {
    return this.#enqueue(() => this.#stop(byUser))
  }

  restart(): Promise<Gateway> {
    return this.#enqueue(async () => {
      await this.#stop(false)
      return await this.#start()
    })
  }

  /** Rejects with the failure when the gateway can't run with them; the next change of settings is then another try. */
  async applySettings(): Promise<void> {
    await this.#enqueue(async () => {
      if (this.#state.kind === 'failed') return void (await this.#start())
      const gateway = this.#gateway
      try {
        await gateway?.applySettings(this.#options.settings())
      } catch (error) {
        if (gateway?.state.kind === 'stopped') {
          this.#release()
          this.#setState({ kind: 'failed', error })
        }
        throw error
      }
    })
  }

  /**
   * The running gateway, for something that needs it now: waits while it comes up or reconnects, and starts it unless the user
   * stopped it, in which case the result is undefined.
   */
  async demand(patienceMs = 10_000): Promise<Gateway | undefined> {
    if (this.#state.kind === 'stopped' && this.#state.byUser) return undefined
    if (this.#state.kind === 'reconnecting' && this.#state.because === 'gone') await this.#settled(patienceMs)
    return this.gateway ?? (await this.start())
  }

  /** Stops for good when the window closes. */
  async dispose(): Promise<void> {
    await this.stop(false)
    this.#states.clear()
    this.#events.clear()
  }

  async #start(): Promise<Gateway> {
    if (this.#gateway !== undefined) return this.#gateway
    this.#setState({ kind: 'starting' })
    try {
      const { startGateway } = await this.#options.loadGateway()
      const gateway = await startGateway({
        ...this.#options.gateway,
        settings: this.#options.settings(),
        log: this.#options.log,
      })
      this.#gateway = gateway
      this.#unsubscribe = [
        gateway.onEvent((event) => this.#events.emit(event)),
        gateway.onDidChangeState((state) => this.#follow(state)),
      ]
      this.#follow(gateway.state)
      return gateway
    } catch (error) {
      this.#options.log.error(`The gateway did not start: ${error instanceof Error ? error.message : String(error)}`)
      this.#setState({ kind: 'failed', error })
      throw error
    }
  }

  async #stop(byUser: boolean): Promise<void> {
    const gateway = this.#gateway
    this.#release()
    try {
      await gateway?.stop({ everywhere: byUser })
    } catch (error) {
      this.#options.log.error(`The gateway did not stop cleanly: ${String(error)}`)
    }
    this.#setState({ kind: 'stopped', byUser })
  }

  #release(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
    this.#gateway = undefined
  }

  #follow(state: GatewayState): void {
    if (state.kind === 'stopped') {
      this.#release()
      this.#setState({ kind: 'stopped', byUser: state.byUser ?? false })
    } else {
      this.#setState(state)
    }
  }

  #setState(state: SessionState): void {
    this.#state = state
    this.#options.log.info(describeState(state))
    this.#states.emit(state)
  }

  #settled(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const stop = this.onDidChangeState((state) => {
        if (state.kind !== 'reconnecting' || state.because === 'silent') done()
      })
      const timer = setTimeout(done, patienceMs)
    })
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

function describeState(state: SessionState): string {
  switch (state.kind) {
    case 'running':
      return `Gateway ${state.role === 'leader' ? 'running' : 'attached to another window'} at ${state.endpoint}`
    case 'stopped':
      return state.byUser ? 'Gateway stopped by the user' : 'Gateway stopped'
    default:
      return `Gateway ${state.kind}`
  }
}
