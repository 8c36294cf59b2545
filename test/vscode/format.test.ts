// Numbers and instants as a person of that language writes them.
import assert from 'node:assert/strict'
import { formatDollars, formatInstant, formatShare } from '../../src/vscode/format.ts'

const plain = (text: string) => text.replace(/\s/gu, ' ')

describe('numbers in the editor', () => {
  it('are sums with cents, and with more figures where cents would say nothing', () => {
    assert.equal(formatDollars(8.024, 'en'), '$8.02')
    assert.equal(formatDollars(1_200, 'en'), '$1,200.00')
    assert.equal(formatDollars(0.00231, 'en'), '$0.0023')
    assert.equal(formatDollars(0, 'en'), '$0.00')
    assert.equal(plain(formatDollars(8.5, 'de')), '8,50 $')
  })

  it('are shares that never promise more than is left', () => {
    assert.equal(formatShare(0.129, 'en'), '12%')
    assert.equal(formatShare(0.29, 'en'), '29%')
    assert.equal(formatShare(0.999, 'en'), '99%')
    assert.equal(formatShare(1, 'en'), '100%')
    assert.equal(plain(formatShare(0.5, 'de')), '50 %')
  })

  it('are times of today, and dates of any other day', () => {
    const now = new Date(2026, 2, 4, 9, 30).getTime()
    assert.equal(plain(formatInstant(new Date(2026, 2, 4, 14, 5).getTime(), now, 'en')), '2:05 PM')
    assert.equal(plain(formatInstant(new Date(2026, 2, 5, 9, 30).getTime(), now, 'en')), 'Mar 5, 2026, 9:30 AM')
    assert.equal(formatInstant(new Date(2026, 2, 5, 9, 30).getTime(), now, 'de'), '05.03.2026, 09:30')
  })
})
