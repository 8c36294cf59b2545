// What the pass-through is told about Gemini chunks and bodies.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { inspect } from '../../../src/wire/gemini-generate/inspect.ts'

const meaningOf = (data: object | string): string => {
  const meaning = inspect.event({ data: typeof data === 'string' ? data : JSON.stringify(data) })
  return meaning instanceof GatewayError ? meaning.code : meaning
}
const chunk = (parts: object[], finishReason?: string): object => ({
  candidates: [
    { content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }), index: 0 },
  ],
})

describe('gemini-generate inspector', () => {
  it('tells the preamble from content and the end', () => {
    assert.equal(meaningOf({ usageMetadata: { promptTokenCount: 3 }, modelVersion: 'm' }), 'preamble')
    assert.equal(meaningOf(chunk([])), 'preamble')
    assert.equal(meaningOf(chunk([{ text: '' }])), 'preamble')
    assert.equal(meaningOf(chunk([{ text: 'a' }])), 'meaningful')
    assert.equal(meaningOf(chunk([{ text: 'a', thought: true }])), 'meaningful')
    assert.equal(meaningOf(chunk([{ functionCall: { name: 'f', args: {} } }])), 'meaningful')
    assert.equal(meaningOf(chunk([{ text: ' \n' }])), 'preamble')
    assert.equal(meaningOf(chunk([{ text: 'a' }], 'STOP')), 'meaningful')
    assert.equal(meaningOf(chunk([{ text: '' }], 'STOP')), 'terminal')
    assert.equal(meaningOf(chunk([], 'MAX_TOKENS')), 'meaningful')
    assert.equal(meaningOf(chunk([], 'SAFETY')), 'meaningful')
  })

  it('finds errors, refused prompts and broken calls (rules 124, 126, 163)', () => {
    assert.equal(meaningOf({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }), 'overloaded')
    assert.equal(meaningOf({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }), 'content_refused')
    assert.equal(meaningOf(chunk([], 'MALFORMED_FUNCTION_CALL')), 'upstream_error')
    assert.equal(meaningOf('data'), 'malformed_reply')
  })

  it('finds replies of 200 that are no success (rule 127)', () => {
    const codeOf = (body: object): string | undefined => inspect.bodyFailure(body as never)?.code
    assert.equal(codeOf(chunk([{ text: 'hi' }], 'STOP')), undefined)
    assert.equal(codeOf(chunk([], 'MAX_TOKENS')), undefined)
    assert.equal(codeOf(chunk([{ text: ' ' }], 'STOP')), 'empty_reply')
    assert.equal(codeOf({ candidates: [], usageMetadata: {} }), 'empty_reply')
    assert.equal(codeOf({ promptFeedback: { blockReason: 'SAFETY' } }), 'content_refused')
    assert.equal(codeOf({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'x' } }), 'rate_limited')
    assert.equal(codeOf({ hello: 'world' }), 'malformed_reply')
  })

  it('reads usage with cache and thoughts (rule 129)', () => {
    const usage = {
      promptTokenCount: 100,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 10,
      thoughtsTokenCount: 5,
      toolUsePromptTokenCount: 7,
    }
    assert.deepEqual(inspect.usage({ usageMetadata: usage }), {
      input: 67,
      cacheRead: 40,
      cacheWrite: null,
      output: 15,
      reasoning: 5,
    })
    assert.equal(inspect.model({ modelVersion: 'gemini-x' }), 'gemini-x')
  })
})
