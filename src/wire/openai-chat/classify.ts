// Which row of the failure catalogue an error of the OpenAI dialect stands for. Many vendors imitate the dialect and fail in
// words and statuses of their own; the words decide where they say more than the status.
import type { CooldownScope, FailureCode } from '../../core/errors.ts'
import { firstRuleFor, longWindowText, perMinuteText, type RefusalRule, statusIs } from '../refusal-rules.ts'
import { codeOfStatus, isContextOverflow, isCreditProblem } from '../upstream-failure.ts'

/** What an error object says, in OpenAI's terms. */
export interface ErrorFacts {
  readonly message: string
  /** `type`, `code` and similar words, lower case, joined by blanks. */
  readonly words: string
  readonly parameter?: string
  /** A status that the body names, e.g. OpenRouter's numeric `code`. */
  readonly status?: number
  /** Milliseconds to wait that a field of the body names. */
  readonly waitMs?: number
}

export interface Verdict {
  readonly code: FailureCode
  /** Where it isn't the catalogue's. */
  readonly scope?: CooldownScope
}

const tooLarge = statusIs(413)
const limited = statusIs(429)
const below500 = (status: number): boolean => status < 500
const from500 = (status: number): boolean => status >= 500

const modelText =
  /\bmodel\b.{0,120}\b(?:not found|does ?n[o']t exist|not exist|not available|not supported|is unknown|unavailable for)|\b(?:unknown|invalid|no such|unsupported) model\b|no endpoints found/i
const busyText =
  /overloaded|over capacity|at capacity|no capacity|capacity exceeded|server is busy|currently busy|temporarily unavailable|too busy/i

/** Before what the shapes of messages say. */
const rules: readonly RefusalRule[] = [
  // Another account may have it.
  { code: 'response_not_found', status: below500, words: /previous_response_not_found/ },
  {
    code: 'response_not_found',
    status: statusIs(400, 404),
    text: /\b(?:previous response|response|conversation) with id .{0,220}\bnot found/i,
  },
  // OpenAI and Groq: one request that is larger than what a whole minute allows. It would never be served; the account is well.
  {
    code: 'context_too_long',
    status: statusIs(413, 429),
    text: /request too large for|reduce your message size|tokens must be reduced/i,
  },
  { code: 'context_too_long', words: /context_length_exceeded|exceed_context_size|context_window_exceeded/ },
  { code: 'context_too_long', status: tooLarge },
  // Codex: the plan of the account doesn't include it.
  { code: 'payment_required', words: /usage_not_included/ },
  // Together, Fireworks (412), DeepSeek: the word for an unpaid account.
  { code: 'payment_required', words: /credit_limit|insufficient_balance|payment_required|billing_not_active/ },
  // Cerebras: token_quota_exceeded also for the minute.
  { code: 'rate_limited', status: limited, text: perMinuteText },
  // OpenAI sends insufficient_quota as 429, others as 402 or 403. Both words are about the account, whatever the model.
  {
    code: 'quota_exhausted',
    scope: 'account',
    words: /insufficient_quota|billing_hard_limit|usage_limit_reached|exceeded_current_quota/,
  },
  { code: 'quota_exhausted', words: /quota_exceeded/ },
  {
    code: 'quota_exhausted',
    status: (status) => status !== 400 && status < 500,
    text: /exceeded your current quota|quota (?:is |has been )?(?:used up|exhausted|exceeded)|usage limit (?:has been )?(?:reached|exceeded)|reached your .{0,20}usage limit/i,
  },
  // Mistral: service_tier_capacity_exceeded, Moonshot: engine_overloaded_error, GLM: 1305. None of it is the account's doing.
  { code: 'overloaded', status: limited, words: /capacity_exceeded|overloaded|engine_overload/ },
  { code: 'overloaded', status: limited, text: busyText },
  // OpenRouter: a dear request that the credit left doesn't cover; cheaper and free models go on.
  { code: 'payment_required', scope: 'account-model', text: /can only afford|fewer max_tokens/i },
  { code: 'payment_required', status: statusIs(402) },
]

/** After what the shapes of messages say. */
const laterRules: readonly RefusalRule[] = [
  { code: 'quota_exhausted', status: limited, text: longWindowText },
  { code: 'rate_limited', status: limited },
  { code: 'overloaded', status: (status) => from500(status) && status < 503, text: busyText },
  // Groq: flex capacity is used up.
  { code: 'overloaded', status: statusIs(498) },
  { code: 'context_too_long', status: below500, text: /\bprompt tokens limit exceeded/i },
  { code: 'account_refused', status: statusIs(401) },
  {
    code: 'account_refused',
    status: below500,
    words: /invalid_api_key|authentication|account_deactivated|organization_restricted|unsupported_country/,
  },
  {
    code: 'account_refused',
    status: below500,
    text: /(?:account|organi[sz]ation|workspace|project)\b.{0,40}\b(?:deactivated|disabled|suspended|restricted|archived|on hold)/i,
  },
  // OpenRouter's moderation and xAI's usage guidelines come as 403.
  {
    code: 'content_refused',
    status: below500,
    words: /content[_ ]?(?:policy|filter|management)|responsibleaipolicy|moderation|safety_check/,
  },
  {
    code: 'content_refused',
    status: below500,
    text: /content[_ ]?(?:policy|filter|management)|responsibleaipolicy|(?:was|is|been|input) flagged|flagged as|requires moderation|safety system|sensitive content|violates (?:our )?usage guidelines/i,
  },
  { code: 'account_refused', status: statusIs(403) },
  {
    code: 'account_refused',
    status: below500,
    text: /invalid api key|api key not valid|incorrect api key|invalid.{0,10}(?:token|credential)/i,
  },
  {
    code: 'malformed_reply',
    status: statusIs(404),
    text: /^not found\.?$|invalid url|unrecognized request url|no route|unknown (?:url|route|path)/i,
  },
  { code: 'model_not_found', status: statusIs(404) },
  {
    code: 'model_not_found',
    status: below500,
    words: /model_not_found|model_not_supported|deploymentnotfound|invalid_model/,
  },
  { code: 'model_not_found', status: statusIs(400), text: modelText },
  { code: 'upstream_error', status: statusIs(409, 421, 425) },
]

/** The catalogue's verdict; `status` is the HTTP status, or what the body of a 200 names or implies. */
export function verdictOf(status: number, { message, words }: ErrorFacts): Verdict {
  // GitHub and others send a limit as 403 or 400 and say so in words only.
  const effective = status !== 413 && /rate_?limit/.test(words) ? 429 : status
  const facts = { status: effective, words, message }
  const found = firstRuleFor(rules, facts)
  if (found) return found
  if (isCreditProblem(message)) return { code: 'payment_required' }
  const isLimit = effective === 429 || effective === 498
  if (effective < 500 && !isLimit && isContextOverflow(message)) return { code: 'context_too_long' }
  return firstRuleFor(laterRules, facts) ?? { code: codeOfStatus(effective) }
}

/** The status that an error hidden in a 200 stands for. */
export function impliedStatus({ words, message }: ErrorFacts): number {
  if (isContextOverflow(message)) return 400
  if (/invalid_request|invalid_prompt|bad_request|invalid_argument|badrequest/.test(words)) return 400
  if (/authentication|invalid_api_key|unauthorized/.test(words)) return 401
  if (/permission|forbidden/.test(words)) return 403
  if (/not_found/.test(words)) return 404
  if (/rate_?limit|too_many_requests|resource_exhausted/.test(words)) return 429
  if (/overloaded|unavailable/.test(words)) return 503
  if (/timeout/.test(words)) return 504
  return 502
}
