// A gateway process in front of a client that does not read: its memory stays bounded while the upstream has far more to send.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type GatewayProcess, startGatewayProcess } from '../fakes/gateway.ts'
import { type Fake, startFake } from '../fakes/start.ts'

const megabyte = 1024 * 1024
const streams = 10
const megabytesEach = 100

/** Resident memory of a process in megabytes. */
async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1024
}

describe('memory', function () {
  this.timeout(120_000)
  let fake: Fake
  let gateway: GatewayProcess

  before(async () => {
    fake = await startFake()
    const account = {
      id: 'oc',
      provider: 'openai-compatible',
      prefix: 'oc',
      baseUrl: `${fake.url}/v1`,
      models: ['text'],
    }
    gateway = await startGatewayProcess({ accounts: [account] })
  })
  after(async () => {
    await gateway?.stop()
    await fake?.stop()
  })

  it('does not grow with what clients leave unread', async () => {
    const before = await residentMegabytes(gateway.pid)
    const readers = await Promise.all(
      Array.from({ length: streams }, async () => {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${gateway.key}` },
          body: JSON.stringify({
            model: `oc/text~megabytes=${megabytesEach}`,
            stream: true,
            messages: [{ role: 'user', content: 'Hi' }],
          }),
        })
        const reader = response.body?.getReader()
        assert.ok(reader)
        await reader.read()
        return reader
      }),
    )
    // Until nothing moves any more: all buffers between the fake and the clients are full.
    const sent = async (): Promise<number> =>
      (await fake.log({ bodies: false })).reduce((sum, { sentBytes }) => sum + sentBytes, 0)
    for (let last = -1, now = await sent(); now !== last; last = now, now = await sent()) await sleep(500)
    const stalled = (await residentMegabytes(gateway.pid)) - before
    process.stdout.write(`      ${streams} unread streams: ${stalled.toFixed(0)} MB more\n`)
    assert.ok((await sent()) < (streams * megabytesEach * megabyte) / 2)
    assert.ok(stalled < 150, `${stalled} MB more`)

    let peak = 0
    await Promise.all(
      readers.map(async (reader) => {
        for (let size = 0; ; ) {
          const { done, value } = await reader.read()
          if (done) return assert.ok(size > (megabytesEach - 2) * megabyte)
          size += value.length
          peak = Math.max(peak, size % (8 * megabyte) < value.length ? await residentMegabytes(gateway.pid) : 0)
        }
      }),
    )
    process.stdout.write(`      while they were read: ${(peak - before).toFixed(0)} MB more\n`)
    assert.ok(peak - before < 300, `${peak - before} MB more`)
  })
})
