// Loaded into the gateway before its own code (`--import`): tells, when asked over the channel to its parent, its memory after a
// collection and how late its event loop was since it was last asked. Needs `--expose-gc`.
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Vitals {
  readonly rssMb: number
  readonly heapMb: number
  /** Milliseconds beyond the interval at which the loop is watched. */
  readonly lagP99Ms: number
  readonly lagMaxMs: number
}

const resolutionMs = 2
const megabyte = 1024 * 1024
const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
histogram.enable()

process.on('message', () => {
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs)
  const lag = { lagP99Ms: late(histogram.percentile(99)), lagMaxMs: late(histogram.max) }
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  // The collection that was asked for here is no lag of the gateway's; its tick is measured only after it.
  setTimeout(() => histogram.reset(), 10 * resolutionMs).unref()
  const vitals: Vitals = { rssMb: rss / megabyte, heapMb: heapUsed / megabyte, ...lag }
  process.send?.(vitals)
})
// The channel alone must not keep the program alive.
process.channel?.unref()
