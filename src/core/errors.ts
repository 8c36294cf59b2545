// The failure catalogue: one row per way a request can fail. Everything that reacts to a failure (HTTP status, fallback,
// cool-down, breaker, what a person reads) looks it up here, so the reaction is decided once and can be read in one place.
import type { QuotaSource } from './quota.ts'

/** Who could have prevented it. Only `upstream` and `account` failures may change the health of anything. */
export type Fault = 'caller' | 'account' | 'upstream' | 'gateway' | 'client-left'

/** What must rest after the failure. `account-model` is the usual scope: a limit on one model says nothing of another. */
export type CooldownScope = 'none' | 'account' | 'account-model' | 'provider'

interface FailureRow {
  /** HTTP status towards the client. */
  readonly status: number
  readonly fault: Fault
  readonly cooldown: CooldownScope
  /** Cool-down in milliseconds when the upstream names no instant of its own. */
  readonly cooldownMs: number
  /** Whether another target may be tried (only before the first byte has gone to the client). */
  readonly chain: boolean
  /** Whether a circuit breaker counts it. */
  readonly breaker: boolean
  /** What a person can do about it, in one sentence. */
  readonly nextStep: string
}

export const failures = {
  invalid_request: row(400, 'caller', { nextStep: 'Correct the request; no other account was tried.' }),
  context_too_long: row(400, 'caller', {
    chain: true,
    nextStep: 'Shorten the conversation or choose a model with a larger context window.',
  }),
  response_not_found: row(400, 'caller', {
    chain: true,
    nextStep: 'Send the whole conversation instead of an id, or ask for a model of the account that keeps it.',
  }),
  content_refused: row(400, 'caller', { nextStep: 'The vendor refused the content; change the prompt or the model.' }),
  missing_key: row(401, 'caller', {
    nextStep: 'Send the OmniRoute key as "Authorization: Bearer", "x-api-key" or "x-goog-api-key".',
  }),
  wrong_key: row(401, 'caller', { nextStep: 'Copy the key again with the command "OmniRoute: Copy Key".' }),
  forbidden_origin: row(403, 'caller', { nextStep: 'Web pages may not call the gateway; call it from a program.' }),
  unknown_path: row(404, 'caller', { nextStep: 'Check the base URL that the tool is set to.' }),
  unknown_model: row(404, 'caller', { nextStep: 'Ask GET /v1/models for the names that can be used.' }),
  model_blocked: row(403, 'caller', { nextStep: 'Ask for another model, or unblock this one in OmniRoute.' }),
  method_not_allowed: row(405, 'caller', { nextStep: 'Use the method the error names.' }),
  body_too_large: row(413, 'caller', { nextStep: 'Send less, or raise the setting "omniroute.server.bodyLimitMb".' }),
  client_left: row(499, 'client-left', { nextStep: 'Nothing to do: the caller cancelled.' }),

  account_refused: row(403, 'account', {
    cooldown: 'account',
    cooldownMs: 10 * 60_000,
    chain: true,
    nextStep: 'Check or replace the key of this account in OmniRoute.',
  }),
  payment_required: row(402, 'account', {
    cooldown: 'account',
    cooldownMs: 10 * 60_000,
    chain: true,
    nextStep: 'The account has no credit left at its vendor; top it up or use another.',
  }),
  consent_missing: row(403, 'account', {
    cooldown: 'account',
    cooldownMs: 5_000,
    chain: true,
    nextStep: 'Run "OmniRoute: Test Account" in VS Code and allow OmniRoute to use the model.',
  }),
  editor_missing: row(503, 'account', {
    cooldown: 'account',
    cooldownMs: 5_000,
    chain: true,
    nextStep: 'Open VS Code with OmniRoute, so that it runs the gateway, or use another account.',
  }),
  model_not_found: row(404, 'account', {
    cooldown: 'account-model',
    cooldownMs: 10 * 60_000,
    chain: true,
    nextStep: 'The vendor does not know this model under this account; refresh its model list.',
  }),
  rate_limited: row(429, 'account', {
    cooldown: 'account-model',
    cooldownMs: 5_000,
    chain: true,
    nextStep: 'Wait for the time named, or add another account.',
  }),
  quota_exhausted: row(429, 'account', {
    cooldown: 'account-model',
    cooldownMs: 5 * 60_000,
    chain: true,
    nextStep: 'The quota of this account is used up; wait for its reset or add another account.',
  }),
  overloaded: row(529, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 5_000,
    chain: true,
    breaker: true,
    nextStep: 'The vendor is overloaded; try again shortly or add a fallback.',
  }),
  upstream_error: row(502, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 2_000,
    chain: true,
    breaker: true,
    nextStep: 'The vendor failed; try again or add a fallback.',
  }),
  upstream_unreachable: row(502, 'upstream', {
    cooldown: 'account',
    cooldownMs: 2_000,
    chain: true,
    breaker: true,
    nextStep: 'Check the base URL, the network and any proxy.',
  }),
  upstream_timeout: row(504, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 2_000,
    chain: true,
    breaker: true,
    nextStep: 'The vendor did not answer in time; try again or add a fallback.',
  }),
  empty_reply: row(502, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 1_000,
    chain: true,
    breaker: true,
    nextStep: 'The vendor answered without content; try again or add a fallback.',
  }),
  malformed_reply: row(502, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 2_000,
    chain: true,
    breaker: true,
    nextStep: 'The server at the base URL does not speak the expected format; check the account.',
  }),
  stream_interrupted: row(502, 'upstream', {
    cooldown: 'account-model',
    cooldownMs: 1_000,
    chain: true,
    breaker: true,
    nextStep: 'The vendor broke off in mid-answer; send the request again.',
  }),
  unsupported: row(400, 'gateway', {
    chain: true,
    nextStep: 'Choose a model that supports what the request asks for.',
  }),
  local_limit: row(429, 'gateway', {
    chain: true,
    nextStep: 'A limit that holds for this account leaves no room yet; wait, raise it, or add another account.',
  }),
  budget_spent: row(429, 'gateway', {
    chain: true,
    nextStep: 'Raise the budget under Routing in the dashboard, or wait for its next period.',
  }),
  breaker_open: row(503, 'gateway', {
    chain: true,
    nextStep: 'The vendor failed several times in a row and is left alone for a moment; wait, or add a fallback.',
  }),
  no_target: row(503, 'gateway', { nextStep: 'Add an account in OmniRoute, or enable one.' }),
  shutting_down: row(503, 'gateway', { nextStep: 'The gateway is stopping; send the request again in a moment.' }),
  leader_silent: row(503, 'gateway', {
    nextStep: 'Wait until it answers, or close the window that runs the gateway; if that is stuck, end its process.',
  }),
  data_in_use: row(503, 'gateway', {
    nextStep: 'Use the window that runs it, or close that one and run the command "OmniRoute: Start Server" here.',
  }),
  outdated: row(503, 'gateway', { nextStep: 'Reload the windows that still run the older version.' }),
  port_taken: row(503, 'gateway', {
    nextStep: 'Choose another port, or stop the program that uses this one.',
  }),
  storage_failed: row(500, 'gateway', {
    nextStep: 'Check free space and permissions of the OmniRoute data folder.',
  }),
  internal: row(500, 'gateway', {
    chain: true,
    nextStep: 'This is a defect of OmniRoute; please report the request id.',
  }),
} as const satisfies Record<string, FailureRow>

export type FailureCode = keyof typeof failures

/** The catalogue's row for a code. */
export function failureOf(code: FailureCode): FailureRow {
  return failures[code]
}

/** What an upstream answered when it refused, kept so that a client of the same wire can be given it unchanged. */
export interface UpstreamAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface GatewayErrorOptions {
  /** Overrides the catalogue's status, e.g. to keep an upstream's 422. */
  readonly status?: number
  /** Milliseconds until it is worth trying again, as the upstream said. */
  readonly retryAfterMs?: number
  /** Where `retryAfterMs` was read. */
  readonly waitSource?: QuotaSource
  /** What the upstream's words say must rest, where they say more than the catalogue's row: a whole plan is used up. */
  readonly scope?: CooldownScope
  readonly upstream?: UpstreamAnswer
  /** The request field at fault, as a path like `messages[2].content`. */
  readonly parameter?: string
  /** Structured data for the client's `error.details`. */
  readonly details?: Record<string, unknown>
  readonly cause?: unknown
}

/** The one error class of the gateway. `message` says the cause; the next step comes from the catalogue. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: FailureCode
  readonly status: number
  readonly retryAfterMs: number | undefined
  readonly waitSource: QuotaSource | undefined
  readonly scope: CooldownScope | undefined
  readonly upstream: UpstreamAnswer | undefined
  readonly parameter: string | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: FailureCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? failureOf(code).status
    this.retryAfterMs = options.retryAfterMs
    this.waitSource = options.waitSource
    this.scope = options.scope
    this.upstream = options.upstream
    this.parameter = options.parameter
    this.details = options.details
  }

  get nextStep(): string {
    return failureOf(this.code).nextStep
  }
}

/** The HTTP status the upstream answered with, also where its answer was of another wire; else the catalogue's. */
export function answeredStatus({ upstream, cause, status }: GatewayError): number {
  const original = cause instanceof GatewayError ? cause.upstream : undefined
  return (upstream ?? original)?.status ?? status
}

/** Wraps anything thrown into a `GatewayError`; a `GatewayError` is returned as it is. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new GatewayError('internal', message, { cause: thrown })
}

function row(
  status: number,
  fault: Fault,
  rest: Partial<Omit<FailureRow, 'status' | 'fault' | 'nextStep'>> & { nextStep: string },
): FailureRow {
  return { status, fault, cooldown: 'none', cooldownMs: 0, chain: false, breaker: false, ...rest }
}
