// A conversation stays with the account that served it, over real HTTP: by every sign that coding tools send, in each wire; it
// follows a failover, ends with its life, and is not there when it is turned off.
import assert from 'node:assert/strict'
import { type Asking, chat, gemini, messages, openStage, otherKey, responses, type Stage, ways } from './stage.ts'

/** How a tool says which conversation a request belongs to. */
const signs: readonly (readonly [what: string, asking: (session: string) => Asking])[] = [
  ['a session header', (id) => ({ headers: { 'x-session-id': id } })],
  ["Claude Code's header", (id) => ({ dialect: messages, headers: { 'x-claude-code-session-id': id } })],
  ["Codex's header", (id) => ({ dialect: responses, headers: { session_id: id } })],
  ['a session header of Gemini', (id) => ({ dialect: gemini, headers: { 'x-session-id': id } })],
  [
    'the session in metadata.user_id',
    (id) => ({ dialect: messages, body: { metadata: { user_id: `user_1_account_2_session_${id}` } } }),
  ],
  ['prompt_cache_key of Responses', (id) => ({ dialect: responses, body: { prompt_cache_key: id } })],
  ['prompt_cache_key of Chat Completions', (id) => ({ dialect: chat, body: { prompt_cache_key: id } })],
]

describe('affinity', () => {
  let stage: Stage
  let sessions = 0
  let words = 0

  before(async () => {
    stage = await openStage({
      combos: [
        { name: 'turns', strategy: 'round-robin', members: ['oc/one', 'oc2/two'] },
        { name: 'pair', strategy: 'ordered', members: ['oc/one', 'oc2/two'] },
      ],
    })
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  const newSession = (): string => `conversation-${++sessions}-0123456789`
  /** What is said differs each time, so that nothing but the sign tells that two requests belong together. */
  const say = async (asking: Asking): Promise<void> => {
    await stage.served('turns', { ...asking, text: `words ${++words}` })
  }
  async function wayOf(asking: Asking, times: number): Promise<string[]> {
    for (let time = 0; time < times; time++) await say(asking)
    return ways(await stage.arrivals())
  }

  for (const [what, asking] of signs) {
    it(`keeps a conversation with its account by ${what}`, async () => {
      await stage.put({ affinity: { enabled: false } })
      const restless = await wayOf(asking(newSession()), 4)
      assert.equal(new Set(restless).size, 2, `off: ${restless.join()}`)

      await stage.put({ affinity: {} })
      await stage.fresh()
      const steady = await wayOf(asking(newSession()), 4)
      assert.equal(new Set(steady).size, 1, `on: ${steady.join()}`)
      await stage.fresh()
      const [one, other] = [newSession(), newSession()]
      await say(asking(one))
      await say(asking(other))
      assert.equal(new Set(ways(await stage.arrivals())).size, 2, 'two conversations take turns')
    })
  }

  it('is off, on after a restart, and says so in the trace', async () => {
    const asking = (): Asking => ({ headers: { 'x-session-id': newSession() } })
    await stage.proves(
      { affinity: { enabled: false } },
      {
        off: async () => assert.equal(new Set(await wayOf(asking(), 4)).size, 1),
        on: async () => assert.equal(new Set(await wayOf(asking(), 4)).size, 2),
      },
    )
    const session = asking()
    await say(session)
    const { trace } = await stage.row(await stage.served('turns', session))
    assert.ok(
      trace.some(({ reason = '' }) => reason.startsWith('the conversation stays with')),
      JSON.stringify(trace),
    )
  })

  it('follows the conversation to the account that took over', async () => {
    const asking: Asking = { headers: { 'x-session-id': newSession() } }
    const [first = ''] = await wayOf(asking, 1)
    await stage.script(first.split('/')[1] ?? '', { status: 500 })
    await say(asking)
    await stage.fresh()
    const after = await wayOf(asking, 3)
    assert.equal(new Set(after).size, 1, after.join())
    assert.notEqual(after[0], first)
  })

  it('comes back where the user has laid down an order', async () => {
    const asking: Asking = { headers: { 'x-session-id': newSession() } }
    await stage.script('one', { status: 500 })
    await stage.served('pair', asking)
    await stage.fresh()
    await stage.served('pair', asking)
    assert.deepEqual(ways(await stage.arrivals()), ['oc/one'])
  })

  it('never holds across keys', async () => {
    const headers = { 'x-session-id': newSession() }
    await say({ headers })
    await say({ headers, key: otherKey })
    assert.equal(new Set(ways(await stage.arrivals())).size, 2)
  })
})
