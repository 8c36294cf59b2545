// What passes through untouched: streams of every wire byte by byte apart from the model's name, whatever their framing, size and
// number; and what the log says of them.
import assert from 'node:assert/strict'
import { type Fake, startFake } from '../fakes/start.ts'
import { type Answer, eventsOf, startWorld, type World } from './world.ts'

const messages = [{ role: 'user', content: 'Grüße 🙂 and "model":"text"' }]
const wires = [
  {
    prefix: 'oc',
    provider: 'openai-compatible',
    version: 'v1',
    path: () => '/v1/chat/completions',
    body: { messages, stream_options: { include_usage: true } },
  },
  {
    prefix: 'or',
    provider: 'openai-responses-compatible',
    version: 'v1',
    path: () => '/v1/responses',
    body: { input: 'Hi "model":"text"' },
  },
  {
    prefix: 'am',
    provider: 'anthropic-compatible',
    version: 'v1',
    path: () => '/v1/messages',
    body: { max_tokens: 9, messages },
  },
  {
    prefix: 'gg',
    provider: 'gemini-compatible',
    version: 'v1beta',
    path: (model: string) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
  },
] as const
type Wire = (typeof wires)[number]

describe('the relay', () => {
  let fake: Fake
  let world: World

  before(async () => {
    fake = await startFake()
    world = await startWorld({
      accounts: wires.map(({ prefix, provider, version }) => ({
        id: prefix,
        provider,
        prefix,
        baseUrl: `${fake.url}/${version}`,
        apiKey: `upstream-${prefix}`,
        models: ['text'],
      })),
      settings: { bodyLimitMb: 40 },
    })
  })
  after(async () => {
    await world?.stop()
    await fake?.stop()
  })
  beforeEach(async () => {
    await world.rpc('requests.clear', {})
    await fake.control({ reset: true, forget: true })
  })

  async function stream({ prefix, path, body }: Wire, script: string): Promise<Answer> {
    const model = `${prefix}/${script}`
    const answer = await world.send(path(model), {
      body: { ...body, ...(prefix === 'gg' ? {} : { model, stream: true }) },
    })
    assert.equal(answer.status, 200, answer.text)
    return answer
  }

  /** What the fake sent, with the name that the client asked for in place of the upstream's. */
  async function expected({ prefix }: Wire, script: string): Promise<string> {
    const [seen] = await fake.logWhen(([first]) => first?.end !== 'open')
    const key = prefix === 'gg' ? 'modelVersion' : 'model'
    return Buffer.from(seen?.sent ?? '', 'base64')
      .toString('utf8')
      .replaceAll(`"${key}":"${script}"`, `"${key}":"${prefix}/${script}"`)
  }

  for (const wire of wires) {
    describe(`of ${wire.provider}`, () => {
      const scripts = [
        'text~events=500',
        'reasoning~events=40',
        'byte-by-byte~events=20',
        'crlf~events=200',
        'crlf~events=30~pieceBytes=7',
        'crlf~events=3~pieceBytes=1',
        'cr~events=30',
        'comments~events=30~pauseMs=1',
        'tight~events=30',
        'bom~events=30',
        'no-usage~events=5',
        'length',
      ]
      for (const script of scripts) {
        it(`passes ${script} on byte by byte`, async () => {
          assert.equal((await stream(wire, script)).text, await expected(wire, script))
          assert.equal((await world.logged(1))[0]?.code, undefined)
        })
      }

      it('passes an event of 8 MB on', async () => {
        const answer = await stream(wire, 'huge-event')
        assert.ok(answer.bytes.length > 8 * 1024 * 1024)
        assert.equal((await world.logged(1))[0]?.code, undefined)
        const [seen] = await fake.logWhen(([first]) => first?.end === 'complete')
        const renamed = answer.text.split(`${wire.prefix}/huge-event`).length - 1
        assert.equal(answer.bytes.length - 3 * renamed, seen?.sentBytes)
      })

      if (wire.prefix === 'oc' || wire.prefix === 'gg') {
        it('takes a stream without [DONE] for whole', async () => {
          const answer = await stream(wire, 'missing-done')
          assert.equal(answer.text, await expected(wire, 'missing-done'))
          assert.equal((await world.logged(1))[0]?.code, undefined)
        })
      }

      it('logs usage, timing and who answered', async () => {
        await stream(wire, 'reasoning~events=7')
        const [row] = await world.logged(1)
        assert.ok(row)
        assert.equal(row.usage.output, 10)
        assert.ok((row.usage.input ?? 0) > 0)
        assert.deepEqual(
          [row.status, row.stream, row.modelAsked, row.modelServed, row.accountLabel, row.keyName, row.attempts],
          [200, true, `${wire.prefix}/reasoning~events=7`, `${wire.prefix}/reasoning~events=7`, wire.prefix, 'test', 1],
        )
        assert.ok(row.firstByteMs !== undefined && row.firstByteMs <= row.totalMs)
        assert.deepEqual(
          row.trace.map((step) => step.kind),
          ['served'],
        )
      })

      it('sends the request on as it came, but for the model and the key', async () => {
        const model = `${wire.prefix}/text`
        const padding = 'x'.repeat(200_000)
        const body =
          wire.prefix === 'gg'
            ? { ...wire.body, padding }
            : { padding, model, ...wire.body, stream: true, last: ' 1.0 ' }
        const text = JSON.stringify(body, null, 1)
        const answer = await world.send(wire.path(model), { body: text, headers: { cookie: 'a=b', 'x-custom': 'no' } })
        assert.equal(answer.status, 200, answer.text)
        const [seen] = await fake.log()
        assert.equal(Buffer.from(seen?.body ?? '', 'base64').toString(), text.replace(`"${model}"`, '"text"'))
        const headers = JSON.stringify(seen?.headers)
        assert.ok(headers.includes(`upstream-${wire.prefix}`))
        assert.doesNotMatch(headers, /omr-test|cookie|x-custom/i)
      })
    })
  }

  it('keeps forty streams at once apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const model = `oc/echo~events=30~pauseMs=2`
        const content = `This is the text of request ${index}, and of no other.`
        const answer = await world.send('/v1/chat/completions', {
          body: { model, stream: true, messages: [{ role: 'user', content }] },
        })
        const said = eventsOf(answer.text)
          .map(({ data }) => data.choices?.[0]?.delta?.content ?? '')
          .join('')
        return [said, content]
      }),
    )
    for (const [said, content] of answers) assert.equal(said, content)
    assert.equal((await world.logged(40)).length, 40)
    assert.equal((await world.rpc('gateway.status', {})).activeRequests, 0)
  })

  it('lets the upstream wait for a client that does not read', async () => {
    const megabytes = 200
    const response = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer omr-test-0123456789abcdefghijklmnop' },
      body: JSON.stringify({ model: `oc/text~megabytes=${megabytes}`, stream: true, messages }),
    })
    const reader = response.body?.getReader()
    assert.ok(reader)
    await reader.read()
    // The fake stops where the buffers between it and the client are full; it is far from having sent everything.
    let sent = -1
    for (let still = 0; still < 3; ) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const now = (await fake.log({ bodies: false }))[0]?.sentBytes ?? 0
      still = now === sent ? still + 1 : 0
      sent = now
    }
    assert.ok(sent < 40 * 1024 * 1024, `${sent} bytes were taken from the upstream`)
    let received = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      received += value.length
    }
    assert.ok(received > (megabytes - 1) * 1024 * 1024)
    assert.equal((await world.logged(1))[0]?.code, undefined)
  })

  it('logs what was refused with its words, and nothing of the conversation or the keys', async () => {
    await world.send('/v1/chat/completions', {
      body: { model: 'nobody/knows', messages: [{ role: 'user', content: 'very private' }] },
    })
    await world.send('/v1/messages', {
      body: { model: 'am/status-401', max_tokens: 9, messages: [{ role: 'user', content: 'very private' }] },
    })
    const rows = await world.logged(2)
    assert.deepEqual(
      rows.map(({ wire, status }) => [wire, status]),
      [
        ['anthropic-messages', rows[0]?.status],
        ['openai-chat', 404],
      ],
    )
    for (const row of rows) assert.ok(row.message && row.nextStep)
    assert.deepEqual(
      rows[0]?.trace.map((step) => step.kind),
      ['failed'],
    )
    const everything = JSON.stringify([rows, world.lines])
    assert.doesNotMatch(everything, /very private|upstream-am|omr-test/)
  })
})
