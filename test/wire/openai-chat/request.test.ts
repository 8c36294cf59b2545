// Chat requests both ways, as properties: rules 1, 6, 29, 74, 120.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import { readRequest } from '../../../src/wire/openai-chat/request-read.ts'
import { writeRequest } from '../../../src/wire/openai-chat/request-write.ts'
import { conversations } from '../arbitraries.ts'
import { commonRequests, generous, requestOf, targetOf } from '../requests.ts'

const target = targetOf(generous, { capabilities: { reasoning: true } })

function overTheWire(request: ChatRequest): ChatRequest {
  return readRequest(JSON.parse(JSON.stringify(writeRequest(request, target).body)))
}

describe('Chat requests', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(commonRequests, (request) => {
        const expected: ChatRequest = {
          ...request,
          origin: 'openai-chat',
          model: 'served-model',
          // Usage is always asked for in streams (rule 131).
          ...(request.stream ? { includeUsage: true } : {}),
        }
        assert.deepEqual(overTheWire({ ...request, origin: 'openai-chat' }), expected)
      }),
    )
  })

  it('keep fields of the wire that are not known here (rule 1)', () => {
    const body = {
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      metadata: { a: '1' },
      verbosity: 'low',
      new_field: [1],
    }
    const written = writeRequest(readRequest(body), target).body
    assert.deepEqual(
      { metadata: written['metadata'], verbosity: written['verbosity'], new_field: written['new_field'] },
      { metadata: { a: '1' }, verbosity: 'low', new_field: [1] },
    )
  })

  it('begin alike when a conversation has grown, so that prompt caches hold (rule 120)', () => {
    fc.assert(
      fc.property(conversations, fc.nat(), (messages, cut) => {
        const whole = writeRequest(requestOf({ messages }), targetOf()).body['messages'] as unknown[]
        // A turn ends with the user's word or the results of all calls.
        const ends = messages.flatMap((message, index) => (message.role === 'user' ? [index + 1] : []))
        const end = ends[cut % ends.length] ?? 1
        const start = writeRequest(requestOf({ messages: messages.slice(0, end) }), targetOf()).body[
          'messages'
        ] as unknown[]
        assert.equal(JSON.stringify(whole.slice(0, start.length)), JSON.stringify(start))
      }),
    )
  })

  it('are written alike every time and never change what they are written from (rules 74, 120)', () => {
    fc.assert(
      fc.property(commonRequests, (request) => {
        const before = JSON.stringify(request)
        const first = JSON.stringify(writeRequest(request, targetOf()))
        assert.equal(JSON.stringify(writeRequest(request, targetOf())), first)
        assert.equal(JSON.stringify(request), before)
      }),
    )
  })

  it('refuse bodies of any other shape as the mistake of the caller, and nothing worse', () => {
    const word = fc.constantFrom('user', 'assistant', 'tool', 'text', 'image_url', 'function', 'auto', '', 'data:x')
    const field = fc.constantFrom(
      'role',
      'content',
      'type',
      'text',
      'tool_calls',
      'function',
      'name',
      'tool_call_id',
      'image_url',
      'url',
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        word,
        fc.constantFrom(null, 0, true),
        fc.array(tie('any'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(field, tie('any'), { maxKeys: 4 }),
    })).any
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.oneof(value, fc.array(value)),
        tools: value,
        tool_choice: value,
        stop: value,
      },
      { requiredKeys: ['model', 'messages'] },
    )
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (input) => {
        try {
          writeRequest(readRequest(JSON.parse(JSON.stringify(input))), targetOf())
        } catch (error) {
          assert.ok(error instanceof GatewayError, String(error))
          assert.ok(error.code === 'invalid_request' || error.code === 'unsupported')
        }
      }),
      { numRuns: 500 },
    )
  })
})
