// A suite whose extension host goes away in the middle.

describe('a suite that dies', () => {
  it('kills its extension host', () => {
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => undefined)
  })
})
