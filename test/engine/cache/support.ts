// What tests of the caches share: a client that reads at a pace of its own, a clock that is turned by hand, a request.

import type { Clock } from '../../../src/core/clock.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../../src/core/settings.ts'
import { OwnCancellation } from '../../../src/engine/cache/cancellation.ts'
import type { CacheRequest } from '../../../src/engine/cache/request.ts'
import type { ResponseSink } from '../../../src/engine/ports.ts'

/** A client. `stalls` says for each write in turn whether it then asks to wait; when the list is used up it never does. */
export class TestClient implements ResponseSink {
  readonly signal = new OwnCancellation()
  status = 0
  headers: Readonly<Record<string, string>> = {}
  readonly pieces: Buffer[] = []
  ended = false
  /** Writes that came although the client had asked to wait. */
  overruns = 0
  waiting = false
  readonly #stalls: boolean[]
  #resume: (() => void)[] = []

  constructor(stalls: readonly boolean[] = []) {
    this.#stalls = [...stalls]
  }

  get closed(): boolean {
    return this.signal.aborted || this.ended
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }

  get text(): string {
    return this.bytes.toString('utf8')
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.status !== 0) throw new Error('a second head')
    this.status = status
    this.headers = headers
  }

  write(chunk: Buffer | string): boolean {
    if (this.status === 0 || this.ended) throw new Error('written before the head or after the end')
    if (this.waiting) this.overruns++
    this.pieces.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk))
    this.waiting = this.#stalls.shift() ?? false
    return !this.waiting
  }

  onDrain(listener: () => void): void {
    this.#resume.push(listener)
  }

  end(chunk?: Buffer | string): void {
    if (this.ended) throw new Error('ended twice')
    if (this.status === 0) throw new Error('ended without a head')
    if (chunk !== undefined) this.pieces.push(Buffer.from(chunk))
    this.ended = true
  }

  /** Reads what was sent, so that more may come. */
  drain(): void {
    this.waiting = false
    const listeners = this.#resume
    this.#resume = []
    for (const listener of listeners) listener()
  }

  /** Reads until nothing more comes. */
  drainAll(): void {
    for (let count = 0; this.waiting && count < 10_000; count++) this.drain()
  }

  leave(): void {
    this.signal.abort()
  }
}

export class ManualClock implements Clock {
  #now = 1_000_000
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  advance(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    for (const { callback } of due) callback()
  }

  timers(): number {
    return this.#timers.length
  }
}

export type CacheSettings = RoutingSettings['cache']

export function cacheSettings(change: Partial<CacheSettings> = {}): CacheSettings {
  return { ...defaultRoutingSettings.cache, ...change }
}

export function cacheRequest(body: unknown, change: Partial<CacheRequest> = {}): CacheRequest {
  return {
    id: 'request-1',
    wire: 'openai-chat',
    isReply: true,
    operation: '/chat/completions',
    modelAsked: 'groq/llama',
    resolved: 'groq/llama',
    shaping: undefined,
    headers: {},
    keyId: 'key-1',
    workspace: undefined,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    lastWords: (error) => `data: ${error.code}\n\n`,
    ...change,
  }
}

/** Lets everything that was promised happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
