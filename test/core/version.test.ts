// Which version is newer decides who leads.
import assert from 'node:assert/strict'
import { compareVersions } from '../../src/core/version.ts'

describe('versions', () => {
  it('are in order from the oldest to the newest', () => {
    const ordered = [
      'nonsense',
      '0.1.0',
      '0.2.0',
      '0.10.0',
      '1.0.0-alpha',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.0.1',
    ]
    for (const [index, one] of ordered.entries()) {
      for (const [place, other] of ordered.entries()) {
        assert.equal(Math.sign(compareVersions(one, other)), Math.sign(index - place), `${one} and ${other}`)
      }
    }
  })

  it('do not differ by what was built', () => {
    assert.equal(compareVersions('1.2.3+4', '1.2.3'), 0)
  })
})
