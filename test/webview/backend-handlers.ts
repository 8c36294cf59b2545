// What each method of the contract does to the world of a test.
import type {
  AccountView,
  MethodName,
  MethodOutput,
  MethodParsed,
  ProviderView,
  RequestRow,
} from '../../src/admin/contract.ts'
import { routingSettings } from '../../src/admin/routing-settings.ts'
import { toComboMember } from '../../src/core/routing.ts'
import { makeAccount, type World } from './world.ts'

type Emit = (message: { event: string; data: unknown }) => void
type Handlers = {
  [M in MethodName]: (world: World, input: MethodParsed<M>, emit: Emit) => MethodOutput<M> | Promise<MethodOutput<M>>
}

export const handlers: Handlers = {
  'gateway.status': (world) => ({
    ...world.status,
    accounts: world.accounts.length,
    models: world.models.length,
    requests: {
      served: world.requests.filter(({ status }) => status < 400).length,
      failed: world.requests.filter(({ status }) => status >= 400).length,
    },
  }),
  'gateway.diagnostics': () => ({ text: 'OmniRoute test' }),
  'providers.list': (world) => world.providers,
  'accounts.list': (world) => world.accounts,
  'accounts.check': (world, input) => world.check(input.apiKey),
  'accounts.add': (world, input, emit) => {
    const provider = world.providers.find(({ id }) => id === input.provider)
    if (!provider) throw new Error(`There is no provider ${input.provider}.`)
    const account = makeAccount(provider, { ...input, id: `account-${world.accounts.length + 1}-${Date.now()}` })
    world.accounts.push(account)
    world.addModels(account)
    emit({ event: 'accounts.changed', data: {} })
    return { account, check: world.check(input.apiKey) }
  },
  'accounts.update': (world, { id, apiKey, ...change }, emit) => {
    const account = find(world, id)
    const enabled = change.enabled ?? account.enabled
    const hasKey = account.hasKey || apiKey !== undefined
    Object.assign(account, withoutUndefined(change), {
      hasKey,
      ...(apiKey ? { keyTail: apiKey.slice(-4) } : {}),
      state: stateOf(enabled, hasKey, world.providers, account),
    })
    emit({ event: 'accounts.changed', data: {} })
    return account
  },
  'accounts.remove': (world, { id }, emit) => {
    find(world, id)
    world.accounts = world.accounts.filter((account) => account.id !== id)
    world.models = world.models.filter(({ accountId }) => accountId !== id)
    emit({ event: 'accounts.changed', data: {} })
    return {}
  },
  'accounts.test': (world, { id }) => world.check(find(world, id).keyTail),
  'accounts.refreshModels': (world, { id }, emit) => {
    const account = find(world, id)
    world.addModels(account)
    emit({ event: 'models.changed', data: {} })
    return { models: account.modelCount }
  },
  'models.list': (world) => world.models,
  'aliases.preview': (world, { pattern, target }) => {
    const names = pattern.includes('*') ? ['4o', '5-mini'].map((part) => pattern.replace('*', part)) : [pattern]
    return names.map((name, index) => {
      const meaning = target.replace('$1', ['4o', '5-mini'][index] ?? '')
      const works =
        world.models.some(({ id }) => id === meaning) || world.combos.some((combo) => combo.name === meaning)
      return { name, works, meaning: works ? meaning : `There is no model "${meaning}".` }
    })
  },
  'combos.list': (world) => world.combos,
  'combos.put': (world, input, emit) => {
    const combo = {
      ...input,
      id: input.id ?? `combo-${world.combos.length + 1}`,
      members: input.members.map(toComboMember),
    }
    const at = world.combos.findIndex(({ id }) => id === combo.id)
    if (at < 0) world.combos.push(combo)
    else world.combos[at] = combo
    emit({ event: 'combos.changed', data: {} })
    return combo
  },
  'combos.remove': (world, { id }, emit) => {
    world.combos = world.combos.filter((combo) => combo.id !== id)
    emit({ event: 'combos.changed', data: {} })
    return {}
  },
  'keys.list': (world) => world.keys,
  'settings.get': (world) => world.settings,
  'settings.put': (world, patch, emit) => {
    world.settings = routingSettings.parse({ ...world.settings, ...patch })
    emit({ event: 'settings.changed', data: {} })
    return world.settings
  },
  'standing.get': (world) => ({
    accounts: world.accounts.map(({ id, label }) => ({ id, label, quotas: [], rests: [], ...world.standing.get(id) })),
    breakers: [],
    limits: [],
    budgets: world.spending,
    cache: { hits: 0, misses: 0, entries: 0, bytes: 0, semanticHits: 0, shared: 0 },
  }),
  'standing.clear': (world, { accountId, model }, emit) => {
    const { quotas = [], rests = [] } = world.standing.get(accountId) ?? {}
    const isOther = (one: { readonly model?: string | undefined }) => model !== undefined && one.model !== model
    world.standing.set(accountId, { quotas: quotas.filter(isOther), rests: rests.filter(isOther) })
    const account = find(world, accountId)
    if (model === undefined) {
      for (const { id, provider } of world.accounts) {
        const known = world.standing.get(id)
        if (!known?.rests || provider !== account.provider) continue
        world.standing.set(id, { ...known, rests: known.rests.filter(({ shared }) => !shared) })
      }
    }
    if (model === undefined) account.state = stateOf(account.enabled, account.hasKey, world.providers, account)
    emit({ event: 'accounts.changed', data: {} })
    return {}
  },
  'cache.clear': () => ({}),
  'requests.explain': (_world, { id }) => ({
    id: id ?? 'r-1',
    story:
      'groq/llama-3.3-70b-versatile (Groq): failed, 429 rate_limited after 0.2 s → anthropic/claude-sonnet-4-5 (Claude (work)): served',
    lines: ['Asked for "auto" by claude-cli/2.1.4.', 'Answered in 6.3 s with 812 tokens.'],
  }),
  'keys.create': (world, { name }, emit) => {
    const view = { id: `key-${world.keys.length + 1}`, name, tail: 'Zq3x', createdAt: Date.now() }
    world.keys.push(view)
    emit({ event: 'keys.changed', data: {} })
    return { view, key: 'omr-test-key-that-is-shown-once-Zq3x' }
  },
  'keys.revoke': (world, { id }, emit) => {
    world.keys = world.keys.filter((key) => key.id !== id)
    emit({ event: 'keys.changed', data: {} })
    return {}
  },
  'requests.page': (world, { filter, cursor, limit }) => {
    const text = filter?.text?.toLowerCase() ?? ''
    const matching = world.requests.filter(
      (row) =>
        (filter?.outcome === 'served' ? row.status < 400 : filter?.outcome === 'failed' ? row.status >= 400 : true) &&
        `${row.client} ${row.modelAsked} ${row.modelServed ?? ''} ${row.accountLabel ?? ''}`
          .toLowerCase()
          .includes(text),
    )
    const from = cursor === undefined ? 0 : matching.findIndex(({ id }) => id === cursor) + 1
    const details = matching.slice(from, from + limit)
    const last = details.at(-1)
    return {
      rows: details.map(toRow),
      total: matching.length,
      ...(last && from + limit < matching.length ? { next: last.id } : {}),
    }
  },
  'requests.get': (world, { id }) => {
    const detail = world.requests.find((request) => request.id === id)
    if (!detail) throw new Error('This request is not in the log any more.')
    return detail
  },
  'requests.clear': (world) => {
    world.requests = []
    return {}
  },
  // Nothing in the dashboard moves configuration about: this gateway has no backups and exports nothing.
  'backups.list': () => [],
  'backups.create': notHere,
  'backups.preview': notHere,
  'backups.restore': notHere,
  'bundle.export': notHere,
  'bundle.preview': notHere,
  'bundle.import': notHere,
  'sync.read': () => ({ items: [], prefixes: [], own: null }),
  'sync.keep': () => ({}),
  'sync.apply': () => ({ skipped: [] }),
  'tools.list': () => ({ tools: [], suggested: { model: 'auto', models: ['auto'] }, changedFiles: [] }),
  'tools.preview': notHere,
  'tools.previewTakeBack': notHere,
  'tools.texts': notHere,
  'tools.apply': () => ({ kind: 'expired' }),
  'tools.verify': notHere,
  'tools.launch': notHere,
  'tools.profile': notHere,
}

function notHere(): never {
  throw new Error('The gateway of these tests can not do this.')
}

export function toRow(detail: World['requests'][number]): RequestRow {
  const {
    trace: _trace,
    warnings: _warnings,
    keyName: _keyName,
    message: _message,
    nextStep: _nextStep,
    ...row
  } = detail
  return row
}

function find(world: World, id: string): AccountView {
  const account = world.accounts.find((candidate) => candidate.id === id)
  if (!account) throw new Error('This account is gone.')
  return account
}

function stateOf(
  enabled: boolean,
  hasKey: boolean,
  providers: readonly ProviderView[],
  account: AccountView,
): AccountView['state'] {
  if (!enabled) return { kind: 'disabled' }
  const provider = providers.find(({ id }) => id === account.provider)
  return provider?.key === 'required' && !hasKey ? { kind: 'needs-key' } : { kind: 'ready' }
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>
}
