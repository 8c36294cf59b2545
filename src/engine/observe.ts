// Books what an attempt showed: with the health of its target, its latency, its quotas and its limits. Runs after the answer.
import { GatewayError } from '../core/errors.ts'
import type { QuotaWindow } from '../core/quota.ts'
import type { Limiter } from './attempt/limiter.ts'
import type { AttemptResult } from './attempt/result.ts'
import type { Target } from './catalogue.ts'
import type { Health } from './health.ts'
import type { Load } from './load.ts'
import type { Candidate } from './plan/plan.ts'
import type { QuotaBook } from './quota/quota-book.ts'
import { readQuota } from './quota/read-quota.ts'
import { readRefusalBody } from './quota/refusal-body.ts'

/** `startedAt`: when the upstream was called last; both in epoch milliseconds. */
export type Observe = (candidate: Candidate, result: AttemptResult, startedAt: number, now: number) => void

export interface ObservePorts {
  readonly health: Health
  readonly load: Load
  readonly quotas: QuotaBook
  readonly limiter: Limiter
  /** What is known of an account's quotas has changed so that it matters to people. */
  readonly onHealth: () => void
}

export function createObserve({ health, load, quotas, limiter, onHealth }: ObservePorts): Observe {
  return ({ target }, result, startedAt, now) => {
    if (result.kind === 'left' || ('isLocal' in result && result.isLocal)) return
    const { account, model } = target
    let changed = false
    if (result.kind === 'served') {
      health.succeeded(account, model.id, startedAt)
      changed = quotas.succeeded(target, startedAt)
      load.sawFirstByte(target, result.firstByteAt - startedAt)
    } else health.failed(account, model.id, result.error, now)
    const windows: readonly QuotaWindow[] = readWindows(target, result, now)
    if (windows.length > 0) {
      if (quotas.observe(target, windows)) changed = true
      limiter.learn(target, windows)
    }
    if (changed) onHealth()
  }
}

const none: readonly QuotaWindow[] = []

/** What headers say of any answer, and the body of a refusal. */
function readWindows({ provider, model }: Target, result: AttemptResult, now: number): readonly QuotaWindow[] {
  const { headers } = result
  if (headers === undefined) return none
  const told = readQuota(provider.id, headers, now, model.id)
  if (result.kind !== 'failed' || result.error.status !== 429) return told
  const body = bodyOf(result.error)
  if (body === undefined) return told
  return [...told, ...readRefusalBody(body, { provider: provider.id, model: model.id, headers, now })]
}

/** Between two wires the upstream's own answer is only in the cause. */
function bodyOf({ upstream, cause }: GatewayError): string | undefined {
  if (upstream) return upstream.body
  return cause instanceof GatewayError ? cause.upstream?.body : undefined
}
