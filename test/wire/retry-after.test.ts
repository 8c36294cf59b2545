// Waiting times as upstreams say them (rule 161).
import assert from 'node:assert/strict'
import { durationMs, retryAfterFromHeaders, retryAfterFromText } from '../../src/wire/retry-after.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

describe('durationMs', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['6m0s', 360_000],
    ['1.5s', 1500],
    ['120ms', 120],
    ['1h2m3s', 3_723_000],
    ['20', 20_000],
    ['0', 0],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
  ]
  for (const [text, expected] of cases) it(`reads "${text}"`, () => assert.equal(durationMs(text), expected))
})

describe('retryAfterFromHeaders', () => {
  const cases: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
    ['seconds', { 'retry-after': '3' }, 3000],
    ['a date', { 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }, 60_000],
    ['a date that has passed', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds, which are more exact', { 'retry-after': '4', 'retry-after-ms': '3100' }, 3100],
    [
      'the reset of the limit that is used up, not of the other',
      {
        'x-ratelimit-remaining-requests': '12',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      360_000,
    ],
    [
      'an instant in milliseconds, as OpenRouter gives it',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 5000) },
      5000,
    ],
    ['nothing when no limit is said to be used up', { 'x-ratelimit-reset-tokens': '6m0s' }, undefined],
    ['nothing when nothing is said', {}, undefined],
  ]
  for (const [name, headers, expected] of cases) {
    it(`reads ${name}`, () => assert.equal(retryAfterFromHeaders(headers, now), expected))
  }
})

describe('retryAfterFromText', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['Rate limit reached. Please try again in 6m0s.', 360_000],
    ['Please retry in 34.07s.', 34_070],
    ['try again in 20 seconds', 20_000],
    ['Please try again in 1 minute, 5 seconds', 65_000],
    ['Please try again later', undefined],
  ]
  for (const [text, expected] of cases) it(`reads "${text}"`, () => assert.equal(retryAfterFromText(text), expected))
})
