// What the official `@google/genai` client must be able to do at a place, with either API version in its paths.
import assert from 'node:assert/strict'
import { ApiError, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { textEvents } from '../fakes/answer.ts'
import { collect, ended, type PlaceOf, weather, weatherArguments } from './place.ts'

const contents = 'Grüß Gott, 世界 🙂'
const declaration = { name: weather.name, description: weather.description, parametersJsonSchema: weather.schema }
const tools = [{ functionDeclarations: [declaration] }]

function textOf(chunks: readonly GenerateContentResponse[], thought = false): string {
  return chunks
    .flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    .filter((part) => (part.thought === true) === thought)
    .map((part) => part.text ?? '')
    .join('')
}

export function googleSuite(place: PlaceOf, apiVersion?: 'v1beta'): void {
  const connect = (apiKey = place().key): GoogleGenAI =>
    new GoogleGenAI({
      apiKey,
      httpOptions: { baseUrl: place().url, timeout: 8000, ...(apiVersion === undefined ? {} : { apiVersion }) },
    })
  const model = (name: string): string => place().model(name)

  it('answers with text and usage', async () => {
    const reply = await connect().models.generateContent({ model: model('echo'), contents })
    assert.equal(reply.text, contents)
    assert.equal(reply.candidates?.[0]?.finishReason, 'STOP')
    assert.equal(reply.usageMetadata?.candidatesTokenCount, 4)
  })

  it('streams thoughts and text in order', async () => {
    const ask = { model: model('reasoning~events=30'), contents }
    const chunks = await collect(await connect().models.generateContentStream(ask))
    assert.equal(textOf(chunks), textEvents(30).join(''))
    assert.equal(textOf(chunks, true), textEvents(3).join(''))
    assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, 'STOP')
  })

  it('calls a tool and answers with its result', async () => {
    const client = connect()
    const config = { tools }
    const first = await client.models.generateContent({ model: model('tool-loop'), contents, config })
    const call = first.functionCalls?.[0]
    assert.equal(call?.name, weather.name)
    assert.deepEqual(call?.args, weatherArguments)
    const asked = first.candidates?.[0]?.content
    assert.ok(asked)
    const response = {
      ...(call?.id === undefined ? {} : { id: call.id }),
      name: weather.name,
      response: { output: 'rain' },
    }
    const second = await client.models.generateContent({
      model: model('tool-loop'),
      contents: [
        { role: 'user', parts: [{ text: contents }] },
        asked,
        { role: 'user', parts: [{ functionResponse: response }] },
      ],
      config,
    })
    assert.equal(second.text, 'The tool said: {"output":"rain"}')
  })

  it('receives calls of several tools from a stream', async () => {
    const ask = { model: model('tools-parallel'), contents, config: { tools } }
    const chunks = await collect(await connect().models.generateContentStream(ask))
    const calls = chunks.flatMap((chunk) => chunk.functionCalls ?? [])
    assert.deepEqual(
      calls.map((call) => call.args),
      [weatherArguments, weatherArguments],
    )
  })

  it('cancels the upstream when it leaves in mid-stream', async () => {
    const leaving = new AbortController()
    const name = `endless~pauseMs=${apiVersion === undefined ? 8 : 9}`
    const ask = { model: model(name), contents, config: { abortSignal: leaving.signal } }
    const stream = await connect().models.generateContentStream(ask)
    await assert.rejects(async () => {
      for await (const _ of stream) leaving.abort()
    })
    assert.equal((await ended(place().fake, name)).end, 'left')
  })

  it('fails rather than ends quietly when the upstream breaks off', async () => {
    for (const name of ['break-mid-stream', 'error-mid-stream'])
      await assert.rejects(async () => {
        await collect(await connect().models.generateContentStream({ model: model(name), contents }))
      }, name)
  })

  it('lists models and finds one whose id has slashes', async () => {
    const client = connect()
    const names = (await collect(await client.models.list())).map((one) => one.name)
    for (const name of ['echo', 'tool-loop', 'vendor/echo'])
      assert.ok(names.includes(`models/${model(name)}`), `${model(name)} in ${names}`)
    const found = await client.models.get({ model: model('vendor/echo') })
    assert.equal(found.name, `models/${model('vendor/echo')}`)
    const reply = await client.models.generateContent({ model: found.name ?? '', contents })
    assert.equal(reply.text, contents)
  })

  it('gets errors with their status: a wrong key, an unknown model, a rate limit', async () => {
    const status =
      (wanted: number) =>
      (error: unknown): boolean => {
        assert.ok(error instanceof ApiError)
        assert.equal(error.status, wanted)
        return true
      }
    const ask = (client: GoogleGenAI, name: string): Promise<unknown> =>
      client.models.generateContent({ model: name, contents })
    await assert.rejects(ask(connect('sk-wrong'), model('echo')), status(401))
    await assert.rejects(ask(connect(), 'nobody-serves-this'), status(404))
    await assert.rejects(ask(connect(), model('status-429~retryAfter=7')), status(429))
  })
}
