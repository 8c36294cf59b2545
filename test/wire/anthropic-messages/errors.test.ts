// Classification of Anthropic refusals, and the dialect that Anthropic clients are given.
import assert from 'node:assert/strict'
import type { FailureCode } from '../../../src/core/errors.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import { readError as readErrorAt, writeError, writeStreamError } from '../../../src/wire/anthropic-messages/errors.ts'

const body = (type: string, message: string, details?: object): string =>
  JSON.stringify({
    type: 'error',
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: 'req_1',
  })

const now = Date.UTC(2026, 10, 22, 10)
const readError = (status: number, headers: Record<string, string>, body: string): GatewayError =>
  readErrorAt(status, headers, body, now)

describe('anthropic-messages readError (rules 161-164)', () => {
  const cases: [string, number, string, FailureCode][] = [
    [
      'overflow',
      400,
      body('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      'context_too_long',
    ],
    [
      'overflow by max_tokens',
      400,
      body('invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000'),
      'context_too_long',
    ],
    [
      'credit',
      400,
      body('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'payment_required',
    ],
    [
      'spend limit',
      400,
      body('invalid_request_error', 'You have reached your specified API usage limits.'),
      'quota_exhausted',
    ],
    ['disabled', 400, body('invalid_request_error', 'This organization has been disabled.'), 'account_refused'],
    ['filter', 400, body('invalid_request_error', 'Output blocked by content filtering policy'), 'content_refused'],
    ['bad field', 400, body('invalid_request_error', 'messages.0.content: Field required'), 'invalid_request'],
    [
      'prefill',
      400,
      body('invalid_request_error', 'This model does not support assistant message prefill.'),
      'invalid_request',
    ],
    ['key', 401, body('authentication_error', 'invalid x-api-key'), 'account_refused'],
    ['billing', 402, body('billing_error', 'Payment required'), 'payment_required'],
    ['permission', 403, body('permission_error', 'Your API key does not have permission'), 'account_refused'],
    ['model', 404, body('not_found_error', 'model: claude-nope'), 'model_not_found'],
    ['file', 404, body('not_found_error', 'File not found: file_123'), 'invalid_request'],
    ['wrong path', 404, '<html><head><title>404 Not Found</title></head></html>', 'malformed_reply'],
    ['too large', 413, body('request_too_large', 'Request exceeds the maximum size'), 'invalid_request'],
    ['unprocessable', 422, '{"error":{"message":"no such field","type":"invalid_request_error"}}', 'invalid_request'],
    [
      'rate',
      429,
      body('rate_limit_error', 'This request would exceed your rate limit of 30,000 input tokens per minute'),
      'rate_limited',
    ],
    [
      'daily',
      429,
      body('rate_limit_error', 'Number of request tokens has exceeded your daily rate limit'),
      'quota_exhausted',
    ],
    [
      'spend',
      429,
      body('rate_limit_error', 'limit', { error_code: 'enforced_spend_limit_reached' }),
      'quota_exhausted',
    ],
    ['api', 500, body('api_error', 'Internal server error'), 'upstream_error'],
    ['gateway', 502, '<html><title>Bad gateway</title></html>', 'upstream_error'],
    ['unavailable', 503, 'upstream connect error', 'overloaded'],
    ['timeout', 504, body('timeout_error', 'Gateway timeout'), 'upstream_timeout'],
    ['overloaded', 529, body('overloaded_error', 'Overloaded'), 'overloaded'],
    ['overloaded within 500', 500, body('overloaded_error', 'Overloaded'), 'overloaded'],
  ]
  for (const [name, status, text, code] of cases) {
    it(`reads ${name} as ${code}`, () => assert.equal(readError(status, {}, text).code, code))
  }

  it('keeps the status of the caller’s own fault and the vendor’s answer', () => {
    const error = readError(422, { 'content-type': 'application/json' }, body('invalid_request_error', 'nope'))
    assert.equal(error.status, 422)
    assert.equal(error.upstream?.status, 422)
    assert.equal(readError(401, {}, body('authentication_error', 'invalid')).status, 403)
  })

  it('summarises an HTML page and takes secrets out (rule 162)', () => {
    const page = `<!doctype html><title>Sorry sk-ant-abcdef123456</title>${'<p>x</p>'.repeat(5000)}`
    const error = readError(502, {}, page)
    assert.equal(error.message, 'The upstream answered with status 502: Sorry [redacted]')
    assert.ok(readError(500, {}, 'y'.repeat(9_000)).message.length <= 500)
  })

  it('honours every way to name the wait', () => {
    const limited = body('rate_limit_error', 'slow down')
    const waitOf = (headers: Record<string, string>): number | undefined =>
      readError(429, headers, limited).retryAfterMs
    const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
    assert.equal(waitOf({ 'retry-after': '17' }), 17_000)
    assert.equal(waitOf({ 'retry-after-ms': '1500', 'retry-after': '2' }), 1500)
    assert.equal(waitOf({ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT', date }), 30_000)
    assert.equal(
      waitOf({
        date,
        'anthropic-ratelimit-requests-remaining': '4',
        'anthropic-ratelimit-requests-reset': '2026-11-22T11:00:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-22T10:00:12Z',
      }),
      12_000,
    )
    assert.equal(waitOf({ 'retry-after': 'soon' }), undefined)
  })

  it('reads the five-hour limit of a subscription as quota with its reset', () => {
    const headers = {
      date: 'Sun, 22 Nov 2026 10:00:00 GMT',
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(Date.UTC(2026, 10, 22, 12) / 1000),
    }
    const error = readError(429, headers, body('rate_limit_error', 'limited'))
    assert.equal(error.code, 'quota_exhausted')
    assert.equal(error.retryAfterMs, 2 * 3600_000)
  })
})

describe('anthropic-messages writeError (rule 161)', () => {
  const typeOf = (error: GatewayError): unknown => (writeError(error, 'r').body['error'] as { type: string }).type

  it('gives each status its type', () => {
    const expected: [FailureCode, number, string][] = [
      ['invalid_request', 400, 'invalid_request_error'],
      ['wrong_key', 401, 'authentication_error'],
      ['payment_required', 402, 'billing_error'],
      ['account_refused', 403, 'permission_error'],
      ['unknown_model', 404, 'not_found_error'],
      ['body_too_large', 413, 'request_too_large'],
      ['rate_limited', 429, 'rate_limit_error'],
      ['internal', 500, 'api_error'],
      ['upstream_timeout', 504, 'timeout_error'],
      ['overloaded', 529, 'overloaded_error'],
    ]
    for (const [code, status, type] of expected) {
      const error = new GatewayError(code, 'cause')
      assert.equal(writeError(error, 'r').status, status)
      assert.equal(typeOf(error), type, code)
    }
  })

  it('begins an overflow with the words Claude Code compacts on (rule 164)', () => {
    const { body: written } = writeError(new GatewayError('context_too_long', 'This holds 300000 tokens.'), 'req_9')
    assert.equal(written['request_id'], 'req_9')
    assert.match(
      (written['error'] as { message: string }).message,
      /^prompt is too long: This holds 300000 tokens\. Shorten/,
    )
  })

  it('returns the caller’s fault as the same wire worded it, and no other', () => {
    const original = body('invalid_request_error', 'tools.0: bad', { error_code: 'x' })
    assert.deepEqual(writeError(readError(400, {}, original), 'r').body, JSON.parse(original))
    const foreign = readError(400, {}, '{"error":{"message":"bad","type":"invalid_request_error","param":null}}')
    assert.equal(writeError(foreign, 'r').body['request_id'], 'r')
    assert.equal(typeOf(readError(401, {}, body('authentication_error', 'x'))), 'permission_error')
  })

  it('is an error event in a stream', () => {
    const text = writeStreamError(new GatewayError('stream_interrupted', 'It broke.'), 'r')
    assert.match(text, /^event: error\ndata: \{"type":"error".*\}\n\n$/)
  })
})
