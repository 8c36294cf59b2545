// What the official `@anthropic-ai/sdk` client must be able to do at a place.
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { textEvents } from '../fakes/answer.ts'
import { collect, ended, type PlaceOf, weather, weatherArguments } from './place.ts'

const messages = [{ role: 'user' as const, content: 'Grüß Gott, 世界 🙂' }]
const tools = [{ name: weather.name, description: weather.description, input_schema: { ...weather.schema } }]

export function anthropicSuite(place: PlaceOf): void {
  const connect = (apiKey = place().key): Anthropic =>
    new Anthropic({ baseURL: place().url, apiKey, authToken: null, maxRetries: 0, timeout: 8000 })
  const model = (name: string): string => place().model(name)
  const ask = (name: string): { model: string; max_tokens: number; messages: typeof messages } => ({
    model: model(name),
    max_tokens: 1000,
    messages,
  })

  it('answers with text and usage', async () => {
    const reply = await connect().messages.create(ask('echo'))
    assert.deepEqual(
      reply.content.map((block) => (block.type === 'text' ? block.text : block.type)),
      [messages[0]?.content],
    )
    assert.equal(reply.stop_reason, 'end_turn')
    assert.equal(reply.usage.output_tokens, 4)
  })

  it('takes its key as a bearer token too', async () => {
    const client = new Anthropic({ baseURL: place().url, apiKey: null, authToken: place().key, maxRetries: 0 })
    assert.equal((await client.messages.create(ask('echo'))).type, 'message')
  })

  it('streams thinking and text through the helper', async () => {
    const stream = connect().messages.stream(ask('reasoning~events=30'))
    const pieces: string[] = []
    stream.on('text', (text) => pieces.push(text))
    const final = await stream.finalMessage()
    assert.deepEqual(pieces, textEvents(30))
    assert.deepEqual(
      final.content.map((block) => block.type),
      ['thinking', 'text'],
    )
    const thinking = final.content[0]
    assert.ok(thinking?.type === 'thinking' && thinking.signature !== '')
    assert.equal(final.usage.output_tokens, 33)
  })

  it('puts streamed tool calls together', async () => {
    const final = await connect()
      .messages.stream({ ...ask('tools-parallel'), tools })
      .finalMessage()
    assert.equal(final.stop_reason, 'tool_use')
    assert.equal(final.content.length, 2)
    for (const block of final.content) assert.deepEqual(block.type === 'tool_use' && block.input, weatherArguments)
  })

  it('runs a loop with a tool through the runner', async () => {
    const asked: unknown[] = []
    const runner = connect().beta.messages.toolRunner({
      ...ask('tool-loop'),
      tools: [
        {
          name: weather.name,
          description: weather.description,
          input_schema: { ...weather.schema },
          parse: (input: unknown) => input,
          run: (input: unknown) => {
            asked.push(input)
            return 'sunny, 21°'
          },
        },
      ],
    })
    const final = await runner.runUntilDone()
    assert.deepEqual(asked, [weatherArguments])
    assert.deepEqual(
      final.content.map((block) => block.type === 'text' && block.text),
      ['The tool said: sunny, 21°'],
    )
  })

  it('cancels the upstream when it leaves in mid-stream', async () => {
    const name = 'endless~pauseMs=7'
    const stream = connect().messages.stream(ask(name))
    let seen = 0
    for await (const _ of stream) {
      seen += 1
      if (seen === 6) break
    }
    stream.abort()
    assert.equal((await ended(place().fake, name)).end, 'left')
  })

  it('fails rather than ends quietly when the upstream breaks off', async () => {
    for (const name of ['break-mid-stream', 'error-mid-stream', 'missing-terminal'])
      await assert.rejects(connect().messages.stream(ask(name)).finalMessage(), name)
  })

  it('lists models and finds one whose id has slashes', async () => {
    const client = connect()
    const ids = (await collect(client.models.list())).map((one) => one.id)
    for (const name of ['echo', 'tool-loop', 'vendor/echo']) assert.ok(ids.includes(model(name)), model(name))
    const found = await client.models.retrieve(model('vendor/echo'))
    assert.equal(found.type, 'model')
    assert.equal((await client.messages.create({ ...ask('echo'), model: found.id })).type, 'message')
  })

  it('gets typed errors: a wrong key, an unknown model, a rate limit with its wait', async () => {
    await assert.rejects(connect('sk-wrong').messages.create(ask('echo')), Anthropic.AuthenticationError)
    const missing = { ...ask('echo'), model: 'nobody-serves-this' }
    await assert.rejects(connect().messages.create(missing), Anthropic.NotFoundError)
    await assert.rejects(connect().messages.create(ask('status-429~retryAfter=7')), (error) => {
      assert.ok(error instanceof Anthropic.RateLimitError)
      const wait = Number(error.headers?.get('retry-after'))
      assert.ok(wait > 0 && wait <= 7, `retry-after ${wait}`)
      return true
    })
  })
}
