// One HTTP call to an upstream, fed into a relay. Knows sockets, statuses and time-outs; nothing of what the bytes mean.
import type { Dispatcher } from 'undici'
import { type GatewayError, toGatewayError } from '../core/errors.ts'
import { lateness, networkFailure } from './network-failure.ts'
import type { Cancellation } from './ports.ts'
import { type CallTimeouts, CallWatch, type Expiry, systemWatchdog, type Watchdog, type Watched } from './watchdog.ts'

export type HeaderMap = Readonly<Record<string, string | string[] | undefined>>

export interface UpstreamCall {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/**
 * Takes the answer of one call. Any method may throw a `GatewayError`, which ends the call. Objects made for every request
 * have methods, no accessors: a literal with accessors gets a hidden class of its own each time, which then lives for long.
 */
export interface Relay {
  /** Only for 2xx answers. */
  start(headers: HeaderMap, flow: Flow): void
  data(chunk: Buffer): void
  end(): void
  /**
   * Whether the upstream has shown anything of its answer; what only keeps the line warm is nothing. Asked now and then for the
   * time-outs. Without it any byte counts.
   */
  hasBegun?(): boolean
}

/** How a relay governs the upstream between calls of its own. */
export interface Flow {
  pause(): void
  /** Bound: may be handed on as a listener. */
  readonly resume: () => void
  /** Ends the call with a failure that the relay met outside of a call. */
  fail(thrown: unknown): void
}

/** A refusal of the upstream: any answer that is not 2xx. */
export interface Refusal {
  readonly status: number
  readonly headers: HeaderMap
  readonly body: string
}

export type CallOutcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The connection failed, or the relay threw. */
  | { readonly kind: 'failed'; readonly error: GatewayError }
  | { readonly kind: 'aborted' }

/** More of an error page than this is never needed. */
const refusalLimit = 256 * 1024

/** Milliseconds without a byte after which an error page is taken as it is: its status says enough. */
const refusalIdle = 10_000

// undici's own time-outs are off: they take its comments and pings for an answer, and can't be given a clock.
const noTimeouts = { headersTimeout: 0, bodyTimeout: 0 }

/** Runs one call to its end. Never rejects. Aborting the signal destroys the connection at once. */
export function callUpstream(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  call: UpstreamCall,
  timeouts: CallTimeouts,
  relay: Relay,
  signal: Cancellation,
  watchdog: Watchdog = systemWatchdog,
): Promise<CallOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'aborted' })
      return
    }
    const running = new RunningCall(call.origin, relay, signal, resolve, timeouts, watchdog)
    try {
      dispatcher.dispatch(
        {
          origin: call.origin,
          path: call.path,
          method: 'POST',
          headers: call.headers,
          body: call.body,
          ...noTimeouts,
        },
        running,
      )
    } catch (error) {
      running.fail(networkFailure(error, call.origin))
    }
  })
}

/** The state of one call between undici, which calls the `on…` methods, and the relay. */
class RunningCall implements Dispatcher.DispatchHandler, Flow, Watched {
  readonly #origin: string
  readonly #relay: Relay
  readonly #signal: Cancellation
  readonly #resolve: (outcome: CallOutcome) => void
  readonly #onAbort = (): void => this.#left()
  #controller: Dispatcher.DispatchController | undefined
  #refusal:
    | { readonly status: number; readonly headers: HeaderMap; readonly chunks: Buffer[]; size: number }
    | undefined
  #settled = false
  #gotBytes = false
  #paused = false
  readonly #watch: CallWatch

  constructor(
    origin: string,
    relay: Relay,
    signal: Cancellation,
    resolve: (outcome: CallOutcome) => void,
    timeouts: CallTimeouts,
    watchdog: Watchdog,
  ) {
    this.#origin = origin
    this.#relay = relay
    this.#signal = signal
    this.#resolve = resolve
    this.#watch = new CallWatch(watchdog, timeouts, this)
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  readonly resume = (): void => {
    this.#paused = false
    this.#watch.alive()
    this.#controller?.resume()
  }

  pause(): void {
    this.#paused = true
    this.#controller?.pause()
  }

  hasBegun(): boolean {
    return this.#refusal !== undefined || (this.#relay.hasBegun ? this.#relay.hasBegun() : this.#gotBytes)
  }

  isPaused(): boolean {
    return this.#paused
  }

  expired(expiry: Expiry): void {
    if (this.#refusal) {
      this.#settleRefused(this.#refusal)
      this.#controller?.abort(new Error('the error page took too long'))
    } else this.fail(lateness(expiry, this.#origin, this.#controller !== undefined))
  }

  fail(thrown: unknown): void {
    const error = toGatewayError(thrown)
    this.#settle({ kind: 'failed', error })
    this.#controller?.abort(error)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('the caller left'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HeaderMap): void {
    if (status < 200) return
    if (status >= 300) {
      this.#refusal = { status, headers, chunks: [], size: 0 }
      this.#watch.limitIdle(refusalIdle)
      return
    }
    try {
      this.#relay.start(headers, this)
    } catch (error) {
      this.fail(error)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    this.#gotBytes = true
    this.#watch.alive()
    const refusal = this.#refusal
    if (refusal) {
      refusal.size += chunk.length
      if (refusal.size <= refusalLimit) refusal.chunks.push(chunk)
      return
    }
    try {
      this.#relay.data(chunk)
    } catch (error) {
      this.fail(error)
    }
  }

  onResponseEnd(): void {
    if (this.#settled) return
    if (this.#refusal) {
      this.#settleRefused(this.#refusal)
      return
    }
    try {
      this.#relay.end()
      this.#settle({ kind: 'ended' })
    } catch (error) {
      this.fail(error)
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#refusal) this.#settleRefused(this.#refusal)
    else this.#settle({ kind: 'failed', error: networkFailure(error, this.#origin) })
  }

  /** A refusal counts even when its page broke off: the status says enough. */
  #settleRefused({ status, headers, chunks }: { status: number; headers: HeaderMap; chunks: Buffer[] }): void {
    this.#settle({ kind: 'refused', refusal: { status, headers, body: Buffer.concat(chunks).toString('utf8') } })
  }

  #left(): void {
    this.#settle({ kind: 'aborted' })
    this.#controller?.abort(new Error('the caller left'))
  }

  #settle(outcome: CallOutcome): void {
    if (this.#settled) return
    this.#settled = true
    this.#watch.end()
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#resolve(outcome)
  }
}
