// The schema of everything a user may lay down about routing. Checks what comes from pages, commands, config files and the store.
import * as z from 'zod'
import { tiers } from '../core/model.ts'
import { hasCredentials, noProxy, readProxy } from '../core/proxy.ts'
import { reasoningLevels, strategyIds } from '../core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../core/settings.ts'

const defaults = defaultRoutingSettings
const text = z.string().max(300)
const name = z.string().trim().min(1).max(300)
const glob = name.describe('A public model id, in which * stands for any run of characters.')
const share = z.number().min(0).max(1)
const dollars = z.number().min(0).max(1_000_000)
const milliseconds = (least: number, most: number) => z.number().int().min(least).max(most)
const day = 24 * 3600_000

export const reasoningMode = z.union([
  z.object({ mode: z.enum(['passthrough', 'off', 'adaptive']) }),
  z.object({ mode: z.literal('level'), level: z.enum(reasoningLevels) }),
  z.object({ mode: z.literal('budget'), tokens: z.number().int().min(0).max(1_000_000) }),
])

export const memberOverrides = z.object({
  reasoning: reasoningMode.exactOptional(),
  maxOutputTokens: z.number().int().min(1).max(10_000_000).exactOptional(),
  temperature: z.number().min(0).max(2).exactOptional(),
})

const alias = z.strictObject({
  pattern: name.describe('A name clients ask for; each * captures what it stands for.'),
  target: name.describe('A model, combo or alias; $1, $2 … stand for the captures.'),
})

const systemPromptRule = z.strictObject({
  position: z.enum(['prepend', 'append']),
  text: z.string().trim().min(1).max(100_000),
  keyId: text.min(1).exactOptional(),
  workspace: text.min(1).exactOptional(),
})

const limitRule = z
  .strictObject({
    account: text.min(1).exactOptional(),
    model: glob.exactOptional(),
    requestsPerMinute: z.number().int().min(1).max(1_000_000).exactOptional(),
    tokensPerMinute: z.number().int().min(1).max(10_000_000_000).exactOptional(),
    concurrent: z.number().int().min(1).max(10_000).exactOptional(),
    gapMs: milliseconds(0, 3600_000).exactOptional(),
  })
  .refine(
    ({ requestsPerMinute, tokensPerMinute, concurrent, gapMs }) =>
      [requestsPerMinute, tokensPerMinute, concurrent, gapMs].some((limit) => limit !== undefined),
    'A limit needs at least one number.',
  )

const timeouts = {
  firstByteMs: milliseconds(100, day),
  idleMs: milliseconds(100, day),
  totalMs: milliseconds(100, day),
}

const budget = z
  .strictObject({
    id: name,
    scope: z.union([
      z.object({ kind: z.literal('all') }),
      z.object({ kind: z.literal('tier'), tier: z.enum(tiers) }),
      z.object({ kind: z.enum(['provider', 'account', 'key', 'workspace']), id: name }),
    ]),
    period: z.enum(['day', 'week', 'month']),
    usd: dollars,
    warnAt: share.default(0.8),
    rerouteAt: share.default(0.95),
  })
  .refine(({ warnAt, rerouteAt }) => warnAt <= rerouteAt, 'The warning must not come after the rerouting.')

const price = z.strictObject({
  model: glob,
  input: dollars.exactOptional(),
  cacheRead: dollars.exactOptional(),
  cacheWrite: dollars.exactOptional(),
  cacheWrite1h: dollars.exactOptional(),
  output: dollars.exactOptional(),
})

const proxyForm = 'Enter http://, https:// or socks5:// with a host and a port, or the word direct.'

/** Settings are shown, exported and backed up, so that a password may not stand in them. */
const sharedProxy = z
  .string()
  .trim()
  .max(300)
  .refine((typed) => typed === '' || typed === noProxy || readProxy(typed) !== undefined, proxyForm)
  .refine((typed) => {
    const proxy = readProxy(typed)
    return proxy === undefined || !hasCredentials(proxy)
  }, 'A proxy with a user name and password can be set for an account only, where they are kept as a secret.')

/** One schema a section: a section that is wrong in the store falls back alone. */
export const routingSections = {
  aliases: z.array(alias).max(500).default([]),
  models: z
    .strictObject({
      hidden: z.array(glob).max(1000).default([]),
      blocked: z.array(glob).max(1000).default([]),
      names: z.record(name, name).default({}),
    })
    .prefault({}),
  defaults: z
    .strictObject({
      model: text.default(defaults.defaults.model),
      perKey: z.record(name, name).default({}),
      perWorkspace: z.record(name, name).default({}),
      accountStrategy: z.enum(strategyIds).default(defaults.defaults.accountStrategy),
    })
    .prefault({}),
  affinity: z
    .strictObject({
      enabled: z.boolean().default(defaults.affinity.enabled),
      minutes: z.number().min(1).max(10_080).default(defaults.affinity.minutes),
    })
    .prefault({}),
  systemPrompt: z.array(systemPromptRule).max(50).default([]),
  reasoning: z
    .array(z.strictObject({ model: glob, rule: reasoningMode }))
    .max(200)
    .default([]),
  limits: z.array(limitRule).max(500).default([]),
  queue: z
    .strictObject({
      maxWaitMs: milliseconds(0, 600_000).default(defaults.queue.maxWaitMs),
      maxLength: z.number().int().min(0).max(10_000).default(defaults.queue.maxLength),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      firstByteMs: timeouts.firstByteMs.default(defaults.timeouts.firstByteMs),
      idleMs: timeouts.idleMs.default(defaults.timeouts.idleMs),
      totalMs: timeouts.totalMs.default(defaults.timeouts.totalMs),
      perModel: z
        .array(
          z.strictObject({
            model: glob,
            firstByteMs: timeouts.firstByteMs.exactOptional(),
            idleMs: timeouts.idleMs.exactOptional(),
            totalMs: timeouts.totalMs.exactOptional(),
          }),
        )
        .max(200)
        .default([]),
      deadlineMs: milliseconds(1_000, day).default(defaults.timeouts.deadlineMs),
      keepAliveMs: milliseconds(0, 600_000).default(defaults.timeouts.keepAliveMs),
    })
    .prefault({}),
  retry: z
    .strictObject({
      attempts: z.number().int().min(0).max(5).default(defaults.retry.attempts),
      baseMs: milliseconds(1, 60_000).default(defaults.retry.baseMs),
      maxMs: milliseconds(1, 120_000).default(defaults.retry.maxMs),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      failures: z.number().int().min(0).max(1_000).default(defaults.breaker.failures),
      windowMs: milliseconds(1_000, day).default(defaults.breaker.windowMs),
      openMs: milliseconds(1_000, day).default(defaults.breaker.openMs),
    })
    .prefault({}),
  budgets: z
    .array(budget)
    .max(100)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'Two budgets have the same id.')
    .default([]),
  cache: z
    .strictObject({
      exact: z.boolean().default(defaults.cache.exact),
      exactMinutes: z.number().min(1).max(10_080).default(defaults.cache.exactMinutes),
      semantic: z.boolean().default(defaults.cache.semantic),
      embeddingModel: text.default(defaults.cache.embeddingModel),
      threshold: z.number().min(0.5).max(1).default(defaults.cache.threshold),
      maxMegabytes: z.number().min(1).max(1024).default(defaults.cache.maxMegabytes),
      coalesce: z.boolean().default(defaults.cache.coalesce),
    })
    .refine(
      ({ semantic, embeddingModel }) => !semantic || embeddingModel !== '',
      'The semantic cache needs an embeddings model.',
    )
    .prefault({}),
  prices: z.array(price).max(1000).default([]),
  network: z
    .strictObject({
      proxy: sharedProxy.default(defaults.network.proxy),
      perProvider: z
        .record(
          name,
          sharedProxy.refine((typed) => typed !== '', proxyForm),
        )
        .default({}),
    })
    .prefault({}),
} as const

export type RoutingSection = keyof typeof routingSections

/** Everything; what is left out gets its default. */
export const routingSettings = z.object(routingSections)

/**
 * Changed sections as a whole; the others stay. Within a section what is left out gets its default. The default of a section as a
 * whole is taken off: zod would put it in for each section that is not named, and changing one would reset all the others.
 */
export const routingPatch = z.strictObject(
  Object.fromEntries(
    Object.entries(routingSections).map(([section, schema]) => [section, schema.unwrap().optional()]),
  ) as {
    [S in RoutingSection]: z.ZodOptional<ReturnType<(typeof routingSections)[S]['unwrap']>>
  },
)

/** What the store kept, section by section; `damaged` names those that could not be used and stand at their defaults. */
export function readRoutingSettings(kept: unknown): { settings: RoutingSettings; damaged: string[] } {
  const source = z.record(z.string(), z.unknown()).catch({}).parse(kept)
  const damaged: string[] = []
  const sections = Object.entries(routingSections).map(([section, schema]) => {
    const read = schema.safeParse(withoutUnknown(schema, source[section]))
    if (read.success) return [section, read.data]
    damaged.push(section)
    return [section, defaults[section as RoutingSection]]
  })
  return { settings: Object.fromEntries(sections) as RoutingSettings, damaged }
}

/** A newer version may have kept more than this one knows: that must not cost the rest of a section. */
function withoutUnknown(schema: z.ZodType, kept: unknown): unknown {
  const issues = schema.safeParse(kept).error?.issues ?? []
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? [{ path: issue.path, keys: issue.keys }] : [],
  )
  if (unknown.length === 0) return kept
  const copy: unknown = structuredClone(kept)
  for (const { path, keys } of unknown) {
    const holder = path.reduce<unknown>((value, key) => isHolder(value) && value[key], copy)
    if (isHolder(holder)) for (const key of keys) delete holder[key]
  }
  return copy
}

function isHolder(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
