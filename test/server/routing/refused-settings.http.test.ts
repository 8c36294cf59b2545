// What settings take and what they refuse: a section that is named is replaced and no other is touched; a wrong value or an unknown
// name is refused with the field at fault, and nothing is changed by it.
import assert from 'node:assert/strict'
import type { Loose } from '../world.ts'
import { openStage, type Patch, type Stage, testKeyId } from './stage.ts'

/** One value a section that is not the default. */
const everySection = {
  aliases: [{ pattern: 'a', target: 'oc/one' }],
  models: { hidden: ['oc/h*'], blocked: ['oc/b*'], names: { 'oc/one': 'One' } },
  defaults: {
    model: 'oc/one',
    perKey: { [testKeyId]: 'oc/two' },
    perWorkspace: { project: 'ac/one' },
    accountStrategy: 'least-used',
  },
  affinity: { enabled: false, minutes: 5 },
  systemPrompt: [{ position: 'append', text: 'Be brief.', workspace: 'project' }],
  reasoning: [{ model: 'oc/*', rule: { mode: 'budget', tokens: 2048 } }],
  limits: [{ account: 'oc', model: 'one', requestsPerMinute: 7, tokensPerMinute: 9000, concurrent: 3, gapMs: 5 }],
  queue: { maxWaitMs: 1234, maxLength: 12 },
  timeouts: {
    firstByteMs: 1100,
    idleMs: 1200,
    totalMs: 1300,
    perModel: [{ model: 'oc/one', firstByteMs: 900 }],
    deadlineMs: 1400,
    keepAliveMs: 1500,
  },
  retry: { attempts: 3, baseMs: 10, maxMs: 20 },
  breaker: { failures: 2, windowMs: 3000, openMs: 4000 },
  budgets: [{ id: 'b', scope: { kind: 'tier', tier: 'api-key' }, period: 'week', usd: 5, warnAt: 0.5, rerouteAt: 0.7 }],
  cache: {
    exact: true,
    exactMinutes: 5,
    semantic: true,
    embeddingModel: 'oc/embed',
    threshold: 0.9,
    maxMegabytes: 8,
    coalesce: true,
  },
  prices: [{ model: 'oc/*', input: 1, cacheRead: 2, cacheWrite: 3, output: 4 }],
  network: { proxy: 'direct', perProvider: { groq: 'http://127.0.0.1:3128' } },
} as const

const wrong: readonly (readonly [what: string, patch: object, field: string])[] = [
  ['a section that is none', { colours: [] }, 'colours'],
  ['a setting that is none', { retry: { attemps: 0 } }, 'retry.attemps'],
  ['a part of a rule that is none', { limits: [{ account: 'oc', concurent: 1, concurrent: 1 }] }, 'limits.0.concurent'],
  [
    'a part of a section that is none',
    { timeouts: { perModel: [{ model: '*', wait: 1 }] } },
    'timeouts.perModel.0.wait',
  ],
  ['an alias without a target', { aliases: [{ pattern: 'a' }] }, 'aliases.0.target'],
  ['globs that are no list', { models: { hidden: 'oc/*' } }, 'models.hidden'],
  ['a strategy of nobody', { defaults: { accountStrategy: 'best' } }, 'defaults.accountStrategy'],
  ['a life of no length', { affinity: { minutes: 0 } }, 'affinity.minutes'],
  ['a system prompt in the middle', { systemPrompt: [{ position: 'middle', text: 'x' }] }, 'systemPrompt.0.position'],
  ['an empty system prompt', { systemPrompt: [{ position: 'append', text: ' ' }] }, 'systemPrompt.0.text'],
  [
    'reasoning of no level',
    { reasoning: [{ model: '*', rule: { mode: 'level', level: 'huge' } }] },
    'reasoning.0.rule',
  ],
  ['a limit that limits nothing', { limits: [{ account: 'oc' }] }, 'limits.0'],
  ['no requests a minute', { limits: [{ requestsPerMinute: 0 }] }, 'limits.0.requestsPerMinute'],
  ['half a request at a time', { limits: [{ concurrent: 0.5 }] }, 'limits.0.concurrent'],
  ['a line of negative length', { queue: { maxLength: -1 } }, 'queue.maxLength'],
  ['a time-out as text', { timeouts: { idleMs: '5s' } }, 'timeouts.idleMs'],
  [
    'a time-out of a model that is too short',
    { timeouts: { perModel: [{ model: '*', totalMs: 1 }] } },
    'timeouts.perModel.0.totalMs',
  ],
  ['too many tries', { retry: { attempts: 6 } }, 'retry.attempts'],
  ['a breaker that never closes', { breaker: { openMs: -1 } }, 'breaker.openMs'],
  [
    'a budget that warns after rerouting',
    { budgets: [{ id: 'b', scope: { kind: 'all' }, period: 'day', usd: 1, warnAt: 0.9, rerouteAt: 0.5 }] },
    'budgets.0',
  ],
  [
    'two budgets of one id',
    {
      budgets: [
        { id: 'b', scope: { kind: 'all' }, period: 'day', usd: 1 },
        { id: 'b', scope: { kind: 'all' }, period: 'week', usd: 1 },
      ],
    },
    'budgets',
  ],
  ['a semantic cache without a model', { cache: { semantic: true } }, 'cache'],
  ['a threshold beyond 1', { cache: { threshold: 1.5 } }, 'cache.threshold'],
  ['a negative price', { prices: [{ model: '*', input: -1 }] }, 'prices.0.input'],
]

describe('changing settings', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  async function put(patch: object): Promise<Loose> {
    const answer = await stage.world.send('/admin/rpc', {
      anonymous: true,
      headers: { authorization: `Bearer ${stage.world.token}` },
      body: { id: 1, method: 'settings.put', params: patch },
    })
    assert.equal(answer.status, 200)
    return answer.json()
  }
  const current = (): Promise<Loose> => stage.world.rpc('settings.get', {})

  it('one section after the other leaves all of them set, also after a restart', async () => {
    for (const [section, value] of Object.entries(everySection)) {
      const { result } = await put({ [section]: value })
      assert.deepEqual(result[section], value)
    }
    assert.deepEqual(await current(), everySection)
    await stage.restart()
    assert.deepEqual(await current(), everySection)
  })

  it('a section that is named gets defaults for what it leaves out, and only that one', async () => {
    await stage.put(structuredClone(everySection) as unknown as Patch)
    await put({ retry: { attempts: 0 } })
    assert.deepEqual(await current(), { ...everySection, retry: { attempts: 0, baseMs: 400, maxMs: 2000 } })
    await put({})
    assert.deepEqual((await current()).retry.attempts, 0)
  })

  for (const [what, patch, field] of wrong) {
    it(`${what} is refused by its place, and nothing changes`, async () => {
      await stage.put(structuredClone(everySection) as unknown as Patch)
      const { error, result } = await put({ affinity: { enabled: true }, ...patch })
      assert.equal(result, undefined)
      assert.equal(error.code, 'invalid_request')
      assert.equal(error.parameter, field)
      assert.ok(error.message.startsWith(field), error.message)
      assert.deepEqual(await current(), everySection)
    })
  }
})
