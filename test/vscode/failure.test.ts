// One line per failure, whatever bundle or window the error came from.
import assert from 'node:assert/strict'
import { type FailureCode, failures, GatewayError } from '../../src/core/errors.ts'
import { failureLine, readFailure, stoppedByUser, toChatError } from '../../src/vscode/failure.ts'
import { english } from '../../src/vscode/localizer.ts'

describe('failures in the editor', () => {
  for (const code of Object.keys(failures) as FailureCode[]) {
    it(`shows ${code} as one line with its next step and no stack`, () => {
      const error = toChatError(new GatewayError(code, 'Something\nhappened\n  at file.ts:1'), english)
      assert.equal(error.stack, '')
      assert.equal(error.message, `[${code}] Something happened at file.ts:1. ${failures[code].nextStep}`)
    })
  }

  it('knows a failure by its shape, as it comes from another bundle', () => {
    const foreign = Object.assign(new Error('Too many requests.'), { code: 'rate_limited', retryAfterMs: 11_200 })
    assert.equal(
      failureLine(foreign, english),
      '[rate_limited] Too many requests. Retry in 12 s. Wait for the time named, or add another account.',
    )
  })

  it('says the next step once when the cause ends with it', () => {
    const { nextStep } = failures.invalid_request
    assert.equal(
      failureLine(new GatewayError('invalid_request', `"n" is wrong. ${nextStep}`), english),
      `[invalid_request] "n" is wrong. ${nextStep}`,
    )
  })

  it('takes what is no failure of the catalogue for a defect', () => {
    for (const thrown of [
      new TypeError('x is not a function'),
      'text',
      undefined,
      { code: 'ENOENT', message: 'gone' },
    ]) {
      assert.equal(readFailure(thrown, english).code, 'internal')
    }
  })

  it('holds no secrets and no wall of text', () => {
    const line = failureLine(
      new GatewayError('upstream_error', `Bearer sk-secret-1234567890 ${'x'.repeat(5_000)}`),
      english,
    )
    assert.doesNotMatch(line, /sk-secret/)
    assert.ok(line.length < 600)
  })

  it('says how to start what the user stopped', () => {
    assert.equal(
      failureLine(stoppedByUser(english), english),
      '[stopped] OmniRoute is stopped. Run the command "OmniRoute: Start Server".',
    )
  })
})
