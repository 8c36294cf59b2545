// All caches together, around a run that stands for the chain.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../../src/core/errors.ts'
import { type Caches, createCaches } from '../../../src/engine/cache/caches.ts'
import type { Run } from '../../../src/engine/cache/coalesce.ts'
import { Replayed } from '../../../src/engine/cache/replayed.ts'
import type { CacheRequest } from '../../../src/engine/cache/request.ts'
import type { Embed } from '../../../src/engine/cache/semantic.ts'
import { type CacheSettings, cacheRequest, cacheSettings, ManualClock, settled, TestClient } from './support.ts'

interface Result {
  readonly model: string
  readonly failed?: boolean
}

interface World {
  readonly caches: Caches<Result, string>
  readonly clock: ManualClock
  settings: CacheSettings
  calls: number
}

function createWorld(change: Partial<CacheSettings>, embed: Embed = async () => undefined): World {
  const clock = new ManualClock()
  const quiet = (): void => undefined
  const caches = createCaches<Result, string>({
    clock,
    settings: () => world.settings,
    embed,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    noteOf: ({ model, failed }) => (failed ? undefined : model),
  })
  const world: World = { caches, clock, settings: cacheSettings(change), calls: 0 }
  return world
}

const head = { 'content-type': 'application/json', 'x-omniroute-request-id': 'original' }

/** An answer that says which call it was. */
function answering(world: World, failed = false): Run<Result> {
  return async (sink) => {
    const call = ++world.calls
    await Promise.resolve()
    sink.head(failed ? 502 : 200, head)
    sink.write(`{"choices":[{"message":{"content":"call ${call}`)
    sink.end('"},"finish_reason":"stop"}]}')
    return { model: 'groq/llama', failed }
  }
}

const hello = { model: 'groq/llama', messages: [{ role: 'user', content: 'Hello' }] }

async function ask(
  world: World,
  body: unknown = hello,
  change: Partial<CacheRequest> = {},
  run: Run<Result> = answering(world),
): Promise<{ client: TestClient; outcome: Result | Replayed<Result, string> }> {
  const client = new TestClient()
  const request = cacheRequest(body, change)
  const outcome = await world.caches.around(request.headers, () => request, client, client.signal, run)
  return { client, outcome }
}

function how(outcome: Result | Replayed<Result, string>): string {
  return outcome instanceof Replayed ? outcome.how : 'ran'
}

describe('the caches', () => {
  it('stand aside when there is nothing to do', () => {
    const world = createWorld({})
    const client = new TestClient()
    const promise = Promise.resolve({ model: 'x' })
    const result = world.caches.around(
      {},
      () => assert.fail('described'),
      client,
      client.signal,
      (sink, signal) => {
        assert.equal(sink, client)
        assert.equal(signal, client.signal)
        return promise
      },
    )
    assert.equal(result, promise)
  })

  it('answer the second of two same requests, under its own id', async () => {
    const world = createWorld({ exact: true })
    const first = await ask(world)
    assert.equal(how(first.outcome), 'ran')
    assert.equal(first.client.headers['x-omniroute-cache'], 'miss')
    world.clock.advance(5_000)
    const second = await ask(world, { messages: hello.messages, model: hello.model }, { id: 'request-2' })
    assert.equal(how(second.outcome), 'exact')
    assert.ok(second.outcome instanceof Replayed)
    assert.equal(second.outcome.note, 'groq/llama')
    assert.equal(second.outcome.delivery, 'whole')
    assert.deepEqual(second.client.pieces, first.client.pieces)
    assert.equal(second.client.headers['x-omniroute-request-id'], 'request-2')
    assert.equal(second.client.headers['x-omniroute-cache'], 'hit')
    assert.equal(second.client.headers['age'], '5')
    assert.equal(world.calls, 1)
  })

  it('never answer one key with what another has been told, nor the editor', async () => {
    const world = createWorld({ exact: true, semantic: true, embeddingModel: 'e/m', coalesce: true }, async () =>
      Float32Array.of(1, 0),
    )
    for (const keyId of ['key-1', 'key-2', undefined]) await ask(world, hello, { keyId })
    assert.equal(world.calls, 3)
    await Promise.all(['key-3', 'key-4', 'key-3'].map((keyId) => ask(world, hello, { keyId })))
    assert.equal(world.calls, 5)
    const headers = { 'idempotency-key': 'same' }
    for (const keyId of ['key-5', 'key-6']) await ask(world, hello, { keyId, headers })
    assert.equal(world.calls, 7)
  })

  it('forget what was kept for a revoked key', async () => {
    const world = createWorld({ exact: true })
    const headers = { 'idempotency-key': 'x' }
    for (const keyId of ['key-1', 'key-2']) await ask(world, hello, { keyId, headers })
    world.caches.clearKey('key-1')
    assert.equal(world.caches.statistics().entries, 1)
    assert.equal(how((await ask(world, hello, { keyId: 'key-2', headers })).outcome), 'idempotent')
    assert.equal(how((await ask(world, hello, { keyId: 'key-1', headers })).outcome), 'ran')
  })

  it('keep no failure, nothing broken off, nothing a client has left', async () => {
    const world = createWorld({ exact: true, coalesce: false })
    await ask(world, hello, {}, answering(world, true))
    await ask(world, hello, {}, async (sink) => {
      sink.head(200, head)
      sink.write('{"choices":[{"message":{"content":"half')
      sink.end('data: error')
      return { model: 'groq/llama', failed: true }
    })
    const leaving = new TestClient()
    const request = cacheRequest(hello)
    await world.caches.around(
      {},
      () => request,
      leaving,
      leaving.signal,
      async (sink) => {
        sink.head(200, head)
        sink.write('{"choices":[{"message":{"content":"Hi"},')
        leaving.leave()
        if (!sink.closed) sink.end('"finish_reason":"stop"}]}')
        return { model: 'groq/llama' }
      },
    )
    assert.equal(world.caches.statistics().entries, 0)
    assert.equal(how((await ask(world)).outcome), 'ran')
  })

  it('keep no answer that was cut off, and none that is no success by its status', async () => {
    const world = createWorld({ exact: true })
    const cut = '{"choices":[{"message":{"content":"Hi"},"finish_reason":"length"}]}'
    const whole = cut.replace('length', 'stop')
    for (const [status, text] of [
      [200, cut],
      [404, whole],
    ] as const) {
      await ask(world, hello, { headers: { 'idempotency-key': text } }, async (sink) => {
        sink.head(status, head)
        sink.end(text)
        return { model: 'groq/llama' }
      })
      assert.equal(how((await ask(world, { ...hello, seed: status })).outcome), 'ran')
    }
    // An idempotent request gets a cut answer again all the same, but no failure.
    assert.equal(how((await ask(world, hello, { headers: { 'idempotency-key': cut } })).outcome), 'idempotent')
    assert.equal(how((await ask(world, hello, { headers: { 'idempotency-key': whole } })).outcome), 'ran')
  })

  it('pass failures of the run on', async () => {
    for (const change of [{ exact: true }, { coalesce: true }]) {
      const world = createWorld(change)
      const failing = ask(world, hello, {}, () => Promise.reject(new GatewayError('no_target', 'none')))
      await assert.rejects(failing, { code: 'no_target' })
      assert.equal(how((await ask(world)).outcome), 'ran')
    }
  })

  it('are steered by the client', async () => {
    const world = createWorld({ exact: true, coalesce: true })
    await ask(world)
    const answers = async (headers: CacheRequest['headers']) => (await ask(world, hello, { headers })).client.text
    assert.match(await answers({}), /call 1/)
    assert.match(await answers({ 'x-omniroute-cache': 'bypass' }), /call 2/)
    assert.match(await answers({ 'cache-control': 'no-store' }), /call 3/)
    assert.match(await answers({}), /call 1/)
    assert.match(await answers({ 'cache-control': 'max-age=0, No-Cache' }), /call 4/)
    assert.match(await answers({}), /call 4/)
    assert.match(await answers({ 'x-omniroute-cache': 'refresh' }), /call 5/)
    assert.match(await answers({ 'cache-control': 'max-age=0' }), /call 5/)
  })

  it('follow the settings at once', async () => {
    const world = createWorld({ exact: true })
    await ask(world)
    world.settings = cacheSettings({ exact: false })
    await ask(world)
    world.settings = cacheSettings({ exact: true })
    assert.equal(how((await ask(world)).outcome), 'ran')
    assert.equal(how((await ask(world)).outcome), 'exact')
    // Turned off while the answer is coming.
    await ask(world, { ...hello, seed: 1 }, {}, async (sink, signal) => {
      world.settings = cacheSettings({})
      return await answering(world)(sink, signal)
    })
    assert.equal(world.caches.statistics().entries, 0)
  })

  it('leave alone what can not be described or read', async () => {
    const world = createWorld({ exact: true })
    assert.equal(how((await ask(world, 'no json')).outcome), 'ran')
    assert.equal(how((await ask(world, hello, { isReply: false })).outcome), 'ran')
    const client = new TestClient()
    const unknown = (): never => {
      throw new GatewayError('unknown_model', 'none')
    }
    const outcome = await world.caches.around({}, unknown, client, client.signal, answering(world))
    assert.equal(how(outcome), 'ran')
    assert.equal(world.caches.statistics().entries, 0)
  })
})

/** A run that is led by hand. */
function byHand(world: World) {
  let say: (text: string) => void = () => assert.fail('not running')
  let finish: (failed?: boolean) => void = () => assert.fail('not running')
  let aborted = false
  const run: Run<Result> = (sink, signal) =>
    new Promise((resolve) => {
      world.calls++
      sink.head(200, { 'content-type': 'text/event-stream' })
      say = (text) => void sink.write(text)
      finish = (failed = false) => {
        sink.end()
        resolve({ model: 'groq/llama', failed })
      }
      signal.addEventListener('abort', () => {
        aborted = true
        resolve({ model: 'groq/llama', failed: true })
      })
    })
  return { run, say: (text: string) => say(text), finish: (failed?: boolean) => finish(failed), aborted: () => aborted }
}

describe('requests at the same time', () => {
  it('share one call when wanted, and each gets all of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 5 }),
        async (texts, joins) => {
          const world = createWorld({ coalesce: true })
          const call = byHand(world)
          const asked = [ask(world, hello, { id: 'first' }, call.run)]
          await settled()
          for (const [index, text] of [...texts, ''].entries()) {
            for (const join of joins) {
              if (join % (texts.length + 1) === index) asked.push(ask(world, hello, { id: `joined` }, call.run))
            }
            await settled()
            if (text !== '') call.say(Buffer.from(text).toString('latin1'))
          }
          call.finish()
          const all = await Promise.all(asked)
          assert.equal(world.calls, 1)
          assert.equal(all.length, joins.length + 1)
          for (const { client } of all) assert.equal(client.text, texts.join(''))
          assert.deepEqual(
            all.map(({ outcome }) => how(outcome)),
            ['ran', ...joins.map(() => 'shared')],
          )
          assert.equal(all[1]?.client.headers['x-omniroute-request-id'], 'joined')
          assert.equal(all[1]?.client.headers['x-omniroute-cache'], 'shared')
          assert.equal(world.caches.statistics().running, 0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('do not share when not wanted', async () => {
    const world = createWorld({ exact: true })
    const asked = await Promise.all([ask(world), ask(world)])
    assert.deepEqual(
      asked.map(({ outcome }) => how(outcome)),
      ['ran', 'ran'],
    )
  })

  it('are all told of a failure, and the next asks anew', async () => {
    const world = createWorld({ coalesce: true, exact: true })
    const call = byHand(world)
    const asked = [ask(world, hello, {}, call.run), ask(world, hello, {}, call.run)]
    await settled()
    call.say('in-band failure')
    call.finish(true)
    const [, second] = await Promise.all(asked)
    assert.equal(second?.client.text, 'in-band failure')
    assert.ok(second?.outcome instanceof Replayed)
    assert.equal(second.outcome.result?.failed, true)
    assert.equal(second.outcome.note, undefined)
    assert.equal(how((await ask(world)).outcome), 'ran')
  })

  it('end the call when all have left', async () => {
    const world = createWorld({ coalesce: true })
    const call = byHand(world)
    const clients = [new TestClient(), new TestClient()]
    const request = cacheRequest(hello)
    const asked = clients.map((client) => world.caches.around({}, () => request, client, client.signal, call.run))
    await settled()
    clients[0]?.leave()
    await settled()
    assert.equal(call.aborted(), false)
    clients[1]?.leave()
    assert.equal(call.aborted(), true)
    await Promise.all(asked)
  })

  it('keep the shared answer for later', async () => {
    const world = createWorld({ coalesce: true, exact: true })
    await Promise.all([ask(world), ask(world)])
    assert.equal(how((await ask(world)).outcome), 'exact')
    assert.equal(world.calls, 1)
  })
})

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'k1' }

  it('gets the first answer again, for a day', async () => {
    const world = createWorld({})
    const first = await ask(world, hello, { headers })
    const again = await ask(world, hello, { headers, id: 'again' })
    assert.equal(how(again.outcome), 'idempotent')
    assert.deepEqual(again.client.bytes, first.client.bytes)
    assert.equal(again.client.headers['x-omniroute-cache'], 'idempotent')
    assert.equal(again.client.headers['x-omniroute-request-id'], 'again')
    assert.equal(how((await ask(world, hello, { headers: { 'idempotency-key': 'k2' } })).outcome), 'ran')
    world.clock.advance(24 * 60 * 60_000 + 1)
    assert.equal(how((await ask(world, hello, { headers })).outcome), 'ran')
  })

  it('waits for the first while it is still coming', async () => {
    const world = createWorld({})
    const call = byHand(world)
    const asked = [ask(world, hello, { headers }, call.run), ask(world, hello, { headers }, call.run)]
    await settled()
    call.say('live')
    call.finish()
    const [first, second] = await Promise.all(asked)
    assert.equal(first?.client.text, 'live')
    assert.equal(second?.client.text, 'live')
    assert.equal(how(second?.outcome ?? { model: '' }), 'idempotent')
    assert.equal(world.calls, 1)
  })

  it('is refused for another request, finished or not', async () => {
    const world = createWorld({})
    const call = byHand(world)
    const first = ask(world, hello, { headers }, call.run)
    await settled()
    const other = { ...hello, user: 'someone else' }
    const refused = { code: 'invalid_request', status: 422, parameter: 'Idempotency-Key' }
    await assert.rejects(ask(world, other, { headers }), refused)
    call.finish()
    await first
    await assert.rejects(ask(world, other, { headers }), refused)
    await assert.rejects(ask(world, hello, { headers, modelAsked: 'other' }), refused)
    await assert.rejects(ask(world, hello, { headers: { 'idempotency-key': 'x'.repeat(256) } }), { status: 400 })
  })

  it('lets a retry succeed after a failure, a throw or a client that left', async () => {
    const world = createWorld({})
    await ask(world, hello, { headers }, answering(world, true))
    await assert.rejects(ask(world, hello, { headers }, () => Promise.reject(new Error('thrown'))))
    const call = byHand(world)
    const client = new TestClient()
    const request = cacheRequest(hello, { headers })
    const left = world.caches.around(headers, () => request, client, client.signal, call.run)
    await settled()
    client.leave()
    const retried = await ask(world, hello, { headers })
    await left
    assert.equal(how(retried.outcome), 'ran')
    assert.equal(how((await ask(world, hello, { headers })).outcome), 'idempotent')
  })

  it('lets a third join the retry although the first has not wound up yet', async () => {
    const world = createWorld({})
    let windUp = (): void => undefined
    const lingering: Run<Result> = () =>
      new Promise((resolve) => {
        windUp = () => resolve({ model: 'x', failed: true })
      })
    const client = new TestClient()
    const request = cacheRequest(hello, { headers })
    const left = world.caches.around(headers, () => request, client, client.signal, lingering)
    await settled()
    client.leave()
    const call = byHand(world)
    const retried = ask(world, hello, { headers }, call.run)
    await settled()
    windUp()
    await left
    const third = ask(world, hello, { headers }, () => assert.fail('called again'))
    await settled()
    call.finish()
    assert.equal(how((await retried).outcome), 'ran')
    assert.equal(how((await third).outcome), 'idempotent')
  })

  it('holds for requests that no cache takes, and beside the other caches', async () => {
    const world = createWorld({ exact: true, coalesce: true })
    const stored = { ...hello, store: true }
    await ask(world, stored, { headers })
    assert.equal(how((await ask(world, stored, { headers })).outcome), 'idempotent')
    await ask(world)
    const other = { 'idempotency-key': 'k2' }
    const hit = await ask(world, hello, { headers: other })
    assert.equal(how(hit.outcome), 'exact')
    assert.equal(hit.client.headers['x-omniroute-cache'], 'hit')
    const again = await ask(world, hello, { headers: other })
    assert.equal(how(again.outcome), 'idempotent')
    assert.ok(again.outcome instanceof Replayed)
    assert.equal(again.outcome.note, 'groq/llama')
  })

  it('tells a second request to wait when the first answer is too long to share', async () => {
    const world = createWorld({})
    const call = byHand(world)
    const first = ask(world, hello, { headers }, call.run)
    await settled()
    for (let count = 0; count < 9; count++) call.say('x'.repeat(1024 * 1024))
    await assert.rejects(ask(world, hello, { headers }), { status: 409 })
    call.finish()
    assert.equal((await first).client.bytes.length, 9 * 1024 * 1024)
    assert.equal(how((await ask(world, hello, { headers })).outcome), 'ran')
  })
})

/** Words are the dimensions, so that texts with the same words are near. */
const embedWords: Embed = async (text) => {
  const words = ['what', 'is', 'the', 'capital', 'of', 'france', 'spain', 'please']
  return Float32Array.from(words, (word) => (text.toLowerCase().includes(word) ? 1 : 0))
}

describe('the semantic tier', () => {
  const on = { semantic: true, embeddingModel: 'openai/embed', threshold: 0.9 }
  const question = (content: string) => ({ model: 'groq/llama', messages: [{ role: 'user', content }] })

  it('answers the same question in other words, and says so', async () => {
    const world = createWorld(on, embedWords)
    const first = await ask(world, question('What is the capital of France?'))
    const second = await ask(world, question('please: what is the capital of France'))
    assert.equal(how(second.outcome), 'semantic')
    assert.deepEqual(second.client.bytes, first.client.bytes)
    assert.equal(second.client.headers['x-omniroute-cache'], 'semantic')
    assert.equal(second.client.headers['x-omniroute-similarity'], '0.9258')
    assert.ok(second.outcome instanceof Replayed && (second.outcome.similarity ?? 0) > 0.92)
    assert.equal(how((await ask(world, question('What is the capital of Spain?'))).outcome), 'ran')
    assert.equal(how((await ask(world, question('What is the capital of France?'))).outcome), 'exact')
    assert.equal(world.caches.statistics().semanticHits, 1)
  })

  it('compares only requests that are the same in everything else', async () => {
    const world = createWorld(on, embedWords)
    const body = question('What is the capital of France?')
    await ask(world, body)
    const near = question('the capital of France is what?')
    assert.equal(how((await ask(world, { ...near, temperature: 0 })).outcome), 'ran')
    assert.equal(how((await ask(world, near, { shaping: 'x' })).outcome), 'ran')
    assert.equal(how((await ask(world, near, { keyId: 'key-2' })).outcome), 'ran')
    const before = [{ role: 'system', content: 'Lie.' }, ...near.messages]
    assert.equal(how((await ask(world, { ...near, messages: before })).outcome), 'ran')
    assert.equal(how((await ask(world, near)).outcome), 'semantic')
  })

  it('does without when the model fails or none is set', async () => {
    const failing = createWorld(on, () => Promise.reject(new Error('down')))
    assert.equal(how((await ask(failing)).outcome), 'ran')
    assert.equal(how((await ask(failing)).outcome), 'exact')
    const unset = createWorld({ ...on, embeddingModel: '' }, () => assert.fail('asked'))
    assert.equal(how((await ask(unset)).outcome), 'ran')
  })

  it('joins a call that set out while the embedding was awaited', async () => {
    const world = createWorld({ ...on, coalesce: true }, embedWords)
    const asked = await Promise.all([ask(world), ask(world), ask(world)])
    assert.equal(world.calls, 1)
    assert.deepEqual(asked.map(({ outcome }) => how(outcome)).sort(), ['ran', 'shared', 'shared'])
  })

  it('is emptied by turning it off', async () => {
    const world = createWorld({ ...on, exact: true }, embedWords)
    await ask(world, question('What is the capital of France?'))
    assert.equal(world.caches.statistics().semanticEntries, 1)
    world.settings = cacheSettings({ exact: true })
    assert.equal(world.caches.statistics().semanticEntries, 0)
  })
})
