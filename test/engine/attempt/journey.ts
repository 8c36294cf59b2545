// What the tests of the wrappers share: journeys whose upstream is a function, and settings with chosen parts.
import { type FailureCode, GatewayError } from '../../../src/core/errors.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../../src/core/settings.ts'
import { unknownUsage } from '../../../src/core/usage.ts'
import type { AttemptContext, JourneyNote } from '../../../src/engine/attempt/attempt.ts'
import type { AttemptResult } from '../../../src/engine/attempt/result.ts'
import type { Candidate } from '../../../src/engine/plan/plan.ts'
import { target } from '../world.ts'

export const served: AttemptResult = { kind: 'served', firstByteAt: 1, usage: unknownUsage }

export function fails(code: FailureCode, options: ConstructorParameters<typeof GatewayError>[2] = {}): AttemptResult {
  return { kind: 'failed', error: new GatewayError(code, `it was ${code}`, options) }
}

export function candidate(accountId = 'a', model = 'm'): Candidate {
  return { target: target(accountId, { model }), wire: 'openai-chat', path: [] }
}

export function settingsWith(parts: Partial<RoutingSettings>): RoutingSettings {
  return { ...defaultRoutingSettings, ...parts }
}

export interface TestContext extends AttemptContext {
  readonly notes: JourneyNote[]
  leave(): void
}

export function context(
  call: (candidate: Candidate, attempts: number) => Promise<AttemptResult>,
  more: { last?: boolean; deadline?: number; tokens?: number; key?: string } = {},
): TestContext {
  const { last = true, deadline = Number.POSITIVE_INFINITY, tokens = 0, key } = more
  const leave = new AbortController()
  const notes: JourneyNote[] = []
  return {
    notes,
    leave: () => leave.abort(),
    attempts: 1,
    last,
    journey: {
      requestId: 'r',
      origin: key === undefined ? {} : { keyId: key },
      signal: leave.signal,
      deadline,
      tokens: () => tokens,
      note: (step) => notes.push(step),
      call,
    },
  }
}

/** The failure of a result, as its code. */
export function codeOf(result: AttemptResult | undefined): string {
  return result?.kind === 'failed' ? result.error.code : (result?.kind ?? 'none')
}
