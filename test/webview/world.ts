// What a test's gateway holds: providers, accounts, models, requests, and plans for calls that should fail or take their time.
import type {
  AccountCheck,
  AccountView,
  ComboView,
  GatewayStatus,
  KeyView,
  MethodName,
  MethodOutput,
  ModelView,
  ProviderView,
  RequestDetail,
  RpcFailure,
  StandingView,
} from '../../src/admin/contract.ts'
import { routingSettings } from '../../src/admin/routing-settings.ts'

export interface Plan {
  readonly delayMs?: number
  readonly failure?: RpcFailure
  /** Sent as it is, unchecked, so that a wrong answer can be tried. */
  readonly result?: unknown
}

type AccountStanding = Pick<StandingView['accounts'][number], 'quotas' | 'rests'>

export interface World {
  status: GatewayStatus
  providers: ProviderView[]
  accounts: AccountView[]
  models: ModelView[]
  combos: ComboView[]
  keys: KeyView[]
  settings: MethodOutput<'settings.get'>
  /** Of those accounts of which something is known, by their ids. */
  standing: Map<string, AccountStanding>
  spending: StandingView['budgets']
  requests: RequestDetail[]
  plans: Map<MethodName, Plan>
  /** The check of an account: keys with "bad" in them are refused. */
  check(key: string | undefined): AccountCheck
  addModels(account: AccountView): void
}

export function makeWorld(): World {
  const world: World = {
    status: {
      version: '0.1.0',
      endpoint: 'http://127.0.0.1:20128',
      startedAt: Date.now() - 3_600_000,
      activeRequests: 2,
      accounts: 0,
      models: 0,
      requests: { served: 0, failed: 0 },
    },
    providers: makeProviders(),
    accounts: [],
    models: [],
    combos: [],
    keys: [],
    settings: routingSettings.parse({}),
    standing: new Map(),
    spending: [],
    requests: [],
    plans: new Map(),
    check: (key) =>
      key?.includes('bad')
        ? {
            outcome: 'failed',
            message: 'Groq refused the key (401: Invalid API Key).',
            nextStep: 'Check or replace the key of this account in OmniRoute.',
            latencyMs: 212,
          }
        : { outcome: 'ok', message: 'The server answered with its model list.', latencyMs: 142, models: 4 },
    addModels(account) {
      world.models = world.models.filter(({ accountId }) => accountId !== account.id)
      world.models.push(...makeModels(account))
      account.modelCount = world.models.filter(({ accountId }) => accountId === account.id).length
    },
  }
  return world
}

/** What a person who uses combos, settings and keys has laid down. */
export function addRouting(world: World): World {
  world.combos = [
    {
      id: 'c-best',
      name: 'best',
      strategy: 'ordered',
      enabled: true,
      members: [
        { model: 'anthropic/claude-sonnet-4-5', overrides: { reasoning: { mode: 'level', level: 'high' } } },
        { model: 'groq/llama-3.3-70b-versatile' },
        { model: 'openai/gpt-5.1' },
        { model: 'auto/cheap', enabled: false },
      ],
    },
    {
      id: 'c-team',
      name: 'team/shared',
      strategy: 'weighted',
      enabled: true,
      members: [
        { model: 'groq/openai/gpt-oss-120b', weight: 3 },
        { model: 'best', weight: 1 },
        { model: 'gone/model', weight: 0 },
      ],
    },
    { id: 'c-off', name: 'night', strategy: 'cheapest', enabled: false, members: [{ model: 'ollama/local-model-1' }] },
  ]
  world.keys = [
    { id: 'k-default', name: 'default', tail: 'w8Qd', createdAt: Date.now() - 40 * 86_400_000 },
    { id: 'k-codex', name: 'codex', tail: 'Lr2v', createdAt: Date.now() - 3 * 86_400_000 },
  ]
  world.settings = routingSettings.parse({
    aliases: [{ pattern: 'gpt-*', target: 'openai/gpt-$1' }],
    defaults: { model: 'best', perKey: { 'k-codex': 'team/shared' }, perWorkspace: { shop: 'auto/cheap' } },
    budgets: [{ id: 'b1', scope: { kind: 'all' }, period: 'month', usd: 20, warnAt: 0.8, rerouteAt: 0.95 }],
    limits: [{ account: 'a-groq', requestsPerMinute: 30, gapMs: 500 }],
    models: { hidden: ['groq/*'], blocked: [], names: { 'anthropic/claude-opus-4-1': 'Opus' } },
    reasoning: [{ model: 'openai/*', rule: { mode: 'budget', tokens: 4096 } }],
    systemPrompt: [{ position: 'append', text: 'Answer in German.', keyId: 'k-codex' }],
    cache: { exact: true },
  })
  const period = { startsAt: Date.now() - 20 * 86_400_000, endsAt: Date.now() + 10 * 86_400_000 }
  world.spending = [{ id: 'b1', level: 'warn', usd: 20, spentUsd: 16.4, reservedUsd: 0.12, unknown: 3, ...period }]
  return world
}

/** A world as it looks after some days of use. */
export function makeFullWorld(): World {
  const world = makeWorld()
  const provider = (id: string) => {
    const found = world.providers.find((candidate) => candidate.id === id)
    if (!found) throw new Error(`no provider ${id}`)
    return found
  }
  world.accounts = [
    makeAccount(provider('anthropic'), { id: 'a-claude', label: 'Claude (work)', apiKey: 'sk-ant-xxxxAQ7f' }),
    makeAccount(provider('groq'), { id: 'a-groq', label: 'Groq', apiKey: 'gsk_xxxxxx3kP2' }),
    makeAccount(provider('groq'), {
      id: 'a-groq2',
      label: 'Groq, second key',
      prefix: 'groq',
      apiKey: 'gsk_xxxxxxZZ01',
    }),
    makeAccount(provider('openai-compatible'), {
      id: 'a-box',
      label: 'Box under the desk',
      prefix: 'box',
      baseUrl: 'http://192.168.1.20:8080/v1',
    }),
    makeAccount(provider('openai'), { id: 'a-openai', label: 'OpenAI' }),
    makeAccount(provider('ollama'), { id: 'a-ollama', label: 'Ollama' }),
  ]
  for (const account of world.accounts) world.addModels(account)
  const [, , resting, , , off] = world.accounts
  if (resting) {
    resting.state = { kind: 'resting', reason: 'Rate limited by Groq (429).', until: Date.now() + 95_000 }
  }
  if (off) {
    off.enabled = false
    off.state = { kind: 'disabled' }
  }
  world.standing = makeStanding()
  world.requests = makeRequests(260)
  return world
}

/** A plan with its windows, a vendor with many windows and a resting model, an account that rests as a whole. */
function makeStanding(now = Date.now()): Map<string, AccountStanding> {
  const minute = 60_000
  const header = { source: 'header', at: now - 2 * minute - 5_000 } as const
  const perMinute = { window: 'tokens/minute', unit: 'tokens', lengthMs: minute, refills: true, ...header }
  const perDay = { window: 'requests/day', unit: 'requests', lengthMs: 1440 * minute, ...header }
  const plan = { unit: 'share', ...header }
  return new Map<string, AccountStanding>([
    [
      'a-claude',
      {
        quotas: [
          {
            ...plan,
            window: 'unified/7d',
            lengthMs: 10_080 * minute,
            remainingShare: 0.63,
            resetsAt: now + 3 * 86_400_000,
          },
          { ...plan, window: 'unified/5h', lengthMs: 300 * minute, remainingShare: 0.12, resetsAt: now + 100 * minute },
        ],
        rests: [],
      },
    ],
    [
      'a-groq',
      {
        quotas: [
          {
            ...perDay,
            model: 'llama-3.3-70b-versatile',
            limit: 14_400,
            remaining: 14_010,
            remainingShare: 0.97,
            resetsAt: now + 500 * minute,
          },
          {
            ...perMinute,
            model: 'llama-3.3-70b-versatile',
            limit: 6000,
            remaining: 1200,
            remainingShare: 0.2,
            resetsAt: now + 48_000,
          },
          {
            ...perDay,
            model: 'qwen/qwen3-32b',
            limit: 1000,
            remaining: 0,
            remainingShare: 0,
            resetsAt: now + 200 * minute,
            source: 'body',
          },
          { ...perMinute, model: 'qwen/qwen3-32b', limit: 6000 },
          {
            ...perMinute,
            model: 'openai/gpt-oss-120b',
            limit: 8000,
            remaining: 7200,
            remainingShare: 0.9,
            resetsAt: now + 6_000,
          },
        ],
        rests: [{ model: 'qwen/qwen3-32b', reason: 'quota_exhausted (429)', until: now + 200 * minute, named: true }],
      },
    ],
    [
      'a-groq2',
      {
        quotas: [{ window: 'credits', unit: 'credits', remaining: 4.2, source: 'endpoint', at: now - 10_000 }],
        rests: [
          { model: 'llama-3.3-70b-versatile', reason: 'upstream_timeout (504)', until: now + 20_000, named: false },
          { reason: 'rate_limited (429)', until: now + 95_000, named: true },
        ],
      },
    ],
  ])
}

export function makeAccount(
  provider: ProviderView,
  given: {
    id: string
    label?: string | undefined
    prefix?: string | undefined
    tier?: ProviderView['tier'] | undefined
    baseUrl?: string | undefined
    headers?: Record<string, string> | undefined
    apiKey?: string | undefined
  },
): AccountView {
  return {
    id: given.id,
    provider: provider.id,
    providerName: provider.name,
    label: given.label ?? provider.name,
    prefix: given.prefix ?? provider.id,
    tier: given.tier ?? provider.tier,
    enabled: true,
    ...(given.baseUrl ? { baseUrl: given.baseUrl } : {}),
    headers: given.headers ?? {},
    hasKey: given.apiKey !== undefined,
    ...(given.apiKey ? { keyTail: given.apiKey.slice(-4) } : {}),
    order: 0,
    modelCount: 0,
    state: { kind: provider.key === 'required' && !given.apiKey ? 'needs-key' : 'ready' },
  }
}

function makeProviders(): ProviderView[] {
  const provider = (
    id: string,
    name: string,
    tier: ProviderView['tier'],
    rest: Partial<ProviderView> = {},
  ): ProviderView => ({
    id,
    name,
    tier,
    wires: ['openai-chat'],
    baseUrl: `https://api.${id}.example/v1`,
    website: `https://${id}.example`,
    keyUrl: `https://${id}.example/keys`,
    key: 'required',
    asks: [],
    builtIn: false,
    ...rest,
  })
  const local = (id: string, name: string, baseUrl: string): ProviderView => ({
    id,
    name,
    tier: 'local',
    wires: ['openai-chat'],
    baseUrl,
    key: 'optional',
    asks: ['baseUrl'],
    builtIn: false,
  })
  return [
    provider('openai', 'OpenAI', 'api-key'),
    provider('anthropic', 'Anthropic', 'api-key'),
    provider('gemini', 'Google Gemini', 'free', { note: 'Free of charge within daily limits.' }),
    provider('openrouter', 'OpenRouter', 'api-key'),
    provider('groq', 'Groq', 'free', { note: 'Fast open models, free of charge within limits per minute.' }),
    provider('deepseek', 'DeepSeek', 'cheap'),
    local('ollama', 'Ollama', 'http://127.0.0.1:11434/v1'),
    local('lm-studio', 'LM Studio', 'http://127.0.0.1:1234/v1'),
    {
      id: 'openai-compatible',
      name: 'OpenAI-compatible server',
      tier: 'api-key',
      wires: ['openai-chat'],
      key: 'optional',
      asks: ['baseUrl', 'headers'],
      builtIn: false,
    },
    {
      id: 'demo',
      name: 'Demo',
      tier: 'local',
      wires: ['openai-chat'],
      key: 'none',
      asks: [],
      builtIn: true,
      note: 'Answers inside the gateway; for trying things out.',
    },
  ]
}

function makeModels(account: AccountView): ModelView[] {
  const names: Readonly<Record<string, readonly string[]>> = {
    anthropic: ['claude-sonnet-4-5', 'claude-opus-4-1', 'claude-haiku-4-5'],
    groq: ['llama-3.3-70b-versatile', 'openai/gpt-oss-120b', 'qwen/qwen3-32b', 'moonshotai/kimi-k2-instruct'],
    demo: ['echo', 'tools', 'slow'],
    openai: ['gpt-5.1', 'gpt-5.1-codex', 'gpt-4.1-mini'],
  }
  const many = Array.from({ length: 30 }, (_, index) => `local-model-${index + 1}`)
  return (names[account.provider] ?? many).map((name, index) => ({
    id: `${account.prefix}/${name}`,
    name,
    accountId: account.id,
    kind: 'model',
    ...(index % 3 === 2 ? {} : { contextWindow: index % 2 ? 1_048_576 : 131_072, maxOutput: 32_768 }),
    tools: index % 3 !== 2,
    vision: index % 2 === 0,
    reasoning: index % 4 === 1,
    source: 'live',
  }))
}

/** Requests of every kind, newest first, the same ones every time but for the clock. */
export function makeRequests(count: number, newest = Date.now() - 4_000): RequestDetail[] {
  return Array.from({ length: count }, (_, index) => makeRequest(index, newest - index * 47_000))
}

export function makeRequest(index: number, at: number): RequestDetail {
  const base = {
    id: `req_${String(index).padStart(5, '0')}`,
    at,
    client: ['claude-cli/2.1.4', 'github.copilot-chat', 'codex_cli_rs/0.58', 'OpenAI/JS 6.9'][index % 4] ?? 'curl',
    wire: ['anthropic-messages', 'editor', 'openai-responses', 'openai-chat'][index % 4] ?? 'openai-chat',
    stream: index % 4 !== 3,
    keyName: 'default',
    warnings: [],
  }
  if (index % 9 === 4) return { ...base, ...failedRequest() }
  if (index % 7 === 3) return { ...base, ...rescuedRequest() }
  return { ...base, ...servedRequest(index) }
}

function servedRequest(index: number): Omit<RequestDetail, 'id' | 'at' | 'client' | 'wire' | 'stream' | 'warnings'> {
  const model =
    ['anthropic/claude-sonnet-4-5', 'groq/llama-3.3-70b-versatile', 'box/local-model-1'][index % 3] ?? 'groq/x'
  const account = ['Claude (work)', 'Groq', 'Box under the desk'][index % 3] ?? 'Groq'
  const firstByteMs = 180 + ((index * 37) % 500)
  const totalMs = firstByteMs + 400 + ((index * 911) % 9000)
  return {
    modelAsked: index % 5 === 0 ? 'auto' : model,
    modelServed: model,
    accountLabel: account,
    status: 200,
    usage: {
      input: index % 3 === 2 ? null : 800 + index * 13,
      cacheRead: index % 3 === 0 ? 18_204 : null,
      cacheWrite: null,
      output: index % 3 === 2 ? null : 120 + index * 7,
      reasoning: null,
    },
    firstByteMs,
    totalMs,
    attempts: 1,
    trace: [{ kind: 'served', target: model, account, startedAt: 2, firstByteAt: firstByteMs, endedAt: totalMs }],
  }
}

function rescuedRequest(): Omit<RequestDetail, 'id' | 'at' | 'client' | 'wire' | 'stream'> {
  return {
    modelAsked: 'auto',
    modelServed: 'anthropic/claude-sonnet-4-5',
    accountLabel: 'Claude (work)',
    status: 200,
    usage: { input: 2114, cacheRead: 18_204, cacheWrite: 640, output: 812, reasoning: 256 },
    firstByteMs: 1480,
    totalMs: 6320,
    attempts: 3,
    cost: { usd: 0.0247, source: 'catalogue' },
    workspace: 'shop',
    trace: [
      { kind: 'decided', reason: 'the combo "best" goes through its members in order' },
      { kind: 'skipped', target: 'ollama/local-model-1', account: 'Ollama', reason: 'The account is turned off.' },
      {
        kind: 'skipped',
        target: 'groq/qwen/qwen3-32b',
        account: 'Groq, second key',
        reason: 'Resting for 95 s after a rate limit.',
      },
      {
        kind: 'failed',
        target: 'groq/llama-3.3-70b-versatile',
        account: 'Groq',
        code: 'rate_limited',
        status: 429,
        message: 'Groq asks to wait 95 s: tokens per minute are used up.',
        startedAt: 3,
        endedAt: 240,
      },
      {
        kind: 'waited',
        target: 'box/local-model-1',
        account: 'Box under the desk',
        reason: 'for the limit of 2 requests at the same time',
        ms: 180,
      },
      {
        kind: 'retried',
        target: 'box/local-model-1',
        account: 'Box under the desk',
        reason: 'after a connection that was reset',
        ms: 400,
      },
      {
        kind: 'refreshed',
        target: 'anthropic/claude-sonnet-4-5',
        account: 'Claude (work)',
        reason: 'the token had run out',
        ms: 90,
      },
      {
        kind: 'failed',
        target: 'box/local-model-1',
        account: 'Box under the desk',
        code: 'upstream_unreachable',
        message: 'No connection to 192.168.1.20:8080 (ECONNREFUSED).',
        startedAt: 241,
        endedAt: 980,
      },
      {
        kind: 'served',
        target: 'anthropic/claude-sonnet-4-5',
        account: 'Claude (work)',
        startedAt: 984,
        firstByteAt: 1480,
        endedAt: 6320,
      },
    ],
    warnings: [
      { kind: 'dropped', subject: 'logit_bias', message: 'Anthropic has no such parameter; it was left out.' },
      { kind: 'clamped', subject: 'temperature', message: 'Lowered from 1.4 to 1.' },
    ],
  }
}

function failedRequest(): Omit<RequestDetail, 'id' | 'at' | 'client' | 'wire' | 'stream' | 'warnings'> {
  return {
    modelAsked: 'openai/gpt-5.1',
    status: 401,
    code: 'account_refused',
    message: 'OpenAI refused the key of the account "OpenAI" (401: Incorrect API key provided).',
    nextStep: 'Check or replace the key of this account in OmniRoute.',
    usage: { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null },
    totalMs: 312,
    attempts: 1,
    trace: [
      {
        kind: 'failed',
        target: 'openai/gpt-5.1',
        account: 'OpenAI',
        code: 'account_refused',
        status: 401,
        message: 'Incorrect API key provided',
        startedAt: 2,
        endedAt: 311,
      },
    ],
  }
}
