// Taking back after the tool itself, or the person in it, has written into the same files: what it does was seen in real runs
// (test/clients/tools). Only ours goes, and what stays is a document that the tool still reads.
import assert from 'node:assert/strict'
import { parse as parseYaml } from 'yaml'
import { endpoint, makeWorld, type World } from './world.ts'
import { zoo } from './zoo.ts'

const providersFile = '.cline/data/settings/providers.json'

interface Entry {
  updatedAt: string
  settings: Record<string, unknown>
}

interface Providers {
  lastUsedProvider?: string
  readonly providers: Record<string, Entry>
}

let world: World
beforeEach(async () => {
  world = await makeWorld()
})
afterEach(async () => {
  await world.remove()
})

/** Rewrites a JSON file the way the tools do: parsed, changed, written whole. */
async function rewrite<T>(path: string, change: (data: T) => void): Promise<void> {
  const data = JSON.parse(await world.text(path)) as T
  change(data)
  await world.put(path, `${JSON.stringify(data, undefined, 2)}\n`)
}

describe('what is taken back after Cline', () => {
  /** Every run dates the entry anew, in an order of its own; a model chosen in Cline is noted there, too. */
  const run = (model?: string): Promise<void> =>
    rewrite<Providers>(providersFile, (data) => {
      const entry = data.providers['openai-compatible'] ?? assert.fail()
      entry.updatedAt = '2026-11-30T00:00:00.000Z'
      entry.settings = Object.fromEntries(Object.entries(entry.settings).reverse())
      if (model !== undefined) entry.settings['model'] = model
    })

  it('has run is all of it, with the entry that was there before', async () => {
    const [animal] = zoo['cline'] ?? []
    const before = animal?.files[providersFile] ?? assert.fail()
    await world.put(providersFile, before)
    await world.apply('cline', 'default')
    await run()
    assert.equal((await world.setup.inspect('cline', endpoint)).states.add, 'configured')
    const back = await world.takeBack('cline')
    assert.deepEqual(
      back.files.flatMap(({ left }) => left),
      [],
    )
    assert.equal(await world.text(providersFile), before)
  })

  it('was used with another model of ours leaves no file behind', async () => {
    await world.apply('cline', 'default')
    await run('groq/openai/gpt-oss-120b')
    await world.takeBack('cline')
    assert.deepEqual(await world.tree(), {})
  })

  it('has another provider leaves a file that Cline still reads', async () => {
    await world.apply('cline', 'default')
    const theirs = { settings: { provider: 'anthropic', apiKey: 'sk-ant-mine' }, updatedAt: '2026-11-30T00:00:00.000Z' }
    await rewrite<Providers>(providersFile, (data) => {
      data.lastUsedProvider = 'anthropic'
      data.providers['anthropic'] = theirs
    })
    const back = await world.takeBack('cline')
    assert.deepEqual(
      back.files.map(({ left }) => left),
      [['lastUsedProvider']],
    )
    assert.deepEqual(JSON.parse(await world.text(providersFile)), {
      version: 1,
      lastUsedProvider: 'anthropic',
      modes: {},
      providers: { anthropic: theirs },
    })
  })

  it('points elsewhere leaves the entry, which is no longer ours', async () => {
    await world.apply('cline', 'add')
    await rewrite<Providers>(providersFile, (data) => {
      const { settings } = data.providers['openai-compatible'] ?? assert.fail()
      settings['baseUrl'] = 'http://127.0.0.1:1234/v1'
    })
    const back = await world.takeBack('cline')
    assert.deepEqual(
      back.files.flatMap(({ left }) => left),
      ['providers.openai-compatible'],
    )
  })
})

describe('what is taken back after Continue', () => {
  it('was given another model leaves a configuration that it still reads', async () => {
    await world.apply('continue', 'default')
    const text = await world.text('.continue/config.yaml')
    await world.put('.continue/config.yaml', `${text.trimEnd()}\n  - { name: Mine, provider: ollama, model: qwen }\n`)
    await world.takeBack('continue')
    assert.deepEqual(parseYaml(await world.text('.continue/config.yaml')), {
      name: 'Local Config',
      version: '1.0.0',
      schema: 'v1',
      models: [{ name: 'Mine', provider: 'ollama', model: 'qwen' }],
    })
  })
})

describe('a new configuration of Kilo Code', () => {
  const config = '.config/kilo/kilo.jsonc'

  it('has a word about commands, without which Kilo would allow all of them, and loses it again', async () => {
    await world.apply('kilo-code', 'default')
    assert.deepEqual(JSON.parse(await world.text(config)).permission, { bash: {} })
    await rewrite<Record<string, unknown>>(config, (data) => {
      data['mcp'] = {}
    })
    assert.equal((await world.setup.inspect('kilo-code', endpoint)).states.default, 'configured')
    await world.takeBack('kilo-code')
    assert.deepEqual(JSON.parse(await world.text(config)), { mcp: {} })
  })

  it('is not one that holds anything else: its owner is asked nothing new', async () => {
    for (const text of ['{ "theme": "dark" }', '{ "provider": { "x": {} } }', '{ "model": "x/y" }']) {
      await world.put(config, text)
      await world.apply('kilo-code', 'default')
      const data = JSON.parse(await world.text(config))
      assert.deepEqual([data.permission, data.$schema], [undefined, undefined], text)
      await world.takeBack('kilo-code')
      assert.equal(await world.text(config), text)
    }
  })

  it('keeps the word that its owner gave since', async () => {
    await world.apply('kilo-code', 'add')
    await rewrite<{ permission: object }>(config, (data) => {
      data.permission = { bash: 'ask' }
    })
    const back = await world.takeBack('kilo-code')
    assert.deepEqual(back.files[0]?.left, ['permission.bash'])
    assert.deepEqual(JSON.parse(await world.text(config)), { permission: { bash: 'ask' } })
  })
})

describe('the allow-list of OpenClaw', () => {
  const config = '.openclaw/openclaw.json'
  const ours = endpoint.models.map(({ id }) => `omniroute/${id}`)

  it('has our models where 2026.9 keeps it, and not where it was before', async () => {
    const animal = zoo['openclaw']?.find(({ name }) => name.startsWith('the allow-list')) ?? assert.fail()
    await world.put(config, animal.files[config] ?? assert.fail())
    await world.apply('openclaw', 'add')
    const { defaults } = JSON.parse(await world.text(config)).agents
    assert.deepEqual(defaults.modelPolicy.allow, ['anthropic/opus', ...ours])
    assert.deepEqual(defaults.models, { 'anthropic/opus': { alias: 'o' } })
    await rewrite<{ agents: { defaults: Record<string, unknown> } }>(config, (data) => {
      data.agents.defaults['thinkingDefault'] = 'low'
    })
    await world.takeBack('openclaw')
    const after = JSON.parse(await world.text(config)).agents.defaults
    assert.deepEqual(after.modelPolicy, { allow: ['anthropic/opus'] })
  })

  it('is not made where there is none', async () => {
    await world.put(
      config,
      '{ "meta": { "migrations": { "modelPolicyAllowlist": true } }, "agents": { "defaults": { "models": {} } } }',
    )
    await world.apply('openclaw', 'add')
    assert.deepEqual(JSON.parse(await world.text(config)).agents.defaults, { models: {} })
  })
})
