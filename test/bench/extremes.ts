// What the rounds of the bench don't show: how long a huge body holds up everybody else, and whether memory stays where it is while a
// thousand streams are being translated.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, figure, median } from './figures.ts'
import { openLoad, openStreams } from './load.ts'
import { residentMbOf } from './process-cost.ts'
import { dripping, withPictures } from './scenarios.ts'
import type { Contestants, Server } from './servers.ts'

interface Plan {
  readonly rounds: number
  readonly roundMs: number
}

const longestStallMs = 50
const streams = 1000
/** What a heap may breathe between two collections. */
const driftMb = 30

/** The longest time for which each program's event loop stood still in each of several requests of 10 MB. */
export async function stalls(both: Contestants, { rounds }: Plan): Promise<Figure[]> {
  const found: { readonly [name in 'passThrough' | 'gateway']: number[] } = { passThrough: [], gateway: [] }
  for (const name of ['passThrough', 'gateway'] as const) {
    const server = await both[name]({ watched: true })
    const load = await openLoad(server, withPictures[name], 1)
    // Once more for the compiler; stalls of its making pass.
    await load.run({ milliseconds: 60_000, requests: 4 })
    await server.longestStallMs()
    for (let round = 0; round < 2 * rounds; round += 1) {
      await load.run({ milliseconds: 60_000, requests: 1 })
      found[name].push(await server.longestStallMs())
    }
    await load.close()
    await server.stop()
  }
  const pairs = found.gateway.map((stall, index) => [found.passThrough[index] ?? Number.NaN, stall] as const)
  const target = { compare: 'value', bound: 'at most', limit: longestStallMs } as const
  const worst = [[Math.max(...found.passThrough), Math.max(...found.gateway)]] as const
  return [
    figure('10 MB with pictures, translated', 'longest stall of the loop, median', 'ms', pairs, target),
    figure('10 MB with pictures, translated', 'longest stall of the loop, worst', 'ms', worst),
  ]
}

/** Opens a thousand streams that speak now and then, and watches memory while they do. */
export async function manyStreams(both: Contestants, { roundMs }: Plan): Promise<Figure[]> {
  const open: number[] = []
  const drift: number[] = []
  for (const name of ['passThrough', 'gateway'] as const) {
    const server = await both[name]({})
    const close = await openStreams(server, dripping[name], streams)
    await sleep(1500)
    const early = await residentMb(server, roundMs)
    await sleep(4 * roundMs)
    const late = await residentMb(server, roundMs)
    open.push(early)
    drift.push(late - early)
    await close()
    await server.stop()
  }
  const pairOf = ([first = Number.NaN, second = Number.NaN]: number[]) => [[first, second]] as const
  return [
    figure(`${streams} translated streams`, 'RSS', 'MB', pairOf(open)),
    figure(`${streams} translated streams`, 'drift of RSS', 'MB', pairOf(drift), {
      compare: 'value',
      bound: 'at most',
      limit: driftMb,
    }),
  ]
}

/** The median of several looks: one alone may fall just before or after a collection. */
async function residentMb(server: Server, milliseconds: number): Promise<number> {
  const looks: number[] = []
  for (let look = 0; look < 5; look += 1) {
    looks.push(residentMbOf(server.pid))
    await sleep(milliseconds / 5)
  }
  return median(looks)
}
