// A request that goes on from a response by its id belongs to the account that keeps it, over real HTTP: streamed and whole, untouched
// and translated within the wire, over a restart. Where that account can't serve, nobody else is asked and the client hears why.
import assert from 'node:assert/strict'
import type { Answer } from '../world.ts'
import { type Asking, openStage, refusal, responses, type Stage, ways } from './stage.ts'

const once = { retry: { attempts: 0 } }

describe('going on from a response', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage({
      combos: [
        { name: 'turns', strategy: 'round-robin', members: ['rc/one', 'rc2/one'] },
        { name: 'mixed', strategy: 'ordered', members: ['ac/one', 'oc/one', 'rc2/one', 'rc/one'] },
        { name: 'foreign', strategy: 'ordered', members: ['ac/one', 'oc/one'] },
      ],
    })
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  const say = (body: object, more: Asking = {}): Asking => ({ dialect: responses, body, ...more })
  const idIn = (answer: Answer): string => {
    const id = /"id":"(resp_[^"]+)"/.exec(answer.text)?.[1]
    assert.ok(id, answer.text)
    return id
  }
  /** Has the account make a response, and forgets that it was asked. */
  async function madeBy(account: string, asking: Asking = {}): Promise<string> {
    const id = idIn(await stage.served(`${account}/one`, { dialect: responses, ...asking }))
    // Other arrivals would only be counted with the later ones.
    await stage.fake.control({ forget: true })
    return id
  }
  const asked = async (): Promise<string[]> => ways(await stage.arrivals())

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'whole'
    it(`goes to the account that made it, whatever the strategy says (${how})`, async () => {
      for (const account of ['rc', 'rc2', 'rc2', 'rc']) {
        const id = await madeBy(account, { stream })
        const next = await stage.served('turns', say({ previous_response_id: id }, { stream }))
        assert.deepEqual(await asked(), [`${account}/one`])
        await stage.fake.control({ forget: true })
        // And on from there.
        await stage.served('mixed', say({ previous_response_id: idIn(next) }, { stream }))
        assert.deepEqual(await asked(), [`${account}/one`])
        await stage.fake.control({ forget: true })
      }
    })

    it(`also where a rule of the user changes the request within the wire (${how})`, async () => {
      await stage.put({ systemPrompt: [{ position: 'append', text: 'Be brief.' }] })
      const id = await madeBy('rc2', { stream })
      await stage.put({ systemPrompt: [] })
      await stage.served('turns', say({ previous_response_id: id }, { stream }))
      await stage.served('turns', say({ previous_response_id: id }, { stream }))
      assert.deepEqual(await asked(), ['rc2/one', 'rc2/one'])
    })
  }

  it('says so in the trace', async () => {
    const id = await madeBy('rc2')
    const { trace } = await stage.row(await stage.served('mixed', say({ previous_response_id: id })))
    const skips = trace.flatMap(({ kind, target, reason }) => (kind === 'skipped' ? [`${target}: ${reason}`] : []))
    assert.deepEqual(skips, [
      'ac/one: keeps nothing that "previous_response_id" could name',
      'oc/one: keeps nothing that "previous_response_id" could name',
      'rc/one: what "previous_response_id" names is kept by the account "rc2" only',
    ])
  })

  it('is known after a restart', async () => {
    const id = await madeBy('rc2')
    await stage.restart()
    await stage.served('turns', say({ previous_response_id: id }))
    await stage.served('turns', say({ previous_response_id: id }))
    assert.deepEqual(await asked(), ['rc2/one', 'rc2/one'])
  })

  it('waits for that account where it rests, and asks nobody else', async () => {
    const id = await madeBy('rc2')
    await stage.put(once)
    await stage.script('one', { status: 429, retryAfter: '1900' })
    const first = await stage.ask('turns', say({ previous_response_id: id }))
    assert.equal(first.status, 429)
    assert.match(refusal(first), /kept by the account "rc2" only/)
    await stage.script('one', 'text')
    const second = await stage.ask('turns', say({ previous_response_id: id }))
    assert.equal(second.status, 429)
    assert.equal(Math.abs(Number(second.headers['retry-after']) - 1900) < 10, true)
    assert.deepEqual(await asked(), ['rc2/one'])
  })

  it('tells a failure of that account as it is', async () => {
    const id = await madeBy('rc2')
    await stage.put(once)
    await stage.script('one', { status: 500, message: 'out of order' })
    const answer = await stage.ask('turns', say({ previous_response_id: id }))
    assert.equal(answer.status, 502)
    assert.match(refusal(answer), /out of order/)
    assert.deepEqual(await asked(), ['rc2/one'])
  })

  it('is refused in the dialect where no target goes to that account', async () => {
    const id = await madeBy('rc2')
    for (const model of ['rc/one', 'foreign']) {
      const answer = await stage.ask(model, say({ previous_response_id: id }))
      assert.equal(answer.status, 400)
      const { error } = answer.json()
      assert.deepEqual([error.type, error.code], ['invalid_request_error', 'previous_response_not_found'])
      assert.match(error.message, /Send the whole conversation/)
    }
    assert.deepEqual(await asked(), [])
  })

  it('asks each account that may have it where nobody remembers who made it', async () => {
    const id = await madeBy('rc')
    // Unknown to the gateway, as one that was made before it was installed.
    const direct = await fetch(`${stage.fake.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-rc', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'one', input: 'Hi' }),
    })
    const { id: elsewhere } = (await direct.json()) as { id: string }
    assert.notEqual(elsewhere, id)
    await stage.fake.control({ forget: true })
    await stage.served('mixed', say({ previous_response_id: elsewhere }))
    assert.deepEqual(await asked(), ['rc2/one', 'rc/one'])
    await stage.fake.control({ forget: true })
    // A miss is nobody's fault.
    const { accounts } = await stage.world.rpc('standing.get', {})
    assert.deepEqual(
      accounts.flatMap(({ rests }) => rests),
      [],
    )

    const answer = await stage.ask('mixed', say({ previous_response_id: 'resp_never' }))
    assert.equal(answer.status, 400)
    assert.equal(answer.json().error.code, 'previous_response_not_found')
    assert.deepEqual(await asked(), ['rc2/one', 'rc/one'])
  })

  it('learns nothing from what the vendor was told not to keep', async () => {
    const id = await madeBy('rc', say({ store: false }))
    const answer = await stage.ask('turns', say({ previous_response_id: id }))
    assert.equal(answer.json().error.code, 'previous_response_not_found')
    assert.deepEqual((await asked()).toSorted(), ['rc/one', 'rc2/one'])
  })

  it('never takes an answer of another wire for something that is kept', async () => {
    const answer = await stage.served('foreign', say({}))
    assert.equal(answer.json().store, false)
    await stage.fake.control({ forget: true })
    const next = await stage.ask('foreign', say({ previous_response_id: answer.json().id }))
    assert.equal(next.json().error.code, 'previous_response_not_found')
    assert.match(refusal(next), /keeps nothing that "previous_response_id" could name/)
    assert.deepEqual(await asked(), [])
  })

  for (const conversation of ['conv_key-rc_7', { id: 'conv_key-rc_8' }]) {
    it(`holds for a conversation of the vendor's, too (${JSON.stringify(conversation)})`, async () => {
      await stage.served('mixed', say({ conversation }))
      assert.deepEqual(await asked(), ['rc2/one', 'rc/one'])
      await stage.fake.control({ forget: true })
      await stage.served('mixed', say({ conversation }))
      assert.deepEqual(await asked(), ['rc/one'])
    })
  }

  it('takes null for nothing', async () => {
    await stage.served('mixed', say({ previous_response_id: null, conversation: null }))
    assert.deepEqual(await asked(), ['ac/one'])
  })
})
