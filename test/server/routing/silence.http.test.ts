// Rule 127 over real HTTP, for every pair of wires, streamed and whole: an end without a word is a failure of whoever answered so, and
// the next target is asked. What says by itself why there is nothing to read is an answer.
import assert from 'node:assert/strict'
import type { ScriptInput } from '../../fakes/script.ts'
import { type Dialect, dialects } from '../dialects.ts'
import { chat, gemini, messages, openStage, type Stage, ways } from './stage.ts'

const upstreams = ['oc', 'rc', 'ac', 'gc'] as const

const failures: readonly (readonly [what: string, script: ScriptInput])[] = [
  ['no content', { events: 0 }],
  ['nothing but white space', { events: 1, text: ' \n\t ' }],
]
const answers: readonly (readonly [what: string, script: ScriptInput])[] = [
  ['nothing, for the limit was reached', { events: 0, finish: 'length' }],
  ['nothing, for a filter stepped in', { events: 0, finish: 'filter' }],
  ['reasoning up to the limit', { events: 0, reasoning: 2, finish: 'length' }],
]

describe('an answer without a word', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage({
      combos: upstreams.map((id) => ({ name: `${id}-first`, strategy: 'ordered', members: [`${id}/one`, 'far/two'] })),
    })
  })
  after(() => stage?.stop())
  afterEach(() => stage.fresh())

  const tried = async (): Promise<string[]> => ways(await stage.arrivals())

  for (const upstream of upstreams) {
    for (const dialect of dialects) {
      for (const stream of [false, true]) {
        const way = `${dialect.wire} at ${upstream}, ${stream ? 'streamed' : 'whole'}`
        for (const [what, script] of failures) {
          it(`moves on after ${what} (${way})`, async () => {
            await stage.script('one', script)
            const answer = await stage.served(`${upstream}-first`, { dialect, stream })
            assert.deepEqual(await tried(), [`${upstream}/one`, 'far/two'])
            const { trace } = await stage.row(answer)
            assert.equal(trace.find(({ kind }) => kind === 'failed')?.code, 'empty_reply', JSON.stringify(trace))
          })
        }
        for (const [what, script] of answers) {
          it(`takes ${what} for an answer (${way})`, async () => {
            await stage.script('one', script)
            await stage.served(`${upstream}-first`, { dialect, stream })
            assert.deepEqual(await tried(), [`${upstream}/one`])
          })
        }
      }
    }
  }

  const stops: readonly (readonly [Dialect, object])[] = [
    [chat, { stop: ['\n'] }],
    [messages, { stop_sequences: ['\n'] }],
    [gemini, { generationConfig: { stopSequences: ['\n'] } }],
  ]
  for (const [dialect, body] of stops) {
    for (const upstream of upstreams) {
      for (const stream of [false, true]) {
        it(`takes nothing for an answer where the caller gave a text to stop at (${dialect.wire} at ${upstream}, ${stream ? 'streamed' : 'whole'})`, async () => {
          await stage.script('one', { events: 0 })
          await stage.served(`${upstream}-first`, { dialect, stream, body })
          assert.deepEqual(await tried(), [`${upstream}/one`])
        })
      }
    }
  }

  it('is told as a failure when there is nobody else', async () => {
    await stage.script('one', { events: 0 })
    const answer = await stage.ask('oc/one')
    assert.equal(answer.status, 502)
    assert.match(String(answer.json().error.message), /without any content/)
  })
})
