// Puts the engine together, once per gateway: what it is given from outside, and what it keeps from request to request.
import { createBreaker } from './attempt/breaker.ts'
import { createAttempt } from './attempt/compose.ts'
import { createLimiter } from './attempt/limiter.ts'
import { createRefresh } from './attempt/refresh.ts'
import { createRetry } from './attempt/retry.ts'
import { createBudgets } from './budgets.ts'
import { createCaches } from './cache/caches.ts'
import { createEmbeddings } from './cache/embeddings.ts'
import type { ChainResult } from './chain.ts'
import { embeddingCall, embeddingTarget } from './embedding-target.ts'
import { createHealth } from './health.ts'
import { Load } from './load.ts'
import { createObserve } from './observe.ts'
import { createAffinity } from './plan/affinity.ts'
import { Turns } from './plan/turns.ts'
import type { EngineInput, EnginePorts, ServedNote } from './ports.ts'
import { createPrices } from './prices/prices.ts'
import { createQuotaBook } from './quota/quota-book.ts'
import { createReasoningStore } from './reasoning-store.ts'
import { createResponseBook } from './response-book.ts'
import type { Standing } from './standing.ts'
import { createWaitingRoom } from './waiting-sink.ts'
import { createWatchdog } from './watchdog.ts'

export function createEngine(input: EngineInput): EnginePorts {
  const { clock, random, settings } = input
  const health = createHealth(input.onHealth, random)
  const load = new Load(clock)
  const quotas = createQuotaBook(clock)
  const limiter = createLimiter({ clock, settings })
  const breaker = createBreaker(clock, settings)
  const prices = createPrices({ settings, load: input.loadPrices, now: clock.now, log: input.log })
  const budgets = createBudgets({ clock, settings, prices, spent: input.spent, onEvent: input.onBudget })
  const watchdog = createWatchdog(clock)

  const standing: Standing = {
    rest: ({ account, model }, now) => health.restOf(account, model.id, now),
    breaker(target, now) {
      const until = breaker.until(target, now)
      return until === undefined ? undefined : { until }
    },
    quota: quotas.standing,
    inFlight: (target) => load.inFlight(target),
    recentUses: (target, now) => load.recentUses(target, now),
    firstByteMs: (target) => load.firstByteMs(target),
    price: prices.blended,
    budget: budgets.standing,
  }

  const ports: EnginePorts = {
    ...input,
    now: clock.now,
    health,
    reasoning: createReasoningStore(),
    responses: createResponseBook(),
    standing,
    affinity: createAffinity(clock),
    turns: new Turns(),
    load,
    quotas,
    budgets,
    prices,
    limiter,
    breaker,
    attempt: createAttempt({
      retry: createRetry({ clock, random, settings }),
      refresh: createRefresh(clock, input.refresh),
      limiter: limiter.wrapper,
      breaker: breaker.wrapper,
    }),
    observe: createObserve({ health, load, quotas, limiter, onHealth: input.onHealth }),
    watchdog,
    waitingRoom: createWaitingRoom(clock),
    caches: createCaches<ChainResult, ServedNote>({
      clock,
      settings: () => settings().cache,
      embed: createEmbeddings({
        target: () => embeddingTarget(ports),
        call: (...call) => embeddingCall(ports, ...call),
      }),
      log: input.log,
      noteOf: ({ served, error, usage }) => (served && !error ? { served, usage } : undefined),
    }),
  }
  return ports
}
