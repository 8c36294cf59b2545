// The chain: resolves and plans a request, tries one candidate after another until one serves, books what happened where it
// belongs, and says in one error what became of all of them. What an attempt does is up to the caller.
import type { Warning } from '../core/conversation.ts'
import { answeredStatus, failureOf, GatewayError, toGatewayError } from '../core/errors.ts'
import type { Origin } from '../core/routing.ts'
import type { TraceStep } from '../core/trace.ts'
import { type Usage, unknownUsage } from '../core/usage.ts'
import type { WireId } from '../core/wire-format.ts'
import type { Attempt, AttemptContext } from './attempt/attempt.ts'
import type { AttemptResult, Seen } from './attempt/result.ts'
import type { Target } from './catalogue.ts'
import { exhausted, type Setback } from './exhausted.ts'
import { ChainJourney } from './journey.ts'
import { affinityScope } from './plan/affinity.ts'
import type { Continuation } from './plan/continuation.ts'
import { type Candidate, type Continued, type Plan, planRequest } from './plan/plan.ts'
import type { Cancellation, EnginePorts } from './ports.ts'
import type { RequestFacts } from './request-facts.ts'
import type { Resolution } from './resolution.ts'
import type { Keeper } from './response-book.ts'

export interface ChainResult {
  readonly trace: readonly TraceStep[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly streamed?: boolean
  readonly served?: Target
  readonly firstByteAt?: number
  /** Upstream calls. */
  readonly attempts: number
  /** Why the request failed; absent when it was served. */
  readonly error?: GatewayError
  /** True when `error` has already been told to the client in band. */
  readonly told: boolean
}

export interface ChainInput {
  readonly ports: EnginePorts
  readonly requestId: string
  readonly model: string
  readonly origin: Origin
  readonly wire: WireId | undefined
  readonly facts: RequestFacts
  readonly signal: Cancellation
  /** Epoch milliseconds; times in the trace count from here. */
  readonly receivedAt: number
  /** `attempts` counts this call. `resolution` is what the model's name stands for. */
  readonly attempt: (candidate: Candidate, attempts: number, resolution: Resolution) => Promise<AttemptResult>
}

/** Runs the chain. Never rejects: a failure is part of the result. */
export async function runChain(input: ChainInput): Promise<ChainResult> {
  const { ports, receivedAt, origin, facts } = input
  const settings = ports.settings()
  let scope: string | undefined
  let resolution: Resolution
  let plan: Plan
  let keeper: Keeper | undefined
  try {
    const found = ports.catalogue().find(input.model, origin)
    resolution = found
    const continuation = facts.continues()
    keeper = continuation && ports.responses.keeperOf(continuation.id)
    plan = planRequest({
      resolution,
      facts,
      clientWire: input.wire,
      standing: ports.standing,
      settings,
      origin,
      hasCredential: (target) => ports.credential(target.account.id) !== undefined,
      continues: continuation && continuedBy(ports, continuation, keeper),
      pinned: () => {
        if (keeper) return keeper
        const conversation = facts.conversation()
        if (conversation === undefined) return undefined
        scope = affinityScope(conversation, found.asked, origin)
        return ports.affinity.pinOf(scope, settings.affinity.minutes)
      },
      turns: ports.turns,
      now: ports.now(),
      random: ports.random,
    })
  } catch (thrown) {
    return unserved([], 0, toGatewayError(thrown))
  }

  const trace: TraceStep[] = []
  const findings = new Findings(plan, trace)
  const deadline = receivedAt + settings.timeouts.deadlineMs
  const journey = new ChainJourney(input, resolution, trace, deadline)
  const setbacks: Setback[] = []
  for (let index = 0; ; index++) {
    const candidate = plan.at(index)
    const last = plan.at(index + 1) === undefined
    findings.note()
    if (!candidate) break
    const { target } = candidate
    const { account, publicId } = target
    const startedAt = ports.now()
    if (setbacks.length > 0 && startedAt >= deadline) {
      trace.push({
        kind: 'skipped',
        target: publicId,
        account: account.id,
        reason: 'the time for this request is over',
      })
      continue
    }
    const hold = ports.budgets.reserve(target, origin, journey)
    if (hold?.refused !== undefined) {
      trace.push({ kind: 'skipped', target: publicId, account: account.id, code: 'budget', reason: hold.refused })
      setbacks.push({ target, error: new GatewayError('budget_spent', hold.refused), called: false })
      continue
    }
    if (scope !== undefined) ports.affinity.pin(scope, target)
    ports.load.begin(target)
    const context = { journey, attempts: journey.calls + 1, last }
    const result = await settled(ports.attempt, candidate, context)
    ports.load.end(target)
    const now = ports.now()
    ports.observe(candidate, result, Math.max(journey.calledAt, startedAt), now)
    const step = { target: publicId, account: account.id, startedAt: startedAt - receivedAt, endedAt: now - receivedAt }
    switch (result.kind) {
      case 'served':
        hold?.settle(result.usage, target, receivedAt)
        trace.push({ kind: 'served', ...step, firstByteAt: result.firstByteAt - receivedAt })
        return { trace, ...seenOf(result), served: target, attempts: journey.calls, told: true }
      case 'broken':
        hold?.settle(result.usage, target, receivedAt)
        if (scope !== undefined) ports.affinity.failed(scope, target, result.error.code)
        trace.push(failedStep(step, result.error))
        return { trace, ...seenOf(result), served: target, attempts: journey.calls, error: result.error, told: true }
      case 'left': {
        if (result.usage) hold?.settle(result.usage, target, receivedAt)
        else hold?.release()
        const error = new GatewayError('client_left', 'The caller went away before the answer was complete.')
        trace.push(failedStep(step, error))
        const { firstByteAt, usage = unknownUsage, warnings = [], streamed = false } = result
        const seen = firstByteAt === undefined ? {} : { firstByteAt, served: target, streamed }
        return { trace, usage, warnings, ...seen, attempts: journey.calls, error, told: true }
      }
      case 'failed':
        hold?.release()
        if (scope !== undefined) ports.affinity.failed(scope, target, result.error.code)
        trace.push(wasCalled(result.error) ? failedStep(step, result.error) : skippedStep(step, result.error))
        setbacks.push({ target, error: result.error, called: wasCalled(result.error) })
        if (!failureOf(result.error.code).chain) return unserved(trace, journey.calls, result.error)
    }
  }
  return unserved(trace, journey.calls, exhausted(input.model, plan, setbacks, ports.now()))
}

/** What a plan has found out so far, for the trace: of a large one only as much as is needed is looked at. */
class Findings {
  readonly #plan: Plan
  readonly #trace: TraceStep[]
  #decided = 0
  #skipped = 0

  constructor(plan: Plan, trace: TraceStep[]) {
    this.#plan = plan
    this.#trace = trace
  }

  note(): void {
    const { decided, skipped } = this.#plan
    if (this.#decided < decided.length) this.#trace.push(...decided.slice(this.#decided))
    if (this.#skipped < skipped.length) this.#trace.push(...skipped.slice(this.#skipped))
    this.#decided = decided.length
    this.#skipped = skipped.length
  }
}

function continuedBy(ports: EnginePorts, { field }: Continuation, keeper: Keeper | undefined): Continued {
  if (!keeper) return { field }
  const account = ports.catalogue().accounts.find(({ id }) => id === keeper.account)
  return { field, keeper: { account: keeper.account, label: account?.label } }
}

function unserved(trace: readonly TraceStep[], attempts: number, error: GatewayError): ChainResult {
  return { trace, usage: unknownUsage, warnings: [], attempts, error, told: false }
}

/** Limits and breakers of our own refuse without anybody having been asked. */
function wasCalled({ code }: GatewayError): boolean {
  return code !== 'local_limit' && code !== 'breaker_open'
}

/** What an attempt throws (a base URL or model name that makes no address) is its failure. */
async function settled(attempt: Attempt, candidate: Candidate, context: AttemptContext): Promise<AttemptResult> {
  try {
    return await attempt(candidate, context)
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
}

function seenOf({
  usage,
  warnings = [],
  firstByteAt,
  streamed = false,
}: Seen): Pick<Required<Seen>, 'usage' | 'warnings' | 'firstByteAt' | 'streamed'> {
  return { usage, warnings, firstByteAt, streamed }
}

interface Step {
  readonly target: string
  readonly account: string
  readonly startedAt: number
  readonly endedAt: number
}

function failedStep(step: Step, error: GatewayError): TraceStep {
  return { kind: 'failed', ...step, code: error.code, message: error.message, status: answeredStatus(error) }
}

function skippedStep({ target, account }: Step, error: GatewayError): TraceStep {
  return { kind: 'skipped', target, account, reason: error.message }
}
