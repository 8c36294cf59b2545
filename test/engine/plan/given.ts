// What the tests of the plan share: a repeatable chance, facts and standings of which only the telling ones are given, and trees.
import type { Clock, Random } from '../../../src/core/clock.ts'
import type { MemberOverrides, StrategyId } from '../../../src/core/routing.ts'
import { defaultRoutingSettings } from '../../../src/core/settings.ts'
import type { TraceStep } from '../../../src/core/trace.ts'
import type { Target } from '../../../src/engine/catalogue.ts'
import { type Plan, type PlanInput, planRequest } from '../../../src/engine/plan/plan.ts'
import { Turns } from '../../../src/engine/plan/turns.ts'
import type { RequestFacts } from '../../../src/engine/request-facts.ts'
import type { Choice, GroupChoice, ModelChoice } from '../../../src/engine/resolution.ts'
import type { BudgetStanding, QuotaStanding, Rest, Standing } from '../../../src/engine/standing.ts'

export const now = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A clock whose time is set by hand; nothing ever falls due. */
export function clockAt(time: number): Clock & { time: number } {
  return {
    time,
    now() {
      return this.time
    },
    after: () => () => undefined,
  }
}

/** mulberry32: the same numbers for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Facts of a small plain request; `asked` tells which of them were looked into. */
export function facts(more: Partial<RequestFacts> = {}): RequestFacts & { readonly asked: string[] } {
  const asked: string[] = []
  const noted = <T>(name: string, value: T): T => {
    asked.push(name)
    return value
  }
  return {
    bytes: 100,
    textBytes: () => noted('textBytes', more.bytes ?? 100),
    inputTokens: () => noted('inputTokens', 30),
    usesTools: () => noted('usesTools', false),
    hasImages: () => noted('hasImages', false),
    wantsSchema: () => noted('wantsSchema', false),
    maxOutputTokens: () => noted('maxOutputTokens', undefined),
    continues: () => undefined,
    conversation: () => noted('conversation', undefined),
    ...more,
    asked,
  }
}

/** How accounts stand, by id; who is not named is fine and unknown. */
export interface Standings {
  readonly rest?: Readonly<Record<string, Rest>>
  readonly breaker?: Readonly<Record<string, number>>
  readonly quota?: Readonly<Record<string, QuotaStanding>>
  readonly budget?: Readonly<Record<string, BudgetStanding>>
  readonly inFlight?: Readonly<Record<string, number>>
  readonly price?: Readonly<Record<string, number>>
  readonly firstByteMs?: Readonly<Record<string, number>>
}

export function standing(given: Standings = {}): Standing {
  return {
    rest: ({ account }) => given.rest?.[account.id],
    breaker: ({ account }) => {
      const until = given.breaker?.[account.id]
      return until === undefined ? undefined : { until }
    },
    quota: ({ account }) => given.quota?.[account.id],
    inFlight: ({ account }) => given.inFlight?.[account.id] ?? 0,
    recentUses: () => 0,
    firstByteMs: ({ account }) => given.firstByteMs?.[account.id],
    price: ({ account }) => given.price?.[account.id],
    budget: ({ account }) => given.budget?.[account.id],
  }
}

export function modelOf(
  targets: readonly Target[],
  more: { weight?: number; overrides?: MemberOverrides } = {},
): ModelChoice {
  return { kind: 'model', publicId: targets[0]?.publicId ?? 'none', targets, weight: 1, ...more }
}

export function groupOf(
  name: string,
  strategy: StrategyId,
  choices: readonly Choice[],
  more: { weight?: number; overrides?: MemberOverrides } = {},
): GroupChoice {
  return { kind: 'group', name, strategy, choices, weight: 1, ...more }
}

/** A plan of the root, or of targets that stand for one model. */
export function plan(root: Choice | readonly Target[], more: Partial<PlanInput> & Standings = {}): Plan {
  return planRequest({
    resolution: { asked: 'x', root: 'kind' in root ? root : modelOf(root), steps: [] },
    facts: facts(),
    clientWire: 'openai-chat',
    standing: standing(more),
    settings: defaultRoutingSettings,
    origin: {},
    hasCredential: () => true,
    turns: new Turns(),
    now,
    random: seededRandom(1),
    ...more,
  })
}

/** Accounts in the order of trying. */
export function order({ candidates }: Plan): string[] {
  return candidates.map((candidate) => candidate.target.account.id)
}

export function reasons(steps: readonly TraceStep[]): string[] {
  return steps.map((step) => (step.kind === 'skipped' || step.kind === 'decided' ? step.reason : step.kind))
}

export function codes({ skipped }: Plan): Record<string, string | undefined> {
  return Object.fromEntries(
    skipped.map((step) => (step.kind === 'skipped' ? [step.account, step.code] : ['?', step.kind])),
  )
}
