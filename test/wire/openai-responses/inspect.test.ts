// The untouched path's view of Responses streams, and failures after bytes have passed through: rules 139-141, 163.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { writeStreamError } from '../../../src/wire/openai-responses/errors.ts'
import { inspect } from '../../../src/wire/openai-responses/inspect.ts'
import { fixtureBytes, fixtureEvents } from '../fixtures.ts'

function kinds(name: string): string[] {
  return fixtureEvents(name).map((event) => {
    const kind = inspect.event(event)
    return kind instanceof GatewayError ? kind.code : kind
  })
}

describe('Responses inspector', () => {
  it('waits for text before it calls an answer one', () => {
    assert.deepEqual(kinds('responses-text').slice(0, 5), [
      'preamble',
      'preamble',
      'preamble',
      'preamble',
      'meaningful',
    ])
    assert.equal(kinds('responses-text').at(-1), 'meaningful')
  })

  const outputs: readonly (readonly [string, readonly object[], string | undefined])[] = [
    ['nothing', [], 'empty_reply'],
    ['a message without text', [{ type: 'message', content: [{ type: 'output_text', text: ' \n' }] }], 'empty_reply'],
    ['reasoning without a word', [{ type: 'reasoning', summary: [], encrypted_content: 'x' }], 'empty_reply'],
    ['reasoning in words', [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }], undefined],
    ['a refusal', [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }], undefined],
    ['a call', [{ type: 'function_call', name: 'f', call_id: 'c', arguments: '' }], undefined],
    ['an item of the future', [{ type: 'hologram' }], undefined],
  ]
  for (const [what, output, failure] of outputs) {
    it(`takes ${what} for ${failure ? 'a failure' : 'an answer'} (rule 127)`, () => {
      const response = { object: 'response', status: 'completed', output } as unknown as JsonObject
      assert.equal(inspect.bodyFailure(response)?.code, failure)
      assert.equal(inspect.bodyFailure({ ...response, status: 'incomplete' }), undefined)
      const told = (type: string) => inspect.event({ data: JSON.stringify({ type, response }) })
      assert.equal(told('response.completed'), failure ? 'terminal' : 'meaningful')
      assert.equal(told('response.incomplete'), 'meaningful')
      for (const type of ['response.output_item.added', 'response.output_item.done']) {
        for (const item of output) {
          assert.equal(inspect.event({ data: JSON.stringify({ type, item }) }), failure ? 'preamble' : 'meaningful')
        }
      }
    })
  }

  it('goes by what the events hold, whatever they are called', () => {
    const kind = (type: string, facts: object) => inspect.event({ data: JSON.stringify({ type, ...facts }) })
    assert.equal(kind('response.output_text.delta', { delta: '\n' }), 'preamble')
    assert.equal(kind('response.output_text.done', { text: '' }), 'preamble')
    assert.equal(kind('response.refusal.delta', { delta: 'No' }), 'meaningful')
    assert.equal(kind('response.content_part.done', { part: { type: 'output_text', text: '' } }), 'preamble')
    assert.equal(kind('response.image_generation_call.in_progress', { output_index: 0 }), 'meaningful')
  })

  it('takes a call for an answer as soon as it is announced', () => {
    assert.equal(kinds('responses-custom-tool')[1], 'meaningful')
  })

  it("sees codex's policy error before anything was passed on (rule 163)", () => {
    assert.deepEqual(kinds('codex-policy-error'), ['preamble', 'content_refused'])
  })

  it('sees a failed response', () => {
    assert.equal(kinds('responses-failed').at(-1), 'rate_limited')
  })

  it('tells whole streams from broken ones by their markers (rule 140)', () => {
    const ended = (name: string): boolean => {
      const text = new TextDecoder().decode(fixtureBytes(name))
      return inspect.terminalMarkers.some((marker) => text.includes(marker))
    }
    assert.equal(ended('responses-text'), true)
    assert.equal(ended('responses-incomplete'), true)
    assert.equal(ended('responses-cut-off'), false)
  })

  it('finds usage and model in the final event', () => {
    const data = JSON.parse(fixtureEvents('responses-text').at(-1)?.data ?? '')
    assert.equal(inspect.usage(data)?.output, 12)
    assert.equal(inspect.model(data), 'gpt-x')
    assert.ok(inspect.usageMarkers.some((marker) => JSON.stringify(data).includes(marker)))
  })

  it('ends a broken stream as failed, above every number that came before (rules 139, 154)', () => {
    const text = writeStreamError(new GatewayError('stream_interrupted', 'Gone.'), 'req-1')
    const data = JSON.parse(text.split('data: ')[1] ?? '')
    assert.equal(text.startsWith('event: response.failed\n'), true)
    assert.equal(data.response.status, 'failed')
    assert.ok(data.sequence_number > 1_000_000)
  })
})
