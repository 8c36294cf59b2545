// One call for many clients: each gets every byte at its own pace, whenever it comes; who leaves or dawdles hurts nobody else.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../../src/core/errors.ts'
import { Coalescer, SharedRun } from '../../../src/engine/cache/coalesce.ts'
import { SharedAnswer } from '../../../src/engine/cache/shared-answer.ts'
import type { SubscriberInput } from '../../../src/engine/cache/subscriber.ts'
import { settled, TestClient } from './support.ts'

const head = { 'content-type': 'text/event-stream' }

function input(client: TestClient): SubscriberInput {
  const { signal } = client
  return { sink: client, signal, change: (headers) => ({ ...headers }), lastWords: (error) => `!${error.code}` }
}

type Step =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'join'; readonly stalls: readonly boolean[] }
  | { readonly kind: 'drain' | 'leave'; readonly client: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 30 }) }),
  fc.record({ kind: fc.constant('join' as const), stalls: fc.array(fc.boolean(), { maxLength: 12 }) }),
  fc.record({ kind: fc.constantFrom('drain' as const, 'leave' as const), client: fc.nat(6) }),
)

describe('a shared answer', () => {
  it('gives everyone who stays the same bytes, whenever they join and however they read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.option(fc.string()), async (steps, ending) => {
        const answer = new SharedAnswer(1e6)
        const leader = new TestClient()
        const clients = [leader]
        const deliveries = [answer.subscribe(input(leader))]
        answer.head(200, head)
        const written: Uint8Array[] = []
        for (const one of steps) {
          if (one.kind === 'join' && answer.joinable()) {
            const client = new TestClient(one.stalls)
            clients.push(client)
            deliveries.push(answer.subscribe(input(client)))
          } else if (one.kind === 'write' && !answer.aborted) {
            written.push(one.bytes)
            answer.write(Buffer.from(one.bytes))
          } else if (one.kind === 'drain') clients[one.client]?.drain()
          // The leader stays in this test, so that there is a call to the end.
          else if (one.kind === 'leave' && one.client > 0) clients[one.client]?.leave()
        }
        answer.end(ending ?? undefined)
        for (const client of clients) client.drainAll()
        const expected = Buffer.concat([...written, Buffer.from(ending ?? '')])
        const outcomes = await Promise.all(deliveries)
        for (const [index, client] of clients.entries()) {
          if (client.signal.aborted && outcomes[index] === 'left') {
            assert.deepEqual(expected.subarray(0, client.bytes.length), client.bytes)
            continue
          }
          assert.equal(outcomes[index], 'whole')
          assert.deepEqual(client.bytes, expected)
          assert.equal(client.ended, true)
          assert.equal(client.overruns, 0)
        }
        assert.deepEqual(answer.recording()?.bytes, expected)
      }),
      { numRuns: 400 },
    )
  })

  it('asks the call to wait only when all clients do, and goes on when one reads again', async () => {
    const answer = new SharedAnswer(1_000)
    const slow = new TestClient([true])
    const quick = new TestClient([false, true])
    void answer.subscribe(input(slow))
    void answer.subscribe(input(quick))
    answer.head(200, head)
    assert.equal(answer.write('a'), true)
    assert.equal(answer.write('b'), false)
    let resumed = 0
    answer.onDrain(() => resumed++)
    assert.equal(resumed, 0)
    quick.drain()
    assert.equal(resumed, 1)
    assert.equal(quick.text, 'ab')
    assert.equal(slow.text, 'a')
  })

  it('goes on at the pace of the rest when the quickest leaves, and when a quick one joins', async () => {
    const answer = new SharedAnswer(1_000)
    const slow = new TestClient([true])
    const quick = new TestClient([false])
    void answer.subscribe(input(slow))
    void answer.subscribe(input(quick))
    answer.head(200, head)
    assert.equal(answer.write('a'), true)
    quick.leave()
    assert.equal(answer.write('b'), false)
    let resumed = 0
    answer.onDrain(() => resumed++)
    const late = new TestClient()
    void answer.subscribe(input(late))
    assert.equal(resumed, 1)
    assert.equal(late.text, 'ab')
  })

  it('is aborted when the last client has left, and not before', async () => {
    const answer = new SharedAnswer(1_000)
    let aborted = 0
    answer.addEventListener('abort', () => aborted++)
    const first = new TestClient()
    const second = new TestClient()
    const deliveries = [answer.subscribe(input(first)), answer.subscribe(input(second))]
    first.leave()
    assert.equal(aborted, 0)
    assert.equal(answer.closed, false)
    second.leave()
    assert.equal(aborted, 1)
    assert.equal(answer.closed, true)
    assert.equal(answer.joinable(), false)
    assert.deepEqual(await Promise.all(deliveries), ['left', 'left'])
    const gone = new TestClient()
    gone.leave()
    assert.equal(await new SharedAnswer(10).subscribe(input(gone)), 'left')
  })

  it('breaks off who is too slow, keeps no more than its limit, and lets the quick have all', async () => {
    const answer = new SharedAnswer(100)
    const slow = new TestClient([true])
    const quick = new TestClient()
    const deliveries = [answer.subscribe(input(slow)), answer.subscribe(input(quick))]
    answer.head(200, head)
    for (let count = 0; count < 50; count++) assert.equal(answer.write('x'.repeat(10)), true)
    assert.equal(await deliveries[0], 'broken')
    assert.equal(slow.text, `${'x'.repeat(10)}!stream_interrupted`)
    assert.equal(answer.joinable(), false)
    answer.end()
    assert.equal(await deliveries[1], 'whole')
    assert.equal(quick.text.length, 500)
    assert.equal(answer.recording(), undefined)
  })

  it('never breaks off the only one who reads', async () => {
    const answer = new SharedAnswer(100)
    const slow = new TestClient([true])
    const delivery = answer.subscribe(input(slow))
    answer.head(200, head)
    for (let count = 0; count < 50; count++) answer.write('x'.repeat(10))
    answer.end()
    slow.drainAll()
    assert.equal(await delivery, 'whole')
    assert.equal(slow.text.length, 500)
  })

  it('tells everyone of a call that ended without an end', async () => {
    const answer = new SharedAnswer(100)
    const begun = new TestClient()
    const delivery = answer.subscribe(input(begun))
    answer.head(200, head)
    answer.write('a')
    answer.close(new GatewayError('upstream_timeout', 'silent'))
    assert.equal(await delivery, 'broken')
    assert.equal(begun.text, 'a!upstream_timeout')
    const other = new SharedAnswer(100)
    const waiting = new TestClient()
    const failure = other.subscribe(input(waiting))
    other.close(new GatewayError('upstream_timeout', 'silent'))
    await assert.rejects(failure, { code: 'upstream_timeout' })
    assert.equal(waiting.status, 0)
  })
})

describe('a shared run', () => {
  it('outlives its first client while others remain', async () => {
    const run = new SharedRun<string>(1_000)
    const leader = new TestClient()
    const follower = new TestClient()
    let finish = (): void => undefined
    const led = run.lead(input(leader), async (sink, signal) => {
      sink.head(200, head)
      sink.write('a')
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      assert.equal(signal.aborted, false)
      sink.end('b')
      return 'done'
    })
    const joined = run.join(input(follower))
    leader.leave()
    await settled()
    finish()
    assert.equal(await led, 'done')
    assert.deepEqual(await joined, { delivery: 'whole', outcome: 'done' })
    assert.equal(follower.text, 'ab')
    assert.equal(leader.text, 'a')
  })

  it('fails for everyone when the call throws', async () => {
    const run = new SharedRun<string>(1_000)
    const led = run.lead(input(new TestClient()), () => Promise.reject(new GatewayError('no_target', 'none')))
    const joined = run.join(input(new TestClient()))
    await assert.rejects(led, { code: 'no_target' })
    await assert.rejects(joined, { code: 'no_target' })
  })
})

describe('the coalescer', () => {
  it('forgets a call when it has ended, failed or been abandoned', async () => {
    const coalescer = new Coalescer<string>()
    const done = (): void => undefined
    await coalescer.lead('a', input(new TestClient()), async () => 'x', done)
    assert.equal(coalescer.running(), 0)
    const failing = coalescer.lead('a', input(new TestClient()), () => Promise.reject(new Error('x')), done)
    await assert.rejects(failing)
    assert.equal(coalescer.running(), 0)
    const client = new TestClient()
    const abandoned = coalescer.lead(
      'a',
      input(client),
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => setImmediate(resolve, 'left'))),
      done,
    )
    assert.ok(coalescer.find('a'))
    client.leave()
    // It still runs down, but nobody may join it any more.
    assert.equal(coalescer.running(), 1)
    assert.equal(coalescer.find('a'), undefined)
    await abandoned
    assert.equal(coalescer.running(), 0)
  })
})
