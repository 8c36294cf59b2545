// The declarative configuration of the headless gateway: a file with keys, accounts, combos and settings that is applied at
// each start and comes out the same however often.
import * as z from 'zod'
import type { Account } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import type { ModelInfo } from '../core/model.ts'
import { type Combo, toComboMember } from '../core/routing.ts'
import { toAccount } from './accounts.ts'
import { refuseCycle } from './combos.ts'
import type { AdminContext } from './context.ts'
import { comboInput } from './contract.ts'
import { withoutSecrets } from './credentials.ts'
import { toGatewayKey } from './keys.ts'
import { routingPatch } from './routing-settings.ts'

const name = z.string().trim().min(1).max(100)
const secret = z
  .string()
  .min(1)
  .max(4000)
  .describe(
    'May hold environment variables, written as a dollar sign and the name in braces, which are replaced at the start.',
  )

const model = z.union([
  z.string().min(1).max(300),
  z.strictObject({
    id: z.string().min(1).max(300),
    name: z.string().max(300).optional(),
    contextWindow: z.number().int().positive().optional(),
    maxOutput: z.number().int().positive().optional(),
    tools: z.boolean().optional(),
    vision: z.boolean().optional(),
    reasoning: z.boolean().optional(),
  }),
])

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  keys: z
    .array(z.strictObject({ name, key: secret }))
    .default([])
    .describe('Keys that tools present to the gateway.'),
  accounts: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
        provider: z.string().min(1).describe('A provider id, e.g. "groq", or "openai-compatible" for any such server.'),
        label: name.optional(),
        prefix: z
          .string()
          .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
          .optional(),
        tier: z.enum(['subscription', 'api-key', 'cheap', 'free', 'local']).optional(),
        baseUrl: z.url({ protocol: /^https?$/ }).optional(),
        apiKey: secret.optional(),
        models: z.array(model).optional().describe('Models it serves. Without it the list is fetched from the server.'),
        headers: z.record(z.string(), secret).optional(),
        proxy: secret
          .optional()
          .describe(
            'A proxy of its own: http://, https:// or socks5://, with user name and password if it has them; or direct.',
          ),
        enabled: z.boolean().default(true),
      }),
    )
    .default([]),
  combos: z.array(z.strictObject(comboInput.omit({ enabled: true }).shape)).default([]),
  routing: routingPatch.optional().describe('Sections of the routing settings; each replaces the one that is stored.'),
  settings: z
    .strictObject({
      port: z.number().int().min(0).max(65535).optional(),
      bodyLimitMb: z.number().min(1).max(1024).optional(),
      logRows: z.number().int().min(0).max(1_000_000).optional(),
    })
    .default({}),
})

export type Config = z.infer<typeof configSchema>

/** Ids that came from the file last time, so that what is taken out of the file goes away too. */
const managedSchema = z.object({
  keys: z.array(z.string()),
  accounts: z.array(z.string()),
  combos: z.array(z.string()),
})
const managedSetting = 'config.managed'

/** Reads a configuration. Throws `invalid_request` with the path of every wrong field. */
export function parseConfig(text: string, environment: Readonly<Record<string, string | undefined>>): Config {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new GatewayError(
      'invalid_request',
      `It is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const parsed = configSchema.safeParse(value)
  if (!parsed.success) throw new GatewayError('invalid_request', parsed.error.issues.map(describeIssue).join('\n'))
  const problems = duplicates(parsed.data)
  const config = expandSecrets(parsed.data, environment, problems)
  if (problems.length > 0) throw new GatewayError('invalid_request', problems.join('\n'))
  return config
}

/** Makes accounts, keys and combos as the configuration says. Throws `invalid_request` with the path of a wrong field. */
export async function applyConfig(context: AdminContext, config: Config): Promise<void> {
  const { store } = context
  const before = managedSchema.safeParse(store.settings.get(managedSetting))
  const accounts = config.accounts.map((entry, index) =>
    at(`accounts[${index}]`, () => configuredAccount(context, entry, index)),
  )
  const combos: Combo[] = config.combos.map((combo) => ({
    ...combo,
    members: combo.members.map(toComboMember),
    id: `config:${combo.name}`,
    enabled: true,
  }))
  for (const [index, combo] of combos.entries()) at(`combos[${index}].members`, () => refuseCycle(combo, combos))

  // All of it is right: only now is anything changed.
  const writes: Promise<unknown>[] = []
  for (const [index, entry] of config.accounts.entries()) {
    const account = accounts[index]
    if (!account) continue
    writes.push(
      store.accounts.put(withoutSecrets(account)),
      context.credentials.putHeaders(account.id, account.headers),
      context.credentials.putProxy(account.id, account.proxy),
      store.models.setUser(account.id, (entry.models ?? []).map(toModel)),
    )
    writes.push(
      entry.apiKey === undefined
        ? context.credentials.remove(account.id)
        : context.credentials.put(account.id, entry.apiKey),
    )
  }
  for (const { name: keyName, key } of config.keys) {
    const id = `config:${keyName}`
    const stored = store.keys.list().find((each) => each.id === id)
    const fresh = toGatewayKey(keyName, key, stored?.createdAt ?? context.now(), id)
    if (stored?.hash !== fresh.hash) writes.push(store.keys.put(fresh))
  }
  for (const combo of combos) writes.push(store.combos.put(combo))
  const managed = {
    keys: config.keys.map((key) => `config:${key.name}`),
    accounts: config.accounts.map((account) => account.id),
    combos: combos.map((combo) => combo.id),
  }
  if (before.success) {
    for (const id of gone(before.data.keys, managed.keys)) writes.push(store.keys.remove(id))
    for (const id of gone(before.data.combos, managed.combos)) writes.push(store.combos.remove(id))
    for (const id of gone(before.data.accounts, managed.accounts))
      writes.push(
        store.accounts.remove(id),
        context.credentials.remove(id),
        context.credentials.putHeaders(id, {}),
        context.credentials.putProxy(id, undefined),
      )
  }
  writes.push(store.settings.put(managedSetting, managed))
  if (config.routing) writes.push(context.routing.put(config.routing))
  await Promise.all(writes)
  context.rebuild()
}

function configuredAccount(context: AdminContext, entry: Config['accounts'][number], index: number): Account {
  const provider = context.providers.get(entry.provider)
  if (!provider) {
    const known = [...context.providers.keys()].join(', ')
    throw new GatewayError('invalid_request', `there is no provider "${entry.provider}"; known are ${known}`, {
      parameter: 'provider',
    })
  }
  const existing = context.store.accounts.get(entry.id)
  const account = toAccount(
    context,
    provider,
    {
      provider: entry.provider,
      prefix: entry.prefix ?? (provider.asks?.includes('baseUrl') ? entry.id.toLowerCase() : provider.id),
      label: entry.label ?? entry.id,
      ...(entry.tier === undefined ? {} : { tier: entry.tier }),
      ...(entry.baseUrl === undefined ? {} : { baseUrl: entry.baseUrl }),
      ...(entry.headers === undefined ? {} : { headers: entry.headers }),
      ...(entry.apiKey === undefined ? {} : { apiKey: entry.apiKey }),
      ...(entry.proxy === undefined ? {} : { proxy: entry.proxy }),
    },
    entry.id,
  )
  // None of the file's accounts is stored yet: their places in it tell them apart.
  const order = context.store.accounts.list().length + index
  return {
    ...account,
    enabled: entry.enabled,
    createdAt: existing?.createdAt ?? account.createdAt,
    order: existing?.order ?? order,
  }
}

function toModel(entry: z.infer<typeof model>): ModelInfo {
  if (typeof entry === 'string') return { id: entry, limits: {}, capabilities: {} }
  const { id, name: modelName, contextWindow, maxOutput, tools, vision, reasoning } = entry
  return {
    id,
    ...(modelName === undefined ? {} : { name: modelName }),
    limits: {
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutput === undefined ? {} : { maxOutput }),
    },
    capabilities: {
      ...(tools === undefined ? {} : { tools }),
      ...(vision === undefined ? {} : { vision }),
      ...(reasoning === undefined ? {} : { reasoning }),
    },
  }
}

/** Replaces `${NAME}` in secrets; what is not set is a problem, told by its path. */
function expandSecrets(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Config {
  const expand = (text: string, path: string): string =>
    text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, variable: string) => {
      const value = environment[variable]
      if (value === undefined || value === '') problems.push(`${path}: the environment variable ${variable} is not set`)
      return value ?? whole
    })
  return {
    ...config,
    keys: config.keys.map((key, index) => ({ ...key, key: expand(key.key, `keys[${index}].key`) })),
    accounts: config.accounts.map((account, index) => ({
      ...account,
      ...(account.apiKey === undefined ? {} : { apiKey: expand(account.apiKey, `accounts[${index}].apiKey`) }),
      ...(account.proxy === undefined ? {} : { proxy: expand(account.proxy, `accounts[${index}].proxy`) }),
      ...(account.headers === undefined
        ? {}
        : {
            headers: Object.fromEntries(
              Object.entries(account.headers).map(([header, value]) => [
                header,
                expand(value, `accounts[${index}].headers.${header}`),
              ]),
            ),
          }),
    })),
  }
}

function duplicates(config: Config): string[] {
  const problems: string[] = []
  const check = (list: readonly { readonly value: string; readonly path: string }[]): void => {
    const seen = new Set<string>()
    for (const { value, path } of list) {
      if (seen.has(value)) problems.push(`${path}: "${value}" is used twice`)
      seen.add(value)
    }
  }
  check(config.keys.map((key, index) => ({ value: key.name, path: `keys[${index}].name` })))
  check(config.accounts.map((account, index) => ({ value: account.id, path: `accounts[${index}].id` })))
  check(config.combos.map((combo, index) => ({ value: combo.name, path: `combos[${index}].name` })))
  return problems
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
  return `${path === '' ? 'the file' : path}: ${issue.message}`
}

function at<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    const field =
      thrown.parameter === undefined || path.endsWith(thrown.parameter) ? path : `${path}.${thrown.parameter}`
    throw new GatewayError('invalid_request', `${field}: ${thrown.message}`, { parameter: field })
  }
}

function gone(before: readonly string[], now: readonly string[]): string[] {
  return before.filter((id) => !now.includes(id))
}
