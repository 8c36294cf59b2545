// A server without a network behaves like one with it: streams, waits for slow readers, can be cut off, and fails in its own words.
import assert from 'node:assert/strict'
import type { Dispatcher } from 'undici'
import { GatewayError } from '../../src/core/errors.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { createInsideDispatcher, type InsideServer } from '../../src/engine/inside-upstream.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'

const words = (...texts: string[]): StreamPart[] => [
  { type: 'start', model: 'm' },
  { type: 'text-start', id: '1' },
  ...texts.map((text): StreamPart => ({ type: 'text-delta', id: '1', text })),
  { type: 'text-end', id: '1' },
  { type: 'finish', finish: { unified: 'stop' } },
]

interface Heard {
  status?: number
  text: string
  error?: Error
}

/** One call; `react` sees each piece with the means to pause or leave. */
function call(
  server: InsideServer,
  body: object,
  react: (controller: Dispatcher.DispatchController, heard: Heard) => void = () => undefined,
  { method = 'POST', path = '/v1/chat/completions' }: { method?: string; path?: string } = {},
): Promise<Heard> {
  const heard: Heard = { text: '' }
  return new Promise((resolve) => {
    createInsideDispatcher((id) => wireFormats[id], server).dispatch(
      { origin: 'http://built-in.invalid', path, method: method as 'POST', body: JSON.stringify(body) },
      {
        onRequestStart: () => undefined,
        onResponseStart(_, status) {
          heard.status = status
        },
        onResponseData(controller, chunk) {
          heard.text += chunk.toString()
          react(controller, heard)
        },
        onResponseEnd: () => resolve(heard),
        onResponseError(_, error) {
          resolve({ ...heard, error })
        },
      },
    )
  })
}

const ask = (stream: boolean): object => ({ model: 'm', stream, messages: [{ role: 'user', content: 'Hi' }] })

function serving(parts: readonly StreamPart[], end?: Error): InsideServer {
  return {
    async *reply() {
      yield* parts
      if (end) throw end
    },
  }
}

describe('a server without a network', () => {
  it('streams, or answers whole, as it is asked', async () => {
    const streamed = await call(serving(words('a', 'b')), ask(true))
    assert.equal(streamed.status, 200)
    assert.match(streamed.text, /"content":"a"[\s\S]*"content":"b"[\s\S]*\[DONE\]/)
    const whole = await call(serving(words('a', 'b')), ask(false))
    assert.equal(JSON.parse(whole.text).choices[0].message.content, 'ab')
  })

  it('sends nothing while the reader pauses, and all of it afterwards', async () => {
    let pauses = 0
    let meanwhile = 0
    const heard = await call(serving(words('a', 'b', 'c')), ask(true), (controller, soFar) => {
      const { text } = soFar
      controller.pause()
      pauses += 1
      setTimeout(() => {
        if (soFar.text !== text) meanwhile += 1
        controller.resume()
      }, 5)
    })
    assert.equal(meanwhile, 0)
    assert.ok(pauses >= 3)
    assert.match(heard.text, /"a"[\s\S]*"b"[\s\S]*"c"[\s\S]*\[DONE\]/)
  })

  it('stops its work when the caller leaves, also while it waits', async () => {
    let stopped = false
    const endless: InsideServer = {
      async *reply(_, signal) {
        try {
          yield* words('a').slice(0, 3)
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        } finally {
          stopped = true
        }
      },
    }
    const reason = new Error('the caller left')
    for (const leave of [(work: () => void): void => work(), setImmediate]) {
      stopped = false
      const heard = await call(endless, ask(true), (controller, { text }) => {
        if (text.includes('"a"')) leave(() => controller.abort(reason))
      })
      assert.equal(heard.error, reason)
      assert.equal(stopped, true)
    }
  })

  it('fails with the failure itself, at first and in mid-answer', async () => {
    const failure = new GatewayError('consent_missing', 'Not allowed.')
    const early = await call(serving([], failure), ask(true))
    assert.deepEqual([early.status, early.error], [undefined, failure])
    const late = await call(serving(words('a').slice(0, 3), failure), ask(true))
    assert.equal(late.status, 200)
    assert.equal(late.error, failure)
  })

  it('refuses what the caller has done wrong as vendors do', async () => {
    const bad = await call(serving(words('a')), { model: 'm', messages: 'no' })
    assert.equal(bad.status, 400)
    assert.ok(JSON.parse(bad.text).error.message)
    const unknown = await call(serving([], new GatewayError('model_not_found', 'No such model.')), ask(false))
    assert.equal(unknown.status, 404)
    assert.equal((await call(serving([]), {}, undefined, { path: '/v1/elsewhere' })).status, 404)
  })

  it('lists its models where it has a list', async () => {
    const listing: InsideServer = { ...serving([]), models: async () => ({ data: [{ id: 'x' }] }) }
    const get = { method: 'GET', path: '/v1/models' }
    assert.deepEqual(JSON.parse((await call(listing, {}, undefined, get)).text), { data: [{ id: 'x' }] })
    assert.equal((await call(serving([]), {}, undefined, get)).status, 404)
  })
})
