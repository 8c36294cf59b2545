// Backups, export and import, and the leader's side of Settings Sync, in a running gateway: nothing is lost, nothing leaks, and what
// is wrong changes nothing.
import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MethodOutput } from '../../src/admin/contract.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { SecretStore } from '../../src/core/secrets.ts'
import { secretIds } from '../../src/core/secrets.ts'
import { type Loose, memorySecrets, newFolder, startWorld, type World } from '../server/world.ts'

const passphrase = 'correct horse battery'
const apiKey = 'nothing-that-looks-like-a-key-0815'
const headerValue = 'a-header-value-4711'

const configured = {
  accounts: [
    {
      id: 'one',
      provider: 'openai-compatible',
      prefix: 'mine',
      label: 'Mine',
      baseUrl: 'http://127.0.0.1:9/v1',
      apiKey,
      headers: { 'X-Team': headerValue },
      models: ['x', { id: 'y', contextWindow: 9000, tools: true }],
    },
    { id: 'demo', provider: 'demo' },
  ],
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    return error.message
  }
  throw new Error('it was not refused')
}

/** Everything a person sees listed. */
async function listing(world: World): Promise<Loose> {
  const combos = await world.rpc('combos.list', {})
  const accounts = await world.rpc('accounts.list', {})
  return {
    accounts,
    combos: combos.map(({ id: _, ...combo }) => combo),
    models: await world.rpc('models.list', {}),
    settings: await world.rpc('settings.get', {}),
  }
}

function itemsOf(preview: MethodOutput<'bundle.preview'>): string[] {
  return preview.items.map(({ kind, name, state }) => `${kind} ${name} ${state}`)
}

describe('moving configuration about', function () {
  this.timeout(60_000)
  const worlds: World[] = []
  const folders: string[] = []

  async function start(config: object = {}, secrets: SecretStore = memorySecrets()): Promise<World> {
    const dataDirectory = await newFolder()
    folders.push(dataDirectory)
    const world = await startWorld(config, { secrets, dataDirectory })
    worlds.push(world)
    return world
  }

  async function filled(secrets?: SecretStore): Promise<World> {
    const world = await start(configured, secrets)
    await world.rpc('combos.put', { name: 'best', members: ['mine/x', { model: 'demo/echo', weight: 3 }] })
    await world.rpc('settings.put', {
      aliases: [{ pattern: 'gpt-*', target: 'mine/x' }],
      limits: [{ account: 'one', requestsPerMinute: 5 }],
      systemPrompt: [{ position: 'append', text: 'Answer in German.' }],
    })
    return world
  }

  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop()
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  describe('a bundle', () => {
    it('brings an empty gateway to the same listing, secrets included', async () => {
      const source = await filled()
      const { text, secrets } = await source.rpc('bundle.export', { passphrase })
      assert.equal(secrets, 1)
      const kept = memorySecrets()
      const target = await start({}, kept)
      const preview = await target.rpc('bundle.preview', { text, passphrase })
      assert.equal(preview.secrets, 'open')
      assert.ok(preview.items.filter(({ state }) => state !== 'same').every(({ state }) => state === 'new'))
      const result = await target.rpc('bundle.import', { text, passphrase })
      assert.equal(result.secrets, 1)
      assert.deepEqual(await listing(target), await listing(source))
      assert.equal(await kept.get(secretIds.account('one')), apiKey)
      assert.deepEqual(JSON.parse((await kept.get(secretIds.accountHeaders('one'))) ?? ''), { 'X-Team': headerValue })
      const again = await target.rpc('bundle.preview', { text, passphrase })
      assert.deepEqual([...new Set(again.items.map(({ state }) => state))], ['same'])
    })

    it('holds no secret in plain, with a passphrase or without, and none gets into logs or events', async () => {
      const source = await filled()
      const target = await start()
      const events: string[] = []
      target.gateway.onEvent((event) => events.push(JSON.stringify(event)))
      for (const given of [{}, { passphrase }]) {
        const { text } = await source.rpc('bundle.export', given)
        const told = await target.rpc('bundle.preview', { text, ...given })
        const result = await target.rpc('bundle.import', { text, ...given })
        const heard = [...source.lines, ...target.lines, ...events, JSON.stringify([told, result])].join('\n')
        for (const secret of [apiKey, headerValue, passphrase, await source.gateway.defaultKey()]) {
          for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)]) {
            assert.equal(text.includes(form), false, `${secret} stands in the file`)
            assert.equal(heard.includes(form), false, `${secret} was told`)
          }
        }
        assert.equal(text.includes(apiKey.slice(-4)), false)
      }
    })

    it('leaves accounts without their keys when it is imported without its passphrase', async () => {
      const { text } = await (await filled()).rpc('bundle.export', { passphrase })
      const target = await start()
      assert.equal((await target.rpc('bundle.preview', { text })).secrets, 'locked')
      await target.rpc('bundle.import', { text })
      const account = (await target.rpc('accounts.list', {})).find(({ id }) => id === 'one')
      assert.equal(account?.hasKey, false)
      assert.equal(account?.baseUrl, 'http://127.0.0.1:9/v1')
    })

    it('takes for each item mine, theirs or both', async () => {
      const source = await filled()
      const { text } = await source.rpc('bundle.export', {})
      const target = await start({ accounts: [{ ...configured.accounts[0], label: 'Other', models: ['z'] }] })
      const mine = await target.rpc('combos.put', { name: 'best', members: ['mine/z'] })
      await target.rpc('settings.put', { aliases: [{ pattern: 'gpt-*', target: 'mine/z' }] })
      const preview = await target.rpc('bundle.preview', { text })
      assert.ok(itemsOf(preview).includes('combo best differs'))
      const [combo] = await source.rpc('combos.list', {})
      assert.ok(combo)
      const choose = (choice: 'mine' | 'theirs' | 'both') =>
        target.rpc('bundle.import', { text, choices: [{ kind: 'combo', id: combo.id, choice }] })

      await choose('mine')
      assert.deepEqual(await target.rpc('combos.list', {}), [mine])
      await choose('both')
      const names = (await target.rpc('combos.list', {})).map(({ name }) => name)
      assert.deepEqual(names, ['best', 'best-2'])
      await choose('theirs')
      const best = (await target.rpc('combos.list', {})).find(({ name }) => name === 'best')
      assert.deepEqual(best, { ...combo, id: mine.id })
      // What was not chosen stayed mine, what was new was taken.
      const { aliases, systemPrompt } = await target.rpc('settings.get', {})
      assert.deepEqual(aliases, [{ pattern: 'gpt-*', target: 'mine/z' }])
      assert.equal(systemPrompt.length, 1)
    })

    it('never has a key of mine sent to a server that the file names', async () => {
      const { text } = await (await filled()).rpc('bundle.export', {})
      const file: Loose = JSON.parse(text)
      file.accounts[0].baseUrl = 'https://evil.example/v1'
      const target = await start(configured)
      const changed = JSON.stringify(file)
      const preview = await target.rpc('bundle.preview', { text: changed })
      const item = preview.items.find(({ kind, id }) => kind === 'account' && id === 'one')
      assert.deepEqual(item?.choices, ['mine', 'both'])
      assert.match(item?.note ?? '', /another server/)
      await target.rpc('bundle.import', { text: changed, choices: [{ kind: 'account', id: 'one', choice: 'theirs' }] })
      const accounts = await target.rpc('accounts.list', {})
      assert.equal(accounts.find(({ id }) => id === 'one')?.baseUrl, configured.accounts[0]?.baseUrl)
      assert.ok(accounts.every(({ baseUrl }) => !baseUrl?.includes('evil')))
    })

    it('is refused with the reason, and nothing is changed', async () => {
      const { text } = await (await filled()).rpc('bundle.export', { passphrase })
      const target = await start({ accounts: [{ id: 'demo', provider: 'demo' }] })
      const before = await listing(target)
      const file: Loose = JSON.parse(text)
      const edited = (edit: (file: Loose) => void): string => {
        const copy = structuredClone(file)
        edit(copy)
        return JSON.stringify(copy)
      }
      const cases: [string, string | undefined, RegExp][] = [
        ['', undefined, /no file that OmniRoute/],
        [text.slice(0, -100), undefined, /no file that OmniRoute/],
        ['{"a":1}', undefined, /no file that OmniRoute/],
        [edited((copy) => (copy.version = 2)), undefined, /newer version/],
        [edited((copy) => (copy.accounts[0].tier = 'golden')), undefined, /accounts\.0\.tier/],
        [
          edited((copy) => (copy.accounts[0].baseUrl = 'https://user:pass@example.com/v1')),
          undefined,
          /baseUrl: is no/,
        ],
        [edited((copy) => copy.accounts.push(copy.accounts[0])), undefined, /same id/],
        [edited((copy) => delete copy.secrets.tag), passphrase, /secrets are not in the expected form/],
        [edited((copy) => (copy.accounts[0].label = 'Another')), passphrase, /changed or damaged/],
        [text, 'another passphrase', /passphrase is not the one/],
        [edited((copy) => (copy.combos[0].name = 'demo')), undefined, /both a combo and the prefix/],
        [edited((copy) => (copy.combos[0].members = [{ model: 'best' }])), undefined, /contain itself/],
      ]
      for (const [bad, given, why] of cases) {
        const input = given === undefined ? { text: bad } : { text: bad, passphrase: given }
        assert.match(await refusal(target.rpc('bundle.import', input)), why)
        assert.deepEqual(await listing(target), before)
      }
    })

    it('puts secrets back when one of them cannot be kept', async () => {
      const { text } = await (await filled()).rpc('bundle.export', { passphrase })
      const kept = memorySecrets()
      let full = false
      const failing: SecretStore = {
        ...kept,
        set: async (id, secret) => {
          if (full && id === secretIds.accountHeaders('one')) throw new Error('the keychain is locked')
          await kept.set(id, secret)
        },
      }
      const target = await start({}, failing)
      full = true
      const before = await listing(target)
      await assert.rejects(target.rpc('bundle.import', { text, passphrase }), /keychain is locked/)
      assert.equal(await kept.get(secretIds.account('one')), undefined)
      assert.deepEqual(await listing(target), before)
    })

    it('asks for a passphrase worth its name', async () => {
      assert.match(await refusal((await start()).rpc('bundle.export', { passphrase: 'short' })), /passphrase/)
    })
  })

  describe('a restore', () => {
    it('says what it would do, does that, and can itself be undone', async () => {
      const world = await filled()
      const { id } = await world.rpc('backups.create', {})
      const before = await listing(world)
      assert.deepEqual((await world.rpc('backups.preview', { id })).differences, [])

      const [best] = await world.rpc('combos.list', {})
      await world.rpc('combos.remove', { id: best?.id ?? '' })
      const added = await world.rpc('combos.put', { name: 'later', members: ['mine/x'] })
      await world.rpc('accounts.update', { id: 'one', label: 'Renamed' })
      await world.rpc('settings.put', { aliases: [] })
      const { view } = await world.rpc('keys.create', { name: 'CI' })
      const changed = await listing(world)

      const { differences, content } = await world.rpc('backups.preview', { id })
      assert.deepEqual(content.counts, { accounts: 2, models: content.counts.models, combos: 1, keys: 2 })
      assert.deepEqual(
        differences.map(({ kind, name, change }) => `${kind} ${name} ${change}`),
        [
          'account Mine changed',
          'combo best added',
          'combo later removed',
          'key CI removed',
          'setting aliases changed',
        ],
      )
      assert.deepEqual(
        [view.id, added.id].toSorted(),
        differences
          .filter(({ change }) => change === 'removed')
          .map((one) => one.id)
          .toSorted(),
      )

      const heard = new Set<string>()
      world.gateway.onEvent(({ event }) => heard.add(event))
      const result = await world.rpc('backups.restore', { id })
      assert.equal(result.restored, differences.length)
      assert.deepEqual(await listing(world), before)
      for (const event of ['accounts', 'models', 'combos', 'keys', 'settings']) assert.ok(heard.has(`${event}.changed`))
      // The alias works at once: what requests look up was built anew.
      assert.equal((await world.rpc('accounts.list', {})).find((account) => account.id === 'one')?.hasKey, true)

      assert.equal(result.before.kind, 'restore')
      await world.rpc('backups.restore', { id: result.before.id })
      assert.deepEqual(await listing(world), changed)
    })

    it('gives an account that comes back the key that is still kept, and invents none', async () => {
      const secrets = memorySecrets()
      const world = await filled(secrets)
      const { id } = await world.rpc('backups.create', {})
      await world.rpc('accounts.remove', { id: 'one' })
      await world.rpc('backups.restore', { id })
      const account = (): Promise<Loose> =>
        world.rpc('accounts.list', {}).then((list) => list.find((one) => one.id === 'one'))
      assert.equal((await account()).hasKey, false)
      assert.equal((await account()).keyTail, undefined)
      await world.rpc('accounts.remove', { id: 'one' })
      await secrets.set(secretIds.account('one'), apiKey)
      await world.rpc('backups.restore', { id })
      assert.equal((await account()).hasKey, true)
    })

    it('is refused when the backup is damaged, and nothing is changed', async () => {
      const world = await filled()
      const { id } = await world.rpc('backups.create', {})
      await world.rpc('settings.put', { aliases: [] })
      const before = await listing(world)
      const path = join(world.dataDirectory, 'backups', `${id}.sqlite`)
      const bytes = await readFile(path)
      bytes.writeUInt8(bytes.readUInt8(5000) ^ 255, 5000)
      await writeFile(path, bytes)
      for (const method of ['backups.preview', 'backups.restore'] as const) {
        assert.match(await refusal(world.rpc(method, { id })), /damaged/)
      }
      assert.deepEqual(await listing(world), before)
      assert.equal((await readdir(join(world.dataDirectory, 'backups'))).length, 1)
    })

    it('holds no secrets in its files', async () => {
      const world = await filled()
      const { id } = await world.rpc('backups.create', {})
      const bytes = await readFile(join(world.dataDirectory, 'backups', `${id}.sqlite`))
      for (const secret of [apiKey, headerValue, await world.gateway.defaultKey()]) {
        assert.equal(bytes.includes(secret), false)
      }
    })
  })

  describe('the leader’s side of Settings Sync', () => {
    it('carries combos, aliases, own models and changed settings to a machine with the same prefix', async () => {
      const source = await filled()
      const { items } = await source.rpc('sync.read', {})
      assert.deepEqual(items.map(({ key }) => key).toSorted(), [
        'alias:gpt-*',
        'combo:best',
        'model:mine/x',
        'model:mine/y',
        'routing:limits',
        'routing:systemPrompt',
      ])
      const text = JSON.stringify(items)
      for (const secret of [apiKey, headerValue, '127.0.0.1']) assert.equal(text.includes(secret), false)

      const target = await start({ accounts: [{ ...configured.accounts[0], id: 'two', models: ['z'] }] })
      assert.deepEqual(await target.rpc('sync.apply', { put: items, remove: ['model:mine/z'] }), { skipped: [] })
      assert.deepEqual((await target.rpc('sync.read', {})).items.toSorted(byKey), items.toSorted(byKey))
    })

    it('goes back to the default, and takes away, what was removed elsewhere', async () => {
      const world = await filled()
      const keys = (await world.rpc('sync.read', {})).items.map(({ key }) => key)
      await world.rpc('sync.apply', { put: [], remove: keys })
      assert.deepEqual((await world.rpc('sync.read', {})).items, [])
    })

    it('leaves alone what it cannot use, with the reason', async () => {
      const world = await start({ accounts: [{ id: 'demo', provider: 'demo' }] })
      const before = await listing(world)
      const combo = (members: string[]) => ({ name: '', strategy: 'ordered', members, enabled: true })
      const put = [
        { key: 'model:gone/x', value: { id: 'x', limits: {}, capabilities: {} } },
        { key: 'combo:demo', value: { ...combo(['demo/echo']), name: 'demo' } },
        { key: 'combo:self', value: { ...combo(['self']), name: 'self' } },
        { key: 'routing:retry', value: { attempts: 1000 } },
        { key: 'routing:later', value: {} },
        { key: 'account:x', value: {} },
        { key: 'alias:a', value: 7 },
      ]
      const { skipped } = await world.rpc('sync.apply', { put, remove: [] })
      assert.deepEqual(
        skipped.map(({ key }) => key),
        put.map(({ key }) => key),
      )
      assert.ok(skipped.every(({ reason }) => reason.length > 10))
      assert.deepEqual(await listing(world), before)
    })
  })
})

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1
}
