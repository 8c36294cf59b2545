// Which row of the failure catalogue an Anthropic error stands for: by status, error type and text. Vendors that imitate the
// dialect (MiniMax, GLM, Kimi) put their own limits into its `rate_limit_error`.
import type { CooldownScope, FailureCode } from '../../core/errors.ts'
import type { HiddenError } from '../hidden-error.ts'
import { firstRuleFor, longWindowText, perMinuteText, type RefusalRule, statusIs } from '../refusal-rules.ts'
import { codeOfStatus, isContextOverflow, isCreditProblem } from '../upstream-failure.ts'

type Headers = Readonly<Record<string, string>>

export interface Verdict {
  readonly code: FailureCode
  /** Where it isn't the catalogue's. */
  readonly scope?: CooldownScope
}

const aboutRequest = statusIs(200, 400, 413, 422)
const limited = statusIs(429)

const rules: readonly RefusalRule[] = [
  // The long context of a plan costs extra; a shorter conversation is served.
  { code: 'context_too_long', status: statusIs(400, 429), text: /extra usage is required for long context/i },
  {
    code: 'quota_exhausted',
    scope: 'account',
    status: aboutRequest,
    text: /reached your .{0,40}usage limits?|spend limit/i,
  },
  {
    code: 'account_refused',
    status: aboutRequest,
    text: /organization has been disabled|organization is on hold/i,
  },
  { code: 'content_refused', status: aboutRequest, text: /blocked by content filtering|content[_ ]policy/i },
  // Moonshot and GLM behind this dialect: too much load, which is not the account's doing.
  { code: 'overloaded', status: limited, words: /overloaded/ },
  { code: 'overloaded', status: limited, text: /\boverloaded\b|temporarily unavailable/i },
  { code: 'quota_exhausted', scope: 'account', status: limited, words: /spend_limit/ },
  { code: 'rate_limited', status: limited, text: perMinuteText },
  // What a subscription says whose window is used up; other accounts are the only way on.
  { code: 'quota_exhausted', scope: 'account', status: limited, text: /would exceed your account.s rate limit/i },
  { code: 'quota_exhausted', status: limited, text: /usage limit|spend limit|quota/i },
  { code: 'quota_exhausted', status: limited, text: longWindowText },
  { code: 'quota_exhausted', status: limited, text: /\b(?:daily|weekly|monthly)\b/i },
  { code: 'rate_limited', status: limited },
  {
    code: 'model_not_found',
    status: statusIs(400, 404),
    text: /(?:unknown|invalid|no such) model\b|\bmodel\b.{0,80}\b(?:not found|does not exist|not exist)/i,
  },
  { code: 'malformed_reply', status: statusIs(405) },
]

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

export function verdictOf(status: number, found: HiddenError | undefined, message: string, headers: Headers): Verdict {
  if (aboutRequest(status) && isContextOverflow(message)) return { code: 'context_too_long' }
  if (status < 500 && status !== 401 && isCreditProblem(message)) return { code: 'payment_required' }
  if (status === 429 && headers['anthropic-ratelimit-unified-status'] === 'rejected') {
    return { code: 'quota_exhausted', scope: scopeOfClaim(headers['anthropic-ratelimit-unified-representative-claim']) }
  }
  const kind = found?.kind ?? ''
  const detail = found?.details?.['error_code']
  const words = `${kind} ${typeof detail === 'string' ? detail : ''}`.toLowerCase()
  // A limit in a stream's error event or in a body of 200 has no status of its own.
  const effective = status === 200 && kind === 'rate_limit_error' ? 429 : status
  const rule = firstRuleFor(rules, { status: effective, words, message })
  if (rule) return rule
  if (status === 404) return { code: notFound(found, message) }
  const byStatus = codeOfStatus(status)
  if (byStatus !== 'invalid_request' && byStatus !== 'upstream_error' && status !== 200) return { code: byStatus }
  return { code: codeOfKind[kind] ?? (status === 200 ? 'upstream_error' : byStatus) }
}

/** A subscription's five hours and seven days are the whole account's; its other windows are about a family of models. */
function scopeOfClaim(claim: string | undefined): CooldownScope {
  return claim === undefined || claim === 'five_hour' || claim === 'seven_day' ? 'account' : 'account-model'
}

/** A 404 may be about the model, about another object of the request, or about a wrong base URL. */
function notFound(found: HiddenError | undefined, message: string): FailureCode {
  if (found !== undefined && /\bmodel\b/i.test(message)) return 'model_not_found'
  return found?.kind === 'not_found_error' ? 'invalid_request' : 'malformed_reply'
}
