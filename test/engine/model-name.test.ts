// The name the client asked for stands where the upstream wrote its own, and nowhere else.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createModelRename } from '../../src/engine/model-name.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'

const chat = wireFormats['openai-chat'].inspect

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

describe('renaming the model in events', () => {
  it('equals parsing, changing and writing anew, whatever the text says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
        fc.array(
          fc.oneof(fc.constantFrom('"model":"up"', '{"model":"up"}', '$&', "$'"), fc.string({ unit: 'binary' })),
          { minLength: 1, maxLength: 5 },
        ),
        (upstream, asked, texts) => {
          const events = texts.map((content) => ({
            id: 'x',
            model: upstream,
            choices: [{ delta: { content: `${content}"model":${JSON.stringify(upstream)}` } }],
          }))
          const rename = createModelRename(chat, asked)
          const [first] = events
          assert.ok(first)
          rename.learn(first, JSON.stringify(first))
          const written = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
          const expected = events.map((event) => `data: ${JSON.stringify({ ...event, model: asked })}\n\n`).join('')
          assert.equal(Buffer.from(rename.apply(latin1(written)), 'latin1').toString(), expected)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps the spacing of the upstream', () => {
    const rename = createModelRename(chat, 'mine/x')
    const text = '{"id": "1", "model": "x", "choices": []}'
    rename.learn(JSON.parse(text), text)
    assert.equal(rename.apply(`data: ${text}\n\n`), 'data: {"id": "1", "model": "mine/x", "choices": []}\n\n')
  })

  it('touches nothing before it has learnt a name, and keeps to the first', () => {
    const rename = createModelRename(chat, 'mine')
    assert.equal(rename.apply('data: {"model":"x"}'), 'data: {"model":"x"}')
    rename.learn({ object: 'nameless' }, '{"object":"nameless"}')
    for (const model of ['x', 'y']) rename.learn({ model }, JSON.stringify({ model }))
    assert.equal(rename.apply('{"model":"x"}{"model":"y"}'), '{"model":"mine"}{"model":"y"}')
  })

  it('learns from a later event when the first names no model', () => {
    const rename = createModelRename(chat, 'mine')
    rename.learn({ model: '', choices: [] }, '{"model":"","choices":[]}')
    rename.learn({ model: 'x' }, '{"model":"x"}')
    assert.equal(rename.apply('{"model":"x"}'), '{"model":"mine"}')
  })

  const places = {
    'openai-chat': { model: 'up' },
    'openai-responses': { type: 'response.created', response: { model: 'up' } },
    'anthropic-messages': { type: 'message_start', message: { model: 'up' } },
    'gemini-generate': { modelVersion: 'up' },
  } as const
  for (const [wire, data] of Object.entries(places)) {
    it(`knows where ${wire} writes the name`, () => {
      const rename = createModelRename(wireFormats[wire as keyof typeof wireFormats].inspect, 'mine')
      const text = JSON.stringify(data)
      rename.learn(JSON.parse(text), text)
      assert.equal(rename.apply(text), text.replace('"up"', '"mine"'))
    })
  }
})
