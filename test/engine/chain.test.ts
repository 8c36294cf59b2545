// The chain, attempt by attempt: which failure goes on, which ends it, what is booked, and what the caller is told in the end.
import assert from 'node:assert/strict'
import { type FailureCode, failures, GatewayError } from '../../src/core/errors.ts'
import { unknownUsage } from '../../src/core/usage.ts'
import type { AttemptResult } from '../../src/engine/attempt/result.ts'
import type { Target } from '../../src/engine/catalogue.ts'
import { type ChainResult, runChain } from '../../src/engine/chain.ts'
import type { Health } from '../../src/engine/health.ts'
import { plainFacts, runningEngine } from './running-engine.ts'
import { target } from './world.ts'

const served: AttemptResult = { kind: 'served', firstByteAt: 1007, usage: { ...unknownUsage, output: 3 } }

function fails(code: FailureCode, options: ConstructorParameters<typeof GatewayError>[2] = {}): AttemptResult {
  return { kind: 'failed', error: new GatewayError(code, `it was ${code}`, options) }
}

interface Run {
  readonly result: ChainResult
  readonly health: Health
  /** Accounts in the order they were tried. */
  readonly tried: string[]
}

/** Runs a chain over accounts a, b, c … of which each answers as the table says. */
async function run(
  answers: readonly (AttemptResult | Error)[],
  prepare: (health: Health) => void = () => undefined,
): Promise<Run> {
  const targets = answers.map((_, index): Target => target(String.fromCharCode(97 + index)))
  const tried: string[] = []
  const ports = runningEngine({ targets })
  prepare(ports.health)
  const result = await runChain({
    ports,
    requestId: 'r',
    model: 'combo',
    origin: {},
    wire: 'openai-chat',
    facts: plainFacts,
    signal: new AbortController().signal,
    receivedAt: 1000,
    attempt: async (candidate, attempts) => {
      const { id } = candidate.target.account
      tried.push(id)
      assert.equal(attempts, tried.length)
      const answer = answers[id.charCodeAt(0) - 97]
      if (answer instanceof Error || answer === undefined) throw answer
      return answer
    },
  })
  return { result, health: ports.health, tried }
}

function rests({ health }: Run): string[] {
  return ['a', 'b', 'c'].filter((id) => health.restOf(target(id).account, 'm', 1000) !== undefined)
}

describe('the chain', () => {
  for (const [name, row] of Object.entries(failures)) {
    const code = name as FailureCode
    it(`${row.chain ? 'goes on' : 'stops'} after ${code}`, async () => {
      const done = await run([fails(code), served])
      assert.deepEqual(done.tried, row.chain ? ['a', 'b'] : ['a'])
      const { result } = done
      if (row.chain) {
        assert.equal(result.error, undefined)
        assert.equal(result.served?.account.id, 'b')
        assert.equal(result.attempts, 2)
        assert.deepEqual(
          result.trace.map((step) => step.kind),
          [code === 'local_limit' || code === 'breaker_open' ? 'skipped' : 'failed', 'served'],
        )
      } else {
        assert.deepEqual([result.error?.code, result.error?.status, result.told], [code, row.status, false])
      }
      assert.deepEqual(rests(done), row.cooldown === 'none' ? [] : ['a'])
    })

    it(`tells ${code} of the only target as it is`, async () => {
      const upstream = { status: row.status, contentType: 'application/json', body: '{}' }
      const { result } = await run([fails(code, { upstream, retryAfterMs: 1500 })])
      assert.equal(result.error?.message, `it was ${code}`)
      assert.deepEqual([result.error?.status, result.error?.retryAfterMs], [row.status, 1500])
      assert.equal(result.error?.upstream, upstream)
    })
  }

  it('never punishes for the caller’s own mistakes, nor when the caller left', async () => {
    for (const [name, row] of Object.entries(failures)) {
      if (row.fault !== 'caller' && row.fault !== 'client-left') continue
      assert.deepEqual(rests(await run([fails(name as FailureCode)])), [], name)
    }
    const left = await run([{ kind: 'left' }, served])
    assert.deepEqual([left.tried, rests(left)], [['a'], []])
    assert.equal(left.result.error?.code, 'client_left')
    assert.ok(left.result.told)
    assert.equal(left.result.served, undefined)
    const midway = await run([{ kind: 'left', firstByteAt: 1002, usage: { ...unknownUsage, output: 1 } }])
    assert.equal(midway.result.served?.account.id, 'a')
    assert.deepEqual([midway.result.usage.output, midway.result.firstByteAt, rests(midway)], [1, 1002, []])
  })

  it('ends with a failure that the client has been told in band', async () => {
    const error = new GatewayError('stream_interrupted', 'cut')
    const done = await run([{ kind: 'broken', error, firstByteAt: 1001, usage: unknownUsage }, served])
    assert.deepEqual([done.tried, done.result.told, done.result.error, rests(done)], [['a'], true, error, ['a']])
  })

  it('takes what an attempt throws for its failure', async () => {
    const { result, tried } = await run([new Error('no address'), served])
    assert.deepEqual([tried, result.served?.account.id], [['a', 'b'], 'b'])
    const refused = await run([new GatewayError('invalid_request', 'bad name'), served])
    assert.deepEqual([refused.tried, refused.result.error?.message], [['a'], 'bad name'])
  })

  it('takes what a wrapper throws at once for the failure of its target, and lets go of it', async () => {
    const targets = [target('a'), target('b')]
    const engine = runningEngine({ targets })
    const ports: typeof engine = {
      ...engine,
      attempt(candidate) {
        if (candidate.target.account.id === 'a') throw new TypeError('Invalid URL')
        return Promise.resolve(served)
      },
    }
    const result = await runChain({
      ports,
      requestId: 'r',
      model: 'combo',
      origin: {},
      wire: 'openai-chat',
      facts: plainFacts,
      signal: new AbortController().signal,
      receivedAt: 1000,
      attempt: () => Promise.reject(new Error('is not reached')),
    })
    assert.equal(result.served?.account.id, 'b')
    for (const one of targets) assert.equal(ports.load.inFlight(one), 0)
  })

  it('frees a target that serves again', async () => {
    const resting = (health: Health): void =>
      health.failed(target('a').account, 'm', new GatewayError('overloaded', 'no'), 1000)
    assert.deepEqual(rests(await run([served], resting)), [])
  })

  it('tells several failures together', async () => {
    const { result } = await run([fails('overloaded'), fails('account_refused'), fails('upstream_timeout')])
    assert.equal(result.error?.code, 'upstream_timeout')
    assert.equal(result.error?.status, 504)
    assert.match(
      result.error?.message ?? '',
      /^All 3 usable targets of "combo" failed\. a\/m: it was overloaded \| b\/m: /,
    )
    assert.deepEqual(
      result.trace.map((step) => step.kind === 'failed' && [step.target, step.code, step.status]),
      [
        ['a/m', 'overloaded', 529],
        ['b/m', 'account_refused', 403],
        ['c/m', 'upstream_timeout', 504],
      ],
    )
  })

  it('names the soonest instant at which trying again makes sense', async () => {
    const waits = [fails('rate_limited', { retryAfterMs: 9000 }), fails('quota_exhausted', { retryAfterMs: 4000 })]
    const { result } = await run([...waits, fails('rate_limited')])
    assert.deepEqual(
      [result.error?.code, result.error?.status, result.error?.retryAfterMs],
      ['rate_limited', 429, 4000],
    )
    const mixed = await run([fails('rate_limited', { retryAfterMs: 7000 }), fails('upstream_error')])
    assert.deepEqual([mixed.result.error?.status, mixed.result.error?.retryAfterMs], [502, 7000])
    const unknown = await run([fails('upstream_error'), fails('upstream_error')])
    assert.equal(unknown.result.error?.retryAfterMs, undefined)
  })

  it('calls nobody while every target rests until a named instant', async () => {
    const { result, tried } = await run([served, served], (health) => {
      health.failed(target('a').account, 'm', new GatewayError('rate_limited', 'no', { retryAfterMs: 60_000 }), 1000)
      health.failed(target('b').account, 'm', new GatewayError('quota_exhausted', 'no', { retryAfterMs: 30_000 }), 1000)
    })
    assert.deepEqual(tried, [])
    assert.equal(result.error?.status, 429)
    assert.ok(Math.abs((result.error?.retryAfterMs ?? 0) - 30_000) < 100)
    assert.deepEqual(
      result.trace.map((step) => step.kind),
      ['skipped', 'skipped'],
    )
  })

  it('names the wait of a skipped target beside the failure of the one that was tried', async () => {
    const { result } = await run([served, fails('overloaded')], (health) =>
      health.failed(target('a').account, 'm', new GatewayError('rate_limited', 'no', { retryAfterMs: 60_000 }), 1000),
    )
    assert.match(
      result.error?.message ?? '',
      /^The only usable target of "combo" failed\. b\/m: .* \| a\/m: rate limit/,
    )
    assert.ok((result.error?.retryAfterMs ?? 0) > 59_000)
  })

  it('tells a name that nobody has as the catalogue says it', async () => {
    const error = new GatewayError('unknown_model', 'none such')
    const ports = runningEngine({
      catalogue: () => {
        throw error
      },
    })
    const result = await runChain({
      ports,
      requestId: 'r',
      model: 'x',
      origin: {},
      wire: undefined,
      facts: plainFacts,
      signal: new AbortController().signal,
      receivedAt: 0,
      attempt: () => Promise.reject(new Error('nobody is to be tried')),
    })
    assert.deepEqual([result.error, result.attempts, result.told], [error, 0, false])
  })
})
