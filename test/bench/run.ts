// `npm run bench`: the gateway beside a bare pass-through, in rounds by turns, on the same machine and upstream.
// --quick: fewer and shorter rounds. --only NAME: one scenario, `planning`, `memory`, `cold-start`, `stalls` or `many-streams`. --json FILE: the figures as JSON too.
// --gateway FILE: another build of the headless program. --profile DIR: writes a CPU profile of the gateway there.
import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { manyStreams, stalls } from './extremes.ts'
import { type Figure, figure, type Reading, readingOf, type Target, table } from './figures.ts'
import { firstAnswer, type Limits, type Load, openLoad, openStreams } from './load.ts'
import { planning } from './planning.ts'
import { cpuMsOf, residentMbOf } from './process-cost.ts'
import { held, type Scenario, scenarios } from './scenarios.ts'
import { builtGateway, type Contestants, contestants, type Server, startUpstream } from './servers.ts'

const { values: args } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
    gateway: { type: 'string', default: builtGateway },
    profile: { type: 'string' },
  },
})

const plan = args.quick
  ? { rounds: 3, roundMs: 350, warmUpMs: 400, coldStarts: 3 }
  : { rounds: 6, roundMs: 1200, warmUpMs: 1500, coldStarts: 7 }
const profiling = args.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${args.profile}`]
const maximumRequests = 20_000
const warmUpRequests = 400
const openStreamCount = 500

interface Pair {
  readonly passThrough: Server
  readonly gateway: Server
}

function atMost(compare: Target['compare'], limit: number | undefined): Target | undefined {
  return limit === undefined ? undefined : { compare, bound: 'at most', limit }
}

async function measured(load: Load, limits: Limits): Promise<Reading> {
  const before = cpuMsOf(load.server.pid)
  const round = await load.run(limits)
  return readingOf(round, cpuMsOf(load.server.pid) - before)
}

/** Runs until the code is compiled, which is a matter of requests rather than of time; on a busy machine that takes longer. */
async function warmUp(load: Load): Promise<void> {
  let requests = 0
  for (let slice = 0; slice < 4 && requests < warmUpRequests; slice += 1)
    requests += (await load.run({ milliseconds: plan.warmUpMs, requests: maximumRequests })).requests
}

async function compare(pair: Pair, scenario: Scenario, concurrency: number): Promise<Figure[]> {
  const passThrough = await openLoad(pair.passThrough, scenario.passThrough, concurrency)
  const gateway = await openLoad(pair.gateway, scenario.gateway, concurrency)
  for (const load of [passThrough, gateway]) await warmUp(load)
  const readings: [passThrough: Reading, gateway: Reading][] = []
  const limits = { milliseconds: plan.roundMs, requests: maximumRequests }
  for (let round = 0; round < plan.rounds; round += 1) {
    // Who goes first changes, so that neither always finds the machine warmer.
    if (round % 2 === 0) {
      const second = await measured(gateway, limits)
      readings.push([await measured(passThrough, limits), second])
    } else readings.push([await measured(passThrough, limits), await measured(gateway, limits)])
  }
  await passThrough.close()
  await gateway.close()

  const { targets } = scenario
  const alone = concurrency === 1
  const row = (measure: string, unit: string, of: keyof Reading, target?: Target): Figure =>
    figure(
      `${scenario.title}, ${concurrency} at once`,
      measure,
      unit,
      readings.map(([first, second]) => [first[of], second[of]]),
      target,
    )
  const throughput: Target | undefined =
    alone || targets.throughput === undefined
      ? undefined
      : { compare: 'ratio', bound: 'at least', limit: targets.throughput }
  return [
    row('requests/s', '/s', 'requestsPerSecond', throughput),
    row('latency p50', 'ms', 'p50Ms', alone ? atMost('difference', targets.addedLatencyMs) : undefined),
    row('latency p95', 'ms', 'p95Ms'),
    row('latency p99', 'ms', 'p99Ms'),
    row('first byte p50', 'ms', 'firstByteMs', alone ? atMost('difference', targets.addedFirstByteMs) : undefined),
    row('CPU ms/request', 'ms', 'cpuMsPerRequest', atMost('ratio', targets.cpu)),
  ]
}

/** Memory of programs just started: idle after one answer, then with many streams open. */
async function memory(pair: Pair): Promise<Figure[]> {
  const small = scenarios[0]
  if (small === undefined) return []
  const idle: number[] = []
  const open: number[] = []
  for (const server of [pair.passThrough, pair.gateway]) {
    const load = await openLoad(server, small.gateway, 1)
    await load.close()
    await sleep(300)
    idle.push(residentMbOf(server.pid))
    const close = await openStreams(server, held, openStreamCount)
    await sleep(1000)
    open.push(residentMbOf(server.pid))
    await close()
  }
  await sleep(300)
  const pairOf = ([first = Number.NaN, second = Number.NaN]: number[]) => [[first, second]] as const
  return [
    figure('memory', 'RSS idle', 'MB', pairOf(idle)),
    figure('memory', `RSS, ${openStreamCount} open streams`, 'MB', pairOf(open), atMost('difference', 60)),
  ]
}

async function coldStart(both: Contestants): Promise<Figure[]> {
  const ask = scenarios[0]?.gateway ?? held
  const very = await firstAnswer(both.gateway, ask)
  const pairs: [passThrough: number, gateway: number][] = []
  for (let round = 0; round < plan.coldStarts; round += 1)
    pairs.push([await firstAnswer(both.passThrough, ask), await firstAnswer(both.gateway, ask)])
  return [
    figure('cold start', 'to the first answer', 'ms', pairs, atMost('value', 250)),
    figure('cold start', 'the very first, new data folder', 'ms', [[pairs[0]?.[0] ?? Number.NaN, very]]),
  ]
}

function wanted(name: string): boolean {
  return args.only === undefined || args.only === name
}

async function run(): Promise<Figure[]> {
  if (args.only === 'planning') return planning(args.quick)
  const upstream = await startUpstream()
  const both = contestants(upstream.origin, args.gateway, profiling)
  const figures: Figure[] = args.only === undefined ? planning(args.quick) : []
  try {
    if (wanted('cold-start')) figures.push(...(await coldStart(both)))
    const pair: Pair = { passThrough: await both.passThrough(), gateway: await both.gateway() }
    if (wanted('memory')) figures.push(...(await memory(pair)))
    for (const scenario of scenarios.filter((one) => wanted(one.name)))
      for (const concurrency of scenario.concurrency) {
        console.log(`${scenario.title}, ${concurrency} at once …`)
        figures.push(...(await compare(pair, scenario, concurrency)))
      }
    if (wanted('memory')) {
      const after = [[residentMbOf(pair.passThrough.pid), residentMbOf(pair.gateway.pid)]] as const
      figures.push(figure('memory', 'RSS after all rounds', 'MB', after))
    }
    await pair.gateway.stop()
    await pair.passThrough.stop()
    if (wanted('stalls')) figures.push(...(await stalls(both, plan)))
    if (wanted('many-streams')) figures.push(...(await manyStreams(both, plan)))
  } finally {
    await upstream.stop()
    both.remove()
  }
  return figures
}

const names = [
  ...scenarios.map((scenario) => scenario.name),
  'planning',
  'memory',
  'cold-start',
  'stalls',
  'many-streams',
]
if (args.only !== undefined && !names.includes(args.only)) {
  console.error(`There is no "${args.only}"; choose one of ${names.join(', ')}.`)
  process.exit(2)
}
if (!existsSync(args.gateway)) {
  console.error(`${args.gateway} is missing: run "npm run build" first.`)
  process.exit(2)
}

const begin = Date.now()
const load = loadavg()[0] ?? 0
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`)
if (load > availableParallelism() / 2)
  console.log(`The machine is busy (load ${load.toFixed(1)}): the figures say little; run this again when it is idle.`)
const figures = await run()
console.log(`\n${table(figures)}\n`)
const judged = figures.filter((one) => one.met !== undefined)
const met = judged.filter((one) => one.met === true).length
console.log(`${met} of ${judged.length} targets met, in ${Math.round((Date.now() - begin) / 1000)} s.`)
console.log(`Medians over ${plan.rounds} rounds by turns; ratio and difference are medians over pairs of rounds.`)
if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(figures, undefined, 2)}\n`)
process.exit(0)
