// Responses requests both ways, as properties: rules 1, 28, 74, 97, 120.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import { readRequest } from '../../../src/wire/openai-responses/request-read.ts'
import { writeRequest } from '../../../src/wire/openai-responses/request-write.ts'
import { conversations } from '../arbitraries.ts'
import { assistant, call, commonRequests, generous, requestOf, result, targetOf, user } from '../requests.ts'

const target = targetOf(generous, { capabilities: { reasoning: true } })

describe('Responses requests', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(commonRequests, (request) => {
        const own: ChatRequest = { ...request, origin: 'openai-responses', model: 'served-model' }
        const back = readRequest(JSON.parse(JSON.stringify(writeRequest(own, target).body)))
        // Encrypted reasoning is asked for wherever nothing is stored (rule 113).
        const asked =
          own.store === true ? {} : { extras: { 'openai-responses': { include: ['reasoning.encrypted_content'] } } }
        assert.deepEqual(back, { ...own, ...asked })
      }),
    )
  })

  it('keep fields of the wire that are not known here (rule 1)', () => {
    const body = {
      model: 'm',
      input: 'Hi',
      metadata: { a: '1' },
      truncation: 'auto',
      text: { verbosity: 'low' },
      client_metadata: {},
    }
    const written = writeRequest(readRequest(body), targetOf()).body
    for (const field of ['metadata', 'truncation', 'text', 'client_metadata'] as const) {
      assert.deepEqual(written[field], body[field], field)
    }
  })

  it('keep the order of texts, reasoning and calls within a turn (rule 97)', () => {
    const turn = assistant('A', call('a'), 'B', call('b'))
    const messages = [user('Hi'), turn, user(result('a', 'x'), result('b', 'y'))]
    const body = JSON.parse(JSON.stringify(writeRequest(requestOf({ messages }), target).body))
    assert.deepEqual(
      body.input.map((item: { type: string }) => item.type),
      [
        'message',
        'message',
        'function_call',
        'message',
        'function_call',
        'function_call_output',
        'function_call_output',
      ],
    )
    assert.deepEqual(readRequest(body).messages[1], turn)
  })

  it('begin alike when a conversation has grown, so that prompt caches hold (rule 120)', () => {
    fc.assert(
      fc.property(conversations, fc.nat(), (messages, cut) => {
        const whole = writeRequest(requestOf({ messages }), targetOf()).body['input'] as unknown[]
        const ends = messages.flatMap((message, index) => (message.role === 'user' ? [index + 1] : []))
        const end = ends[cut % ends.length] ?? 1
        const start = writeRequest(requestOf({ messages: messages.slice(0, end) }), targetOf()).body[
          'input'
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
    const word = fc.constantFrom(
      'user',
      'assistant',
      'message',
      'function_call',
      'reasoning',
      'input_text',
      'namespace',
      'custom',
      '',
    )
    const field = fc.constantFrom(
      'type',
      'role',
      'content',
      'text',
      'name',
      'call_id',
      'output',
      'arguments',
      'summary',
      'tools',
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
        input: fc.oneof(value, fc.array(value)),
        tools: value,
        tool_choice: value,
        text: value,
      },
      { requiredKeys: ['model', 'input'] },
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
