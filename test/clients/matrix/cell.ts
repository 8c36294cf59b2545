// One cell of the matrix: everything one client must get done through the gateway at an upstream of one wire. Each test asks for a
// model of its own, whose behaviour it sets at the fake, so that no test meets the rests that another has earned.
import assert from 'node:assert/strict'
import type { JsonObject } from '../../../src/core/json.ts'
import type { WireId } from '../../../src/core/wire-format.ts'
import { textEvents } from '../../fakes/answer.ts'
import type { ExchangeRecord } from '../../fakes/exchange.ts'
import type { ScriptInput } from '../../fakes/script.ts'
import { ended, weather } from '../place.ts'
import type { Prefix, ThroughGateway } from '../through-gateway.ts'
import type { ClientFailure, MatrixClient, Question, Seen } from './client.ts'
import { bodyText, type Received, readReceived } from './received.ts'

export interface Upstream {
  readonly prefix: Prefix
  readonly wire: WireId
  /** Whether it signs reasoning, which must then come back to it. */
  readonly signs: boolean
  /** The vendor's words for a conversation that is too long. */
  readonly overflow: string
  /** What "much reasoning", as a level or a budget, may have become; nothing where a model must be known to reason. */
  readonly efforts: readonly (string | number | undefined)[]
}

export const upstreams: readonly Upstream[] = [
  {
    prefix: 'oc',
    wire: 'openai-chat',
    signs: false,
    overflow: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    efforts: [undefined],
  },
  {
    prefix: 'or',
    wire: 'openai-responses',
    signs: false,
    overflow: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    efforts: [undefined],
  },
  {
    prefix: 'am',
    wire: 'anthropic-messages',
    signs: true,
    overflow: 'prompt is too long: 9001 tokens > 8192 maximum',
    efforts: [24_000, 24_576],
  },
  {
    prefix: 'gg',
    wire: 'gemini-generate',
    signs: true,
    overflow: 'The input token count (9001) exceeds the maximum number of tokens allowed (8192).',
    efforts: [24_000, 24_576],
  },
]

/** Words by which clients of a wire know that they have to shorten the conversation (rule 164). */
const overflowWords: Readonly<Record<WireId, RegExp>> = {
  'openai-chat': /maximum context length|context_length|context window|too long|maximum number of tokens/i,
  'openai-responses': /maximum context length|context_length|context window|too long|maximum number of tokens/i,
  'anthropic-messages': /prompt is too long/,
  'gemini-generate': /exceeds the maximum number of tokens|too long|context (?:length|window)/i,
}

/** The name of a model of Anthropic's own: only such are sent back what they signed. */
const signedModel = 'claude-sonnet-4-5'
/** What the fakes of Anthropic and Gemini sign their reasoning and calls with. */
const fakeSignature = 'c2lnbmVkLWJ5LWZha2U='
const asked = 'Grüß Gott, 世界 🙂 "quoted"\n\tand C:\\temp'
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const exact = { place: 'Tōkyō "東京" \\ </place>', days: 7 }
const citySchema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
}
const city = { city: 'Wien', people: 2_000_000 }

export function cellSuite(through: () => ThroughGateway, client: MatrixClient, upstream: Upstream): void {
  const same = client.wire === upstream.wire
  const cell = `${client.name}-${upstream.prefix}`.replace(/[^a-z-]+/g, '-')

  /** Sets how a new model behaves and gives the name under which a client asks for it. */
  async function behaving(test: string, ...scripts: ScriptInput[]): Promise<string> {
    const name = `${test}-${cell}`
    await through().fake.control({ model: name, scripts })
    return `${upstream.prefix}/${name}`
  }

  function ask(model: string, question: Partial<Question> = {}): Promise<Seen> {
    const { url, key } = through().gateway
    return client.ask({ url, key }, { model, text: asked, stream: false, ...question })
  }

  async function recordsOf(model: string): Promise<ExchangeRecord[]> {
    const name = model.slice(upstream.prefix.length + 1)
    return (await through().fake.log()).filter((one) => one.model === name)
  }

  async function received(model: string): Promise<Received> {
    const last = (await recordsOf(model)).at(-1)
    assert.ok(last, `the fake was not asked for ${model}`)
    assert.equal(last.wire, upstream.wire)
    return readReceived(last)
  }

  async function failing(model: string, question: Partial<Question> = {}): Promise<ClientFailure> {
    try {
      await ask(model, question)
    } catch (thrown) {
      return client.failure(thrown)
    }
    throw new Error(`${model} was answered`)
  }

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'whole'

    it(`text, ${how}: every character, end, model and usage`, async () => {
      const model = await behaving(`text-${how}`, { events: 9, cached: 11 })
      const pieces: string[] = []
      const seen = await ask(model, { stream, onText: (text) => pieces.push(text) })
      assert.equal(seen.text, textEvents(9).join(''))
      if (stream) assert.equal(pieces.join(''), seen.text)
      assert.equal(seen.finish, client.finishWords.stop)
      assert.equal(seen.model, model)
      assert.equal((await received(model)).text, asked)
      // Rules 128-131: what was read, cached or not, and what was written, in the client's own way of counting.
      const [record] = await recordsOf(model)
      assert.ok(record)
      const input = Math.ceil(bodyText(record).length / 4)
      assert.deepEqual(seen.usage, { input, cached: 11, output: 9 })
    })

    it(`a tool, ${how}: call and result with their ids and exact arguments`, async () => {
      const script: ScriptInput = { answer: 'loop', arguments: JSON.stringify(exact) }
      const model = await behaving(`tool-${how}`, script)
      const first = await ask(model, { stream, tool: true })
      assert.deepEqual(
        first.calls.map(({ name, input }) => ({ name, input })),
        [{ name: weather.name, input: exact }],
      )
      assert.equal(first.finish, client.finishWords.calls)
      assert.deepEqual((await received(model)).tools, [weather.name])
      const second = await ask(model, { stream, tool: true, after: { seen: first, result: 'sunny, 21°' } })
      assert.match(second.text, /^The tool said: .*sunny, 21°/)
      const { calls, results } = await received(model)
      assert.deepEqual(
        calls.map(({ name, input }) => ({ name, input })),
        [{ name: weather.name, input: exact }],
      )
      assert.deepEqual(
        results.map(({ id }) => id),
        [calls[0]?.id],
      )
      assert.match(results[0]?.text ?? '', /sunny, 21°/)
      // The upstream's own id has come back through the client.
      assert.match(calls[0]?.id ?? '', /^(?:call|toolu|gc)_\d+x0$/)
    })

    it(`two tools at once, ${how}: each call keeps its own id and result`, async () => {
      const model = await behaving(`tools-${how}`, { answer: 'loop', calls: 2, text: 'Let me look.' })
      const first = await ask(model, { stream, tool: true })
      assert.equal(first.text, 'Let me look.')
      assert.equal(first.calls.length, 2)
      assert.notEqual(first.calls[0]?.id, first.calls[1]?.id)
      await ask(model, { stream, tool: true, after: { seen: first, result: 'rain' } })
      const { calls, results } = await received(model)
      assert.equal(new Set(calls.map(({ id }) => id)).size, 2)
      assert.deepEqual(
        results.map(({ id }) => id),
        calls.map(({ id }) => id),
      )
    })

    it(`reasoning, ${how}: asked for, shown, and not mixed into the text`, async () => {
      const model = await behaving(`reasoning-${how}`, { reasoning: 3, events: 5 })
      const seen = await ask(model, { stream, reason: true })
      assert.equal(seen.text, textEvents(5).join(''))
      if (client.showsReasoning) assert.equal(seen.reasoning, textEvents(3).join(''))
      const { effort } = await received(model)
      // A client's own number may stay its own number on its own wire.
      assert.ok(same ? effort !== undefined : upstream.efforts.includes(effort as string), `effort ${effort}`)
    })

    it(`a structured answer, ${how}: the schema arrives and the JSON comes back`, async () => {
      const text = JSON.stringify(city)
      const forced = upstream.wire === 'anthropic-messages' && !same
      const model = await behaving(`schema-${how}`, forced ? { answer: 'tool', arguments: text } : { text })
      const seen = await ask(model, { stream, schema: citySchema })
      assert.deepEqual(JSON.parse(seen.text), city)
      assert.equal(seen.finish, client.finishWords.stop)
      const { schema } = await received(model)
      assert.match(JSON.stringify(schema), /"city".*"people"/)
    })

    it(`ends by length and by filter, ${how}`, async () => {
      const cut = await ask(await behaving(`length-${how}`, { finish: 'length' }), { stream })
      assert.equal(cut.finish, client.finishWords.length)
      assert.equal(cut.text, textEvents(4).join(''))
      const refused = await ask(await behaving(`filter-${how}`, { finish: 'filter' }), { stream })
      assert.equal(refused.finish, client.finishWords.filter)
    })

    it(`failures before the first word, ${how}: status, words and wait`, async () => {
      const fail = async (name: string, script: ScriptInput): Promise<ClientFailure> =>
        failing(await behaving(`${name}-${how}`, script), { stream })
      const limited = await fail('limited', { status: 429, retryAfter: '7' })
      assert.equal(limited.status, 429)
      if (client.showsWait) assert.ok(Number(limited.retryAfter) > 0 && Number(limited.retryAfter) <= 7)
      const broken = await fail('broken', { status: 500 })
      assert.ok((broken.status ?? 0) >= 500, `status ${broken.status}`)
      const busy = await fail('busy', { status: 503 })
      assert.ok((busy.status ?? 0) >= 500, `status ${busy.status}`)
      const hidden = await fail('hidden', { delivery: 'error-in-200', message: 'Hidden trouble.' })
      assert.ok((hidden.status ?? 0) >= 500, `status ${hidden.status}`)
      assert.match(hidden.message, /Hidden trouble/)
      const page = await fail('page', { delivery: 'html', status: 502 })
      assert.ok((page.status ?? 0) >= 500, `status ${page.status}`)
      assert.doesNotMatch(page.message, /<html|<body/)
      const long = await fail('long', { status: 400, message: upstream.overflow })
      assert.equal(long.status, 400)
      assert.match(long.message, overflowWords[client.wire])
      // The account's own key was refused: no fault of the client's key.
      const refused = await fail('refused', { status: 401 })
      assert.equal(refused.status, 403)
    })
  }

  if (upstream.signs)
    it('signed reasoning goes back to the one who signed it', async () => {
      const model = await behaving(signedModel, { answer: 'loop', reasoning: 3 })
      const first = await ask(model, { tool: true, reason: true })
      await ask(model, { tool: true, reason: true, after: { seen: first, result: 'rain' } })
      const records = await recordsOf(model)
      assert.equal(records.length, 2)
      assert.ok(records.every((record, index) => bodyText(record).includes(fakeSignature) === (index === 1)))
    })

  // Rule 120: a vendor's prompt cache only knows a conversation again by its bytes.
  it('the same conversation twice: the same bytes at the upstream', async () => {
    const model = await behaving('twice', { answer: 'loop', calls: 2, reasoning: 2 })
    const first = await ask(model, { tool: true })
    const again = { tool: true, after: { seen: first, result: 'rain' } }
    await ask(model, again)
    await ask(model, again)
    const [, second, third] = await recordsOf(model)
    assert.ok(second !== undefined && third !== undefined)
    assert.equal(bodyText(second), bodyText(third))
  })

  it('a picture: byte for byte at the upstream', async () => {
    const model = await behaving('picture', {})
    await ask(model, { image: dot })
    assert.deepEqual((await received(model)).images, [dot])
  })

  it('a stream that breaks, or tells of an error, fails after the words that came', async () => {
    for (const delivery of ['break-mid-stream', 'error-event', 'missing-terminal'] as const) {
      const model = await behaving(delivery, { delivery, events: 8, message: 'Trouble in mid-stream.' })
      // Gemini's dialect knows no end of its own: bytes that just stop there are an answer without a finish reason.
      if (same && client.wire === 'gemini-generate' && delivery === 'missing-terminal') continue
      let text = ''
      const failure = await failing(model, { stream: true, onText: (piece) => (text += piece) })
      if (delivery === 'error-event') assert.match(failure.message, /Trouble in mid-stream/)
      assert.ok(textEvents(8).join('').startsWith(text), text)
    }
  })

  it('leaving in mid-stream ends the call to the upstream', async () => {
    const name = await behaving('leaving', { events: 10_000, pauseMs: 5 })
    const leaving = new AbortController()
    let pieces = 0
    const onText = (): void => {
      pieces += 1
      if (pieces === 3) leaving.abort()
    }
    await ask(name, { stream: true, signal: leaving.signal, onText }).catch(() => undefined)
    assert.ok(pieces >= 3)
    assert.equal((await ended(through().fake, name.slice(upstream.prefix.length + 1))).end, 'left')
  })
}
