// Classification of Gemini refusals, and the dialect that Gemini clients are given.
import assert from 'node:assert/strict'
import type { FailureCode } from '../../../src/core/errors.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { msUntilPacificMidnight } from '../../../src/wire/gemini-generate/error-details.ts'
import { readError as readErrorAt, writeError, writeStreamError } from '../../../src/wire/gemini-generate/errors.ts'

const body = (code: number, status: string, message: string, details?: object[]): string =>
  JSON.stringify({ error: { code, message, status, ...(details === undefined ? {} : { details }) } })
const retryInfo = (retryDelay: unknown): object => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })
const quota = (quotaId: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [
    { quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests', quotaId, quotaValue: '50' },
  ],
})
const quotaText = 'You exceeded your current quota, please check your plan and billing details.'
const keyInvalid = {
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: 'API_KEY_INVALID',
  domain: 'googleapis.com',
}

const now = Date.UTC(2026, 10, 22, 10)
const readError = (status: number, headers: Record<string, string>, body: string): GatewayError =>
  readErrorAt(status, headers, body, now)

describe('gemini-generate readError (rules 161-164)', () => {
  const cases: [string, number, string, FailureCode][] = [
    [
      'bad key',
      400,
      body(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [keyInvalid]),
      'account_refused',
    ],
    [
      'overflow',
      400,
      body(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      'context_too_long',
    ],
    [
      'bad field',
      400,
      body(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name "foo"'),
      'invalid_request',
    ],
    [
      'place',
      400,
      body(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      'account_refused',
    ],
    [
      'forbidden',
      403,
      body(403, 'PERMISSION_DENIED', 'Generative Language API has not been used in project 1'),
      'account_refused',
    ],
    ['model', 404, body(404, 'NOT_FOUND', 'models/gemini-x is not found for API version v1beta'), 'model_not_found'],
    ['wrong path', 404, '<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title></html>', 'malformed_reply'],
    [
      'minute',
      429,
      body(429, 'RESOURCE_EXHAUSTED', quotaText, [
        quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
        retryInfo('17.5s'),
      ]),
      'rate_limited',
    ],
    [
      'day',
      429,
      body(429, 'RESOURCE_EXHAUSTED', quotaText, [
        quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
        retryInfo('17s'),
      ]),
      'quota_exhausted',
    ],
    ['internal', 500, body(500, 'INTERNAL', 'An internal error has occurred.'), 'upstream_error'],
    ['overloaded', 503, body(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'), 'overloaded'],
    ['deadline', 504, body(504, 'DEADLINE_EXCEEDED', 'Deadline expired'), 'upstream_timeout'],
    ['array body', 503, `[${body(503, 'UNAVAILABLE', 'The model is overloaded.')}]`, 'overloaded'],
  ]
  for (const [name, status, text, code] of cases) {
    it(`reads ${name} as ${code}`, () => assert.equal(readError(status, {}, text).code, code))
  }

  it('honours RetryInfo, and headers where it is absent', () => {
    const limited = (details: object[]): string => body(429, 'RESOURCE_EXHAUSTED', quotaText, details)
    assert.equal(readError(429, {}, limited([quota('PerMinute'), retryInfo('17.5s')])).retryAfterMs, 17_500)
    assert.equal(readError(429, {}, limited([retryInfo({ seconds: '3', nanos: 5e8 })])).retryAfterMs, 3_500)
    assert.equal(readError(429, { 'retry-after': '4' }, limited([])).retryAfterMs, 4_000)
    assert.equal(readError(429, {}, limited([])).retryAfterMs, undefined)
  })

  it('waits for midnight in California when a daily quota is used up', () => {
    assert.equal(msUntilPacificMidnight(Date.UTC(2026, 10, 22, 9, 0, 0)), 23 * 3600_000)
    assert.equal(msUntilPacificMidnight(Date.UTC(2026, 6, 1, 6, 59, 59, 250)), 750)
    const wait = readError(
      429,
      {},
      body(429, 'RESOURCE_EXHAUSTED', quotaText, [quota('RequestsPerDay'), retryInfo('900000s')]),
    ).retryAfterMs
    assert.equal(wait, 900_000_000)
  })
})

describe('gemini-generate writeError (rule 161)', () => {
  const errorOf = (error: GatewayError): JsonObject => writeError(error, 'r').body['error'] as JsonObject

  it('gives each status its google.rpc word and says the wait', () => {
    const written = errorOf(new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 1500 }))
    assert.equal(written['code'], 429)
    assert.equal(written['status'], 'RESOURCE_EXHAUSTED')
    assert.deepEqual(written['details'], [retryInfo('1.5s')])
    assert.equal(errorOf(new GatewayError('unknown_model', 'x'))['status'], 'NOT_FOUND')
    assert.equal(errorOf(new GatewayError('wrong_key', 'x'))['status'], 'UNAUTHENTICATED')
  })

  it('has no 529', () => {
    const { status, body: written } = writeError(new GatewayError('overloaded', 'Busy.'), 'r')
    assert.equal(status, 503)
    assert.equal((written['error'] as JsonObject)['status'], 'UNAVAILABLE')
  })

  it('returns the caller’s fault as the same wire worded it, and no other', () => {
    const original = body(400, 'INVALID_ARGUMENT', 'Unknown name "foo"', [{ '@type': 'x', field: 'foo' }])
    assert.deepEqual(writeError(readError(400, {}, original), 'r').body, JSON.parse(original))
    assert.notDeepEqual(writeError(readError(403, {}, body(403, 'PERMISSION_DENIED', 'x')), 'r').body['error'], {
      code: 403,
      message: 'x',
      status: 'PERMISSION_DENIED',
    })
  })

  it('is one data line in a stream', () => {
    assert.match(
      writeStreamError(new GatewayError('stream_interrupted', 'It broke.'), 'r'),
      /^data: \{"error":\{.*\}\}\n\n$/,
    )
  })
})
