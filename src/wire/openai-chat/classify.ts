// Which row of the failure catalogue an error of the OpenAI dialect stands for. Many vendors imitate the dialect and fail in
// words and statuses of their own; the words decide where they say more than the status.
import type { FailureCode } from '../../core/errors.ts'
import { codeOfStatus, isContextOverflow, isCreditProblem } from '../upstream-failure.ts'

/** What an error object says, in OpenAI's terms. */
export interface ErrorFacts {
  readonly message: string
  /** `type`, `code` and similar words, lower case, joined by blanks. */
  readonly words: string
  readonly parameter?: string
  /** A status that the body names, e.g. OpenRouter's numeric `code`. */
  readonly status?: number
}

const quotaWords = /insufficient_quota|billing_hard_limit|quota_exceeded|usage_limit_reached|exceeded_current_quota/
const quotaText = /exceeded your current quota|quota (?:is )?(?:used up|exhausted)|usage limit (?:has been )?reached/i
const dailyText = /\b(?:tokens|requests) per (?:day|month)\b|\((?:TPD|RPD)\)|\bdaily\b.{0,30}\blimit/i
const keyText = /invalid api key|api key not valid|incorrect api key|invalid.{0,10}(?:token|credential)/i
const modelText =
  /\bmodel\b.{0,120}\b(?:not found|does ?n[o']t exist|not exist|not available|not supported|is unknown|unavailable for)|\b(?:unknown|invalid|no such|unsupported) model\b|no endpoints found/i
const wrongPathText = /^not found\.?$|invalid url|unrecognized request url|no route|unknown (?:url|route|path)/i
const busyText =
  /overloaded|over capacity|at capacity|no capacity|server is busy|currently busy|temporarily unavailable/i
const refusedText =
  /content[_ ]?(?:policy|filter|management)|responsibleaipolicy|flagged as|safety system|sensitive content/i

/** The catalogue's code; `status` is the HTTP status, or what the body of a 200 names or implies. */
export function codeOf(status: number, facts: ErrorFacts): FailureCode {
  const { message, words } = facts
  const isCredit = isCreditProblem(message) || /requires more credits|payment required/i.test(message)
  // OpenAI sends insufficient_quota as 429, others as 402 or 403: the word decides, not the status.
  if (quotaWords.test(words) || (status !== 400 && quotaText.test(message))) return 'quota_exhausted'
  if (words.includes('context_length_exceeded')) return 'context_too_long'
  if (status === 429 || /rate_?limit/.test(words)) {
    if (isCredit) return 'payment_required'
    return dailyText.test(message) ? 'quota_exhausted' : 'rate_limited'
  }
  if (status === 402 || isCredit) return 'payment_required'
  if (status >= 500) return status < 503 && busyText.test(message) ? 'overloaded' : codeOfStatus(status)
  if (status === 498) return 'overloaded' // Groq: flex capacity is used up
  if (isContextOverflow(message) || status === 413) return 'context_too_long'
  if (status === 401 || /invalid_api_key|authentication/.test(words)) return 'account_refused'
  if (refusedText.test(`${words} ${message}`)) return 'content_refused'
  if (status === 403 || keyText.test(message)) return 'account_refused'
  if (status === 404 && wrongPathText.test(message)) return 'malformed_reply'
  if (status === 404 || /model_not_found|model_not_supported|deploymentnotfound/.test(words)) return 'model_not_found'
  if (status === 400 && modelText.test(message)) return 'model_not_found'
  if (status === 409 || status === 421 || status === 425) return 'upstream_error'
  return codeOfStatus(status)
}

/** The status that an error hidden in a 200 stands for. */
export function statusOfWords(words: string): number {
  if (/invalid_request|invalid_prompt|bad_request|invalid_argument|badrequest/.test(words)) return 400
  if (/authentication|invalid_api_key|unauthorized/.test(words)) return 401
  if (/permission|forbidden/.test(words)) return 403
  if (/not_found/.test(words)) return 404
  if (/rate_?limit|too_many_requests|resource_exhausted/.test(words)) return 429
  if (/overloaded|unavailable/.test(words)) return 503
  if (/timeout/.test(words)) return 504
  return 502
}
