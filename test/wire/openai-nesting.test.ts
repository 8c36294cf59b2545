// Bodies nested beyond the stack on both OpenAI wires: they end as ordinary failures.
import assert from 'node:assert/strict'
import type { ChatRequest } from '../../src/core/conversation.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { format as chat } from '../../src/wire/openai-chat/format.ts'
import { format as responses } from '../../src/wire/openai-responses/format.ts'
import { requestOf, targetOf } from './requests.ts'

const depth = 200_000
const deepList = (): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)

function failsAs(work: () => unknown, ...codes: string[]): void {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    assert.ok(codes.includes(error.code), error.code)
  }
}

describe('JSON nested too deeply', () => {
  it('is refused in requests', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: deepList() } }
    const messages = [{ role: 'assistant', tool_calls: [call] }]
    assert.throws(() => chat.readRequest({ model: 'm', messages }), { code: 'invalid_request' })
    const input = [{ type: 'function_call', call_id: 'a', name: 'f', arguments: deepList() }]
    assert.throws(() => responses.readRequest({ model: 'm', input }), { code: 'invalid_request' })
  })

  it('does no harm in replies and streams', () => {
    const details = [{ type: 'reasoning.text', data: deepList() }]
    const delta = {
      tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }],
      reasoning_details: details,
    }
    failsAs(() => chat.readReply({ choices: [{ message: delta, finish_reason: 'stop' }] }), 'malformed_reply')
    const item = { type: 'web_search_call', id: 'ws', action: deepList() } as JsonObject
    failsAs(() => {
      const reply = responses.readReply({ object: 'response', status: 'completed', output: [item] })
      const writer = responses.streamWriter(requestOf() as ChatRequest)
      const text = writer({ type: 'opaque', part: { type: 'opaque', wire: 'openai-responses', value: item } })
      assert.match(text, /response\.failed/)
      assert.equal(reply.parts.length, 1)
    }, 'malformed_reply')
  })

  it('does no harm in the schemas of tools', () => {
    let schema: JsonObject = { type: 'string' }
    for (let i = 0; i < depth; i++) schema = { type: 'object', properties: { a: schema } }
    for (const format of [chat, responses]) {
      const { body } = format.writeRequest(requestOf({ tools: [{ type: 'function', name: 'f', schema }] }), targetOf())
      assert.ok(JSON.stringify(body).length < 100_000)
    }
  })

  it('does no harm in arguments that are broken', () => {
    const text = '{"a":'.repeat(depth)
    const parts = [{ type: 'tool-call', id: 'a', name: 'f', input: text }] as const
    const usage = { input: 1, cacheRead: null, cacheWrite: null, output: 1, reasoning: null }
    const reply = { parts, finish: { unified: 'tool-calls' }, usage, warnings: [] } as const
    for (const format of [chat, responses]) assert.ok(format.writeReply(reply, requestOf()))
    assert.equal(foldReply([{ type: 'finish', finish: { unified: 'stop' } }]).parts.length, 0)
  })
})
