// Errors of the Anthropic Messages API, both ways: a vendor's answer to the catalogue, and the catalogue to the dialect that
// Claude Code and the official SDKs act upon.
import type { FailureCode } from '../../core/errors.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { HiddenError } from '../hidden-error.ts'
import { findHiddenError } from '../hidden-error.ts'
import { parseJson, parseJsonObject, unwrapArray } from '../json-text.ts'
import { settledCode } from '../refusal-rules.ts'
import { instantOrDurationMs, retryAfterFromHeaders, retryAfterFromText } from '../retry-after.ts'
import { answerOf, clockOf, describeBody, isGatekeeperPage, shorten } from '../upstream-failure.ts'
import { verdictOf } from './classify.ts'

type Headers = Readonly<Record<string, string>>

/** Classifies a refusal of the upstream by status, error type and text; says what must wait, and for how long. */
export function readError(status: number, headers: Headers, body: string, now: number): GatewayError {
  const json = unwrapArray(parseJson(body))
  const found = json === undefined ? undefined : findHiddenError(json)
  const message = found === undefined ? describeBody(status, body) : shorten(found.message)
  const { code: first, scope } = isGatekeeperPage(status, body)
    ? { code: 'upstream_unreachable' as const, scope: undefined }
    : verdictOf(status, found, message, headers)
  const wait = waitOf(first, headers, message, clockOf(headers, now))
  const code = settledCode(first, wait?.ms, message)
  return new GatewayError(code, message, {
    upstream: answerOf(status, headers, body),
    ...(code === 'invalid_request' ? { status } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait.ms, waitSource: wait.source }),
    ...(scope === undefined ? {} : { scope }),
    ...(found?.details === undefined ? {} : { details: found.details }),
  })
}

/** An error that came with status 200: an `error` event of a stream or an error object as the body (rules 139, 163). */
export function readHiddenError(found: HiddenError): GatewayError {
  const message = shorten(found.message)
  const { code, scope } = verdictOf(found.status ?? 200, found, message, {})
  return new GatewayError(code, message, {
    ...(scope === undefined ? {} : { scope }),
    ...(found.details === undefined ? {} : { details: found.details }),
  })
}

interface Wait {
  readonly ms: number
  readonly source: 'header' | 'body'
}

/** The wait the upstream asks for: in headers, else the reset of a subscription's limit, else in words. */
function waitOf(code: FailureCode, headers: Headers, message: string, now: number): Wait | undefined {
  const isLimit = code === 'rate_limited' || code === 'quota_exhausted'
  const unified = isLimit ? headers['anthropic-ratelimit-unified-reset'] : undefined
  const inHeaders =
    retryAfterFromHeaders(headers, now) ??
    (unified === undefined ? undefined : instantOrDurationMs(unified, now)) ??
    (isLimit ? resetOfSpentLimits(headers, now) : undefined)
  if (inHeaders !== undefined) return { ms: inHeaders, source: 'header' }
  if (!isLimit) return undefined
  const regained = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/i.exec(message)
  const inWords =
    regained === null ? retryAfterFromText(message, now) : instantOrDurationMs(`${regained[1]}T${regained[2]}:00Z`, now)
  return inWords === undefined ? undefined : { ms: inWords, source: 'body' }
}

/** The API names one reset for each kind of limit; only those that are used up have to be waited for. */
function resetOfSpentLimits(headers: Headers, now: number): number | undefined {
  const waits: number[] = []
  for (const [name, value] of Object.entries(headers)) {
    const limit = /^anthropic-ratelimit-([a-z-]+)-reset$/.exec(name)?.[1]
    if (limit === undefined || headers[`anthropic-ratelimit-${limit}-remaining`] !== '0') continue
    const wait = instantOrDurationMs(value, now)
    if (wait !== undefined) waits.push(wait)
  }
  return waits.length === 0 ? undefined : Math.max(...waits)
}

/** The failure as an Anthropic client expects it. A fault of the caller that the same wire reported is given back as it came. */
export function writeError(error: GatewayError, requestId: string): { status: number; body: JsonObject } {
  const original = originalBody(error)
  if (original !== undefined) return { status: error.status, body: original }
  const message = error.code === 'context_too_long' ? overflowMessage(error.message) : error.message
  return {
    status: error.status,
    body: {
      type: 'error',
      error: {
        type: kindOf(error),
        message: `${message} ${error.nextStep}`,
        ...(error.details === undefined ? {} : { details: error.details as JsonObject }),
      },
      request_id: requestId,
    },
  }
}

export function writeStreamError(error: GatewayError, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(writeError(error, requestId).body)}\n\n`
}

/** Claude Code compacts a conversation when the message begins with these words (rule 164). */
function overflowMessage(message: string): string {
  return /^prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`
}

function originalBody(error: GatewayError): JsonObject | undefined {
  if (error.upstream === undefined || failureOf(error.code).fault !== 'caller') return undefined
  const body = parseJsonObject(error.upstream.body)
  const inner = body?.['error']
  if (body?.['type'] !== 'error' || !isJsonObject(inner)) return undefined
  const { type, message } = inner
  if (typeof type !== 'string' || typeof message !== 'string') return undefined
  return error.code === 'context_too_long' && !/^prompt is too long/i.test(message) ? undefined : body
}

function kindOf(error: GatewayError): string {
  if (error.code === 'overloaded') return 'overloaded_error'
  const { status } = error
  switch (status) {
    case 401:
      return 'authentication_error'
    case 402:
      return 'billing_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 504:
      return 'timeout_error'
    case 529:
      return 'overloaded_error'
  }
  return status >= 400 && status < 499 ? 'invalid_request_error' : 'api_error'
}
