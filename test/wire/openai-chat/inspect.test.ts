// The untouched path's view of Chat streams and bodies: rules 127, 131, 140, 163.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { inspect } from '../../../src/wire/openai-chat/inspect.ts'
import { fixtureBytes, fixtureEvents } from '../fixtures.ts'

function kinds(name: string): string[] {
  return fixtureEvents(name).map((event) => {
    const kind = inspect.event(event)
    return kind instanceof GatewayError ? kind.code : kind
  })
}

describe('Chat inspector', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a plain answer',
      'openai-chat-text',
      ['preamble', 'meaningful', 'meaningful', 'preamble', 'preamble', 'terminal'],
    ],
    ["Azure's empty choices", 'azure-preamble', ['preamble', 'preamble', 'meaningful', 'preamble', 'terminal']],
    ['reasoning', 'deepseek-reasoning', ['preamble', 'meaningful', 'meaningful', 'meaningful', 'preamble', 'terminal']],
    ['tool calls', 'mistral-tool', ['preamble', 'meaningful', 'terminal']],
    ['an error in a 200 (rule 163)', 'minimax-hidden-error', ['rate_limited']],
    ['an error in mid-stream', 'error-event', ['meaningful', 'upstream_error']],
  ]
  for (const [name, fixture, expected] of cases) {
    it(`tells ${name}`, () => assert.deepEqual(kinds(fixture), expected))
  }

  const ends: readonly (readonly [string, object, string | undefined])[] = [
    ['stop', {}, 'empty_reply'],
    ['stop', { content: ' \n' }, 'empty_reply'],
    ['tool_calls', { content: null, tool_calls: [] }, 'empty_reply'],
    ['end_turn', { content: '' }, 'empty_reply'],
    ['stop', { content: '', refusal: 'No.' }, undefined],
    ['stop', { content: null, reasoning_content: 'Hm.' }, undefined],
    ['tool_calls', { content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f' } }] }, undefined],
    ['length', { content: '' }, undefined],
    ['content_filter', { content: null }, undefined],
    ['some_future_reason', { content: null }, undefined],
  ]
  for (const [reason, message, failure] of ends) {
    it(`takes "${reason}" with ${JSON.stringify(message)} for ${failure ? 'a failure' : 'an answer'} (rule 127)`, () => {
      const whole = { choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: reason }] }
      assert.equal(inspect.bodyFailure(whole)?.code, failure)
      const chunk = { choices: [{ index: 0, delta: message, finish_reason: reason }] }
      assert.equal(inspect.event({ data: JSON.stringify(chunk) }), failure ? 'preamble' : 'meaningful')
    })
  }

  it('takes nothing for an answer where the caller gave a text to stop at and the model stopped', () => {
    const whole = (reason: string | null) => ({ choices: [{ message: { content: '' }, finish_reason: reason }] })
    assert.equal(inspect.bodyFailure(whole('stop'), { mayBeSilent: () => true }), undefined)
    assert.equal(inspect.bodyFailure(whole('stop'), { mayBeSilent: () => false })?.code, 'empty_reply')
    assert.equal(inspect.bodyFailure(whole(null), { mayBeSilent: () => true })?.code, 'empty_reply')
  })

  it('takes a page for a failure', () => {
    const kind = inspect.event({ data: '<html>' })
    assert.equal(kind instanceof GatewayError && kind.code, 'malformed_reply')
  })

  it('finds usage by its marker wherever vendors put it (rule 131)', () => {
    for (const fixture of ['openai-chat-text', 'groq-usage', 'moonshot-choice-usage']) {
      const marked = fixtureEvents(fixture).filter((event) =>
        inspect.usageMarkers.some((marker) => event.data.includes(marker)),
      )
      assert.equal(marked.length, 1, fixture)
      assert.equal(typeof inspect.usage(JSON.parse(marked[0]?.data ?? ''))?.output, 'number')
    }
  })

  it('tells whole streams from broken ones by their markers (rule 140)', () => {
    const ended = (name: string): boolean => {
      const text = new TextDecoder().decode(fixtureBytes(name))
      return inspect.terminalMarkers.some((marker) => text.includes(marker))
    }
    assert.equal(ended('openai-chat-text'), true)
    assert.equal(ended('no-done'), true)
    assert.equal(ended('cut-off'), false)
  })

  it('knows the model of bodies and chunks', () => {
    assert.equal(inspect.model({ model: 'x' }), 'x')
    assert.equal(inspect.model({}), undefined)
  })
})
