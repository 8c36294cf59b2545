// Combos as a client sees them: as long as one member can answer, every request is answered, whatever the others do.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { textEvents } from '../fakes/answer.ts'
import { type GatewayProcess, startGatewayProcess } from '../fakes/gateway.ts'
import { type Fake, startFake } from '../fakes/start.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]
const expected = textEvents(4).join('')

/** Runs `count` jobs, at most `concurrency` at once, and gives their results in order. */
async function inParallel<T>(count: number, concurrency: number, job: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results[index] = await job(index)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return results
}

const failures = [
  'status-401',
  'status-402',
  'status-403',
  'status-404',
  'status-429',
  'status-500',
  'status-503',
  'status-529',
  'html',
  'html-502',
  'error-in-200',
  'error-event',
  'empty',
  'break-before-headers',
  'break-after-headers',
  'malformed-sse~after=0',
] as const

/** Every case has accounts of its own, so that a rest one case has earned does not touch another. */
const cases = ['killed', 'working', 'silent', 'finished', 'explained', 'mistaken', 'hopeless', ...failures] as const
type Case = (typeof cases)[number]

describe('a combo of two', () => {
  let first: Fake
  let second: Fake
  let gateway: GatewayProcess
  let client: OpenAI

  const number = (name: Case): number => cases.indexOf(name)

  before(async () => {
    ;[first, second] = await Promise.all([startFake({ fallback: 'text' }), startFake({ fallback: 'text' })])
    const account = (place: 'first' | 'second', fake: Fake, index: number) => ({
      id: `${place}-${index}`,
      provider: 'openai-compatible',
      prefix: `${place}-${index}`,
      baseUrl: `${fake.url}/v1`,
      apiKey: `key-${place}`,
      models: [`m${index}`],
    })
    gateway = await startGatewayProcess({
      // The cases share two servers, which a breaker takes for one host each.
      routing: { breaker: { failures: 0 } },
      accounts: [...cases.keys()].flatMap((index) => [
        account('first', first, index),
        account('second', second, index),
      ]),
      combos: [...cases.keys()].map((index) => ({
        name: `pair-${index}`,
        strategy: 'ordered',
        members: [`first-${index}/m${index}`, `second-${index}/m${index}`],
      })),
    })
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0, timeout: 8000 })
  })
  after(async () => {
    await gateway?.stop()
    await Promise.all([first?.stop(), second?.stop()])
  })

  async function ask(name: Case, stream: boolean): Promise<string> {
    const common = { model: `pair-${number(name)}`, messages }
    if (!stream) return (await client.chat.completions.create(common)).choices[0]?.message.content ?? ''
    let text = ''
    for await (const chunk of await client.chat.completions.create({ ...common, stream: true }))
      text += chunk.choices[0]?.delta.content ?? ''
    return text
  }

  async function taken(fake: Fake, name: Case): Promise<number> {
    const log = await fake.log({ bodies: false })
    return log.filter((one) => one.model === `m${number(name)}`).length
  }

  function behave(fake: Fake, name: Case, script: string): Promise<void> {
    return fake.control({ model: `m${number(name)}`, scripts: [script] })
  }

  for (const failure of failures)
    it(`answers from the second server when the first one answers with ${failure}`, async () => {
      await behave(first, failure, failure)
      assert.equal(await ask(failure, true), expected)
      assert.equal(await ask(failure, false), expected)
      assert.ok((await taken(first, failure)) >= 1)
      assert.equal(await taken(second, failure), 2)
    })

  it('answers from the second server when the stream of the first one says nothing and has no end', async () => {
    await behave(first, 'silent', 'text~events=0~delivery=missing-terminal')
    assert.equal(await ask('silent', true), expected)
    assert.deepEqual([await taken(first, 'silent'), await taken(second, 'silent')], [1, 1])
  })

  it('answers from the second server when the first one stops without a word (rule 127)', async () => {
    await behave(first, 'finished', 'no-content')
    for (const stream of [true, false]) assert.equal(await ask('finished', stream), expected)
    assert.ok((await taken(first, 'finished')) >= 1)
    assert.equal(await taken(second, 'finished'), 2)
  })

  it('takes an answer without text for an answer when a limit or a filter explains it', async () => {
    await behave(first, 'explained', 'no-content~finish=length')
    for (const stream of [true, false]) assert.equal(await ask('explained', stream), '')
    assert.deepEqual([await taken(first, 'explained'), await taken(second, 'explained')], [2, 0])
  })

  it('answers from the first server alone while it works', async () => {
    for (const stream of [true, false]) assert.equal(await ask('working', stream), expected)
    assert.deepEqual([await taken(first, 'working'), await taken(second, 'working')], [2, 0])
  })

  it('does not try the second server for a mistake of the caller', async () => {
    await behave(first, 'mistaken', 'status-400')
    await assert.rejects(ask('mistaken', false), OpenAI.BadRequestError)
    assert.equal(await taken(second, 'mistaken'), 0)
  })

  it('says in one error that none could answer', async () => {
    await behave(first, 'hopeless', 'status-500')
    await behave(second, 'hopeless', 'status-503')
    await assert.rejects(ask('hopeless', false), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError)
      assert.ok(error.message.length > 20, error.message)
      return true
    })
    // The last one is tried a second time: a 503 passes in seconds, mostly.
    assert.deepEqual([await taken(first, 'hopeless'), await taken(second, 'hopeless')], [1, 2])
  })

  // The last one: it leaves the first server dead.
  it('answers every request although the first server is killed in the middle of them', async () => {
    // Slow to begin and quick to finish: whatever is under way when the server dies has not reached the client yet.
    await behave(first, 'killed', 'text~firstEventMs=40')
    let answered = 0
    const texts = await inParallel(60, 6, async (index) => {
      const text = await ask('killed', index % 2 === 0)
      answered += 1
      if (answered === 15) await first.kill()
      return text
    })
    assert.deepEqual(
      texts,
      Array.from({ length: 60 }, () => expected),
    )
    const secondTook = await taken(second, 'killed')
    assert.ok(secondTook >= 30 && secondTook <= 46, `the second server took ${secondTook}`)
  })
})
