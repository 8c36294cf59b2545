// The twenty accounts of the simulated world, the routes over them, and what the user has set.
import type { MethodInput } from '../../src/admin/contract.ts'
import type { Tier } from '../../src/core/model.ts'
import type { LimitRule } from '../../src/core/settings.ts'
import type { WireId } from '../../src/core/wire-format.ts'
import { dialects } from '../server/dialects.ts'
import type { HintStyle } from './hints.ts'
import type { MeterRule } from './meter.ts'
import type { UpstreamSpec } from './troubles.ts'

const second = 1_000
const minute = 60 * second
export const hour = 60 * minute

const perMinute = (limit: number, perModel = false): MeterRule => ({
  unit: 'requests',
  limit,
  lengthMs: minute,
  fixed: true,
  perModel,
})
const fiveHours = (limit: number): MeterRule => ({
  unit: 'requests',
  limit,
  lengthMs: 5 * hour,
  fixed: false,
  perModel: false,
})
const daily = (limit: number): MeterRule => ({
  unit: 'requests',
  limit,
  lengthMs: 24 * hour,
  fixed: true,
  perModel: false,
})
const tokensPerMinute = (limit: number): MeterRule => ({
  unit: 'tokens',
  limit,
  lengthMs: minute,
  fixed: true,
  perModel: false,
})

interface Traits {
  readonly tier: Tier
  readonly prefix: string
  readonly models: readonly string[]
  readonly style: HintStyle
  readonly meters?: readonly MeterRule[]
  readonly skewMs?: number
  readonly isSmall?: boolean
}

function account(id: string, wire: WireId, traits: Traits): UpstreamSpec {
  const dialect = dialects.find((one) => one.wire === wire)
  if (!dialect) throw new Error(`no dialect ${wire}`)
  const { models, meters = [], skewMs = 0, ...rest } = traits
  // Besides what it shares with others, each has a model that nobody else has: a route with no way out.
  const all = [...models, `only-${id}`]
  return {
    id,
    wire,
    provider: dialect.provider,
    version: dialect.version,
    key: `key-${id}`,
    models: all,
    meters,
    skewMs,
    ...rest,
  }
}

const chat: WireId = 'openai-chat'
const messages: WireId = 'anthropic-messages'
const responses: WireId = 'openai-responses'
const gemini: WireId = 'gemini-generate'

export const fleet: readonly UpstreamSpec[] = [
  account('claude-1', messages, {
    tier: 'subscription',
    prefix: 'claude',
    models: ['opus'],
    style: 'unified',
    meters: [fiveHours(45)],
    skewMs: 4 * minute,
  }),
  account('claude-2', messages, {
    tier: 'subscription',
    prefix: 'claude',
    models: ['opus'],
    style: 'unified',
    meters: [fiveHours(30)],
    skewMs: -7 * minute,
  }),
  account('pool-1', chat, {
    tier: 'api-key',
    prefix: 'pool',
    models: ['one', 'two'],
    style: 'x-ratelimit',
    meters: [perMinute(20, true)],
  }),
  account('pool-2', chat, {
    tier: 'api-key',
    prefix: 'pool',
    models: ['one', 'two'],
    style: 'retry-after',
    meters: [perMinute(12, true)],
  }),
  account('pool-3', chat, {
    tier: 'api-key',
    prefix: 'pool',
    models: ['one', 'two'],
    style: 'none',
    meters: [perMinute(12, true)],
  }),
  account('pool-4', chat, {
    tier: 'api-key',
    prefix: 'pool',
    models: ['one', 'two'],
    style: 'sentence',
    meters: [tokensPerMinute(1_500)],
  }),
  account('resp-1', responses, {
    tier: 'api-key',
    prefix: 'resp',
    models: ['five'],
    style: 'retry-after-ms',
    meters: [perMinute(15)],
  }),
  account('resp-2', responses, {
    tier: 'api-key',
    prefix: 'resp',
    models: ['five'],
    style: 'sentence-instant',
    meters: [daily(60)],
    skewMs: 11 * minute,
  }),
  account('gem-1', gemini, {
    tier: 'api-key',
    prefix: 'gem',
    models: ['pro'],
    style: 'retry-info',
    meters: [perMinute(10)],
    skewMs: -3 * minute,
  }),
  account('gem-2', gemini, { tier: 'api-key', prefix: 'gem', models: ['pro'], style: 'none', meters: [perMinute(10)] }),
  account('msg-1', messages, {
    tier: 'api-key',
    prefix: 'msg',
    models: ['sonnet'],
    style: 'retry-after-date',
    meters: [perMinute(15)],
    skewMs: 6 * minute,
  }),
  account('msg-2', messages, {
    tier: 'api-key',
    prefix: 'msg2',
    models: ['sonnet'],
    style: 'retry-after',
    meters: [perMinute(15)],
    isSmall: true,
  }),
  account('cheap-1', chat, { tier: 'cheap', prefix: 'cheap-1', models: ['glm'], style: 'retry-after' }),
  account('cheap-2', chat, { tier: 'cheap', prefix: 'cheap-2', models: ['deep'], style: 'sentence', isSmall: true }),
  account('cheap-3', gemini, {
    tier: 'cheap',
    prefix: 'cheap-3',
    models: ['flash'],
    style: 'retry-info',
    meters: [daily(80)],
  }),
  account('free-1', chat, { tier: 'free', prefix: 'free-1', models: ['oss'], style: 'none', meters: [perMinute(5)] }),
  account('free-2', responses, {
    tier: 'free',
    prefix: 'free-2',
    models: ['oss'],
    style: 'x-ratelimit',
    meters: [perMinute(8, true)],
  }),
  account('local-1', chat, { tier: 'local', prefix: 'local-1', models: ['qwen'], style: 'none' }),
  account('local-2', chat, { tier: 'local', prefix: 'local-2', models: ['llama'], style: 'none', isSmall: true }),
  account('local-3', messages, { tier: 'local', prefix: 'local-3', models: ['gemma'], style: 'none' }),
]

/** What a name stands for: the accounts and models that may serve it. `any` model stands for whatever `auto` takes. */
export interface Route {
  readonly name: string
  readonly targets: readonly { readonly account: string; readonly model: string }[]
  /** Whether all cost the same, so that a conversation must stay where it is. */
  readonly isEven: boolean
}

export const anyModel = '*'

const byPrefix = (prefix: string, model: string): Route['targets'] =>
  fleet.flatMap((spec) => (spec.prefix === prefix && spec.models.includes(model) ? [{ account: spec.id, model }] : []))

const publicModels = [...new Set(fleet.flatMap(({ prefix, models }) => models.map((model) => `${prefix}/${model}`)))]

function plain(name: string): Route {
  const at = name.indexOf('/')
  return { name, targets: byPrefix(name.slice(0, at), name.slice(at + 1)), isEven: true }
}

export const combos = [
  { name: 'ladder', strategy: 'ordered', members: ['claude/opus', 'pool/one', 'cheap-1/glm', 'local-1/qwen'] },
  { name: 'round', strategy: 'round-robin', members: ['resp/five', 'gem/pro', 'msg/sonnet', 'msg2/sonnet'] },
  { name: 'two', strategy: 'power-of-two', members: ['free-1/oss', 'free-2/oss', 'local-2/llama', 'local-3/gemma'] },
  { name: 'quick', strategy: 'fastest', members: ['cheap-1/glm', 'cheap-2/deep', 'cheap-3/flash'] },
  { name: 'chance', strategy: 'weighted', members: ['pool/two', 'resp/five'] },
  { name: 'spare', strategy: 'use-before-reset', members: ['claude/opus', 'free-2/oss'] },
  { name: 'nest', strategy: 'ordered', members: ['round', 'ladder', 'two'] },
] as const

function combo({ name, strategy, members }: (typeof combos)[number]): Route {
  const targets = members.flatMap((member) => routeOf(member).targets)
  const isEven = strategy === 'round-robin'
  return { name, targets, isEven }
}

function routeOf(name: string): Route {
  const found = combos.find((one) => one.name === name)
  return found ? combo(found) : plain(name)
}

const everybody = fleet.map(({ id }) => ({ account: id, model: anyModel }))

export const shared: readonly Route[] = [
  ...combos.map(combo),
  ...publicModels.filter((name) => !name.includes('/only-')).map(plain),
  ...['auto', 'auto/cheap', 'auto/fast'].map((name) => ({ name, targets: everybody, isEven: false })),
]

/** The route that leads to one account only. */
export function onlyRoute(id: string): Route {
  const spec = fleet.find((one) => one.id === id)
  if (!spec) throw new Error(`no account ${id}`)
  return plain(`${spec.prefix}/only-${id}`)
}

/** What the user lays down for accounts of their own. */
export const limits: readonly LimitRule[] = [
  { account: 'cheap-1', requestsPerMinute: 6 },
  { account: 'cheap-2', gapMs: 2_000 },
  { account: 'local-1', concurrent: 1 },
  { account: 'local-2', concurrent: 2, requestsPerMinute: 10 },
  { account: 'gem-2', tokensPerMinute: 4_000 },
  { account: 'pool-2', model: 'two', requestsPerMinute: 4 },
]

export const timeouts = {
  firstByteMs: 20_000,
  idleMs: 15_000,
  totalMs: 180_000,
  deadlineMs: 240_000,
  keepAliveMs: 10_000,
}

export const settings: MethodInput<'settings.put'> = {
  limits: [...limits.map((rule) => ({ ...rule }))],
  timeouts: { ...timeouts, perModel: [] },
  defaults: { model: '', perKey: {}, perWorkspace: {}, accountStrategy: 'round-robin' },
  queue: { maxWaitMs: 10_000, maxLength: 50 },
  breaker: { failures: 5, windowMs: 60_000, openMs: 20_000 },
  retry: { attempts: 1, baseMs: 400, maxMs: 2_000 },
  affinity: { enabled: true, minutes: 60 },
}

export const keys = ['editor', 'terminal', 'agent'].map((name) => ({
  name,
  key: `omr-simulated-${name}-0123456789abcdef`,
}))
