// What the tests of routing settings share: one gateway over several accounts of every wire, whose upstreams behave as a test says,
// and the pattern of a proof: a control is absent, then set while the gateway runs, then read anew by a restarted one, then taken back.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import type { MethodInput, RequestDetail } from '../../../src/admin/contract.ts'
import type { RoutingSection } from '../../../src/admin/routing-settings.ts'
import type { Tier } from '../../../src/core/model.ts'
import { defaultRoutingSettings } from '../../../src/core/settings.ts'
import type { GatewayConfig } from '../../fakes/gateway.ts'
import type { ScriptInput } from '../../fakes/script.ts'
import { type Fake, startFake } from '../../fakes/start.ts'
import { type Dialect, dialects } from '../dialects.ts'
import { type Answer, type Loose, newFolder, startWorld, testKey, type World } from '../world.ts'

export const otherKey = 'omr-other-0123456789abcdefghijklmno'
export const testKeyId = 'config:test'

export type Patch = MethodInput<'settings.put'>

/** What reached an upstream: the account by its credential, the model as the upstream was asked for it, the body. */
export interface Arrival {
  readonly account: string
  readonly model: string
  readonly url: string
  readonly body: Loose
  readonly headers: Readonly<Record<string, string>>
}

export interface Asking {
  readonly dialect?: Dialect
  readonly stream?: boolean
  readonly text?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Put over the dialect's own body. */
  readonly body?: object
  readonly signal?: AbortSignal
}

export interface Stage {
  readonly fake: Fake
  /** Another host, called by the account `far`. */
  readonly far: Fake
  /** The gateway that runs now: another one after a restart. */
  readonly world: World
  ask(model: string, asking?: Asking): Promise<Answer>
  /** As `ask`, and the answer must be a served one. */
  served(model: string, asking?: Asking): Promise<Answer>
  put(patch: Patch): Promise<void>
  /** How the upstream behaves for a model, in turn; the last one stays. */
  script(model: string, ...scripts: (ScriptInput | string)[]): Promise<void>
  /** What reached the upstreams since the last `fresh`, oldest first. */
  arrivals(): Promise<Arrival[]>
  /** The log's row of an answer. */
  row(answer: Answer): Promise<RequestDetail>
  /** Forgets what was learned, recorded and scripted; settings stay. */
  fresh(): Promise<void>
  restart(): Promise<void>
  /** All settings at their defaults. */
  reset(): Promise<void>
  /** The pattern of a proof; each check begins with everything forgotten. */
  proves(patch: Patch, checks: { off: () => Promise<void>; on: () => Promise<void> }): Promise<void>
  stop(): Promise<void>
}

export const [chat, responses, messages, gemini] = dialects as readonly [Dialect, Dialect, Dialect, Dialect]

/** Accounts, by prefix and credential: one a wire, a second of chat and of responses, two behind one prefix, a cheap one, and one at another host. */
const prefixes: readonly (readonly [id: string, prefix: string, dialect: Dialect, tier?: Tier])[] = [
  ['oc', 'oc', chat],
  ['rc', 'rc', responses],
  ['rc2', 'rc2', responses],
  ['ac', 'ac', messages],
  ['gc', 'gc', gemini],
  ['oc2', 'oc2', chat],
  ['twin-a', 'twin', chat],
  ['twin-b', 'twin', chat],
  ['low', 'low', chat, 'cheap'],
  ['far', 'far', chat],
]

export async function openStage(extra: Partial<GatewayConfig> = {}): Promise<Stage> {
  const [fake, far] = await Promise.all([startFake({ fallback: 'text' }), startFake({ fallback: 'text' })])
  const dataDirectory = await newFolder()
  const config: GatewayConfig = {
    keys: [
      { name: 'test', key: testKey },
      { name: 'other', key: otherKey },
    ],
    accounts: prefixes.map(([id, prefix, { provider, version }, tier = 'api-key']) => ({
      id,
      provider,
      prefix,
      tier,
      baseUrl: `${id === 'far' ? far.url : fake.url}/${version}`,
      apiKey: `key-${id}`,
      models: ['text', 'one', 'two', { id: 'thinker', reasoning: true }],
    })),
    combos: [
      { name: 'pair', strategy: 'ordered', members: ['oc/one', 'oc2/two'] },
      { name: 'thrifty', strategy: 'ordered', members: ['oc/one', 'low/two'] },
    ],
    ...extra,
  }
  const start = (): Promise<World> => startWorld(config, { dataDirectory })
  let world = await start()

  const stage: Stage = {
    fake,
    far,
    get world() {
      return world
    },
    ask(model, { dialect = chat, stream = false, text, key = testKey, headers, body, signal } = {}) {
      return world.send(dialect.path(model, stream), {
        headers: { authorization: `Bearer ${key}`, ...headers },
        body: { ...dialect.body(model, stream, text), ...body },
        ...(signal ? { signal } : {}),
      })
    },
    async served(model, asking) {
      const answer = await stage.ask(model, asking)
      assert.equal(answer.status, 200, answer.text)
      return answer
    },
    async put(patch) {
      await world.rpc('settings.put', patch)
    },
    async script(model, ...scripts) {
      await Promise.all([fake, far].map((one) => one.control({ model, scripts })))
    },
    async arrivals() {
      const logs = await Promise.all([fake.log(), far.log()])
      return logs
        .flat()
        .sort((a, b) => a.at - b.at)
        .map(({ headers, model = '', url, body }) => {
          const named = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
          const credential = named['x-api-key'] ?? named['x-goog-api-key'] ?? named['authorization'] ?? ''
          return {
            account: credential.replace(/^(?:Bearer )?key-/, ''),
            model,
            url,
            headers: named,
            body: JSON.parse(Buffer.from(body, 'base64').toString('utf8') || '{}'),
          }
        })
    },
    async row(answer) {
      const id = String(answer.headers['x-omniroute-request-id'])
      for (let round = 0; ; round++) {
        try {
          return await world.rpc('requests.get', { id })
        } catch (error) {
          if (round > 300) throw error
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
    },
    async fresh() {
      for (const { id } of await world.rpc('accounts.list', {})) await world.rpc('standing.clear', { accountId: id })
      await world.rpc('cache.clear', {})
      await Promise.all([fake, far].map((one) => one.control({ reset: true, forget: true })))
    },
    async restart() {
      await world.gateway.stop()
      world = await start()
    },
    async reset() {
      await world.rpc('settings.put', structuredClone(defaultRoutingSettings) as unknown as Patch)
      await stage.fresh()
    },
    async proves(patch, { off, on }) {
      const check = async (when: string, check: () => Promise<void>): Promise<void> => {
        await stage.fresh()
        try {
          await check()
        } catch (error) {
          throw new Error(`${when}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
        }
      }
      await check('before it is set', off)
      await stage.put(patch)
      await check('once it is set', on)
      await stage.restart()
      await check('after a restart', on)
      const sections = Object.keys(patch) as RoutingSection[]
      const defaults = Object.fromEntries(sections.map((section) => [section, defaultRoutingSettings[section]]))
      await stage.put(structuredClone(defaults) as Patch)
      await check('after it is taken back', off)
    },
    async stop() {
      await world.gateway.stop()
      await Promise.all([fake.stop(), far.stop()])
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
  return stage
}

/** The account and model of each arrival, as `oc/one`. */
export function ways(arrivals: readonly Arrival[]): string[] {
  return arrivals.map(({ account, model }) => `${account}/${model}`)
}

/** The message of a refusal, in whatever dialect it is told. */
export function refusal(answer: Answer): string {
  return String(answer.json().error.message)
}
