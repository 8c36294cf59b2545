// Days of twenty accounts with every trouble that vendors have, each day another by its seed. A day that goes wrong says its seed:
// OMNIROUTE_SEED=<seed> lives it again.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type DayReport, liveOneDay } from './day.ts'

const own = process.env['OMNIROUTE_SEED']
const seeds = own === undefined ? [1, 20_261_124, 7_777] : own.split(',').map(Number)

describe('a simulated day', function () {
  this.timeout(400_000)
  const reports: DayReport[] = []

  for (const seed of seeds) {
    it(`of seed ${seed} breaks no promise`, async () => {
      const report = await liveOneDay(seed)
      reports.push(report)
      const { violations } = report
      assert.equal(
        violations.length,
        0,
        `seed ${seed}, ${violations.length} breaches:\n${violations.slice(0, 12).join('\n')}`,
      )
    })
  }

  it('puts every promise to the test', () => {
    for (const what of Object.keys(reports[0]?.seen ?? {}) as (keyof DayReport['seen'])[]) {
      const count = reports.reduce((sum, { seen }) => sum + seen[what], 0)
      assert.ok(count > 0, `${what} never happened`)
    }
    assert.ok(reports.length > 0)
  })

  after(() => {
    const text = table(reports)
    const file = process.env['OMNIROUTE_TEST_REPORT']
    if (file === undefined) process.stdout.write(text)
    else writeFileSync(file, text)
  })
})

function table(reports: readonly DayReport[]): string {
  const rows = reports.map((report) => {
    const tiers = [...report.servedByTier].map(([tier, count]) => `${tier} ${count}`).join(', ')
    const { seed, calls, exchanges, fallbacks, refused, broken, aborted, seconds, seen } = report
    return (
      `  seed ${seed}: ${calls.length} requests, ${exchanges} upstream calls in ${seconds.toFixed(1)} s; served: ${tiers}; ` +
      `after a fallback ${fallbacks}, refused ${refused}, broken off ${broken}, aborted ${aborted}; ` +
      `put to the test: ${Object.entries(seen)
        .map(([what, count]) => `${what} ${count}`)
        .join(', ')}`
    )
  })
  return `Simulated days\n${rows.join('\n')}\n`
}
