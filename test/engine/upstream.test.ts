// One upstream call under every kind of delay and fault, with a clock that the test holds: which time-out speaks, in which words,
// and that nothing of a call outlives it.
import assert from 'node:assert/strict'
import type { Dispatcher } from 'undici'
import { GatewayError } from '../../src/core/errors.ts'
import { type CallOutcome, callUpstream, type Flow, type Relay } from '../../src/engine/upstream.ts'
import { type CallTimeouts, createWatchdog } from '../../src/engine/watchdog.ts'
import { createManualClock } from './manual-clock.ts'

/** An upstream whose every step the test takes itself. */
class Upstream implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders = null
  rawTrailers = null
  options: Record<string, unknown> | undefined
  #handler: Dispatcher.DispatchHandler | undefined

  readonly dispatch: Dispatcher['dispatch'] = (options: object, handler: Dispatcher.DispatchHandler) => {
    this.options = { ...options }
    this.#handler = handler
    return true
  }

  abort(reason: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.#handler?.onResponseError?.(this, reason)
  }
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }

  connect(): void {
    this.#handler?.onRequestStart?.(this, {})
  }
  head(status = 200): void {
    this.#handler?.onResponseStart?.(this, status, { 'content-type': 'text/event-stream' }, '')
  }
  say(text: string): void {
    this.#handler?.onResponseData?.(this, Buffer.from(text))
  }
  end(): void {
    this.#handler?.onResponseEnd?.(this, {})
  }
  breakOff(code: string): void {
    this.#handler?.onResponseError?.(this, Object.assign(new Error(code), { code }))
  }
}

function start(timeouts: CallTimeouts = { firstByte: 1_000, idle: 500, total: 10_000 }) {
  const clock = createManualClock(1_000_000)
  const watchdog = createWatchdog(clock)
  const upstream = new Upstream()
  const leave = new AbortController()
  const seen: { flow?: Flow; text: string } = { text: '' }
  const relay: Relay = {
    start(_, flow) {
      seen.flow = flow
    },
    data(chunk) {
      seen.text += chunk.toString()
    },
    end: () => undefined,
    // As the wires do: comments and pings are nothing.
    hasBegun: () => seen.text.includes('data:'),
  }
  const done: { outcome?: CallOutcome } = {}
  const call = { origin: 'https://api.example', path: '/v1/x', headers: {}, body: '{}' }
  void callUpstream(upstream, call, timeouts, relay, leave.signal, watchdog).then((outcome) => {
    done.outcome = outcome
  })
  return {
    clock,
    watchdog,
    upstream,
    leave,
    seen,
    outcome: () => done.outcome,
    failure(): string {
      const { outcome } = done
      return outcome?.kind === 'failed' ? `${outcome.error.code}: ${outcome.error.message}` : (outcome?.kind ?? 'none')
    },
  }
}

describe('a call to an upstream', () => {
  it('takes no time-outs from the transport', () => {
    const { upstream } = start()
    assert.deepEqual([upstream.options?.['headersTimeout'], upstream.options?.['bodyTimeout']], [0, 0])
  })

  it('that never gets a connection could not reach it', async () => {
    const run = start()
    await run.clock.advance(1_050)
    assert.equal(run.failure(), 'upstream_unreachable: api.example could not be reached in time.')
    // The connection comes after all: it is of no use any more.
    run.upstream.connect()
    assert.ok(run.upstream.aborted)
  })

  it('that gets no head was not begun to be answered', async () => {
    const run = start()
    run.upstream.connect()
    await run.clock.advance(999)
    assert.equal(run.outcome(), undefined)
    await run.clock.advance(51)
    assert.equal(run.failure(), 'upstream_timeout: api.example did not begin to answer in time.')
    assert.ok(run.upstream.aborted)
  })

  it('that is only kept warm was not begun to be answered', async () => {
    const run = start()
    run.upstream.connect()
    run.upstream.head()
    for (let index = 0; index < 11; index++) {
      run.upstream.say(': ping\n\n')
      await run.clock.advance(100)
    }
    assert.equal(run.failure(), 'upstream_timeout: api.example did not begin to answer in time.')
  })

  it('fell silent when nothing comes any more, however late that is', async () => {
    for (const began of [0, 900]) {
      const run = start()
      run.upstream.connect()
      run.upstream.head()
      await run.clock.advance(began)
      run.upstream.say('data: a\n\n')
      await run.clock.advance(400)
      run.upstream.say(': ping\n\n')
      await run.clock.advance(499)
      assert.equal(run.outcome(), undefined)
      await run.clock.advance(100)
      assert.equal(run.failure(), 'upstream_timeout: api.example fell silent in mid-answer.')
    }
  })

  it('is not idle while the client doesn’t read', async () => {
    const run = start()
    run.upstream.connect()
    run.upstream.head()
    run.upstream.say('data: a\n\n')
    run.seen.flow?.pause()
    assert.ok(run.upstream.paused)
    await run.clock.advance(5_000)
    assert.equal(run.outcome(), undefined)
    run.seen.flow?.resume()
    assert.ok(!run.upstream.paused)
    await run.clock.advance(499)
    assert.equal(run.outcome(), undefined)
    await run.clock.advance(100)
    assert.equal(run.failure(), 'upstream_timeout: api.example fell silent in mid-answer.')
  })

  it('ends after its time in all, though bytes keep coming', async () => {
    const run = start()
    run.upstream.connect()
    run.upstream.head()
    for (let index = 0; index < 99; index++) {
      run.upstream.say('data: a\n\n')
      await run.clock.advance(100)
    }
    assert.equal(run.outcome(), undefined)
    await run.clock.advance(150)
    assert.equal(run.failure(), 'upstream_timeout: api.example did not finish its answer in time.')
  })

  it('has no limit in all where none is given', async () => {
    const run = start({ firstByte: 1_000, idle: 500 })
    run.upstream.connect()
    run.upstream.head()
    for (let index = 0; index < 300; index++) {
      run.upstream.say('data: a\n\n')
      await run.clock.advance(400)
    }
    run.upstream.end()
    await run.clock.advance(0)
    assert.equal(run.failure(), 'ended')
  })

  it('is a refusal by its status, though the error page never ends', async () => {
    const run = start({ firstByte: 100_000, idle: 100_000 })
    run.upstream.connect()
    run.upstream.head(503)
    run.upstream.say('<html>')
    await run.clock.advance(10_100)
    const outcome = run.outcome()
    assert.equal(outcome?.kind === 'refused' ? `${outcome.refusal.status} ${outcome.refusal.body}` : '', '503 <html>')
    assert.ok(run.upstream.aborted)
  })

  it('leaves neither a member nor, once it ran out, a timer behind', async () => {
    for (const end of ['end', 'leave', 'break', 'throw'] as const) {
      const run = start()
      run.upstream.connect()
      run.upstream.head()
      run.upstream.say('data: a\n\n')
      assert.equal(run.watchdog.size, 1)
      if (end === 'end') run.upstream.end()
      else if (end === 'leave') run.leave.abort()
      else if (end === 'break') run.upstream.breakOff('ECONNRESET')
      else run.seen.flow?.fail(new GatewayError('malformed_reply', 'x'))
      assert.equal(run.watchdog.size, 0)
      await run.clock.advance(60_000)
      assert.equal(run.clock.pending(), 0)
    }
  })

  it('tells faults of the connection apart', async () => {
    const told: [string, string][] = [
      ['UND_ERR_CONNECT_TIMEOUT', 'upstream_unreachable: api.example could not be reached in time.'],
      ['ECONNREFUSED', 'upstream_unreachable: api.example refuses connections; is the server running?'],
      ['ECONNRESET', 'upstream_error: api.example closed the connection before the answer was complete.'],
    ]
    for (const [code, words] of told) {
      const run = start()
      run.upstream.breakOff(code)
      await run.clock.advance(0)
      assert.equal(run.failure(), words)
    }
  })
})
