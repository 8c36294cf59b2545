// Usage and the way a stream ended, read from recorded and made-up streams of every wire without parsing most of it.
import assert from 'node:assert/strict'
import { GatewayError } from '../../src/core/errors.ts'
import { unknownUsage } from '../../src/core/usage.ts'
import type { WireId } from '../../src/core/wire-format.ts'
import { createStreamTap, type StreamTap } from '../../src/engine/tap.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { answerTo } from '../fakes/answer.ts'
import { anthropicMessages } from '../fakes/anthropic-messages.ts'
import { geminiGenerate } from '../fakes/gemini-generate.ts'
import { openaiChat } from '../fakes/openai-chat.ts'
import { openaiResponses } from '../fakes/openai-responses.ts'
import { scriptOfName } from '../fakes/script.ts'
import type { Frame } from '../fakes/wire.ts'
import { fixtureBytes } from '../wire/fixtures.ts'

const fakes = [openaiChat, openaiResponses, anthropicMessages, geminiGenerate]
const ask = { model: 'up', stream: true, lastUserText: 'Hi', tools: [], includeUsage: true, characters: 400 }

function framesOf(fake: (typeof fakes)[number], name: string): Frame[] {
  const script = scriptOfName(name)
  assert.ok(script)
  return [...fake.frames(answerTo(ask, script, 1))]
}

function encode({ event, data }: Frame, newline = '\n'): string {
  const text = `${event === undefined ? '' : `event: ${event}${newline}`}data: ${data}${newline}${newline}`
  return Buffer.from(text).toString('latin1')
}

/** Two events at a time, as a socket might give them. */
function tapOf(wire: WireId, events: readonly string[]): StreamTap {
  const tap = createStreamTap(wireFormats[wire].inspect)
  for (let at = 0; at < events.length; at += 2) tap.see(events.slice(at, at + 2).join(''))
  return tap
}

describe('the stream tap', () => {
  for (const fake of fakes) {
    for (const events of [1, 40, 3000]) {
      for (const newline of ['\n', '\r\n', '\r']) {
        it(`reads usage and end of ${events} events of ${fake.id} (${JSON.stringify(newline)})`, () => {
          const frames = framesOf(fake, `reasoning~events=${events}`)
          const tap = tapOf(
            fake.id,
            frames.map((frame) => encode(frame, newline)),
          )
          const { input, output } = tap.usage()
          assert.deepEqual([input, output], [100, events + 3])
          assert.equal(tap.ending(), 'complete')
        })
      }
    }

    it(`finds neither usage nor an end of ${fake.id} where there is none`, () => {
      const frames = framesOf(fake, 'no-usage').filter((frame) => frame.kind !== 'finish' && frame.kind !== 'done')
      const tap = tapOf(
        fake.id,
        frames.map((frame) => encode(frame)),
      )
      assert.equal(tap.ending(), 'broken')
      assert.equal(tap.usage().output === null || fake.id === 'anthropic-messages', true)
    })

    it(`finds the error that ${fake.id} puts into a stream`, () => {
      const frames = framesOf(fake, 'text').filter((frame) => frame.kind === 'preamble' || frame.kind === 'content')
      const tap = tapOf(
        fake.id,
        [...frames, fake.errorFrame('It broke.')].map((frame) => encode(frame)),
      )
      const ending = tap.ending()
      assert.ok(ending instanceof GatewayError, String(ending))
      assert.match(ending.message, /It broke/)
    })

    it(`is not misled by what the model of ${fake.id} says`, () => {
      const said = JSON.stringify(
        'data: [DONE] "finish_reason":"stop" "usage":{"x":1} message_stop "response.completed" "error"',
      )
      const script = scriptOfName('text~events=1')
      assert.ok(script)
      const answer = answerTo(ask, { ...script, text: said }, 1)
      const frames = [...fake.frames({ ...answer, includeUsage: false })]
      const cut = frames.filter((frame) => frame.kind !== 'finish' && frame.kind !== 'done')
      const told = tapOf(
        fake.id,
        cut.map((frame) => encode(frame)),
      )
      assert.equal(told.ending(), 'broken')
      assert.equal(
        tapOf(
          fake.id,
          frames.map((frame) => encode(frame)),
        ).ending(),
        'complete',
      )
    })
  }

  const recorded = [
    ['openai-chat', 'groq-usage', 'complete'],
    ['openai-chat', 'moonshot-choice-usage', 'complete'],
    ['openai-chat', 'usage-in-every-chunk', 'complete'],
    ['openai-chat', 'no-done', 'complete'],
    ['openai-chat', 'cut-off', 'broken'],
    ['openai-responses', 'responses-text', 'complete'],
    ['openai-responses', 'responses-incomplete', 'complete'],
    ['openai-responses', 'responses-cut-off', 'broken'],
    ['anthropic-messages', 'anthropic-thinking-tools', 'complete'],
    ['gemini-generate', 'gemini-thinking-tools', 'complete'],
  ] as const
  for (const [wire, name, expected] of recorded) {
    it(`judges the recorded stream ${name} as ${expected}`, () => {
      const tap = createStreamTap(wireFormats[wire].inspect)
      tap.see(Buffer.from(fixtureBytes(name)).toString('latin1'))
      assert.equal(tap.ending(), expected)
      if (expected === 'complete' && name !== 'no-done') assert.notDeepEqual(tap.usage(), unknownUsage)
    })
  }

  it('knows nothing of an empty stream', () => {
    const tap = createStreamTap(wireFormats['openai-chat'].inspect)
    assert.deepEqual(tap.usage(), unknownUsage)
    assert.equal(tap.ending(), 'broken')
  })
})
