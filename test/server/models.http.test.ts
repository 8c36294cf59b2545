// The list of models in three shapes, and the paths that real clients use for them and for Gemini.
import assert from 'node:assert/strict'
import { type Fake, startFake } from '../fakes/start.ts'
import { eventsOf, type Loose, startWorld, testKey, type World } from './world.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

describe('models over HTTP', () => {
  let fake: Fake
  let world: World

  before(async () => {
    fake = await startFake()
    const models = ['text', 'vendor/echo']
    world = await startWorld({
      accounts: [
        { id: 'gg', provider: 'gemini-compatible', prefix: 'gg', baseUrl: `${fake.url}/v1beta`, models },
        { id: 'oc', provider: 'openai-compatible', prefix: 'oc', baseUrl: `${fake.url}/v1`, models },
      ],
      combos: [{ name: 'team/best', strategy: 'ordered', members: ['oc/text', 'gg/text'] }],
    })
  })
  after(async () => {
    await world?.stop()
    await fake?.stop()
  })
  afterEach(() => fake.control({ reset: true, forget: true }))

  const ids = ['auto', 'team/best', 'gg/text', 'gg/vendor/echo', 'oc/text', 'oc/vendor/echo']

  it('are listed in the shape of OpenAI', async () => {
    for (const path of ['/v1/models', '/models', '/v1/models/', '/v1/models?limit=1000']) {
      const list = (await world.send(path)).json()
      assert.equal(list.object, 'list')
      assert.deepEqual(
        list.data.map((model: { id: string }) => model.id),
        ids,
      )
      assert.ok(
        list.data.every(
          (model: Record<string, unknown>) => model['object'] === 'model' && Number.isInteger(model['created']),
        ),
      )
    }
  })

  it('are listed in the shape of Anthropic', async () => {
    const list = (await world.send('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } })).json()
    assert.deepEqual(
      list.data.map((model: { id: string }) => model.id),
      ids,
    )
    assert.deepEqual([list.has_more, list.first_id, list.last_id], [false, 'auto', 'oc/vendor/echo'])
    assert.ok(
      list.data.every(
        (model: Record<string, unknown>) => model['type'] === 'model' && typeof model['display_name'] === 'string',
      ),
    )
  })

  it('are listed in the shape of Gemini', async () => {
    const asked = [
      world.send('/v1beta/models'),
      world.send('/v1/models', { anonymous: true, headers: { 'x-goog-api-key': testKey } }),
      world.send(`/v1/models?key=${testKey}`, { anonymous: true }),
    ]
    for (const answer of await Promise.all(asked)) {
      const list = answer.json()
      assert.deepEqual(
        list.models.map((model: { name: string }) => model.name),
        ids.map((id) => `models/${id}`),
      )
    }
  })

  it('are shown one by one, however the slash is written', async () => {
    for (const id of ids) {
      for (const path of [id, id.replaceAll('/', '%2F')]) {
        assert.equal((await world.send(`/v1/models/${path}`)).json().id, id)
        assert.equal((await world.send(`/v1beta/models/${path}`)).json().name, `models/${id}`)
      }
      const anthropic = await world.send(`/v1/models/${id}`, { headers: { 'anthropic-version': '2023-06-01' } })
      assert.deepEqual([anthropic.json().type, anthropic.json().id], ['model', id])
    }
  })

  it('need a key, and are told when there is none such', async () => {
    assert.equal((await world.send('/v1/models', { anonymous: true })).status, 401)
    assert.equal((await world.send('/v1/models/oc/text', { anonymous: true })).status, 401)
    const unknown = await world.send('/v1/models/none')
    assert.deepEqual([unknown.status, unknown.json().error.code], [404, 'model_not_found'])
    assert.equal((await world.send('/v1beta/models/none')).json().error.status, 'NOT_FOUND')
    assert.equal((await world.send('/v1/models/%zz')).status, 400)
    assert.equal((await world.send('/v1/models', { method: 'POST', body: '{}' })).status, 405)
  })

  const variants = [
    '/v1beta/models/gg/text:generateContent',
    '/v1/models/gg/text:generateContent',
    '/v1beta/models/gg%2Ftext:generateContent',
    '/v1beta/gg/text:generateContent',
    '/v1/gg%2Ftext:generateContent',
  ]
  for (const path of variants) {
    it(`answers at ${path}`, async () => {
      const answer = await world.send(path, { body: { contents } })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.json().modelVersion, 'gg/text')
      const [seen] = await fake.log()
      assert.equal(seen?.url, '/v1beta/models/text:generateContent')
    })
  }

  it('passes ids with slashes and ids of no list on as they are', async () => {
    for (const id of ['vendor/echo', 'models/other/text', 'new/text~events=2']) {
      const answer = await world.send(`/v1beta/models/gg/${id}:generateContent`, { body: { contents } })
      assert.equal(answer.status, 200, answer.text)
    }
    assert.deepEqual(
      (await fake.log()).map((seen) => decodeURIComponent(seen.url)),
      ['vendor/echo', 'models/other/text', 'new/text~events=2'].map((id) => `/v1beta/models/${id}:generateContent`),
    )
  })

  it('never lets a model’s name lead out of its path', async () => {
    for (const id of ['..%2F..%2Fsecret', 'gg%2F..%2F..%2Fadmin', 'gg/.', 'gg%2F%2Fx']) {
      const answer = await world.send(`/v1beta/models/${id}:generateContent`, { body: { contents } })
      assert.ok(answer.status === 400 || answer.status === 404, `${id}: ${answer.text}`)
    }
    assert.deepEqual(await fake.log(), [])
  })

  it('keeps the client’s query but for its key', async () => {
    await world.send(`/v1beta/models/gg/text:generateContent?key=${testKey}&prettyPrint=false`, {
      anonymous: true,
      body: { contents },
    })
    const [seen] = await fake.log()
    assert.equal(seen?.url, '/v1beta/models/text:generateContent?prettyPrint=false')
    assert.doesNotMatch(JSON.stringify(seen), /omr-test/)
  })

  it('streams a JSON array without alt=sse and events with it', async () => {
    const path = '/v1beta/models/gg/text~events=6:streamGenerateContent'
    const array = await world.send(path, { body: { contents } })
    assert.match(array.headers['content-type'] ?? '', /application\/json/)
    const events = await world.send(`${path}?alt=sse`, { body: { contents } })
    assert.match(events.headers['content-type'] ?? '', /text\/event-stream/)
    const texts = (list: readonly { candidates: { content: { parts: { text: string }[] } }[] }[]): string =>
      list.map((one) => one.candidates[0]?.content.parts[0]?.text ?? '').join('')
    const fromEvents = eventsOf(events.text).map((event) => event.data)
    assert.equal(texts(array.json()), texts(fromEvents))
    assert.deepEqual(
      array.json().map((one: { modelVersion: string }) => one.modelVersion),
      fromEvents.map(() => 'gg/text~events=6'),
    )
    assert.deepEqual(
      (await fake.log()).map((seen) => new URL(seen.url, fake.url).searchParams.get('alt')),
      ['sse', 'sse'],
    )
  })

  it('ends a broken array as valid JSON whose last element is the error', async () => {
    const answer = await world.send('/v1beta/models/gg/break-mid-stream:streamGenerateContent', { body: { contents } })
    const list = answer.json()
    assert.ok(list.length > 1)
    assert.equal(typeof list.at(-1).error.message, 'string')
  })

  it('puts an event of 8 MB into the array', async () => {
    const answer = await world.send('/v1beta/models/gg/huge-event:streamGenerateContent', { body: { contents } })
    const texts = answer.json().map((one: Loose) => one.candidates[0]?.content.parts[0]?.text ?? '')
    assert.equal(texts.join('').length, 8 * 1024 * 1024)
  })

  it('counts tokens', async () => {
    const counted = await world.send('/v1beta/models/gg/text:countTokens', { body: { contents } })
    assert.ok(counted.json().totalTokens > 0)
  })
})
