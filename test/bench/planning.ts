// How long a plan takes with 50 accounts that have 200 models each: for one model, for a route over all accounts, and for a combo of
// everything there is. Runs in this process; the other figures of the bench show what of it is left in a request.
import type { Account } from '../../src/core/account.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { StrategyId } from '../../src/core/routing.ts'
import { defaultRoutingSettings } from '../../src/core/settings.ts'
import type { Target as ModelTarget } from '../../src/engine/catalogue.ts'
import { Load } from '../../src/engine/load.ts'
import { createRequestFacts } from '../../src/engine/plan/facts.ts'
import { planRequest } from '../../src/engine/plan/plan.ts'
import { Turns } from '../../src/engine/plan/turns.ts'
import type { Choice } from '../../src/engine/resolution.ts'
import type { Rest, Standing } from '../../src/engine/standing.ts'
import { providers } from '../../src/providers/registry.generated.ts'
import { type Figure, figure, percentile } from './figures.ts'

const accountCount = 50
const modelCount = 200
const mostMicroseconds = 100
const now = Date.now()

export function planning(quick: boolean): Figure[] {
  const targets = allTargets()
  const first = targets[0] ?? []
  const standing = standingOf(targets)
  const everything = group('combo', 'ordered', targets.map(model))
  const cases: readonly (readonly [string, Choice, StrategyId, judged: boolean])[] = [
    ['one model of 50 accounts, ordered', model(first), 'ordered', true],
    ['one model of 50 accounts, round-robin', model(first), 'round-robin', true],
    ['one model of 50 accounts, fastest', model(first), 'fastest', true],
    [
      'route over 50 accounts, use-before-reset',
      group('auto', 'ordered', [
        group(
          'tier',
          'use-before-reset',
          first.map((one) => model([one])),
        ),
      ]),
      'ordered',
      true,
    ],
    [
      'combo of 200 models, power-of-two',
      group(
        'combo',
        'power-of-two',
        targets.map((some) => model(some.slice(0, 1))),
      ),
      'ordered',
      false,
    ],
    ['combo of all 10,000 targets', everything, 'ordered', false],
  ]
  return cases.map(([name, root, accountStrategy, judged]) => {
    const target = judged ? ({ compare: 'value', bound: 'at most', limit: mostMicroseconds } as const) : undefined
    const repeat = root === everything ? 20 : quick ? 2_000 : 20_000
    const microseconds = timesOf(root, accountStrategy, standing, repeat)
    return figure(`planning: ${name}`, 'p50', 'µs', [[Number.NaN, percentile(microseconds, 0.5)]], target)
  })
}

function timesOf(root: Choice, accountStrategy: StrategyId, standing: Standing, repeat: number): number[] {
  const settings = {
    ...defaultRoutingSettings,
    defaults: { ...defaultRoutingSettings.defaults, accountStrategy },
  }
  const body = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(50_000) }] }))
  const turns = new Turns()
  const times: number[] = []
  // The first half is for the compiler.
  for (let round = 0; round < 2 * repeat; round += 1) {
    const begin = process.hrtime.bigint()
    const facts = createRequestFacts({
      wire: 'openai-chat',
      headers: { session_id: 'bench' },
      bytes: () => body,
      canonical: () => {
        throw new Error('was read')
      },
    })
    const plan = planRequest({
      resolution: { asked: 'm', root, steps: [] },
      facts,
      clientWire: 'openai-chat',
      standing,
      settings,
      origin: {},
      hasCredential: () => true,
      pinned: () => (facts.conversation() === undefined ? undefined : { account: 'gone', model: 'm' }),
      turns,
      now,
      random: Math.random,
    })
    // As a request that the first one serves: who comes next is looked up too.
    const candidates = [plan.at(0), plan.at(1)]
    const took = Number(process.hrtime.bigint() - begin) / 1_000
    if (candidates.includes(undefined)) throw new Error('The bench planned nothing.')
    if (round >= repeat) times.push(took)
  }
  return times
}

function model(targets: readonly ModelTarget[]): Choice {
  return { kind: 'model', publicId: targets[0]?.publicId ?? '', targets, weight: 1 }
}

function group(name: string, strategy: StrategyId, choices: readonly Choice[]): Choice {
  return { kind: 'group', name, strategy, choices, weight: 1 }
}

/** By model, each with all accounts. */
function allTargets(): ModelTarget[][] {
  const provider = providers.find(({ id }) => id === 'groq')
  if (!provider) throw new Error('The bench needs a provider.')
  const accounts = Array.from({ length: accountCount }, (_, index): Account => {
    const id = `account-${index}`
    return {
      id,
      provider: provider.id,
      label: id,
      prefix: 'groq',
      tier: 'api-key',
      enabled: true,
      headers: {},
      order: index,
      createdAt: 0,
    }
  })
  return Array.from({ length: modelCount }, (_, index) => {
    const info = {
      id: `vendor/model-${index}`,
      limits: { contextWindow: 128_000, maxOutput: 8_192 },
      capabilities: { tools: true, vision: index % 2 === 0 },
    }
    return accounts.map((account) => ({ account, provider, model: info, publicId: `groq/${info.id}` }))
  })
}

/** A tenth rests, half have quotas, all have been used. */
function standingOf(targets: readonly (readonly ModelTarget[])[]): Standing {
  const load = new Load(systemClock, accountCount * modelCount + 1)
  const rests = new Map<string, Map<string, Rest>>()
  const resets = new Map<string, number>()
  targets.forEach((some, index) => {
    some.forEach((target, account) => {
      load.begin(target)
      load.sawFirstByte(target, 100 + ((index * 7 + account * 13) % 400))
      if (account % 2 === 0) resets.set(target.account.id, now + 1_000 * (account + 1))
      if (account % 10 !== 3) return
      const own = rests.get(target.account.id) ?? new Map<string, Rest>()
      own.set(target.model.id, { code: 'rate_limited', until: now + 60_000, named: true, at: now })
      rests.set(target.account.id, own)
    })
  })
  return {
    rest: ({ account, model: { id } }) => rests.get(account.id)?.get(id),
    breaker: () => undefined,
    quota({ account }) {
      const resetsAt = resets.get(account.id)
      return resetsAt === undefined ? undefined : { window: 'day', remaining: 0.5, resetsAt, source: 'header', at: now }
    },
    inFlight: (target) => load.inFlight(target),
    recentUses: (target, at) => load.recentUses(target, at),
    firstByteMs: (target) => load.firstByteMs(target),
    price: () => undefined,
    budget: () => undefined,
  }
}
