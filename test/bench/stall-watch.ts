// Loaded into a program before its own code (`--import`): watches its event loop and tells, when asked over the channel to its parent,
// the longest time in milliseconds that the loop stood still since it was last asked.
import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 2
const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
histogram.enable()

process.on('message', () => {
  const longest = histogram.max / 1e6 - resolutionMs
  histogram.reset()
  process.send?.(longest)
})
// The channel alone must not keep the program alive.
process.channel?.unref()
