// Failures in the OpenAI dialect: rules 139, 161-164.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { FailureCode } from '../../../src/core/errors.ts'
import { failures, GatewayError } from '../../../src/core/errors.ts'
import {
  hiddenError,
  readError as readErrorAt,
  writeError,
  writeStreamError,
} from '../../../src/wire/openai-chat/errors.ts'

const body = (message: string, rest: Record<string, unknown> = {}): string =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null, ...rest } })

const now = Date.UTC(2026, 10, 22, 10)
const readError = (status: number, headers: Record<string, string>, body: string): GatewayError =>
  readErrorAt(status, headers, body, now)

describe('readError of the OpenAI wires', () => {
  const cases: readonly (readonly [string, number, string, FailureCode])[] = [
    [
      'a limit of requests',
      429,
      body('Rate limit reached', { type: 'requests', code: 'rate_limit_exceeded' }),
      'rate_limited',
    ],
    [
      'a used-up quota',
      429,
      body('You exceeded your current quota', { code: 'insufficient_quota' }),
      'quota_exhausted',
    ],
    ['a used-up quota sent as 403', 403, body('no', { code: 'insufficient_quota' }), 'quota_exhausted'],
    [
      "Groq's limit of tokens per day",
      429,
      body('Rate limit reached on tokens per day (TPD): Limit 100000'),
      'quota_exhausted',
    ],
    ['a bill unpaid', 402, body('Insufficient Balance'), 'payment_required'],
    ['credit lacking, sent as 400', 400, body('Your credit balance is too low'), 'payment_required'],
    ['a wrong key', 401, body('Incorrect API key provided', { code: 'invalid_api_key' }), 'account_refused'],
    [
      "Gemini's wrong key, sent as 400",
      400,
      `[${body('API key not valid. Please pass a valid API key.')}]`,
      'account_refused',
    ],
    ['a forbidden region', 403, body('Country not supported'), 'account_refused'],
    ['a missing model', 404, body('The model `x` does not exist', { code: 'model_not_found' }), 'model_not_found'],
    ["Ollama's missing model", 404, body("model 'x' not found"), 'model_not_found'],
    ['a missing model, sent as 400', 400, body('Model gpt-9 is not supported'), 'model_not_found'],
    ["OpenRouter's missing model", 404, body('No endpoints found for x/y.'), 'model_not_found'],
    ['a wrong path', 404, '{"detail":"Not Found"}', 'malformed_reply'],
    ['a wrong path with a page', 404, '<html><title>404 Not Found</title></html>', 'malformed_reply'],
    [
      'a full window by its code (rule 164)',
      400,
      body('too long', { code: 'context_length_exceeded' }),
      'context_too_long',
    ],
    [
      'a full window by its text (rule 164)',
      400,
      body("This model's maximum context length is 8192 tokens."),
      'context_too_long',
    ],
    ['a body too large', 413, body('Request Entity Too Large'), 'context_too_long'],
    ['content refused', 400, body('no', { code: 'content_policy_violation' }), 'content_refused'],
    ["the caller's mistake", 400, body("Unknown parameter: 'x'.", { param: 'x' }), 'invalid_request'],
    [
      "the caller's mistake as FastAPI says it",
      422,
      '{"detail":[{"loc":["body","n"],"msg":"bad"}]}',
      'invalid_request',
    ],
    ['a time-out', 504, '', 'upstream_timeout'],
    ['a time-out of the request', 408, '', 'upstream_timeout'],
    ['too much load', 503, body('The engine is currently overloaded'), 'overloaded'],
    ['too much load as 529', 529, '', 'overloaded'],
    ["Groq's lack of capacity", 498, body('Flex tier capacity exceeded'), 'overloaded'],
    ['a server error', 500, body('The server had an error', { type: 'server_error' }), 'upstream_error'],
    ['a proxy page', 502, '<html><head><title>502 Bad Gateway</title></head></html>', 'upstream_error'],
  ]
  for (const [name, status, text, code] of cases) {
    it(`knows ${name} (${status})`, () => assert.equal(readError(status, {}, text).code, code))
  }

  it("keeps the status and the whole answer of the caller's own mistake (rule 161)", () => {
    const text = body("Unknown parameter: 'x'.", { param: 'x' })
    const error = readError(422, { 'content-type': 'application/json' }, text)
    assert.equal(error.status, 422)
    assert.equal(error.parameter, 'x')
    assert.deepEqual(error.upstream, { status: 422, contentType: 'application/json', body: text })
    assert.deepEqual(writeError(error), { status: 422, body: JSON.parse(text) })
  })

  it("does not give a vendor's words about the account to the caller", () => {
    const error = readError(401, {}, body('Incorrect API key provided: sk-proj-abcdef123456'))
    assert.equal(error.upstream?.status, 401)
    assert.doesNotMatch(JSON.stringify(writeError(error).body), /sk-proj-abcdef/)
    assert.doesNotMatch(writeStreamError(error), /sk-proj-abcdef/)
  })

  it('keeps the wait, whatever the case of the header (rule 161)', () => {
    assert.equal(readError(429, { 'Retry-After': '7' }, body('slow')).retryAfterMs, 7000)
    assert.equal(readError(429, {}, body('Please try again in 6m0s.')).retryAfterMs, 360_000)
    assert.equal(readError(503, { 'retry-after': '2' }, '').retryAfterMs, 2000)
  })

  it('shortens pages and hides secrets (rule 162)', () => {
    const error = readError(500, {}, `<html><title>Oops</title>${'x'.repeat(10_000)}</html>`)
    assert.match(error.message, /500: Oops/)
    assert.ok(readError(500, {}, body('z'.repeat(5000))).message.length <= 500)
  })

  it("shows the vendor's own words behind OpenRouter's (table R)", () => {
    const text = JSON.stringify({
      error: { code: 429, message: 'Provider returned error', metadata: { raw: 'slow down', provider_name: 'X' } },
    })
    assert.match(readError(429, {}, text).message, /Provider returned error: slow down/)
  })

  it('classifies anything at all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        assert.ok(readError(status, {}, text).code in failures)
      }),
    )
  })
})

describe('hiddenError', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, FailureCode | undefined])[] = [
    ["OpenRouter's numeric code", { error: { code: 429, message: 'slow' } }, 'rate_limited'],
    ['a type', { error: { type: 'overloaded_error', message: 'busy' } }, 'overloaded'],
    ['a bare text', { error: 'it broke' }, 'upstream_error'],
    [
      "MiniMax's base_resp",
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      'payment_required',
    ],
    ['no error at all', { choices: [] }, undefined],
    ['an error of null', { error: null, choices: [] }, undefined],
  ]
  for (const [name, value, code] of cases) {
    it(`finds ${name} (rule 163)`, () => assert.equal(hiddenError(JSON.parse(JSON.stringify(value)))?.code, code))
  }
})

describe('writeError of the OpenAI wires', () => {
  const cases: readonly (readonly [FailureCode, number, string, string])[] = [
    ['invalid_request', 400, 'invalid_request_error', 'invalid_request'],
    ['wrong_key', 401, 'invalid_request_error', 'invalid_api_key'],
    ['unknown_model', 404, 'invalid_request_error', 'model_not_found'],
    ['context_too_long', 400, 'invalid_request_error', 'context_length_exceeded'],
    ['rate_limited', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['quota_exhausted', 429, 'insufficient_quota', 'insufficient_quota'],
    ['overloaded', 503, 'server_error', 'server_is_overloaded'],
    ['upstream_error', 502, 'server_error', 'upstream_error'],
  ]
  for (const [code, status, type, word] of cases) {
    it(`writes ${code} as ${status} ${type} (rule 161)`, () => {
      const written = writeError(new GatewayError(code, 'It failed'))
      const error = JSON.parse(JSON.stringify(written.body)).error
      assert.deepEqual({ status: written.status, type: error.type, code: error.code }, { status, type, code: word })
    })
  }

  it('says the cause and the next step in whole sentences', () => {
    const { body: written } = writeError(new GatewayError('unknown_model', 'There is no model "x"'))
    assert.equal(
      JSON.parse(JSON.stringify(written)).error.message,
      'There is no model "x". Ask GET /v1/models for the names that can be used.',
    )
  })

  it('uses the words on which clients shorten the conversation (rule 164)', () => {
    const { body: written } = writeError(new GatewayError('context_too_long', 'Prompt has 9000 tokens.'))
    assert.match(JSON.stringify(written), /maximum context length/)
  })

  it('names the wait in the words codex looks for', () => {
    const error = new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 1200 })
    assert.match(JSON.stringify(writeError(error).body), /Please try again in 2s\./)
  })

  it('writes the failure into the stream without a false end (rule 139)', () => {
    const text = writeStreamError(new GatewayError('stream_interrupted', 'Gone.'))
    assert.match(text, /^data: \{"error":\{"message":"Gone\. /)
    assert.equal(text.endsWith('\n\n'), true)
  })
})
