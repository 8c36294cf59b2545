// Every routing setting a user can lay down: checked, kept over a restart as it was, and read back alone where its neighbour is damaged.
import assert from 'node:assert/strict'
import {
  type RoutingSection,
  readRoutingSettings,
  routingPatch,
  routingSections,
} from '../../src/admin/routing-settings.ts'
import { openRoutingBook } from '../../src/admin/settings.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/settings.ts'
import { cleanUp, newDirectory, open, silentLog } from '../store/workspace.ts'

/** A value other than the default for every section; the compiler asks for new ones. */
const samples: { readonly [S in RoutingSection]: RoutingSettings[S] } = {
  aliases: [{ pattern: 'gpt-*', target: 'openrouter/openai/gpt-$1' }],
  models: { hidden: ['or/*:free'], blocked: ['or/evil'], names: { 'groq/x': 'Quick' } },
  defaults: {
    model: 'best',
    perKey: { k1: 'groq/x' },
    perWorkspace: { shop: 'auto/cheap' },
    accountStrategy: 'least-used',
  },
  affinity: { enabled: false, minutes: 5 },
  systemPrompt: [{ position: 'append', text: 'Answer in German.', keyId: 'k1', workspace: 'shop' }],
  reasoning: [{ model: 'openai/*', rule: { mode: 'budget', tokens: 4096 } }],
  limits: [{ account: 'a1', model: 'llama*', requestsPerMinute: 30, tokensPerMinute: 6000, concurrent: 2, gapMs: 100 }],
  queue: { maxWaitMs: 1_000, maxLength: 3 },
  timeouts: {
    firstByteMs: 1_000,
    idleMs: 2_000,
    totalMs: 3_000,
    perModel: [{ model: 'o3*', firstByteMs: 600_000 }],
    deadlineMs: 5_000,
    keepAliveMs: 0,
  },
  retry: { attempts: 3, baseMs: 50, maxMs: 500 },
  breaker: { failures: 2, windowMs: 5_000, openMs: 7_000 },
  budgets: [
    { id: 'b1', scope: { kind: 'tier', tier: 'api-key' }, period: 'week', usd: 12.5, warnAt: 0.5, rerouteAt: 0.9 },
  ],
  cache: {
    exact: true,
    exactMinutes: 5,
    semantic: true,
    embeddingModel: 'ollama/nomic',
    threshold: 0.9,
    maxMegabytes: 8,
    coalesce: true,
  },
  prices: [{ model: 'own/*', input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 5 }],
  network: { proxy: 'http://proxy.example:3128', perProvider: { groq: 'socks5://127.0.0.1:1080', mistral: 'direct' } },
}

describe('routing settings', () => {
  afterEach(cleanUp)

  for (const section of Object.keys(routingSections) as RoutingSection[]) {
    it(`${section} survive a restart as they were put`, async () => {
      assert.notDeepEqual(samples[section], defaultRoutingSettings[section])
      const directory = await newDirectory()
      const before = await open(directory)
      const patch = routingPatch.parse({ [section]: samples[section] })
      await openRoutingBook(before.settings, silentLog).put(patch as Partial<RoutingSettings>)
      await before.close()
      const after = await open(directory)
      assert.deepEqual(openRoutingBook(after.settings, silentLog).current(), {
        ...defaultRoutingSettings,
        [section]: samples[section],
      })
      await after.close()
    })
  }

  it('keep every other section when one is put', async () => {
    const store = await open(await newDirectory())
    const book = openRoutingBook(store.settings, silentLog)
    for (const section of Object.keys(routingSections) as RoutingSection[]) {
      await book.put(routingPatch.parse({ [section]: samples[section] }) as Partial<RoutingSettings>)
    }
    assert.deepEqual(book.current(), samples)
    assert.deepEqual(routingPatch.parse({}), {})
    assert.deepEqual(routingPatch.parse({ retry: {} }), { retry: defaultRoutingSettings.retry })
  })

  it('have the same defaults in the schema and in the engine', () => {
    assert.deepEqual(readRoutingSettings({}), { settings: defaultRoutingSettings, damaged: [] })
    assert.deepEqual(readRoutingSettings('nonsense'), { settings: defaultRoutingSettings, damaged: [] })
  })

  it('lose one damaged section at most', () => {
    const read = readRoutingSettings({ ...samples, retry: { attempts: 'many' } })
    assert.deepEqual(read, { settings: { ...samples, retry: defaultRoutingSettings.retry }, damaged: ['retry'] })
  })

  it('lose nothing by what a newer version has kept beside it', () => {
    const limits = samples.limits.map((rule) => ({ ...rule, later: 1 }))
    const read = readRoutingSettings({ ...samples, retry: { ...samples.retry, later: {} }, limits, later: true })
    assert.deepEqual(read, { settings: samples, damaged: [] })
  })

  it('refuse what could not work', () => {
    for (const wrong of [
      { cache: { semantic: true } },
      { limits: [{ account: 'a' }] },
      { budgets: [{ id: 'b', scope: { kind: 'all' }, period: 'day', usd: 1, warnAt: 0.9, rerouteAt: 0.5 }] },
      { retry: { attempts: -1 } },
      { nonsense: {} },
    ]) {
      assert.equal(routingPatch.safeParse(wrong).success, false, JSON.stringify(wrong))
    }
  })
})
