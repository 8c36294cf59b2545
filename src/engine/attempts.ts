// The chain: tries one candidate after another until one serves, books what happened with health and trace, and says in one
// error what became of all of them. What an attempt does is up to the caller.
import type { Warning } from '../core/conversation.ts'
import { failureOf, GatewayError, toGatewayError } from '../core/errors.ts'
import type { TraceStep } from '../core/trace.ts'
import { type Usage, unknownUsage } from '../core/usage.ts'
import type { WireId } from '../core/wire-format.ts'
import type { Target } from './catalogue.ts'
import { type Candidate, type Plan, planAttempts } from './plan.ts'
import type { EnginePorts } from './ports.ts'

/** What was seen of an answer that reached the client, if only in part. */
interface Seen {
  readonly firstByteAt: number
  readonly usage: Usage
  /** What the translation between two wires had to drop or change. */
  readonly warnings?: readonly Warning[]
  /** Whether the answer was a stream. */
  readonly streamed?: boolean
  /** True when the answer was made here and says nothing of the target. */
  readonly isLocal?: boolean
}

export type AttemptResult =
  | ({ readonly kind: 'served' } & Seen)
  /** Nothing has been sent to the client: the next candidate may be tried. */
  | { readonly kind: 'failed'; readonly error: GatewayError }
  /** The client has been sent a part of the answer and then the failure, in its own dialect. */
  | ({ readonly kind: 'broken'; readonly error: GatewayError } & Seen)
  | ({ readonly kind: 'left' } & Partial<Seen>)

export interface ChainResult {
  readonly trace: readonly TraceStep[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly streamed?: boolean
  readonly served?: Target
  readonly firstByteAt?: number
  readonly attempts: number
  /** Why the request failed; absent when it was served. */
  readonly error?: GatewayError
  /** True when `error` has already been told to the client in band. */
  readonly told: boolean
}

export interface ChainInput {
  readonly ports: EnginePorts
  readonly model: string
  readonly wire: WireId | undefined
  /** Epoch milliseconds; times in the trace count from here. */
  readonly receivedAt: number
  readonly attempt: (candidate: Candidate, attempts: number) => Promise<AttemptResult>
}

/** Runs the chain. Never rejects: a failure is part of the result. */
export async function runChain(input: ChainInput): Promise<ChainResult> {
  const { ports, receivedAt } = input
  const trace: TraceStep[] = []
  let plan: Plan
  try {
    plan = planAttempts({
      targets: ports.catalogue().resolve(input.model),
      wire: input.wire,
      health: ports.health,
      hasCredential: (target) => ports.credential(target.account.id) !== undefined,
      now: ports.now(),
    })
  } catch (error) {
    const known = error instanceof GatewayError ? error : new GatewayError('internal', String(error), { cause: error })
    return { trace, usage: unknownUsage, warnings: [], attempts: 0, error: known, told: false }
  }
  trace.push(...plan.skipped)

  const failures: { target: Target; error: GatewayError }[] = []
  for (const candidate of plan.candidates) {
    const { target } = candidate
    const { account, publicId } = target
    const startedAt = ports.now() - receivedAt
    const result = await settled(input.attempt(candidate, failures.length + 1))
    const now = ports.now()
    const endedAt = now - receivedAt
    const step = { target: publicId, account: account.id, startedAt, endedAt }
    const attempts = failures.length + 1
    switch (result.kind) {
      case 'served':
        if (result.isLocal !== true) ports.health.succeeded(account, target.model.id)
        trace.push({ kind: 'served', ...step, firstByteAt: result.firstByteAt - receivedAt })
        return { trace, ...seenOf(result), served: target, attempts, told: true }
      case 'broken':
        ports.health.failed(account, target.model.id, result.error, now)
        trace.push(failedStep(step, result.error))
        return { trace, ...seenOf(result), served: target, attempts, error: result.error, told: true }
      case 'left': {
        const error = new GatewayError('client_left', 'The caller went away before the answer was complete.')
        trace.push(failedStep(step, error))
        const { firstByteAt, usage = unknownUsage, warnings = [], streamed = false } = result
        const seen = firstByteAt === undefined ? {} : { firstByteAt, served: target, streamed }
        return { trace, usage, warnings, ...seen, attempts, error, told: true }
      }
      case 'failed':
        ports.health.failed(account, target.model.id, result.error, now)
        trace.push(failedStep(step, result.error))
        failures.push({ target, error: result.error })
        if (!failureOf(result.error.code).chain) {
          return { trace, usage: unknownUsage, warnings: [], attempts, error: result.error, told: false }
        }
    }
  }
  return {
    trace,
    usage: unknownUsage,
    warnings: [],
    attempts: failures.length,
    error: exhausted(input, plan, failures),
    told: false,
  }
}

/** What an attempt throws (a base URL or model name that makes no address) is its failure. */
async function settled(attempt: Promise<AttemptResult>): Promise<AttemptResult> {
  try {
    return await attempt
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
}

function seenOf({ usage, warnings = [], firstByteAt, streamed = false }: Seen): Required<Omit<Seen, 'isLocal'>> {
  return { usage, warnings, firstByteAt, streamed }
}

function failedStep(
  step: { target: string; account: string; startedAt: number; endedAt: number },
  error: GatewayError,
): TraceStep {
  const status = error.upstream?.status ?? error.status
  return { kind: 'failed', ...step, code: error.code, message: error.message, status }
}

/** One failure speaks for itself; several are told together, under the status that says when trying again makes sense. */
function exhausted(
  input: ChainInput,
  plan: Plan,
  failures: readonly { target: Target; error: GatewayError }[],
): GatewayError {
  const [first] = failures
  const now = input.ports.now()
  if (first && failures.length === 1 && plan.skipped.length === 0) return first.error
  const tried = failures.map(({ target, error }) => `${target.publicId}: ${error.message}`)
  const skipped = plan.skipped.flatMap((step) => (step.kind === 'skipped' ? [`${step.target}: ${step.reason}`] : []))
  const story = [...tried, ...skipped].join(' | ')
  if (!first) {
    if (plan.soonest !== undefined) {
      return new GatewayError('rate_limited', `Every target of "${input.model}" is resting. ${story}`, {
        retryAfterMs: Math.max(0, plan.soonest - now),
      })
    }
    return new GatewayError('no_target', `No target of "${input.model}" can serve this request. ${story}`)
  }
  if (failures.length === 1 && first.error.upstream && failureOf(first.error.code).fault === 'caller')
    return first.error
  const waits = failures.flatMap(({ error }) => (error.retryAfterMs === undefined ? [] : [error.retryAfterMs]))
  if (plan.soonest !== undefined) waits.push(Math.max(0, plan.soonest - now))
  const limited = failures.every(({ error }) => failureOf(error.code).status === 429)
  const last = failures[failures.length - 1]?.error ?? first.error
  const options = waits.length > 0 ? { retryAfterMs: Math.min(...waits), cause: last } : { cause: last }
  const code = limited ? 'rate_limited' : last.code
  const who = failures.length === 1 ? 'The only usable target' : `All ${failures.length} usable targets`
  return new GatewayError(code, `${who} of "${input.model}" failed. ${story}`, options)
}
