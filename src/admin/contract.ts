// The management contract: every method and event a dashboard or command may use, with the shape of what goes in and out.
// Both sides validate with these schemas. No secret ever goes out; keys go in once, and only `keyTail` comes back.
// One file on purpose, though long: it is the list that pages, host, other windows and gateway read to know what there is.
import * as z from 'zod'
import { noProxy, readProxy } from '../core/proxy.ts'
import { strategyIds } from '../core/routing.ts'
import { backupMethods } from './contract-backup.ts'
import { toolEvents, toolMethods } from './contract-tools.ts'
import { memberOverrides, routingPatch, routingSettings } from './routing-settings.ts'

const id = z.string().min(1).max(200)
const label = z.string().trim().min(1).max(100)
const prefix = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'lower-case letters, digits, dot, dash and underscore, starting with a letter or digit',
  )
const headers = z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/), z.string().max(4000))
const baseUrl = z.url({ protocol: /^https?$/ }).max(2000)
const tier = z.enum(['subscription', 'api-key', 'cheap', 'free', 'local'])
const wire = z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate'])

export const providerView = z.object({
  id,
  name: z.string(),
  tier,
  wires: z.array(wire),
  baseUrl: z.string().optional(),
  website: z.string().optional(),
  keyUrl: z.string().optional(),
  key: z.enum(['required', 'optional', 'none']),
  asks: z.array(z.enum(['baseUrl', 'headers'])),
  builtIn: z.boolean(),
  /** Its models are those of the editor, which asks the user for consent. */
  editor: z.boolean().optional(),
  note: z.string().optional(),
})
export type ProviderView = z.infer<typeof providerView>

/** The result of calling an account's server with its key. `skipped` says that this server offers no cheap check. */
export const accountCheck = z.object({
  outcome: z.enum(['ok', 'failed', 'skipped']),
  message: z.string(),
  nextStep: z.string().optional(),
  latencyMs: z.number().optional(),
  models: z.number().optional(),
})
export type AccountCheck = z.infer<typeof accountCheck>

export const accountView = z.object({
  id,
  provider: id,
  providerName: z.string(),
  label: z.string(),
  prefix: z.string(),
  tier,
  enabled: z.boolean(),
  baseUrl: z.string().optional(),
  headers: z.record(z.string(), z.string()),
  hasKey: z.boolean(),
  keyTail: z.string().optional(),
  /** Its own proxy, with dots in the place of a user name and password. */
  proxy: z.string().optional(),
  /** The proxy that its calls go through; absent when they go directly. */
  route: z.object({ via: z.enum(['account', 'provider', 'global']), host: z.string() }).optional(),
  order: z.number(),
  modelCount: z.number(),
  /** `ready`, `resting` (a cool-down is running until `until`), `needs-key`, `disabled`. */
  state: z.object({
    kind: z.enum(['ready', 'resting', 'needs-key', 'disabled']),
    reason: z.string().optional(),
    until: z.number().optional(),
  }),
})
export type AccountView = z.infer<typeof accountView>

export const modelView = z.object({
  /** Public id, `<prefix>/<model>`, or a combo's name. */
  id: z.string(),
  name: z.string(),
  accountId: z.string().optional(),
  kind: z.enum(['model', 'combo']),
  contextWindow: z.number().optional(),
  maxOutput: z.number().optional(),
  tools: z.boolean().optional(),
  vision: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  source: z.enum(['live', 'bundled', 'user']).optional(),
})
export type ModelView = z.infer<typeof modelView>

const comboMember = z.object({
  model: z.string().min(1).max(300),
  weight: z.number().min(0).max(1_000).exactOptional(),
  enabled: z.boolean().exactOptional(),
  overrides: memberOverrides.exactOptional(),
})
export const comboInput = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/),
  strategy: z.enum(strategyIds).default('ordered'),
  /** A bare string is a member without settings of its own. */
  members: z
    .array(z.union([z.string().min(1).max(300), comboMember]))
    .min(1)
    .max(100),
  enabled: z.boolean().default(true),
})
export const comboView = comboInput.extend({ id, enabled: z.boolean(), members: z.array(comboMember) })
export type ComboView = z.infer<typeof comboView>

const usage = z.object({
  input: z.number().nullable(),
  cacheRead: z.number().nullable(),
  cacheWrite: z.number().nullable(),
  /** The part of it that is kept for an hour, where the vendor tells it. */
  cacheWrite1h: z.number().optional(),
  output: z.number().nullable(),
  reasoning: z.number().nullable(),
})

export const requestRow = z.object({
  id,
  at: z.number(),
  client: z.string(),
  wire: z.string(),
  modelAsked: z.string(),
  modelServed: z.string().optional(),
  accountLabel: z.string().optional(),
  stream: z.boolean(),
  status: z.number(),
  code: z.string().optional(),
  usage,
  firstByteMs: z.number().optional(),
  totalMs: z.number(),
  attempts: z.number(),
  /** Absent when unknown: no price, or no counts. */
  cost: z.object({ usd: z.number(), source: z.enum(['vendor', 'user', 'catalogue', 'plan', 'free']) }).optional(),
  /** Set when the answer came from a cache or was shared with another request. */
  cache: z.enum(['exact', 'semantic', 'shared']).optional(),
  workspace: z.string().optional(),
})
export type RequestRow = z.infer<typeof requestRow>

const traceStep = z.object({
  kind: z.enum(['skipped', 'failed', 'served', 'waited', 'retried', 'refreshed', 'decided']),
  target: z.string().optional(),
  account: z.string().optional(),
  ms: z.number().optional(),
  reason: z.string().optional(),
  code: z.string().optional(),
  status: z.number().optional(),
  message: z.string().optional(),
  startedAt: z.number().optional(),
  firstByteAt: z.number().optional(),
  endedAt: z.number().optional(),
})

export const requestDetail = requestRow.extend({
  keyName: z.string().optional(),
  message: z.string().optional(),
  nextStep: z.string().optional(),
  trace: z.array(traceStep),
  warnings: z.array(z.object({ kind: z.string(), subject: z.string(), message: z.string() })),
})
export type RequestDetail = z.infer<typeof requestDetail>

export const explanation = z.object({
  id,
  story: z.string(),
  lines: z.array(z.string()),
  nextStep: z.string().optional(),
})
export type ExplanationView = z.infer<typeof explanation>

const aliasInput = z.object({ pattern: z.string().trim().min(1).max(300), target: z.string().trim().min(1).max(300) })
/** A name that an alias would catch, and what it would then mean: a public id, a combo's name, or why it would be refused. */
export const aliasPreview = z.object({ name: z.string(), meaning: z.string(), works: z.boolean() })
export type AliasPreview = z.infer<typeof aliasPreview>

const requestFilter = z.object({
  text: z.string().max(200).optional(),
  outcome: z.enum(['all', 'served', 'failed']).default('all'),
})

const quotaView = z.object({
  window: z.string(),
  unit: z.string(),
  model: z.string().optional(),
  limit: z.number().optional(),
  remaining: z.number().optional(),
  /** From 0 to 1; absent when it can't be told. */
  remainingShare: z.number().optional(),
  resetsAt: z.number().optional(),
  /** Length of the window in milliseconds. */
  lengthMs: z.number().optional(),
  /** True when it fills up bit by bit and is full at `resetsAt`. */
  refills: z.boolean().optional(),
  source: z.enum(['header', 'body', 'endpoint']),
  at: z.number(),
})
const restView = z.object({
  model: z.string().optional(),
  reason: z.string(),
  until: z.number(),
  /** False for a guess of ours. */
  named: z.boolean(),
  /** True when it counts for every account of the provider. */
  shared: z.boolean().optional(),
})
const budgetLevel = z.enum(['ok', 'warn', 'reroute', 'stop'])

/** How everything stands that routing goes by. Times are epoch milliseconds. */
export const standingView = z.object({
  accounts: z.array(
    z.object({ id: z.string(), label: z.string(), quotas: z.array(quotaView), rests: z.array(restView) }),
  ),
  breakers: z.array(
    z.object({
      host: z.string(),
      state: z.enum(['closed', 'open', 'half-open']),
      failures: z.number(),
      until: z.number().optional(),
    }),
  ),
  limits: z.array(
    z.object({
      account: z.string(),
      model: z.string().optional(),
      running: z.number(),
      waiting: z.number(),
      fullUntil: z.number().optional(),
    }),
  ),
  budgets: z.array(
    z.object({
      id: z.string(),
      level: budgetLevel,
      usd: z.number(),
      spentUsd: z.number(),
      reservedUsd: z.number(),
      unknown: z.number(),
      startsAt: z.number(),
      endsAt: z.number(),
    }),
  ),
  cache: z.object({
    hits: z.number(),
    misses: z.number(),
    entries: z.number(),
    bytes: z.number(),
    semanticHits: z.number(),
    shared: z.number(),
  }),
  /** Until when the bundled prices were checked (ISO date); absent before they were needed. */
  pricesDated: z.string().optional(),
})
export type StandingView = z.infer<typeof standingView>

export const keyView = z.object({ id, name: z.string(), tail: z.string(), createdAt: z.number() })
export type KeyView = z.infer<typeof keyView>

export const gatewayStatus = z.object({
  version: z.string(),
  endpoint: z.string(),
  startedAt: z.number(),
  activeRequests: z.number(),
  accounts: z.number(),
  models: z.number(),
  /** Since the gateway started. */
  requests: z.object({ served: z.number(), failed: z.number() }),
  lastServed: z.object({ model: z.string(), at: z.number() }).optional(),
  /** Set when the stored data could not be opened for writing, or a damaged file was set aside. */
  storageNotice: z.string().optional(),
})
export type GatewayStatus = z.infer<typeof gatewayStatus>

/** 'direct', or an address, which may hold a user name and password; empty takes it away. */
const accountProxy = z
  .string()
  .trim()
  .max(1000)
  .refine((typed) => typed === '' || typed === noProxy || readProxy(typed) !== undefined)

export const accountInput = z.object({
  provider: id,
  label: label.optional(),
  prefix: prefix.optional(),
  tier: tier.optional(),
  baseUrl: baseUrl.optional(),
  headers: headers.optional(),
  apiKey: z.string().trim().min(1).max(4000).optional(),
  proxy: accountProxy.optional(),
})
export type AccountInput = z.infer<typeof accountInput>

const accountPatch = accountInput.omit({ provider: true }).extend({
  id,
  enabled: z.boolean().optional(),
  order: z.number().int().optional(),
})

const nothing = z.object({})
const byId = z.object({ id })

/** Raised with every change that windows of an older version can't cope with; additions need none. */
export const contractVersion = 1

/** Every method: what it takes and what it gives. */
export const methods = {
  'gateway.status': { input: nothing, output: gatewayStatus },
  'gateway.diagnostics': { input: nothing, output: z.object({ text: z.string() }) },
  'providers.list': { input: nothing, output: z.array(providerView) },
  'accounts.list': { input: nothing, output: z.array(accountView) },
  /** Calls the server with the given key without keeping anything. */
  'accounts.check': { input: accountInput, output: accountCheck },
  /** Adds the account even when the check fails, so that nothing typed is lost; the check says what is wrong. */
  'accounts.add': { input: accountInput, output: z.object({ account: accountView, check: accountCheck }) },
  'accounts.update': { input: accountPatch, output: accountView },
  'accounts.remove': { input: byId, output: nothing },
  'accounts.test': { input: byId, output: accountCheck },
  'accounts.refreshModels': { input: byId, output: z.object({ models: z.number() }) },
  'models.list': { input: nothing, output: z.array(modelView) },
  /** What an alias would do, without keeping it: a few names it would catch. */
  'aliases.preview': { input: aliasInput, output: z.array(aliasPreview) },
  'combos.list': { input: nothing, output: z.array(comboView) },
  'combos.put': { input: comboInput.extend({ id: id.optional() }), output: comboView },
  'combos.remove': { input: byId, output: nothing },
  'keys.list': { input: nothing, output: z.array(keyView) },
  /** The only time a key is shown. */
  'keys.create': { input: z.object({ name: label }), output: z.object({ view: keyView, key: z.string() }) },
  'keys.revoke': { input: byId, output: nothing },
  'settings.get': { input: nothing, output: routingSettings },
  /** Replaces the sections that are named; what a section leaves out gets its default. */
  'settings.put': { input: routingPatch, output: routingSettings },
  'standing.get': { input: nothing, output: standingView },
  /**
   * Forgets what an account, or one of its models, rests for: the next request finds out anew. Without a model also what counts
   * for all accounts of its provider.
   */
  'standing.clear': { input: z.object({ accountId: id, model: z.string().max(300).optional() }), output: nothing },
  'cache.clear': { input: nothing, output: nothing },
  'requests.page': {
    input: z.object({
      filter: requestFilter.optional(),
      /** The `next` of the page before; absent for the newest. */
      cursor: z.string().max(100).optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.object({ rows: z.array(requestRow), next: z.string().optional(), total: z.number() }),
  },
  'requests.get': { input: byId, output: requestDetail },
  /** The trace in words; without an id that of the last request. */
  'requests.explain': { input: z.object({ id: id.optional() }), output: explanation },
  'requests.clear': { input: nothing, output: nothing },
  ...backupMethods,
  ...toolMethods,
} as const

export type MethodName = keyof typeof methods
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]['input']>
export type MethodParsed<M extends MethodName> = z.output<(typeof methods)[M]['input']>
export type MethodOutput<M extends MethodName> = z.output<(typeof methods)[M]['output']>

/** Every event a dashboard may receive. */
export const events = {
  'requests.added': requestRow,
  'accounts.changed': nothing,
  'models.changed': nothing,
  'combos.changed': nothing,
  'keys.changed': nothing,
  'settings.changed': nothing,
  ...toolEvents,
  /** A budget has come to a level: once for each level and period. */
  'budget.reached': z.object({
    id: z.string(),
    level: budgetLevel,
    spentUsd: z.number(),
    usd: z.number(),
    endsAt: z.number(),
  }),
  'gateway.changed': gatewayStatus,
  /** The user stopped it, and no page or other window starts it again. */
  'gateway.stopped': nothing,
  /** Another window is about to lead; whose version is older than the named one lets others go first. */
  'gateway.leaving': z.object({ successor: z.string() }),
} as const

export type EventName = keyof typeof events
export type EventData<E extends EventName> = z.output<(typeof events)[E]>

export const rpcFailure = z.object({
  code: z.string(),
  message: z.string(),
  nextStep: z.string().optional(),
  /** The field of the input that is wrong, as a path with dots. */
  parameter: z.string().optional(),
})
export type RpcFailure = z.infer<typeof rpcFailure>

/** What a page sends: by postMessage in the editor, as the body of `POST /admin/rpc` in a browser. */
export const rpcCall = z.object({ id: z.number().int(), method: z.string(), params: z.unknown().optional() })
export type RpcCall = z.infer<typeof rpcCall>

/** What comes back to a page: the answer to a call, or an event. The result is last, since `unknown` takes what is missing too. */
export const rpcAnswer = z.union([
  z.object({ id: z.number().int(), error: rpcFailure }),
  z.object({ event: z.string(), data: z.unknown() }),
  z.object({ id: z.number().int(), result: z.unknown() }),
])
export type RpcAnswer = z.infer<typeof rpcAnswer>
