// Time-outs of upstream calls by our own clock. All calls share one timer; a chunk costs one reading of the clock. What counts as
// the beginning of an answer the relay says: an upstream that only keeps the line warm has not begun.
import { type Clock, systemClock } from '../core/clock.ts'
import { mostSpecific } from '../core/glob.ts'
import type { RoutingSettings } from '../core/settings.ts'
import type { UpstreamTimeouts } from './ports.ts'
import { Ticker, type Ticking } from './ticker.ts'

/** Milliseconds. */
export interface CallTimeouts extends UpstreamTimeouts {
  /** From the start of the call to its end; absent means no limit. */
  readonly total?: number
}

/** Which limit a call has run into. */
export type Expiry = 'first-byte' | 'idle' | 'total'

/** What the watchdog may ask of a call, and what it tells it. */
export interface Watched {
  /** Whether the upstream has shown anything of its answer. */
  hasBegun(): boolean
  /** While the client doesn't read, the upstream isn't asked for anything and can't be late. */
  isPaused(): boolean
  expired(expiry: Expiry): void
}

/** One timer for all upstream calls. */
export type Watchdog = Ticker

export function createWatchdog(clock: Clock): Watchdog {
  return new Ticker(clock)
}

/** For calls outside of a gateway. */
export const systemWatchdog = createWatchdog(systemClock)

/** The watch over one call. */
export class CallWatch implements Ticking {
  place = -1
  readonly #watchdog: Watchdog
  readonly #timeouts: CallTimeouts
  readonly #call: Watched
  readonly #startedAt: number
  #lastByteAt: number
  #idle: number

  constructor(watchdog: Watchdog, timeouts: CallTimeouts, call: Watched) {
    this.#watchdog = watchdog
    this.#timeouts = timeouts
    this.#call = call
    this.#startedAt = watchdog.clock.now()
    this.#lastByteAt = this.#startedAt
    this.#idle = timeouts.idle
    watchdog.add(
      this,
      this.#startedAt + Math.min(timeouts.firstByte, timeouts.idle, timeouts.total ?? Number.POSITIVE_INFINITY),
    )
  }

  /** A byte came, or the upstream is being asked for bytes again. */
  alive(): void {
    this.#lastByteAt = this.#watchdog.clock.now()
  }

  /** From here on silence is borne for no longer than this. */
  limitIdle(ms: number): void {
    this.#idle = Math.min(this.#idle, ms)
    this.alive()
    this.#watchdog.add(this, this.#lastByteAt + this.#idle)
  }

  end(): void {
    this.#watchdog.remove(this)
  }

  tick(now: number): number | undefined {
    const { firstByte, total = Number.POSITIVE_INFINITY } = this.#timeouts
    const idle = this.#idle
    const end = this.#startedAt + total
    if (now >= end) return this.#expire('total')
    // Whatever begins after this instant can't have been idle for long before that one.
    let due = now + idle
    if (!this.#call.hasBegun()) {
      const begin = this.#startedAt + firstByte
      if (now >= begin) return this.#expire('first-byte')
      due = Math.min(due, begin)
    } else if (!this.#call.isPaused()) {
      due = this.#lastByteAt + idle
      if (now >= due) return this.#expire('idle')
    }
    return Math.min(due, end)
  }

  #expire(expiry: Expiry): undefined {
    this.#call.expired(expiry)
  }
}

const known = new WeakMap<RoutingSettings['timeouts'], Map<string, CallTimeouts>>()

/** The limits for a model by its public id: the most specific pattern wins, and what it leaves out is the general value. */
export function timeoutsFor({ timeouts }: RoutingSettings, publicId: string): CallTimeouts {
  const models = known.get(timeouts) ?? new Map<string, CallTimeouts>()
  // Without patterns all models have the same limits.
  const name = timeouts.perModel.length === 0 ? '' : publicId
  const found = models.get(name)
  if (found) return found
  const own = mostSpecific(timeouts.perModel, publicId)
  const made: CallTimeouts = {
    firstByte: own?.firstByteMs ?? timeouts.firstByteMs,
    idle: own?.idleMs ?? timeouts.idleMs,
    total: own?.totalMs ?? timeouts.totalMs,
  }
  known.set(timeouts, models.set(name, made))
  return made
}
