// A wait that ends at once when the client leaves.
import type { Clock } from '../../core/clock.ts'
import type { Cancellation } from '../ports.ts'

export function pause(clock: Clock, ms: number, signal: Cancellation): Promise<'over' | 'left'> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve('left')
      return
    }
    const left = (): void => {
      cancel()
      resolve('left')
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', left)
      resolve('over')
    })
    signal.addEventListener('abort', left, { once: true })
  })
}
