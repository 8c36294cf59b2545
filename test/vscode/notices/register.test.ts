// The notification itself, over a stand-in for the module `vscode`: what it says, and where its button leads.
import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { english } from '../../../src/vscode/localizer.ts'
import { Session } from '../../../src/vscode/session.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

const standIn = `
  const holder = globalThis.omnirouteBudgetNotices
  export const { l10n, env, window, commands, workspace } = holder
  export class Disposable {
    constructor(run) { this.dispose = run }
    static from(...all) { return new Disposable(() => { for (const each of all) each.dispose() }) }
  }
`

interface Scene {
  readonly warnings: { readonly text: string; readonly buttons: readonly string[] }[]
  readonly commands: unknown[][]
  answer: string | undefined
  /** Settings below `omniroute` that are false. */
  readonly off?: readonly string[]
}

async function loadRegister(scene: Scene) {
  const holder = {
    l10n: english,
    env: { language: 'en' },
    workspace: { getConfiguration: () => ({ get: (key: string) => !scene.off?.includes(key) }) },
    window: {
      showWarningMessage: async (text: string, ...buttons: string[]) => {
        scene.warnings.push({ text, buttons })
        return scene.answer
      },
    },
    commands: { executeCommand: async (...values: unknown[]) => void scene.commands.push(values) },
  }
  Object.assign(globalThis, { omnirouteBudgetNotices: holder })
  const version = Math.random()
  // Also the modules behind it are loaded anew: another test may have given them another stand-in.
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'vscode') {
        return { url: `data:text/javascript,${encodeURIComponent(`${standIn}//${version}`)}`, shortCircuit: true }
      }
      const found = next(specifier, context)
      return found.url.includes('/src/vscode/commands/') ? { ...found, url: `${found.url}?${version}` } : found
    },
  })
  const url = new URL('../../../src/vscode/notices/register.ts', import.meta.url)
  const module: typeof import('../../../src/vscode/notices/register.ts') = await import(`${url.href}?${version}`)
  hooks.deregister()
  return module.registerNotices
}

async function reach(answer: string | undefined, gateway: FakeGateway, off: readonly string[] = []): Promise<Scene> {
  const scene: Scene = { warnings: [], commands: [], answer, off }
  const registerNotices = await loadRegister(scene)
  const session = new Session({
    loadGateway: () => Promise.resolve({ startGateway: async () => gateway }),
    gateway: {
      dataDirectory: '',
      assetDirectory: '',
      secrets: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      version: '0',
    },
    settings: () => ({ port: 1, bodyLimitMb: 1, logRows: 100 }),
    log: silentLog,
  })
  const notices = registerNotices(session, { get: () => undefined, update: () => Promise.resolve() })
  await session.start()
  const data = { id: 'b1', level: 'reroute', spentUsd: 9.5, usd: 10, endsAt: Date.now() + 60_000 } as const
  gateway.emit({ event: 'budget.reached', data })
  notices.dispose()
  gateway.emit({ event: 'budget.reached', data: { ...data, level: 'stop' } })
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return scene
}

describe('the notification of a budget', () => {
  it('says what is spent, and its button leads to where budgets are set', async () => {
    const { warnings, commands } = await reach('Open Routing', new FakeGateway())
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]?.text ?? '', /^Budget: \$9\.50 of \$10\.00 spent\. Cheaper tiers come first until /)
    assert.deepEqual(warnings[0]?.buttons, ['Open Routing'])
    assert.deepEqual(commands, [['omniroute.routing.open', 'budgets']])
  })

  it('leads nowhere when it is closed', async () => {
    const { warnings, commands } = await reach(undefined, new FakeGateway())
    assert.equal(warnings.length, 1)
    assert.deepEqual(commands, [])
  })

  it('does not come when it is turned off', async () => {
    const { warnings } = await reach(undefined, new FakeGateway(), ['notifications.budgets'])
    assert.deepEqual(warnings, [])
  })
})

describe('the notifications of quotas and accounts', () => {
  const standing = (rests: { reason: string; until: number; named: boolean }[], remainingShare: number) => ({
    accounts: [
      {
        id: 'a1',
        label: 'Work',
        quotas: [{ window: 'day', unit: 'requests', remainingShare, source: 'header', at: Date.now() } as const],
        rests,
      },
    ],
    breakers: [],
    limits: [],
    budgets: [],
    cache: { hits: 0, misses: 0, entries: 0, bytes: 0, semanticHits: 0, shared: 0 },
  })
  const listed = {
    id: 'a1',
    provider: 'groq',
    providerName: 'Groq',
    label: 'Work',
    prefix: 'groq',
    tier: 'api-key',
    enabled: true,
    headers: {},
    hasKey: true,
    order: 0,
    modelCount: 1,
    state: { kind: 'ready' },
  } as const

  it('offer another account, and a look at the quotas', async () => {
    const gateway = new FakeGateway({ 'standing.get': standing([], 0.1), 'accounts.list': [listed] })
    const { warnings, commands } = await reach('Show Quotas', gateway, ['notifications.budgets'])
    assert.deepEqual(warnings, [
      { text: 'Work: 90% of the quota day is used.', buttons: ['Add Account', 'Show Quotas'] },
    ])
    assert.deepEqual(commands, [['omniroute.dashboard.open', 'providers']])
  })

  it('lead to the account whose key is refused', async () => {
    const rests = [{ reason: 'account_refused (403)', until: Date.now() + 60_000, named: false }]
    const gateway = new FakeGateway({ 'standing.get': standing(rests, 1), 'accounts.list': [listed] })
    const { warnings, commands } = await reach('Edit Account', gateway, ['notifications.budgets'])
    assert.match(warnings.map(({ text }) => text).join(), /^The key of Work is refused/)
    assert.deepEqual(commands, [['omniroute.account.edit', 'a1']])
  })
})
