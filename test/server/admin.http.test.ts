// /admin over HTTP: who gets in, what each method answers to right and wrong input, events, the page; and that no secret comes
// out of any of it.
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { methods } from '../../src/admin/contract.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { type Answer, type Call, type Loose, startWorld, testKey, type World } from './world.ts'

const upstreamKey = 'planted-upstream-secret-0001'
const replacement = 'planted-upstream-secret-0002'

describe('/admin', () => {
  let fake: Fake
  let world: World
  let calls = 0
  /** Everything that came back in these tests. */
  const bodies: string[] = []

  before(async () => {
    fake = await startFake({ keys: { 'openai-chat': upstreamKey } })
    world = await startWorld({
      accounts: [
        { id: 'oc', provider: 'openai-compatible', prefix: 'oc', baseUrl: `${fake.url}/v1`, apiKey: upstreamKey },
      ],
      combos: [{ name: 'fixed', strategy: 'ordered', members: ['oc/text'] }],
    })
  })
  after(async () => {
    await world?.stop()
    await fake?.stop()
  })

  async function admin(path: string, call: Call = {}): Promise<Answer> {
    const answer = await world.send(path, {
      anonymous: true,
      headers: { authorization: `Bearer ${world.token}` },
      ...call,
    })
    bodies.push(answer.text, JSON.stringify(answer.headers))
    return answer
  }

  /** One call of a method; gives the result, or the error under `error`. */
  async function rpc(method: string, params: unknown = {}): Promise<Loose> {
    calls += 1
    const answer = await admin('/admin/rpc', { body: { id: calls, method, params } })
    assert.equal(answer.status, 200, answer.text)
    const body = answer.json()
    assert.equal(body.id, calls)
    return 'error' in body ? { error: body.error } : body.result
  }

  describe('lets in', () => {
    it('nobody without the admin token, and no gateway key', async () => {
      const attempts: Call[] = [
        {},
        { headers: { authorization: `Bearer ${testKey}` } },
        { headers: { authorization: 'Bearer omra-wrong' } },
        { headers: { 'x-api-key': world.token } },
        { headers: { cookie: 'omniroute_session=forged' } },
      ]
      for (const headers of attempts) {
        for (const [method, path] of [
          ['POST', '/admin/rpc'],
          ['GET', '/admin/events'],
          ['POST', '/admin/chat'],
        ] as const) {
          const answer = await admin(path, { method, body: method === 'POST' ? '{}' : '', headers: {}, ...headers })
          assert.equal(answer.status, 401, `${path} ${answer.text}`)
          assert.match(answer.json().error.code, /_key$/)
        }
      }
    })

    it('its token to no model endpoint', async () => {
      for (const path of [
        '/v1/chat/completions',
        '/v1/messages',
        '/v1/responses',
        '/v1beta/models/oc/text:generateContent',
      ]) {
        assert.equal((await admin(path, { body: { model: 'oc/text' } })).status, 401)
      }
      assert.equal((await admin('/v1/models')).status, 401)
    })

    it('no web page, not even with a session', async () => {
      const cookie = await signIn()
      for (const headers of [
        { origin: 'http://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { host: 'evil.example' },
      ]) {
        assert.equal((await admin('/admin/rpc', { body: '{}', headers: { cookie, ...headers } })).status, 403)
      }
    })

    it('a browser that signed in, until it signs out', async () => {
      const cookie = await signIn()
      const status = { id: 1, method: 'gateway.status', params: {} }
      assert.equal(
        (await admin('/admin/rpc', { body: status, headers: { cookie } })).json().result.version,
        '0.0.0-test',
      )
      assert.equal((await admin('/admin/session', { method: 'DELETE', headers: { cookie } })).status, 200)
      assert.equal((await admin('/admin/rpc', { body: status, headers: { cookie } })).status, 401)
    })

    async function signIn(): Promise<string> {
      const answer = await world.send('/admin/session', { anonymous: true, body: { token: world.token } })
      assert.equal(answer.status, 200, answer.text)
      const cookie = String(answer.headers['set-cookie'])
      for (const trait of ['HttpOnly', 'SameSite=Strict', 'Path=/admin']) assert.ok(cookie.includes(trait), cookie)
      assert.ok(!cookie.includes(world.token))
      return cookie.split(';', 1)[0] ?? ''
    }
  })

  describe('answers', () => {
    it('status, diagnostics, providers', async () => {
      const status = await rpc('gateway.status')
      assert.deepEqual([status.endpoint, status.accounts, status.activeRequests], [world.url, 1, 0])
      assert.match((await rpc('gateway.diagnostics')).text, /OmniRoute 0\.0\.0-test on Node/)
      const providers = await rpc('providers.list')
      assert.ok(providers.some((one: Loose) => one.id === 'groq' && one.key === 'required'))
    })

    it('every method with what its schema promises, and refuses what it forbids', async () => {
      for (const [name, { input }] of Object.entries(methods)) {
        const { error } = await rpc(name, 'not an object')
        assert.equal(error?.code, 'invalid_request', name)
        if (input.safeParse({}).success) continue
        assert.equal((await rpc(name, {})).error?.code, 'invalid_request', name)
      }
    })

    it('calls that are none', async () => {
      assert.equal((await rpc('no.such')).error.code, 'unknown_path')
      assert.equal((await rpc('constructor')).error.code, 'unknown_path')
      assert.equal((await admin('/admin/rpc', { body: { method: 7 } })).json().error.code, 'invalid_request')
      assert.equal((await admin('/admin/rpc', { body: '{"id":' })).status, 400)
      assert.equal((await admin('/admin/rpc', { body: 'x'.repeat(33 * 1024 * 1024) })).status, 413)
      assert.equal((await admin('/admin/chat', { body: { request: {}, origin: {} } })).status, 400)
      assert.equal((await admin('/admin/nothing', { method: 'POST' })).status, 404)
    })

    it('the life of an account', async () => {
      const input = {
        provider: 'openai-compatible',
        label: 'Mine',
        prefix: 'mine',
        baseUrl: `${fake.url}/v1`,
        apiKey: upstreamKey,
      }
      const checked = await rpc('accounts.check', input)
      assert.deepEqual([checked.outcome, checked.models], ['ok', 5])
      const { account, check } = await rpc('accounts.add', input)
      assert.equal(check.outcome, 'ok')
      assert.deepEqual(
        [account.label, account.prefix, account.hasKey, account.keyTail, account.modelCount],
        ['Mine', 'mine', true, '0001', 5],
      )
      assert.ok(
        (await rpc('models.list')).some((one: Loose) => one.id === 'mine/vendor/echo' && one.accountId === account.id),
      )
      assert.equal((await chat('mine/text')).status, 200)

      const off = await rpc('accounts.update', { id: account.id, enabled: false, label: 'Off' })
      assert.deepEqual([off.state.kind, off.label], ['disabled', 'Off'])
      assert.equal((await chat('mine/text')).status, 404)
      await rpc('accounts.update', { id: account.id, enabled: true, apiKey: replacement })
      assert.equal((await rpc('accounts.test', { id: account.id })).outcome, 'failed')
      assert.ok((await rpc('accounts.refreshModels', { id: account.id })).error)
      assert.equal((await chat('mine/text')).status, 403)
      assert.equal((await rpc('accounts.list')).find((one: Loose) => one.id === account.id).state.kind, 'resting')
      await fake.control({ keys: { 'openai-chat': replacement } })
      assert.equal((await rpc('accounts.test', { id: account.id })).outcome, 'ok')
      assert.equal((await rpc('accounts.refreshModels', { id: account.id })).models, 5)
      assert.equal((await chat('mine/text')).status, 200)
      await fake.control({ keys: { 'openai-chat': upstreamKey } })

      assert.deepEqual(await rpc('accounts.remove', { id: account.id }), {})
      assert.equal((await rpc('accounts.remove', { id: account.id })).error.code, 'invalid_request')
      assert.equal((await chat('mine/text')).status, 404)
    })

    const wrongAccounts: Readonly<Record<string, [Loose, RegExp]>> = {
      'of an unknown provider': [{ provider: 'nobody' }, /no provider "nobody"/],
      'without the key it needs': [{ provider: 'groq' }, /needs an API key/],
      'without the URL it needs': [{ provider: 'openai-compatible' }, /needs the base URL/],
      'at an address that is none': [{ provider: 'openai-compatible', baseUrl: 'ftp://x' }, /baseUrl/],
      'with a key within its address': [
        { provider: 'openai-compatible', baseUrl: 'http://me:secret@x/v1' },
        /user name or password/,
      ],
      'with a prefix that is a combo': [{ provider: 'demo', prefix: 'fixed' }, /already the name of a combo/],
      'with a prefix that is the automatic route': [{ provider: 'demo', prefix: 'auto' }, /already the name/],
      'with a prefix that is none': [{ provider: 'demo', prefix: 'Upper Case' }, /prefix/],
      'with a header that is none': [{ provider: 'demo', headers: { 'a b': 'c' } }, /headers/],
    }
    for (const [what, [input, message]] of Object.entries(wrongAccounts)) {
      it(`an account ${what}`, async () => {
        const { error } = await rpc('accounts.add', input)
        assert.equal(error.code, 'invalid_request')
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /secret/)
        assert.equal((await rpc('accounts.list')).length, 1)
      })
    }

    it('the life of a combo', async () => {
      const combo = await rpc('combos.put', { name: 'quick', strategy: 'ordered', members: ['oc/text', 'gone/x'] })
      assert.equal((await chat('quick')).status, 200)
      const changed = await rpc('combos.put', { ...combo, name: 'quicker', enabled: true })
      assert.equal(changed.id, combo.id)
      assert.equal((await chat('quick')).status, 404)
      assert.equal((await chat('quicker')).status, 200)
      const wrong: [Loose, RegExp][] = [
        [{ name: 'quicker' }, /already a combo/],
        [{ name: 'oc/text' }, /already the name of a model/],
        [{ name: 'oc' }, /a prefix/],
        [{ name: 'white space' }, /name/],
        [{ name: 'empty', members: [] }, /members/],
        [{ name: 'self', members: ['self'] }, /contain itself: self → self/],
      ]
      for (const [input, message] of wrong) {
        const { error } = await rpc('combos.put', { strategy: 'ordered', members: ['oc/text'], ...input })
        assert.match(error.message, message)
      }
      const outer = await rpc('combos.put', { name: 'outer', strategy: 'ordered', members: ['quicker'] })
      const { error } = await rpc('combos.put', { ...changed, members: ['outer'] })
      assert.match(error.message, /quicker → outer → quicker/)
      for (const { id } of [outer, changed]) assert.deepEqual(await rpc('combos.remove', { id }), {})
      assert.deepEqual(
        (await rpc('combos.list')).map((one: Loose) => one.name),
        ['fixed'],
      )
    })

    it('the life of a key, which opens at once and closes at once', async () => {
      const { view, key } = await rpc('keys.create', { name: 'Laptop' })
      bodies.splice(-2)
      assert.match(key, /^omr-[\w-]{43}$/)
      const headers = { authorization: `Bearer ${key}` }
      assert.equal((await chat('oc/text', headers)).status, 200)
      assert.ok((await rpc('keys.list')).some((one: Loose) => one.id === view.id && one.tail === key.slice(-4)))
      await rpc('keys.revoke', { id: view.id })
      assert.equal((await chat('oc/text', headers)).status, 401)
      planted.push(key)
    })

    it('a key that was revoked, also on a connection that has used it before', async () => {
      const { view, key } = await rpc('keys.create', { name: 'Tablet' })
      bodies.splice(-2)
      planted.push(key)
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const listed = async (presented: string): Promise<number> =>
        (await world.send('/v1/models', { agent, headers: { authorization: `Bearer ${presented}` } })).status
      const statuses = [await listed(key), await listed(key), await listed('omr-other'), await listed(key)]
      await rpc('keys.revoke', { id: view.id })
      statuses.push(await listed(key), await listed(testKey))
      assert.deepEqual(statuses, [200, 200, 401, 200, 401, 200])
      agent.destroy()
    })

    it('the request log in pages, by filter, and one by one', async () => {
      await rpc('requests.clear')
      for (const model of ['oc/text', 'oc/status-500', 'oc/echo', 'oc/text~events=2']) await chat(model)
      await world.logged(4)
      const first = await rpc('requests.page', { limit: 3 })
      assert.deepEqual([first.rows.length, first.total], [3, 4])
      const second = await rpc('requests.page', { limit: 3, cursor: first.next })
      assert.deepEqual([second.rows.map((row: Loose) => row.modelAsked), second.next], [['oc/text'], undefined])
      const failed = await rpc('requests.page', { filter: { outcome: 'failed' } })
      assert.deepEqual(
        failed.rows.map((row: Loose) => row.modelAsked),
        ['oc/status-500'],
      )
      const found = await rpc('requests.page', { filter: { text: 'ECHO' } })
      assert.deepEqual(
        found.rows.map((row: Loose) => row.modelAsked),
        ['oc/echo'],
      )
      const detail = await rpc('requests.get', { id: failed.rows[0].id })
      assert.deepEqual(
        detail.trace.map((step: Loose) => [step.kind, step.account]),
        [['failed', 'oc']],
      )
      assert.ok(detail.nextStep)
      assert.equal((await rpc('requests.get', { id: 'none' })).error.code, 'invalid_request')
      assert.equal((await rpc('requests.page', { cursor: 'none' })).error.code, 'invalid_request')
      assert.equal((await rpc('requests.page', { limit: 0 })).error.code, 'invalid_request')
      await rpc('requests.clear')
      assert.equal((await rpc('requests.page')).total, 0)
    })

    it('a chat of another window, part by part, and its failure in the end', async () => {
      const ask = (model: string): object => ({
        request: {
          origin: 'editor',
          model,
          stream: true,
          tools: [],
          messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
        },
        origin: { client: 'test' },
      })
      const lines = async (model: string): Promise<Loose[]> =>
        (await admin('/admin/chat', { body: ask(model) })).text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      const parts = (await lines('oc/text')).map((line) => line.part)
      assert.deepEqual([parts[0].type, parts.at(-1).type], ['start', 'finish'])
      assert.ok(parts.some((part) => part.type === 'text-delta'))
      const failed = await lines('oc/status-429~retryAfter=9')
      assert.deepEqual(
        [failed.length, failed[0].failure.code, failed[0].failure.status, failed[0].failure.retryAfterMs],
        [1, 'rate_limited', 429, 9000],
      )
      const broken = await lines('oc/break-mid-stream')
      assert.ok(broken.length > 1 && broken.at(-1).failure)
    })
  })

  it('tells of changes as they happen', async () => {
    const seen: Loose[] = []
    const watching = request(`${world.url}/admin/events`, { headers: { authorization: `Bearer ${world.token}` } })
    const ready = new Promise<void>((resolve) => {
      watching.once('response', (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          bodies.push(chunk)
          const blocks = text.split('\n\n')
          text = blocks.pop() ?? ''
          for (const block of blocks) if (block.startsWith('data: ')) seen.push(JSON.parse(block.slice(6)))
          resolve()
        })
      })
    })
    watching.on('error', () => undefined)
    watching.end()
    await ready
    const until = async (event: string): Promise<Loose> => {
      for (let round = 0; round < 300; round++) {
        const found = seen.find((one) => one.event === event)
        if (found) return found.data
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`no ${event} among ${JSON.stringify(seen.map((one) => one.event))}`)
    }
    await chat('oc/text')
    assert.equal((await until('requests.added')).modelAsked, 'oc/text')
    assert.ok((await until('gateway.changed')).requests.served > 0)
    const { account } = await rpc('accounts.add', { provider: 'demo' })
    await until('accounts.changed')
    await until('models.changed')
    await rpc('accounts.remove', { id: account.id })
    const { view } = await rpc('keys.create', { name: 'x' })
    bodies.splice(-2)
    await until('keys.changed')
    await rpc('keys.revoke', { id: view.id })
    const combo = await rpc('combos.put', { name: 'z', strategy: 'ordered', members: ['oc/text'] })
    await until('combos.changed')
    await rpc('combos.remove', { id: combo.id })
    watching.destroy()
  })

  it('serves the page under a strict policy, every place in it filled', async () => {
    const answer = await admin('/', { headers: {} })
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
    assert.match(String(answer.headers['content-security-policy']), /frame-ancestors 'none'/)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.doesNotMatch(answer.text, /\{\{/)
    const policy = /http-equiv="Content-Security-Policy"[^>]*content="([^"]+)"/s.exec(answer.text)?.[1] ?? ''
    assert.match(policy, /default-src 'none'/)
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
    assert.ok(nonce && answer.text.includes(`nonce="${nonce}"`))
    assert.notEqual(/'nonce-([^']+)'/.exec((await admin('/', { headers: {} })).text)?.[1], nonce)
    for (const [, file] of answer.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      assert.equal((await admin(file ?? '', { headers: {} })).status, 200, file)
    }
    for (const path of ['/assets/../headless.cjs', '/assets/%2e%2e/headless.cjs', '/assets/..%2fheadless.cjs']) {
      assert.equal((await admin(path, { headers: {} })).status, 404, path)
    }
  })

  it('speaks the language the browser asks for, and English where there are no such texts', async () => {
    const page = async (languages?: string): Promise<{ lang: string | undefined; texts: Loose }> => {
      const { text } = await admin('/', { headers: languages === undefined ? {} : { 'accept-language': languages } })
      const block = /<script [^>]*id="omniroute-l10n"[^>]*>(.*?)<\/script>/s.exec(text)?.[1] ?? ''
      return { lang: /<html lang="([^"]*)"/.exec(text)?.[1], texts: JSON.parse(block) }
    }
    const german = await page('de-AT,de;q=0.9,en;q=0.5')
    assert.equal(german.lang, 'de')
    assert.equal(german.texts.Providers, 'Anbieter')
    for (const languages of ['en-GB,de;q=0.5', 'tlh', '../../package', undefined]) {
      assert.deepEqual(await page(languages), { lang: 'en', texts: {} }, languages)
    }
  })

  it('has an icon for the browser', async () => {
    const icon = await admin('/favicon.ico', { headers: {} })
    assert.equal(icon.status, 200)
    assert.equal(icon.headers['content-type'], 'image/png')
  })

  it('takes no more tries after ten wrong tokens, for a while', async () => {
    const own = await startWorld()
    try {
      const attempt = (token: string): Promise<Answer> =>
        own.send('/admin/session', { anonymous: true, body: { token } })
      for (let count = 0; count < 10; count++) assert.equal((await attempt('omra-wrong')).status, 401)
      const locked = await attempt('omra-wrong')
      assert.equal(locked.status, 429)
      assert.ok(Number(locked.headers['retry-after']) <= 30)
      const models = await own.send('/v1/models')
      assert.equal(models.status, 200)
    } finally {
      await own.stop()
    }
  })

  const planted = [upstreamKey, replacement, testKey]

  // A suite of its own, since those run after the tests beside them.
  describe('all of this', () => {
    it('has let no secret out in any answer, event or line of the log', async () => {
      for (const name of [
        'gateway.status',
        'gateway.diagnostics',
        'accounts.list',
        'models.list',
        'combos.list',
        'keys.list',
        'requests.page',
      ]) {
        await rpc(name)
      }
      assert.ok(bodies.length > 100)
      const everything = [...bodies, ...world.lines].join('\n')
      for (const secret of [...planted, world.token])
        assert.ok(!everything.includes(secret), `${secret.slice(0, 12)} came out`)
    })
  })

  function chat(model: string, headers: Record<string, string> = {}): Promise<Answer> {
    return world.send('/v1/chat/completions', { headers, body: { model, messages: [{ role: 'user', content: 'Hi' }] } })
  }
})
