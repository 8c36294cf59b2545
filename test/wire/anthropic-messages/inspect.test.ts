// What the pass-through is told about Anthropic events and bodies.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { inspect } from '../../../src/wire/anthropic-messages/inspect.ts'

const meaningOf = (data: object | string, event?: string): string => {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const meaning = inspect.event(event === undefined ? { data: text } : { event, data: text })
  return meaning instanceof GatewayError ? meaning.code : meaning
}

describe('anthropic-messages inspector', () => {
  it('tells the preamble from content', () => {
    assert.equal(meaningOf({ type: 'message_start', message: { usage: { input_tokens: 3 } } }), 'preamble')
    assert.equal(meaningOf({ type: 'ping' }), 'preamble')
    assert.equal(
      meaningOf({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      'preamble',
    )
    assert.equal(
      meaningOf({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } }),
      'preamble',
    )
    assert.equal(
      meaningOf({ type: 'content_block_start', content_block: { type: 'tool_use', id: 'a', name: 'b', input: {} } }),
      'meaningful',
    )
    assert.equal(
      meaningOf({ type: 'content_block_start', content_block: { type: 'redacted_thinking', data: 'x' } }),
      'meaningful',
    )
    assert.equal(meaningOf({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'h' } }), 'meaningful')
    assert.equal(meaningOf({ type: 'content_block_delta', delta: { type: 'text_delta', text: '' } }), 'preamble')
    assert.equal(meaningOf({ type: 'content_block_delta', delta: { type: 'text_delta', text: ' \n' } }), 'preamble')
    for (const reason of ['end_turn', 'tool_use']) {
      assert.equal(meaningOf({ type: 'message_delta', delta: { stop_reason: reason } }), 'preamble', reason)
    }
    for (const reason of ['max_tokens', 'refusal', 'stop_sequence', 'pause_turn', 'some_future_reason']) {
      assert.equal(meaningOf({ type: 'message_delta', delta: { stop_reason: reason } }), 'meaningful', reason)
    }
    assert.equal(meaningOf({ type: 'message_stop' }), 'terminal')
    assert.equal(meaningOf({ type: 'some_future_event' }), 'preamble')
  })

  it('finds errors hidden in a stream (rule 163)', () => {
    assert.equal(
      meaningOf({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error'),
      'overloaded',
    )
    assert.equal(
      meaningOf({ type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' } }),
      'context_too_long',
    )
    assert.equal(meaningOf({ code: 1113, msg: 'Insufficient balance or no resource package' }), 'payment_required')
    assert.equal(meaningOf({ base_resp: { status_code: 1002, status_msg: 'rate limit' } }), 'rate_limited')
    assert.equal(meaningOf('{"a":'), 'malformed_reply')
    assert.equal(meaningOf({ reason: 'no shape known' }, 'error'), 'upstream_error')
  })

  it('finds replies of 200 that are no success (rules 127, 163)', () => {
    const codeOf = (body: object): string | undefined => inspect.bodyFailure(body as never)?.code
    assert.equal(
      codeOf({ type: 'message', content: [{ type: 'text', text: 'hi' }], stop_reason: 'end_turn' }),
      undefined,
    )
    assert.equal(
      codeOf({ type: 'message', content: [], stop_reason: 'end_turn', usage: { output_tokens: 2 } }),
      undefined,
    )
    assert.equal(
      codeOf({ type: 'message', content: [], stop_reason: 'end_turn', usage: { output_tokens: 0 } }),
      'empty_reply',
    )
    assert.equal(
      codeOf({ type: 'message', content: [{ type: 'text', text: ' \n' }], stop_reason: 'end_turn' }),
      'empty_reply',
    )
    assert.equal(codeOf({ type: 'message', content: [], stop_reason: 'refusal' }), undefined)
    assert.equal(codeOf({ type: 'message', content: [], stop_reason: 'tool_use' }), 'empty_reply')
    const thought = [{ type: 'thinking', thinking: '', signature: 's' }]
    assert.equal(codeOf({ type: 'message', content: thought, stop_reason: 'end_turn' }), 'empty_reply')
    assert.equal(codeOf({ type: 'message', content: thought, stop_reason: 'max_tokens' }), undefined)
    assert.equal(codeOf({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }), 'overloaded')
    assert.equal(codeOf({ error: 'no such thing' }), 'upstream_error')
    assert.equal(codeOf({ choices: [] }), 'malformed_reply')
  })

  it('finds usage and model where the wire puts them', () => {
    const start = {
      type: 'message_start',
      message: { model: 'claude-x', usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 } },
    }
    assert.equal(inspect.model(start), 'claude-x')
    assert.deepEqual(inspect.usage(start), { input: 5, cacheRead: 7, cacheWrite: null, output: 1, reasoning: null })
    assert.equal(inspect.usage({ type: 'ping' }), undefined)
  })
})
