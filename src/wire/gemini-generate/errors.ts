// Errors of the Gemini wire, both ways: google.rpc statuses with typed details to the catalogue, and back for clients such as
// gemini-cli, which read `status` and `RetryInfo`.
import type { FailureCode, GatewayErrorOptions } from '../../core/errors.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TheirNow } from '../../core/wire-format.ts'
import type { HiddenError } from '../hidden-error.ts'
import { findHiddenError } from '../hidden-error.ts'
import { parseJson, unwrapArray } from '../json-text.ts'
import { firstRuleFor, longWindowText, type RefusalRule, settledCode, statusIs } from '../refusal-rules.ts'
import { retryAfterFromHeaders, retryAfterFromText } from '../retry-after.ts'
import {
  answerOf,
  clockOf,
  codeOfStatus,
  describeBody,
  isContextOverflow,
  isCreditProblem,
  isGatekeeperPage,
  shorten,
} from '../upstream-failure.ts'
import { allQuotas, isPerDay, msUntilPacificMidnight, reasonOf, retryDelayOf } from './error-details.ts'

type Headers = Readonly<Record<string, string>>

/** HTTP statuses of google.rpc words, for errors that arrive without one of their own. */
const statusOfWord: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 500,
  INTERNAL: 500,
  UNKNOWN: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

const wordOfStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** Classifies a refusal by its typed details, its text and its status. */
export function readError(status: number, headers: Headers, body: string, now: number): GatewayError {
  const json = unwrapArray(parseJson(body))
  const found = json === undefined ? undefined : findHiddenError(json)
  const inner = json?.['error']
  const error = isJsonObject(inner) ? inner : {}
  const message = found === undefined ? describeBody(status, body) : shorten(found.message)
  const upstream = answerOf(status, headers, body)
  return build(status, message, error, headers, { upstream }, found !== undefined, clockOf(headers, now))
}

/** An error that came with status 200, in a stream or as the body. */
export function readHiddenError(found: HiddenError, data: JsonObject, theirNow?: TheirNow): GatewayError {
  const inner = data['error']
  const error = isJsonObject(inner) ? inner : {}
  const status = found.status ?? statusOfWord[found.kind ?? ''] ?? 502
  return build(status, shorten(found.message), error, {}, {}, true, theirNow?.())
}

function build(
  status: number,
  message: string,
  error: JsonObject,
  headers: Headers,
  options: GatewayErrorOptions,
  isStructured: boolean,
  now: number | undefined,
): GatewayError {
  const isGatekeeper = options.upstream !== undefined && isGatekeeperPage(status, options.upstream.body)
  const first = isGatekeeper ? 'upstream_unreachable' : classify(status, message, error, isStructured)
  const wait = waitOf(first, message, error, headers, now)
  const code = settledCode(first, wait?.ms, message)
  return new GatewayError(code, message, {
    ...options,
    ...(code === 'invalid_request' ? { status } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait.ms, waitSource: wait.source }),
  })
}

/** What the text says, where status and details don't settle it. */
const rules: readonly RefusalRule[] = [
  {
    code: 'account_refused',
    status: (status) => status < 500,
    text: /api key (?:not valid|expired|not found)|reported as leaked/i,
  },
  { code: 'account_refused', status: statusIs(400), text: /location is not supported/i },
  // Antigravity and Code Assist: MODEL_CAPACITY_EXHAUSTED is about the vendor's servers.
  { code: 'overloaded', status: statusIs(429, 503), text: /no capacity available|model is overloaded/i },
  // Code Assist: "You have exhausted your capacity on this model. Your quota will reset after 17h50m25s."
  { code: 'quota_exhausted', status: statusIs(429), text: /exhausted your (?:daily )?(?:capacity|quota)/i },
  { code: 'quota_exhausted', status: statusIs(429), text: longWindowText },
]

function classify(status: number, message: string, error: JsonObject, isStructured: boolean): FailureCode {
  const reason = reasonOf(error)
  if (reason === 'API_KEY_INVALID') return 'account_refused'
  if (reason === 'BILLING_DISABLED') return 'payment_required'
  if (reason === 'MODEL_CAPACITY_EXHAUSTED') return 'overloaded'
  if (reason === 'QUOTA_EXHAUSTED') return 'quota_exhausted'
  if ((status === 400 || status === 413 || status === 422) && isContextOverflow(message)) return 'context_too_long'
  if (status < 500 && isCreditProblem(message) && status !== 429) return 'payment_required'
  if (status === 429 && allQuotas(error).length > 0) return isDaily(error) ? 'quota_exhausted' : 'rate_limited'
  const rule = firstRuleFor(rules, { status, words: '', message })
  if (rule) return rule.code
  if (status === 429) return isCreditProblem(message) ? 'quota_exhausted' : 'rate_limited'
  if (status === 404) {
    if (/\bmodels?\b/i.test(message) && isStructured) return 'model_not_found'
    return error['status'] === 'NOT_FOUND' ? 'invalid_request' : 'malformed_reply'
  }
  return status === 405 ? 'malformed_reply' : codeOfStatus(status)
}

function isDaily(error: JsonObject): boolean {
  return allQuotas(error).some(isPerDay)
}

/**
 * Google sends a RetryInfo of seconds with exhausted daily quotas too, though these come back at midnight Pacific time only
 * (documented under "Rate limits"); the longer of the two is the truth.
 */
function waitOf(
  code: FailureCode,
  message: string,
  error: JsonObject,
  headers: Headers,
  now: number | undefined,
): { readonly ms: number; readonly source: 'header' | 'body' } | undefined {
  const inBody = retryDelayOf(error)
  if (code === 'quota_exhausted' && now !== undefined && isDaily(error)) {
    return { ms: Math.max(inBody ?? 0, msUntilPacificMidnight(now)), source: 'body' }
  }
  if (inBody !== undefined) return { ms: inBody, source: 'body' }
  const inHeaders = now === undefined ? undefined : retryAfterFromHeaders(headers, now)
  if (inHeaders !== undefined) return { ms: inHeaders, source: 'header' }
  const inWords = code === 'quota_exhausted' || code === 'rate_limited' ? retryAfterFromText(message, now) : undefined
  return inWords === undefined ? undefined : { ms: inWords, source: 'body' }
}

/** The failure as a Gemini client expects it. A fault of the caller that the same wire reported is given back as it came. */
export function writeError(error: GatewayError, _requestId: string): { status: number; body: JsonObject } {
  const original = originalBody(error)
  if (original !== undefined) return { status: error.status, body: original }
  // This wire knows no 529; its clients retry on 503.
  const status = error.status === 529 ? 503 : error.status
  const details = detailsOf(error)
  return {
    status,
    body: {
      error: {
        code: status,
        message: `${causeOf(error)} ${error.nextStep}`,
        status: wordOfStatus[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
        ...(details.length === 0 ? {} : { details }),
      },
    },
  }
}

export function writeStreamError(error: GatewayError, requestId: string): string {
  return `data: ${JSON.stringify(writeError(error, requestId).body)}\n\n`
}

function causeOf(error: GatewayError): string {
  if (error.code !== 'context_too_long' || /exceeds the maximum number of tokens/i.test(error.message))
    return error.message
  return `The input token count exceeds the maximum number of tokens allowed: ${error.message}`
}

function detailsOf(error: GatewayError): JsonObject[] {
  const details: JsonObject[] = []
  if (error.retryAfterMs !== undefined) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${error.retryAfterMs / 1000}s` })
  }
  if (error.parameter !== undefined) {
    const violation = { field: error.parameter, description: error.message }
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] })
  }
  if (error.details !== undefined) {
    details.push({ '@type': 'type.googleapis.com/google.protobuf.Struct', value: error.details as JsonObject })
  }
  return details
}

function originalBody(error: GatewayError): JsonObject | undefined {
  if (error.upstream === undefined || failureOf(error.code).fault !== 'caller') return undefined
  const body = unwrapArray(parseJson(error.upstream.body))
  const inner = body?.['error']
  if (body === undefined || !isJsonObject(inner)) return undefined
  const isGoogle = typeof inner['code'] === 'number' && typeof inner['status'] === 'string'
  return isGoogle && typeof inner['message'] === 'string' ? body : undefined
}
