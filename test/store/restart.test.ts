// Everything that is put through the store comes back after a restart: by closing, and by opening a copy of what is on disk as a
// killed process would leave it. And what earlier versions wrote is still read.
import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import fc from 'fast-check'
import type { JsonValue } from '../../src/core/json.ts'
import type { RequestRecord, TraceStep } from '../../src/core/trace.ts'
import { schemaSteps } from '../../src/store/migrations.ts'
import type { Store } from '../../src/store/store.ts'
import { fromStoredStep, toStoredStep } from '../../src/store/trace-row.ts'
import { cleanUp, newDirectory, open, record } from './workspace.ts'

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 })
const noon = new Date(2026, 10, 23, 12).getTime()

/** As it reads back from JSON text: -0 and the like are not told apart there. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)
const documents = names.chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), json))))

const text = fc.string({ maxLength: 30 })
const ms = fc.nat(100_000)
const plain = { noNullPrototype: true } as const
const where = { target: text, account: text }
const steps: fc.Arbitrary<TraceStep> = fc.oneof(
  fc.record({ kind: fc.constant('skipped' as const), ...where, reason: text }, plain),
  fc.record(
    {
      kind: fc.constant('failed' as const),
      ...where,
      code: fc.constant('overloaded' as const),
      status: ms,
      message: text,
      startedAt: ms,
      endedAt: ms,
    },
    { requiredKeys: ['kind', 'target', 'account', 'code', 'message', 'startedAt', 'endedAt'], ...plain },
  ),
  fc.record(
    { kind: fc.constantFrom('waited' as const, 'retried' as const, 'refreshed' as const), ...where, reason: text, ms },
    { requiredKeys: ['kind', 'target', 'account', 'reason'], ...plain },
  ),
  fc.record({ kind: fc.constant('decided' as const), reason: text }, plain),
  fc.record({ kind: fc.constant('served' as const), ...where, startedAt: ms, firstByteAt: ms, endedAt: ms }, plain),
)

const rows: fc.Arbitrary<RequestRecord> = fc
  .record(
    {
      cost: fc.record(
        {
          usd: fc.double({ min: 0, max: 9, noNaN: true }),
          source: fc.constantFrom('vendor', 'user', 'catalogue', 'plan', 'free'),
        },
        plain,
      ),
      cache: fc.constantFrom('exact', 'semantic', 'shared'),
      workspace: text,
      modelServed: text,
      firstByteMs: ms,
      trace: fc.array(steps, { maxLength: 4 }),
      usage: fc.constantFrom(
        { input: 1, cacheRead: null, cacheWrite: 0, output: 3, reasoning: null, costUsd: 0.5 },
        { input: 1, cacheRead: null, cacheWrite: 9, cacheWrite1h: 4, output: 3, reasoning: null },
        { input: 1, cacheRead: 2, cacheWrite: 9, cacheWrite1h: 9, output: 3, reasoning: null, costUsd: 0 },
        { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: 7 },
      ),
    },
    { requiredKeys: [], ...plain },
  )
  .map((fields) => record('r', { at: noon, ...fields } as Partial<RequestRecord>))

interface Content {
  readonly settings: readonly (readonly [string, JsonValue])[]
  readonly state: readonly (readonly [string, JsonValue])[]
  readonly rows: readonly RequestRecord[]
}

async function put(store: Store, { settings, state, rows }: Content): Promise<void> {
  for (const [name, value] of settings) await store.settings.put(name, value)
  for (const [name, value] of state) store.state.put(name, value)
  for (const [index, row] of rows.entries()) store.requests.add({ ...row, id: `r${index}` })
}

function assertThere(store: Store, { settings, state, rows }: Content): void {
  for (const [name, value] of settings) assert.deepEqual(store.settings.get(name), value)
  for (const [name, value] of state) assert.deepEqual(store.state.get(name), value)
  for (const [index, row] of rows.entries())
    assert.deepEqual(store.requests.get(`r${index}`), { ...row, id: `r${index}` })
  const usd = rows.reduce((sum, { cost }) => sum + (cost?.usd ?? 0), 0)
  const [sums] = store.rollups.query({ from: 0, by: [] })
  assert.equal(sums?.requests ?? 0, rows.length)
  assert.ok(Math.abs((sums?.usd ?? 0) - usd) < 1e-9)
}

describe('after a restart', function () {
  this.timeout(60_000)
  afterEach(cleanUp)

  it('everything is there again', async () => {
    const contents = fc.record({ settings: documents, state: documents, rows: fc.array(rows, { maxLength: 5 }) })
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        const directory = await newDirectory()
        const store = await open(directory, { now: () => noon })
        await put(store, content)
        assertThere(store, content)
        await store.flush()
        // What a process that is killed now leaves behind.
        const copy = await newDirectory()
        await cp(directory, copy, { recursive: true })
        await store.close()
        assertThere(await open(directory, { now: () => noon }), content)
        assertThere(await open(copy, { now: () => noon }), content)
        await cleanUp()
      }),
      { numRuns: 25 },
    )
  })

  it('state that was removed stays away', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    store.state.put('health', { a: 1 })
    store.state.remove('health')
    assert.equal(store.state.get('health'), undefined)
    await store.close()
    assert.equal((await open(directory)).state.get('health'), undefined)
  })

  it('nothing waits for state, nor fails for it', async () => {
    const store = await open(await newDirectory())
    await store.close()
    assert.equal(store.state.put('late', 1), undefined)
  })

  it('the data of version 0.1 is there, and takes what is new', async () => {
    const directory = await newDirectory()
    const old = await open(directory, { schema: schemaSteps.slice(0, 1) })
    await old.settings.put('kept', 'yes')
    await old.close()
    const store = await open(directory, { now: () => noon })
    assert.equal(store.settings.get('kept'), 'yes')
    assert.deepEqual(store.rollups.query({ from: 0, by: ['model'] }), [])
    store.requests.add(record('r', { at: noon }))
    store.state.put('new', true)
    await store.close()
    const again = await open(directory, { now: () => noon })
    assert.equal(again.state.get('new'), true)
    assert.equal(again.rollups.query({ from: 0, by: [] })[0]?.requests, 1)
  })
})

describe('stored traces', () => {
  it('read back as they were', () => {
    fc.assert(
      fc.property(steps, (step) => {
        assert.deepEqual(fromStoredStep(JSON.parse(JSON.stringify(toStoredStep(step)))), step)
      }),
    )
  })

  it('of version 0.1 read as they are, and so does what a later version adds', () => {
    const step: TraceStep = { kind: 'skipped', target: 'a/b', account: 'a1', reason: 'resting' }
    const later = { ...step, since: 12 }
    assert.deepEqual(fromStoredStep(step), step)
    assert.deepEqual(fromStoredStep(JSON.parse(JSON.stringify(toStoredStep(later)))), later)
  })

  it('take less room than objects', () => {
    const step: TraceStep = { kind: 'served', target: 'a/b', account: 'a1', startedAt: 1, firstByteAt: 2, endedAt: 3 }
    assert.ok(JSON.stringify(toStoredStep(step)).length < JSON.stringify(step).length / 2)
  })
})
