// Failures in the OpenAI dialect, both ways. The Responses wire shares all of it but the in-band form.
// Upstream answers are classified into the catalogue here, once; servers that imitate OpenAI fail in many shapes.
import type { FailureCode } from '../../core/errors.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TheirNow } from '../../core/wire-format.ts'
import { findHiddenError } from '../hidden-error.ts'
import { parseJson, unwrapArray } from '../json-text.ts'
import { settledCode } from '../refusal-rules.ts'
import { retryAfterFromHeaders, retryAfterFromText } from '../retry-after.ts'
import { answerOf, clockOf, describeBody, isContextOverflow, isGatekeeperPage, shorten } from '../upstream-failure.ts'
import { waitInErrorObject } from './body-wait.ts'
import type { ErrorFacts } from './classify.ts'
import { impliedStatus, verdictOf } from './classify.ts'

/** The type and code that OpenAI's own errors would carry. */
export function openAiErrorWords(error: GatewayError): { readonly type: string; readonly code: string } {
  switch (error.code) {
    case 'context_too_long':
      return { type: 'invalid_request_error', code: 'context_length_exceeded' }
    case 'content_refused':
      return { type: 'invalid_request_error', code: 'content_policy_violation' }
    case 'response_not_found':
      return { type: 'invalid_request_error', code: 'previous_response_not_found' }
    case 'missing_key':
    case 'wrong_key':
      return { type: 'invalid_request_error', code: 'invalid_api_key' }
    case 'unknown_model':
    case 'model_not_found':
      return { type: 'invalid_request_error', code: 'model_not_found' }
    case 'account_refused':
      return { type: 'permission_error', code: 'account_refused' }
    case 'payment_required':
    case 'quota_exhausted':
      return { type: 'insufficient_quota', code: 'insufficient_quota' }
    case 'rate_limited':
      return { type: 'rate_limit_error', code: 'rate_limit_exceeded' }
    case 'overloaded':
    case 'no_target':
    case 'shutting_down':
      return { type: 'server_error', code: 'server_is_overloaded' }
    default:
      return { type: error.status < 500 ? 'invalid_request_error' : 'server_error', code: error.code }
  }
}

/** The error object of the dialect: the cause, then what can be done. */
export function openAiErrorObject(error: GatewayError): JsonObject {
  return {
    message: openAiErrorMessage(error),
    ...openAiErrorWords(error),
    param: error.parameter ?? null,
  }
}

/** Clients look for certain words: the window (rule 164), and how long to wait before another try (codex). */
export function openAiErrorMessage(error: GatewayError): string {
  const cause =
    error.code === 'context_too_long' && !/context (?:length|window)/i.test(error.message)
      ? `The request exceeds the model's maximum context length. ${error.message}`
      : error.message
  const waits = error.code === 'rate_limited' && error.retryAfterMs !== undefined && !/try again in/i.test(cause)
  const wait = waits ? ` Please try again in ${Math.ceil((error.retryAfterMs ?? 0) / 1000)}s.` : ''
  return `${/[.!?…]$/.test(cause) ? cause : `${cause}.`}${wait} ${error.nextStep}`
}

export function writeError(error: GatewayError): { readonly status: number; readonly body: JsonObject } {
  // 529 is Anthropic's own; OpenAI clients know 503 for the same (rule 161).
  const status = error.status === 529 ? 503 : error.status
  const own = callersOwn(error)
  return { status, body: own ?? { error: openAiErrorObject(error) } }
}

/** Rule 139: the error in the stream, and nothing after it; a finish reason or `[DONE]` would pretend success. */
export function writeStreamError(error: GatewayError): string {
  return `data: ${JSON.stringify({ error: openAiErrorObject(error) })}\n\n`
}

/** The upstream's own body, when it is of this dialect and only the caller can do anything about it. */
function callersOwn(error: GatewayError): JsonObject | undefined {
  if (error.upstream === undefined || failureOf(error.code).fault !== 'caller') return undefined
  const body = parseJson(error.upstream.body)
  if (!isJsonObject(body) || !isJsonObject(body['error'])) return undefined
  return typeof body['error']['message'] === 'string' ? body : undefined
}

/** Any answer other than a 2xx, as a catalogue entry. */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number,
): GatewayError {
  const lower = lowerCaseNames(headers)
  const theirs = clockOf(lower, now)
  const parsed = unwrapArray(parseJson(body))
  const facts = parsed === undefined ? undefined : (errorFacts(parsed, theirs) ?? looseFacts(parsed))
  if (facts === undefined) return unexplained(status, lower, body, theirs)
  return failureFrom(status, facts, lower, body, theirs)
}

/** The error within a body or event of status 200 (rule 163), or undefined. */
export function hiddenError(body: JsonObject, theirNow?: TheirNow): GatewayError | undefined {
  const now = theirNow?.()
  const facts = errorFacts(body, now)
  return facts === undefined ? undefined : failureFrom(facts.status ?? 200, facts, {}, '', now)
}

/** What an error object of this dialect says; also used for the `error` of Responses objects and events. */
export function failureOfErrorObject(error: JsonObject, theirNow?: TheirNow): GatewayError {
  const now = theirNow?.()
  return failureFrom(200, factsOf(error, now), {}, '', now)
}

function errorFacts(body: JsonObject, now: number | undefined): ErrorFacts | undefined {
  const error = body['error']
  if (isJsonObject(error)) return factsOf(error, now)
  const hidden = findHiddenError(body)
  if (hidden === undefined) return undefined
  return {
    message: hidden.message,
    words: (hidden.kind ?? '').toLowerCase(),
    ...(hidden.status === undefined ? {} : { status: hidden.status }),
  }
}

function factsOf(error: JsonObject, now: number | undefined): ErrorFacts {
  const { type, code, param, status } = error
  const words = [type, code, status].filter((word) => typeof word === 'string').join(' ')
  const named = [code, status].map(Number).find((number) => number >= 400 && number < 600)
  const waitMs = waitInErrorObject(error, now)
  return {
    message: messageOf(error),
    words: words.toLowerCase(),
    ...(typeof param === 'string' ? { parameter: param } : {}),
    ...(named === undefined ? {} : { status: named }),
    ...(waitMs === undefined ? {} : { waitMs }),
  }
}

/** OpenRouter puts "Provider returned error" in `message` and the vendor's own words in `metadata.raw`. */
function messageOf(error: JsonObject): string {
  const metadata = error['metadata']
  const raw = isJsonObject(metadata) && typeof metadata['raw'] === 'string' ? metadata['raw'] : ''
  const message = [error['message'], error['msg'], error['detail']].find(
    (text) => typeof text === 'string' && text !== '',
  )
  const text = typeof message === 'string' ? message : 'It named no reason.'
  return raw === '' || text.includes(raw) ? text : `${text}: ${raw}`
}

/** Bodies of refusals without an `error`: FastAPI's `detail`, a bare `message`. Only looked at when the status is no success. */
function looseFacts(body: JsonObject): ErrorFacts | undefined {
  const detail = body['detail']
  const nested = isJsonObject(detail) ? messageOf(detail) : Array.isArray(detail) ? JSON.stringify(detail) : detail
  const text = [nested, body['message'], body['msg'], body['title']].find((value) => typeof value === 'string')
  if (typeof text !== 'string' || text === '') return undefined
  const words = [body['type'], body['code']].filter((word) => typeof word === 'string').join(' ')
  return { message: text, words: words.toLowerCase() }
}

function failureFrom(
  status: number,
  facts: ErrorFacts,
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number | undefined,
): GatewayError {
  const effective = status >= 400 ? status : (facts.status ?? impliedStatus(facts))
  const { code: first, scope } = verdictOf(effective, facts)
  const fromHeaders = now === undefined ? undefined : retryAfterFromHeaders(headers, now)
  const fromBody = facts.waitMs ?? retryAfterFromText(facts.message, now)
  // Where a quota is used up, the reset in the body is the truth and a short `retry-after` a habit.
  const isBodys = fromHeaders === undefined || (first === 'quota_exhausted' && (fromBody ?? 0) > fromHeaders)
  const wait = isBodys ? fromBody : fromHeaders
  const code = settledCode(first, wait, facts.message)
  const waits = code === 'rate_limited' || code === 'quota_exhausted' || code === 'overloaded'
  const isCallers = failureOf(code).fault === 'caller'
  return new GatewayError(code, shorten(`The upstream answered: ${facts.message}`), {
    // A caller's own mistake keeps its status (422 …); 413 stays what it was for clients that shorten on it.
    ...(isCallers && status >= 400 ? { status } : {}),
    ...(waits && wait !== undefined ? { retryAfterMs: wait, waitSource: isBodys ? 'body' : 'header' } : {}),
    ...(scope === undefined ? {} : { scope }),
    // Traces, further tries and refreshes go by the status; what a limit's body says of quotas is read later.
    ...(status >= 400 ? { upstream: answerOf(status, headers, body) } : {}),
    ...(isCallers && facts.parameter !== undefined ? { parameter: facts.parameter } : {}),
  })
}

/** An HTML page, plain text or nothing at all (rule 162). A 404 of that kind is a wrong address, not a missing model. */
function unexplained(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number,
): GatewayError {
  const code = isGatekeeperPage(status, body) ? 'upstream_unreachable' : codeOfUnexplained(status, body.slice(0, 4000))
  const isCallers = failureOf(code).fault === 'caller'
  const wait = failureOf(code).fault === 'caller' ? undefined : retryAfterFromHeaders(headers, now)
  return new GatewayError(code, describeBody(status, body), {
    ...(isCallers ? { status } : {}),
    ...(status >= 400 ? { upstream: answerOf(status, headers, body) } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait, waitSource: 'header' }),
  })
}

function codeOfUnexplained(status: number, head: string): FailureCode {
  if (isContextOverflow(head)) return 'context_too_long'
  if (status !== 404)
    return status < 400 || status === 405 ? 'malformed_reply' : verdictOf(status, { message: '', words: '' }).code
  return /\bmodel\b/i.test(head) && !/<html|<!doctype/i.test(head) ? 'model_not_found' : 'malformed_reply'
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const lower: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value
  return lower
}
