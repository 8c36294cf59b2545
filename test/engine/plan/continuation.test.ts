// What a request goes on from by an id, found in its bytes.
import assert from 'node:assert/strict'
import { continuationInBytes } from '../../../src/engine/plan/continuation.ts'

describe('continuation', () => {
  const found = (body: object | string) =>
    continuationInBytes(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

  it('is a response, or a conversation by its id or as an object', () => {
    assert.deepEqual(found({ input: 'x', previous_response_id: 'resp_1' }), {
      field: 'previous_response_id',
      id: 'resp_1',
    })
    assert.deepEqual(found({ conversation: 'conv_1' }), { field: 'conversation', id: 'conv_1' })
    assert.deepEqual(found({ conversation: { id: 'conv_1' } }), { field: 'conversation', id: 'conv_1' })
    assert.deepEqual(found('{ "previous_response_id" : "resp_\\u0031" }'), {
      field: 'previous_response_id',
      id: 'resp_1',
    })
  })

  it('is none where the word stands elsewhere, or says nothing', () => {
    for (const body of [
      { input: 'no word of it' },
      { previous_response_id: null, conversation: null },
      { previous_response_id: '', conversation: {} },
      { previous_response_id: 7, conversation: [] },
      { tools: [{ parameters: { properties: { conversation: { id: 'x' }, previous_response_id: 'resp_1' } } }] },
      { input: '"previous_response_id":"resp_1"' },
      '{"previous_response_id":"resp_1"',
      '',
    ]) {
      assert.equal(found(body), undefined, JSON.stringify(body))
    }
  })
})
