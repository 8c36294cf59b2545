// What the official `openai` client must be able to do at a place.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { textEvents } from '../fakes/answer.ts'
import { collect, ended, type Place, type PlaceOf, weather, weatherArguments } from './place.ts'

const messages = [{ role: 'user' as const, content: 'Grüß Gott, 世界 🙂' }]
const chatTools = [
  {
    type: 'function' as const,
    function: { name: weather.name, description: weather.description, parameters: { ...weather.schema } },
  },
]
const responseTools = [
  { type: 'function' as const, name: weather.name, parameters: { ...weather.schema }, strict: false },
]

export function openaiSuite(place: PlaceOf): void {
  const connect = (apiKey = place().key): OpenAI =>
    new OpenAI({ baseURL: `${place().url}/v1`, apiKey, maxRetries: 0, timeout: 8000 })
  const model: Place['model'] = (name, wire) => place().model(name, wire)

  describe('chat completions', () => {
    it('answers with text and usage', async () => {
      const reply = await connect().chat.completions.create({ model: model('echo'), messages })
      assert.equal(reply.choices[0]?.message.content, messages[0]?.content)
      assert.equal(reply.choices[0]?.finish_reason, 'stop')
      assert.equal(reply.usage?.completion_tokens, 4)
      assert.equal(reply.object, 'chat.completion')
    })

    it('streams every event in order, with usage when asked', async () => {
      const stream = await connect().chat.completions.create({
        model: model('text~events=40'),
        messages,
        stream: true,
        stream_options: { include_usage: true },
      })
      const chunks = await collect(stream)
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
      assert.equal(text, textEvents(40).join(''))
      assert.equal(chunks.at(-1)?.usage?.completion_tokens, 40)
    })

    it('runs a loop with a tool through the runner', async () => {
      const asked: unknown[] = []
      const runner = connect().chat.completions.runTools({
        model: model('tool-loop'),
        messages,
        tools: [
          {
            type: 'function',
            function: {
              name: weather.name,
              description: weather.description,
              parameters: { ...weather.schema },
              parse: JSON.parse,
              function: (input: object) => {
                asked.push(input)
                return 'sunny, 21°'
              },
            },
          },
        ],
      })
      assert.equal(await runner.finalContent(), 'The tool said: sunny, 21°')
      assert.deepEqual(asked, [weatherArguments])
    })

    it('puts streamed tool calls together', async () => {
      const stream = connect().chat.completions.stream({ model: model('tools-parallel'), messages, tools: chatTools })
      const message = (await stream.finalChatCompletion()).choices[0]?.message
      const calls = (message?.tool_calls ?? []).filter((call) => call.type === 'function')
      assert.equal(calls.length, 2)
      for (const call of calls) assert.deepEqual(JSON.parse(call.function.arguments), weatherArguments)
      assert.notEqual(calls[0]?.id, calls[1]?.id)
    })

    it('reads a stream that arrives byte by byte', async () => {
      const stream = await connect().chat.completions.create({ model: model('byte-by-byte'), messages, stream: true })
      const chunks = await collect(stream)
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), textEvents(4).join(''))
    })

    it('cancels the upstream when it leaves in mid-stream', async () => {
      const name = 'endless~pauseMs=5'
      const stream = await connect().chat.completions.create({ model: model(name), messages, stream: true })
      let seen = 0
      for await (const _ of stream) {
        seen += 1
        if (seen === 5) break
      }
      stream.controller.abort()
      assert.equal((await ended(place().fake, name)).end, 'left')
    })

    it('cancels the upstream when it leaves before the answer', async () => {
      const leaving = new AbortController()
      const name = 'hang-before-headers'
      const asking = connect().chat.completions.create({ model: model(name), messages }, { signal: leaving.signal })
      await place().fake.logWhen((log) => log.some((one) => one.model === name))
      leaving.abort()
      await assert.rejects(asking, OpenAI.APIUserAbortError)
      assert.equal((await ended(place().fake, name)).end, 'left')
    })

    it('fails rather than ends quietly when the upstream breaks off', async () => {
      for (const name of ['break-mid-stream', 'error-mid-stream']) {
        const stream = await connect().chat.completions.create({ model: model(name), messages, stream: true })
        await assert.rejects(collect(stream), name)
      }
    })
  })

  describe('responses', () => {
    it('answers with text and usage', async () => {
      const reply = await connect().responses.create({ model: model('echo', 'responses'), input: 'Hello 🙂' })
      assert.equal(reply.output_text, 'Hello 🙂')
      assert.equal(reply.status, 'completed')
      assert.ok((reply.usage?.total_tokens ?? 0) > 0)
    })

    it('streams reasoning and text to the final response', async () => {
      const stream = connect().responses.stream({ model: model('reasoning~events=12', 'responses'), input: 'Hello' })
      const types = new Set<string>()
      stream.on('event', (event) => types.add(event.type))
      const final = await stream.finalResponse()
      assert.equal(final.output_text, textEvents(12).join(''))
      assert.deepEqual(
        final.output.map((item) => item.type),
        ['reasoning', 'message'],
      )
      assert.ok(types.has('response.reasoning_summary_text.delta') && types.has('response.completed'))
    })

    it('calls a tool and answers with its result', async () => {
      const client = connect()
      const first = await client.responses.create({
        model: model('tool-loop', 'responses'),
        input: 'Hi',
        tools: responseTools,
      })
      const call = first.output.find((item) => item.type === 'function_call')
      assert.ok(call)
      assert.deepEqual(JSON.parse(call.arguments), weatherArguments)
      const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'rain' }
      const second = await client.responses.create({
        model: model('tool-loop', 'responses'),
        input: [{ role: 'user', content: 'Hi' }, call, output],
        tools: responseTools,
      })
      assert.equal(second.output_text, 'The tool said: rain')
    })

    it('cancels the upstream when it leaves in mid-stream', async () => {
      const name = 'endless~pauseMs=6'
      const stream = await connect().responses.create({ model: model(name, 'responses'), input: 'Hi', stream: true })
      let seen = 0
      for await (const _ of stream) {
        seen += 1
        if (seen === 8) break
      }
      stream.controller.abort()
      assert.equal((await ended(place().fake, name)).end, 'left')
    })
  })

  describe('models', () => {
    it('lists models and finds one whose id has slashes', async () => {
      const client = connect()
      const ids = (await collect(client.models.list())).map((one) => one.id)
      for (const name of ['echo', 'tool-loop', 'vendor/echo']) assert.ok(ids.includes(model(name)), model(name))
      const found = await client.models.retrieve(model('vendor/echo'))
      assert.equal(found.id, model('vendor/echo'))
      const reply = await client.chat.completions.create({ model: found.id, messages })
      assert.equal(reply.choices[0]?.message.content, messages[0]?.content)
    })
  })

  describe('errors', () => {
    const ask = (client: OpenAI, name: string): Promise<unknown> =>
      client.chat.completions.create({ model: name, messages })

    it('are typed: a wrong key, an unknown model, a rate limit with its wait', async () => {
      await assert.rejects(ask(connect('sk-wrong'), model('echo')), OpenAI.AuthenticationError)
      await assert.rejects(ask(connect(), 'nobody-serves-this'), OpenAI.NotFoundError)
      await assert.rejects(ask(connect(), model('status-429~retryAfter=7')), (error) => {
        assert.ok(error instanceof OpenAI.RateLimitError)
        const wait = Number(error.headers?.get('retry-after'))
        assert.ok(wait > 0 && wait <= 7, `retry-after ${wait}`)
        assert.ok(error.message.length > 4)
        return true
      })
    })

    it('are typed for Responses as well', async () => {
      const wrong = connect('sk-wrong').responses.create({ model: model('echo', 'responses'), input: 'x' })
      await assert.rejects(wrong, OpenAI.AuthenticationError)
      const missing = connect().responses.create({ model: 'nobody-serves-this', input: 'x' })
      await assert.rejects(missing, OpenAI.NotFoundError)
    })
  })
}
