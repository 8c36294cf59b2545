// JSON nested so deeply that handling it exhausts the stack. No honest vendor sends it; it must not bring the gateway down.
import { GatewayError } from '../core/errors.ts'

/** What `work` gives, or what `refuse` makes of the failure when the stack ran out. */
export function withinDepth<T>(work: () => T, refuse: (error: GatewayError) => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    return refuse(
      new GatewayError('malformed_reply', 'The upstream sent JSON that is nested too deeply.', { cause: thrown }),
    )
  }
}
