// The steps of a trace as they are stored: lists rather than objects, since every request has some. Pure.
import type { JsonValue } from '../core/json.ts'
import type { TraceStep } from '../core/trace.ts'

/** The fields of each kind in the order they are stored in. New ones are added at the end. */
const fields: Readonly<Record<TraceStep['kind'], readonly string[]>> = {
  skipped: ['target', 'account', 'reason'],
  failed: ['target', 'account', 'code', 'message', 'startedAt', 'endedAt', 'status'],
  waited: ['target', 'account', 'reason', 'ms'],
  retried: ['target', 'account', 'reason', 'ms'],
  refreshed: ['target', 'account', 'reason', 'ms'],
  decided: ['reason'],
  served: ['target', 'account', 'startedAt', 'firstByteAt', 'endedAt'],
}

export type StoredStep = TraceStep | readonly (JsonValue | undefined)[]

/** A step with a field that is not listed above stays an object: nothing is lost. */
export function toStoredStep(step: TraceStep): StoredStep {
  const values = step as unknown as Readonly<Record<string, JsonValue | undefined>>
  const stored: (JsonValue | undefined)[] = [step.kind]
  let left = -1
  for (const field in values) if (values[field] !== undefined) left += 1
  for (const field of fields[step.kind]) {
    const value = values[field]
    if (value !== undefined) left -= 1
    stored.push(value)
  }
  while (stored[stored.length - 1] === undefined) stored.pop()
  return left === 0 ? stored : step
}

/** Reads what earlier versions stored as well: objects. */
export function fromStoredStep(stored: StoredStep): TraceStep {
  if (!isList(stored)) return stored
  const [kind, ...values] = stored
  const step: Record<string, unknown> = { kind }
  for (const [index, field] of fields[kind as TraceStep['kind']].entries()) {
    const value = values[index]
    if (value !== undefined && value !== null) step[field] = value
  }
  return step as unknown as TraceStep
}

function isList(stored: StoredStep): stored is readonly (JsonValue | undefined)[] {
  return Array.isArray(stored)
}
