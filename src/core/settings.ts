// Everything the user may lay down about routing, in one immutable value. The engine reads it anew for each request, so a change
// applies at once; src/admin/routing-settings.ts holds the schema that checks what comes from outside.
import type { Price } from './cost.ts'
import type { Tier } from './model.ts'
import type { Alias, ReasoningMode, StrategyId } from './routing.ts'

/** Patterns of models are globs over public ids: `*` stands for any run of characters. The most specific one wins. */
export interface RoutingSettings {
  readonly aliases: readonly Alias[]
  readonly models: {
    /** Globs. Hidden models can be called but are not listed; blocked ones can't be called. */
    readonly hidden: readonly string[]
    readonly blocked: readonly string[]
    /** Public id to the name that lists show. */
    readonly names: Readonly<Record<string, string>>
  }
  readonly defaults: {
    /** Stands for `default` and for a request that names no model; empty means that there is none. */
    readonly model: string
    /** The default model of a gateway key, by its id, and of a workspace, by its name. */
    readonly perKey: Readonly<Record<string, string>>
    readonly perWorkspace: Readonly<Record<string, string>>
    /** Among several accounts that have the same model. */
    readonly accountStrategy: StrategyId
  }
  readonly affinity: {
    readonly enabled: boolean
    /** How long after its last request a conversation keeps its account. */
    readonly minutes: number
  }
  readonly systemPrompt: readonly SystemPromptRule[]
  readonly reasoning: readonly { readonly model: string; readonly rule: ReasoningMode }[]
  readonly limits: readonly LimitRule[]
  readonly queue: {
    /** How long a request may wait for a limit before the next target is tried. */
    readonly maxWaitMs: number
    /** Requests that may wait for one account at a time. */
    readonly maxLength: number
  }
  readonly timeouts: Timeouts & {
    readonly perModel: readonly (Partial<Timeouts> & { readonly model: string })[]
    /** After this long no further target is tried. */
    readonly deadlineMs: number
    /** Silence towards a streaming client after which it is told that the answer is still coming. 0 never. */
    readonly keepAliveMs: number
  }
  readonly retry: {
    /** Further tries at the same target after a burst limit or a short failure; 0 goes to the next target at once. */
    readonly attempts: number
    readonly baseMs: number
    /** A wait longer than this goes to the next target instead. */
    readonly maxMs: number
  }
  readonly breaker: {
    /** Failures in a row, within the window, that open it. 0 turns it off. */
    readonly failures: number
    readonly windowMs: number
    /** How long it stays open before one request may try. */
    readonly openMs: number
  }
  readonly budgets: readonly Budget[]
  readonly cache: {
    readonly exact: boolean
    readonly exactMinutes: number
    readonly semantic: boolean
    /** Public id of an embeddings model; the semantic tier needs one. */
    readonly embeddingModel: string
    /** Cosine similarity from which two prompts count as the same. */
    readonly threshold: number
    readonly maxMegabytes: number
    /** Concurrent identical requests share one upstream call. */
    readonly coalesce: boolean
  }
  readonly prices: readonly (Price & { readonly model: string })[]
  readonly network: {
    /** Proxy of all providers: '' is the editor's or the environment's, 'direct' none. Holds no user name or password. */
    readonly proxy: string
    /** By provider id: an address, or 'direct'. */
    readonly perProvider: Readonly<Record<string, string>>
  }
}

export interface SystemPromptRule {
  readonly position: 'prepend' | 'append'
  readonly text: string
  /** Applies to one gateway key or one workspace only; to all requests when both are absent. */
  readonly keyId?: string
  readonly workspace?: string
}

/** A limit of the user's own, on top of what vendors' headers teach. Absent numbers don't limit. */
export interface LimitRule {
  /** An account's id; absent means every account, each with a limit of its own. */
  readonly account?: string
  /** A glob over upstream model ids; absent means the account as a whole. */
  readonly model?: string
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly concurrent?: number
  /** Milliseconds between the starts of two requests. */
  readonly gapMs?: number
}

/** Milliseconds. */
export interface Timeouts {
  /** Until the first meaningful part of the answer. */
  readonly firstByteMs: number
  /** Without a single byte, once the answer has begun. */
  readonly idleMs: number
  /** From the start of one attempt to its end. */
  readonly totalMs: number
}

export interface Budget {
  readonly id: string
  readonly scope:
    | { readonly kind: 'all' }
    | { readonly kind: 'tier'; readonly tier: Tier }
    | { readonly kind: 'provider' | 'account' | 'key' | 'workspace'; readonly id: string }
  /** Calendar periods of local time; weeks begin on Monday. */
  readonly period: 'day' | 'week' | 'month'
  readonly usd: number
  /** Shares of the sum from which a person is warned, and from which cheaper tiers are taken. At 1 it stops. */
  readonly warnAt: number
  readonly rerouteAt: number
}

export const defaultRoutingSettings: RoutingSettings = {
  aliases: [],
  models: { hidden: [], blocked: [], names: {} },
  defaults: { model: '', perKey: {}, perWorkspace: {}, accountStrategy: 'ordered' },
  affinity: { enabled: true, minutes: 60 },
  systemPrompt: [],
  reasoning: [],
  limits: [],
  queue: { maxWaitMs: 10_000, maxLength: 100 },
  timeouts: {
    // Reasoning models may think for minutes before the first byte (rule 142).
    firstByteMs: 300_000,
    idleMs: 300_000,
    totalMs: 3_600_000,
    perModel: [],
    deadlineMs: 900_000,
    keepAliveMs: 15_000,
  },
  retry: { attempts: 1, baseMs: 400, maxMs: 2_000 },
  breaker: { failures: 5, windowMs: 60_000, openMs: 20_000 },
  budgets: [],
  cache: {
    exact: false,
    exactMinutes: 60,
    semantic: false,
    embeddingModel: '',
    threshold: 0.97,
    maxMegabytes: 64,
    coalesce: false,
  },
  prices: [],
  network: { proxy: '', perProvider: {} },
}
