// Errors of the Anthropic Messages API, both ways: a vendor's answer to the catalogue, and the catalogue to the dialect that
// Claude Code and the official SDKs act upon.
import type { FailureCode, GatewayErrorOptions } from '../../core/errors.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { HiddenError } from '../hidden-error.ts'
import { findHiddenError } from '../hidden-error.ts'
import { parseJson, parseJsonObject, unwrapArray } from '../json-text.ts'
import { instantOrDurationMs, retryAfterFromHeaders, retryAfterFromText } from '../retry-after.ts'
import {
  answerOf,
  clockOf,
  codeOfStatus,
  describeBody,
  isContextOverflow,
  isCreditProblem,
  shorten,
} from '../upstream-failure.ts'

type Headers = Readonly<Record<string, string>>

const codeOfKind: Readonly<Record<string, FailureCode>> = {
  invalid_request_error: 'invalid_request',
  conflict_error: 'invalid_request',
  request_too_large: 'invalid_request',
  authentication_error: 'account_refused',
  permission_error: 'account_refused',
  billing_error: 'payment_required',
  not_found_error: 'model_not_found',
  rate_limit_error: 'rate_limited',
  timeout_error: 'upstream_timeout',
  overloaded_error: 'overloaded',
  api_error: 'upstream_error',
}

/** Classifies a refusal of the upstream by status, error type and text, in this order of trust where they disagree. */
export function readError(status: number, headers: Headers, body: string): GatewayError {
  const json = unwrapArray(parseJson(body))
  const found = json === undefined ? undefined : findHiddenError(json)
  const message = found === undefined ? describeBody(status, body) : shorten(found.message)
  const code = classify(status, found, message, headers)
  const retryAfterMs = waitOf(code, headers, message)
  const options: GatewayErrorOptions = {
    upstream: answerOf(status, headers, body),
    ...(code === 'invalid_request' ? { status } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(found?.details === undefined ? {} : { details: found.details }),
  }
  return new GatewayError(code, message, options)
}

/** An error that came with status 200: an `error` event of a stream or an error object as the body (rules 139, 163). */
export function readHiddenError(found: HiddenError): GatewayError {
  const message = shorten(found.message)
  const code = classify(found.status ?? 200, found, message, {})
  return new GatewayError(code, message, found.details === undefined ? {} : { details: found.details })
}

function classify(status: number, found: HiddenError | undefined, message: string, headers: Headers): FailureCode {
  const isRequestProblem = status === 200 || status === 400 || status === 413 || status === 422
  if (isRequestProblem && isContextOverflow(message)) return 'context_too_long'
  if (status < 500 && status !== 401 && isCreditProblem(message)) return 'payment_required'
  if (isRequestProblem && /reached your .{0,40}usage limits?|spend limit/i.test(message)) return 'quota_exhausted'
  if (isRequestProblem && /organization has been disabled|organization is on hold/i.test(message))
    return 'account_refused'
  if (isRequestProblem && /blocked by content filtering|content[_ ]policy/i.test(message)) return 'content_refused'
  if (status === 429) return isQuota(found, message, headers) ? 'quota_exhausted' : 'rate_limited'
  if ((status === 400 || status === 404) && namesMissingModel(message)) return 'model_not_found'
  if (status === 404) return notFound(found, message)
  if (status === 405) return 'malformed_reply'
  const byStatus = codeOfStatus(status)
  if (byStatus !== 'invalid_request' && byStatus !== 'upstream_error' && status !== 200) return byStatus
  const byKind = codeOfKind[found?.kind ?? '']
  if (byKind !== undefined) return byKind
  return status === 200 ? 'upstream_error' : byStatus
}

function namesMissingModel(message: string): boolean {
  return /(?:unknown|invalid|no such) model\b|\bmodel\b.{0,80}\b(?:not found|does not exist|not exist)/i.test(message)
}

/** A 404 may be about the model, about another object of the request, or about a wrong base URL. */
function notFound(found: HiddenError | undefined, message: string): FailureCode {
  if (found !== undefined && /\bmodel\b/i.test(message)) return 'model_not_found'
  return found?.kind === 'not_found_error' ? 'invalid_request' : 'malformed_reply'
}

function isQuota(found: HiddenError | undefined, message: string, headers: Headers): boolean {
  if (headers['anthropic-ratelimit-unified-status'] === 'rejected') return true
  const detail = found?.details?.['error_code']
  if (typeof detail === 'string' && detail.includes('spend_limit')) return true
  return /usage limit|spend limit|daily|weekly|monthly|quota/i.test(message)
}

/** The wait the upstream asks for: in headers, else the reset of a subscription's limit, else in words. */
function waitOf(code: FailureCode, headers: Headers, message: string): number | undefined {
  const now = clockOf(headers)
  const named = retryAfterFromHeaders(headers, now)
  if (named !== undefined || (code !== 'rate_limited' && code !== 'quota_exhausted')) return named
  const unified = headers['anthropic-ratelimit-unified-reset']
  if (unified !== undefined) return instantOrDurationMs(unified, now)
  const spent = resetOfSpentLimits(headers, now)
  if (spent !== undefined) return spent
  const regained = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/i.exec(message)
  if (regained !== null) return instantOrDurationMs(`${regained[1]}T${regained[2]}:00Z`, now)
  return retryAfterFromText(message)
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
