// `npm run soak`: ten minutes of 200 clients at once against the built gateway while one upstream flaps. Nothing may be lost, memory
// must stay flat and the event loop lively. `--quick` takes a minute and leaves out what a busy machine can spoil.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startClients, type Tally } from './clients.ts'
import { type Programs, startPrograms } from './programs.ts'
import type { Vitals } from './watch.ts'

const { values: args } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    clients: { type: 'string', default: '200' },
  },
})
const seconds = Number(args.seconds ?? (args.quick ? 60 : 600))
const clientCount = Number(args.clients)

const sampleEveryMs = 5_000
const tellEvery = args.quick ? 2 : 6
const mostLagMs = 50
const mostRssMb = 450
/** From the third quarter to the last: this share, but at least so many megabytes. */
const drift = { share: 0.1, megabytes: 15 }

const programs = await startPrograms()
const clients = startClients(programs.url, clientCount)
const vitals: Vitals[] = []
console.log(`${clientCount} clients, ${seconds} s, Node ${process.version}`)
console.log('   time   requests     /s  lost  broken  fell back  left  RSS MB  heap MB  lag p99 ms  max ms')

const begin = performance.now()
let told = 0
while (performance.now() - begin < seconds * 1000) {
  await sleep(sampleEveryMs)
  const now = await programs.vitals()
  vitals.push(now)
  if (vitals.length % tellEvery !== 0) continue
  console.log(line(clients.tally, vitals.slice(-tellEvery), (performance.now() - begin) / 1000))
  told = clients.tally.requests
}
await clients.stop()
const verdicts = judge(clients.tally, vitals)
await stopQuietly(programs)
for (const story of clients.tally.stories) console.log(`lost: ${story}`)
for (const { what, met } of verdicts) console.log(`${met ? 'ok    ' : 'FAILED'} ${what}`)
const passed = verdicts.every(({ met, counts }) => met || !counts)
console.log(passed ? 'PASS' : 'FAIL')
process.exit(passed ? 0 : 1)

function line({ requests, lost, broken, fellBack, left }: Tally, recent: readonly Vitals[], elapsed: number): string {
  const last = recent.at(-1)
  const perSecond = (requests - told) / ((tellEvery * sampleEveryMs) / 1000)
  const time = `${String(Math.floor(elapsed / 60)).padStart(2, '0')}:${String(Math.floor(elapsed % 60)).padStart(2, '0')}`
  const columns: readonly (readonly [text: string, width: number])[] = [
    [time, 7],
    [String(requests), 10],
    [perSecond.toFixed(0), 6],
    [String(lost), 5],
    [String(broken), 7],
    [String(fellBack), 10],
    [String(left), 5],
    [(last?.rssMb ?? 0).toFixed(0), 7],
    [(last?.heapMb ?? 0).toFixed(1), 8],
    [Math.max(...recent.map(({ lagP99Ms }) => lagP99Ms)).toFixed(1), 11],
    [Math.max(...recent.map(({ lagMaxMs }) => lagMaxMs)).toFixed(0), 7],
  ]
  return columns.map(([text, width]) => text.padStart(width)).join(' ')
}

interface Verdict {
  readonly what: string
  readonly met: boolean
  /** Whether it decides; the rest is only told. */
  readonly counts: boolean
}

function judge(tally: Tally, all: readonly Vitals[]): Verdict[] {
  const half = Math.floor(all.length / 2)
  const threeQuarters = Math.floor((all.length * 3) / 4)
  const of = (key: keyof Vitals, from: number, to: number): number => median(all.slice(from, to).map((one) => one[key]))
  const drifted = (key: 'rssMb' | 'heapMb'): Verdict => {
    const before = of(key, half, threeQuarters)
    const after = of(key, threeQuarters, all.length)
    const most = Math.max(before * drift.share, drift.megabytes)
    const name = key === 'rssMb' ? 'RSS' : 'heap'
    const what = `${name} of the second half: ${before.toFixed(1)} to ${after.toFixed(1)} MB, at most ${most.toFixed(0)} MB more`
    // In one minute the collector has not yet found its pace: what it holds is bounded, not flat.
    return { what, met: after - before <= most, counts: !args.quick || key === 'heapMb' }
  }
  const highest = Math.max(...all.map(({ rssMb }) => rssMb))
  const lag = median(all.map(({ lagP99Ms }) => lagP99Ms))
  return [
    { what: `lost: ${tally.lost} of ${tally.requests}`, met: tally.lost === 0 && tally.requests > 0, counts: true },
    { what: `RSS at most ${highest.toFixed(0)} of ${mostRssMb} MB`, met: highest <= mostRssMb, counts: true },
    drifted('rssMb'),
    drifted('heapMb'),
    {
      what: `event loop lag p99 ${lag.toFixed(1)} ms, less than ${mostLagMs}`,
      met: lag < mostLagMs,
      counts: !args.quick,
    },
  ]
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A program that does not end in order must not hide the verdict. */
async function stopQuietly(running: Programs): Promise<void> {
  try {
    await running.stop()
  } catch (error) {
    console.error(String(error))
  }
}
