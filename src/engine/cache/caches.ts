// All caches around the chain of one request: idempotency outermost, then the exact tier, calls in flight, the semantic tier, and at
// last the run itself, recorded. When none of them has anything to do, the run is called as if they were not there.
import type { Clock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Log } from '../../core/log.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { Cancellation, ResponseSink } from '../ports.ts'
import type { HeaderMap } from '../upstream.ts'
import { headersFor, markMiss } from './answer-headers.ts'
import { Coalescer, type Run, type SharedRun } from './coalesce.ts'
import { ExactCache, type ExactStatistics, type KeptAnswer } from './exact.ts'
import { Idempotency, idempotencyHeader } from './idempotency.ts'
import { cacheKey, keyWithoutText, requestDigest } from './key.ts'
import { lastUserText } from './last-user-text.ts'
import type { Recording } from './recording.ts'
import { RecordingSink } from './recording-sink.ts'
import { replay } from './replay.ts'
import { Replayed } from './replayed.ts'
import { type CacheRequest, cacheModeOf, headerOf, readBodyOf, scopeOf } from './request.ts'
import { type Embed, SemanticCache } from './semantic.ts'
import type { SubscriberInput } from './subscriber.ts'
import { isWorthKeeping } from './worth.ts'

/** `R` is what the caller's run results in, `N` what later requests' records should know of it. */
export interface CachesOptions<R, N> {
  readonly clock: Clock
  readonly settings: () => RoutingSettings['cache']
  readonly embed: Embed
  readonly log: Log
  /** The note of a complete success; undefined for everything else, which is then not kept. */
  readonly noteOf: (result: R) => N | undefined
}

export interface CacheStatistics extends ExactStatistics {
  readonly semanticHits: number
  readonly semanticEntries: number
  /** Requests that shared the call of another, and calls that can be shared now. */
  readonly shared: number
  readonly running: number
  readonly idempotentBytes: number
}

type Outcome<R, N> = R | Replayed<R, N>

/** What the semantic tier knows of a request that it found nothing for. */
interface Meaning {
  readonly group: string
  readonly vector: Float32Array
}

export class Caches<R, N> {
  readonly #options: CachesOptions<R, N>
  readonly #exact: ExactCache<N>
  readonly #semantic: SemanticCache
  readonly #coalescer = new Coalescer<R>()
  readonly #idempotency: Idempotency<Outcome<R, N>, R, N>

  constructor(options: CachesOptions<R, N>) {
    this.#options = options
    this.#exact = new ExactCache(options)
    this.#semantic = new SemanticCache(options)
    this.#idempotency = new Idempotency({
      clock: options.clock,
      noteOf: (outcome) => (outcome instanceof Replayed ? noteOfReplayed(outcome) : options.noteOf(outcome)),
      resultOf: (outcome) => (outcome instanceof Replayed ? outcome.result : outcome),
    })
  }

  /**
   * Answers the request from a cache, or runs it. Settles as the run does; rejects with `invalid_request` when an
   * `Idempotency-Key` is misused, and with the failure of a shared call when nothing was sent to this client.
   */
  around(
    headers: HeaderMap,
    describe: () => CacheRequest,
    sink: ResponseSink,
    signal: Cancellation,
    run: Run<R>,
  ): Promise<Outcome<R, N>> {
    const { exact, semantic, coalesce } = this.#options.settings()
    if (!exact && !semantic && !coalesce && headers[idempotencyHeader] === undefined) {
      this.apply()
      return run(sink, signal)
    }
    return this.#around(describe, sink, signal, run)
  }

  statistics(): CacheStatistics {
    this.apply()
    return {
      ...this.#exact.statistics(),
      semanticHits: this.#semantic.hits(),
      semanticEntries: this.#semantic.entries(),
      shared: this.#coalescer.shared(),
      running: this.#coalescer.running(),
      idempotentBytes: this.#idempotency.bytes(),
    }
  }

  /** To be called when settings have changed: what was turned off is emptied, what is too large shrinks. */
  apply(): void {
    this.#exact.apply()
    if (!this.#options.settings().semantic && this.#semantic.entries() > 0) this.#semantic.clear()
  }

  /** Forgets every answer. `Idempotency-Key`s stay: to forget those would repeat what must not be repeated. */
  clear(): void {
    this.#exact.clear()
    this.#semantic.clear()
  }

  /** Forgets all that was kept for a gateway key, e.g. because it was revoked. */
  clearKey(keyId: string): void {
    const scope = scopeOf({ keyId })
    this.#exact.clearScope(scope)
    this.#semantic.clearScope(scope)
    this.#idempotency.clearScope(scope)
  }

  async #around(
    describe: () => CacheRequest,
    sink: ResponseSink,
    signal: Cancellation,
    run: Run<R>,
  ): Promise<Outcome<R, N>> {
    const request = describedOf(describe)
    const body = request?.isReply ? readBodyOf(request) : undefined
    if (request === undefined || body === undefined) return await run(sink, signal)
    const key = headerOf(request.headers, idempotencyHeader)
    const digest = key === undefined ? undefined : requestDigest(request, body)
    if (key === undefined || digest === undefined) return await this.#cached(request, body, sink, signal, run)
    return await this.#idempotency.around(
      { key, digest, scope: scopeOf(request), requestId: request.id },
      { sink, signal, change: unchanged, lastWords: request.lastWords },
      (sink, signal) => this.#cached(request, body, sink, signal, run),
    )
  }

  async #cached(
    request: CacheRequest,
    body: JsonObject,
    sink: ResponseSink,
    signal: Cancellation,
    run: Run<R>,
  ): Promise<Outcome<R, N>> {
    const mode = cacheModeOf(request.headers)
    const { exact, semantic, coalesce } = this.#options.settings()
    const wanted = exact || semantic || (coalesce && mode === 'use')
    const key = mode === 'bypass' || !wanted ? undefined : cacheKey(request, body)
    if (key === undefined) return await run(sink, signal)
    if (mode === 'refresh') return await this.#recorded(request, key, undefined, sink, signal, run)

    if (exact || semantic) {
      const kept = this.#exact.get(key)
      if (kept) return await this.#replay(request, kept, undefined, sink, signal)
    }
    const running = coalesce ? this.#coalescer.find(key) : undefined
    if (running) return await this.#join(request, running, sink, signal)
    const meaning = semantic ? await this.#meaningOf(request, body, signal) : undefined
    if (meaning) {
      const match = this.#semantic.find(meaning.group, meaning.vector, (key) => this.#exact.find(key) !== undefined)
      const kept = match && this.#exact.find(match.key)
      if (kept) return await this.#replay(request, kept, match.similarity, sink, signal)
    }
    // The same request may have been answered, or have set out, while the embedding was awaited.
    const answered = semantic ? this.#exact.find(key) : undefined
    if (answered) return await this.#replay(request, answered, undefined, sink, signal)
    if (!coalesce) return await this.#recorded(request, key, meaning, sink, signal, run)
    const since = semantic ? this.#coalescer.find(key) : undefined
    if (since) return await this.#join(request, since, sink, signal)
    return await this.#coalescer.lead(
      key,
      { sink, signal, change: markMiss, lastWords: request.lastWords },
      run,
      (answer, result) => this.#keep(request, key, meaning, result, () => answer.recording()),
    )
  }

  async #recorded(
    request: CacheRequest,
    key: string,
    meaning: Meaning | undefined,
    sink: ResponseSink,
    signal: Cancellation,
    run: Run<R>,
  ): Promise<R> {
    const recorder = new RecordingSink(sink, this.#exact.largestAnswer())
    const result = await run(recorder, signal)
    this.#keep(request, key, meaning, result, () => recorder.recording())
    return result
  }

  #keep(
    request: CacheRequest,
    key: string,
    meaning: Meaning | undefined,
    result: R,
    recordingOf: () => Recording | undefined,
  ): void {
    const { exact, semantic } = this.#options.settings()
    if (!exact && !semantic) return
    const note = this.#options.noteOf(result)
    const recording = note === undefined ? undefined : recordingOf()
    if (note === undefined || !recording || !isWorthKeeping(request.wire, recording)) return
    const scope = scopeOf(request)
    if (!this.#exact.put(key, { recording, note, scope })) return
    if (semantic && meaning) this.#semantic.put(meaning.group, scope, key, meaning.vector)
  }

  async #meaningOf(request: CacheRequest, body: JsonObject, signal: Cancellation): Promise<Meaning | undefined> {
    if (this.#options.settings().embeddingModel === '') return undefined
    const found = lastUserText(request.wire, body)
    const group = found && keyWithoutText(request, found.rest)
    const vector = group === undefined ? undefined : await this.#semantic.vectorOf(found?.text ?? '', signal)
    return group === undefined || vector === undefined ? undefined : { group, vector }
  }

  async #replay(
    request: CacheRequest,
    { recording, note, storedAt }: KeptAnswer<N>,
    similarity: number | undefined,
    sink: ResponseSink,
    signal: Cancellation,
  ): Promise<Replayed<R, N>> {
    const change = headersFor({
      requestId: request.id,
      mark: similarity === undefined ? 'hit' : 'semantic',
      ageMs: this.#options.clock.now() - storedAt,
      length: recording.bytes.length,
      ...(similarity === undefined ? {} : { similarity }),
    })
    const delivery = (await replay(recording, change, sink, signal)) ? 'whole' : 'left'
    return similarity === undefined
      ? new Replayed({ how: 'exact', delivery, note })
      : new Replayed({ how: 'semantic', delivery, note, similarity })
  }

  async #join(
    request: CacheRequest,
    running: SharedRun<R>,
    sink: ResponseSink,
    signal: Cancellation,
  ): Promise<Replayed<R, N>> {
    const input: SubscriberInput = {
      sink,
      signal,
      change: headersFor({ requestId: request.id, mark: 'shared' }),
      lastWords: request.lastWords,
    }
    const { delivery, outcome } = await this.#coalescer.join(running, input)
    if (outcome === undefined) return new Replayed({ how: 'shared', delivery })
    return new Replayed({ how: 'shared', delivery, result: outcome, note: this.#options.noteOf(outcome) })
  }
}

export function createCaches<R, N>(options: CachesOptions<R, N>): Caches<R, N> {
  return new Caches(options)
}

/** A name that stands for nothing can't be described: the chain says so in words. */
function describedOf(describe: () => CacheRequest): CacheRequest | undefined {
  try {
    return describe()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined
    throw thrown
  }
}

/** An answer that not even the request it was meant for got to its end is none to keep. */
function noteOfReplayed<R, N>({ delivery, note }: Replayed<R, N>): N | undefined {
  return delivery === 'whole' ? note : undefined
}

function unchanged(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers }
}
