// Further tries at the same target after a burst limit or a short failure of the upstream, but only when there is nobody else to
// ask: as long as another candidate is left, going to it without any wait is better. A used-up quota is never tried again.
import type { Clock, Random } from '../../core/clock.ts'
import { answeredStatus, type GatewayError } from '../../core/errors.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { Candidate } from '../plan/plan.ts'
import type { Attempt, AttemptContext, AttemptWrapper } from './attempt.ts'
import { pause } from './pause.ts'
import type { AttemptResult } from './result.ts'

export interface RetryPorts {
  readonly clock: Clock
  readonly random: Random
  readonly settings: () => RoutingSettings
}

type RetrySettings = RoutingSettings['retry']

export function createRetry(ports: RetryPorts): AttemptWrapper {
  return (next) => (candidate, context) => {
    const first = next(candidate, context)
    if (!context.last || ports.settings().retry.attempts === 0) return first
    return first.then((result) =>
      result.kind === 'failed' ? tryAgain(ports, next, candidate, context, result) : result,
    )
  }
}

async function tryAgain(
  { clock, random, settings }: RetryPorts,
  next: Attempt,
  candidate: Candidate,
  context: AttemptContext,
  failed: Extract<AttemptResult, { kind: 'failed' }>,
): Promise<AttemptResult> {
  const { journey } = context
  const { account, publicId } = candidate.target
  let result: AttemptResult = failed
  for (let tries = 1; result.kind === 'failed' && tries <= settings().retry.attempts; tries++) {
    const { error } = result
    const ms = delayBefore(tries, error, settings().retry, random)
    if (ms === undefined || clock.now() + ms >= journey.deadline) return result
    if ((await pause(clock, ms, journey.signal)) === 'left') return { kind: 'left' }
    journey.note({ kind: 'retried', target: publicId, account: account.id, ms, reason: error.message })
    result = await next(candidate, { ...context, attempts: context.attempts + tries })
  }
  return result
}

/** Milliseconds to wait before a try; undefined when there should be none. */
export function delayBefore(
  tries: number,
  error: GatewayError,
  { baseMs, maxMs }: RetrySettings,
  random: Random,
): number | undefined {
  if (!isPassing(error)) return undefined
  if (error.retryAfterMs !== undefined) return error.retryAfterMs <= maxMs ? Math.max(0, error.retryAfterMs) : undefined
  // Full jitter: callers that failed together don't come back together.
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** (tries - 1)))
}

/** Whether the failure is of a kind that tends to be over in a moment. */
function isPassing(error: GatewayError): boolean {
  switch (error.code) {
    case 'rate_limited':
    case 'overloaded':
    case 'stream_interrupted':
      return true
    case 'upstream_error': {
      // A connection that broke counts as 502. A plain 500 comes from the request or a defect and would come again.
      const status = answeredStatus(error)
      return status === 502 || status === 503 || status === 529
    }
    default:
      return false
  }
}
