// One test that passes, one that fails on an assertion, one that never ends: what the harness has to tell apart.

import assert from 'node:assert/strict'

describe('a suite with faults', () => {
  it('passes', () => {
    assert.ok(true)
  })

  it('fails on an assertion', () => {
    assert.equal('what is', 'what should be')
  })

  it('never ends', function () {
    this.timeout(300)
    return new Promise(() => undefined)
  })
})
