// Mocha reporter of `npm test`: prints failures only, and writes the counts and the failures' names to the file named by OMNIROUTE_TEST_COUNTS.
const { writeFileSync } = require('node:fs')
const { reporters, Runner } = require('mocha')

module.exports = class CountReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options)
    const skipped = []
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()))
    // A test that is tried again hides what was wrong with the first try, which a machine that is only slow needs to tell.
    runner.on(Runner.constants.EVENT_TEST_RETRY, (test, error) =>
      console.log(`  tried again: ${test.fullTitle()}\n${error?.stack ?? error}`),
    )
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      this.epilogue()
      for (const title of skipped) console.log(`  skipped, which counts as failed: ${title}`)
      const failures = this.failures.map((test) => `${test.fullTitle()}: ${firstLine(test.err)}`)
      failures.push(...skipped.map((title) => `${title}: skipped`))
      const counts = { passed: this.stats.passes, failed: failures.length, failures }
      writeFileSync(process.env['OMNIROUTE_TEST_COUNTS'], JSON.stringify(counts))
    })
  }
}

function firstLine(error) {
  return String(error?.message ?? error)
    .split('\n', 1)[0]
    .slice(0, 300)
}
