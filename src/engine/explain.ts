// The trace of a request in words, for people: one line that tells the story, and one line a step.
import { failureOf } from '../core/errors.ts'
import type { RequestRecord, TraceStep } from '../core/trace.ts'

export interface Explanation {
  /** `openai/gpt-5: skipped, no quota until … → groq/…: failed, 503 after 1.2 s → glm/glm-4.7: served in 0.8 s`. */
  readonly story: string
  readonly lines: readonly string[]
  /** What to do, where the request failed. */
  readonly nextStep?: string
}

/** `label` gives an account's name for its id. */
export function explainRequest(record: RequestRecord, label: (accountId: string) => string): Explanation {
  const steps = record.trace.filter((step) => step.kind !== 'decided')
  const story = steps.map((step) => stepWords(step, label)).join(' → ')
  const decided = record.trace.flatMap((step) => (step.kind === 'decided' ? [step.reason] : []))
  const lines = [
    `Asked for "${record.modelAsked}" by ${record.client} (${record.wire}) at ${new Date(record.at).toISOString()}.`,
    ...decided.map(capitalised),
    ...steps.map((step) => `${stepWords(step, label)}.`),
    ...(record.cache === undefined ? [] : [cacheWords[record.cache]]),
    ...record.warnings.map((warning) => `Translation: ${warning.message}`),
    outcome(record),
  ]
  const nextStep = record.code === undefined ? undefined : failureOf(record.code)?.nextStep
  return { story: story === '' ? outcome(record) : story, lines, ...(nextStep === undefined ? {} : { nextStep }) }
}

const cacheWords: Readonly<Record<NonNullable<RequestRecord['cache']>, string>> = {
  exact: 'Answered from the cache: the same request had been answered before.',
  semantic: 'Answered from the semantic cache: a request of nearly the same meaning had been answered before.',
  shared: 'Shared the answer of an identical request that was in flight.',
}

function stepWords(step: Exclude<TraceStep, { kind: 'decided' }>, label: (accountId: string) => string): string {
  const where = `${step.target} (${label(step.account)})`
  switch (step.kind) {
    case 'skipped':
      return `${where}: skipped, ${step.reason}`
    case 'failed': {
      const status = step.status === undefined ? step.code : `${step.status} ${step.code}`
      return `${where}: failed, ${status} after ${duration(step.endedAt - step.startedAt)} – ${withoutStop(step.message)}`
    }
    case 'served':
      return `${where}: served, first byte after ${duration(step.firstByteAt - step.startedAt)}, complete after ${duration(step.endedAt - step.startedAt)}`
    case 'waited':
    case 'retried':
    case 'refreshed':
      return `${where}: ${step.kind}${step.ms === undefined ? '' : ` ${duration(step.ms)}`}, ${step.reason}`
  }
}

function outcome(record: RequestRecord): string {
  const took = duration(record.totalMs)
  if (record.code === 'client_left') return `The caller went away after ${took}.`
  if (record.code !== undefined)
    return `Failed with ${record.status} (${record.code}) after ${took}: ${record.message ?? ''}`
  const tokens = [
    record.usage.input === null ? undefined : `${record.usage.input} tokens in`,
    record.usage.output === null ? undefined : `${record.usage.output} tokens out`,
    record.cost === undefined
      ? 'cost unknown'
      : `$${record.cost.usd.toFixed(record.cost.usd < 0.01 ? 5 : 2)} (${record.cost.source})`,
  ].filter((part) => part !== undefined)
  return `Answered in ${took}: ${tokens.join(', ')}.`
}

/** Milliseconds in the unit a person would use. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '')
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
