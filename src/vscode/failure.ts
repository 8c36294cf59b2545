// Failures as the editor shows them. The gateway is another bundle with its own copy of the error class, and a follower's errors
// come over HTTP, so failures are told by their shape and never by `instanceof`.
import { type FailureCode, failures } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { Localizer } from './localizer.ts'

const causeLimit = 400

export interface FailureText {
  readonly code: FailureCode | 'stopped'
  readonly cause: string
  readonly nextStep: string
  readonly retryAfterMs?: number
}

/** What a request meets after the user has stopped the gateway. */
export function stoppedByUser(l10n: Localizer): { code: 'stopped'; message: string; nextStep: string } {
  return {
    code: 'stopped',
    message: l10n.t('OmniRoute is stopped.'),
    nextStep: l10n.t('Run the command "OmniRoute: Start Server".'),
  }
}

/** Reads anything thrown as a failure of the catalogue; what is none of it is `internal`. */
export function readFailure(thrown: unknown, l10n: Localizer): FailureText {
  const fields = typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>) : {}
  const code = isFailureCode(fields['code']) || fields['code'] === 'stopped' ? fields['code'] : 'internal'
  const message = typeof fields['message'] === 'string' ? fields['message'] : String(thrown)
  const retryAfterMs = fields['retryAfterMs']
  return {
    code,
    cause: oneSentence(withoutNextStep(redact(message), code)),
    nextStep: code === 'stopped' ? String(fields['nextStep']) : l10n.t(failures[code].nextStep),
    ...(typeof retryAfterMs === 'number' && retryAfterMs > 0 ? { retryAfterMs } : {}),
  }
}

/** The failure on one line: `[code] cause next step`. */
export function failureLine(thrown: unknown, l10n: Localizer): string {
  const failure = readFailure(thrown, l10n)
  const retry =
    failure.retryAfterMs === undefined ? '' : ` ${l10n.t('Retry in {0} s.', Math.ceil(failure.retryAfterMs / 1000))}`
  return `[${failure.code}] ${failure.cause}${retry} ${failure.nextStep}`
}

/**
 * An error whose text the chat shows as one line. A stack of any kind would be printed there in full, hence the empty one.
 */
export function toChatError(thrown: unknown, l10n: Localizer): Error {
  const error = new Error(failureLine(thrown, l10n))
  error.stack = ''
  return error
}

function isFailureCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && Object.hasOwn(failures, value)
}

/** A gateway behind the gateway (and the demo) puts the next step into its message; once is enough. */
function withoutNextStep(message: string, code: FailureText['code']): string {
  if (code === 'stopped') return message
  const { nextStep } = failures[code]
  const cause = message.trimEnd()
  return cause.endsWith(nextStep) && cause.length > nextStep.length ? cause.slice(0, -nextStep.length) : cause
}

function oneSentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const cut = line.length > causeLimit ? `${line.slice(0, causeLimit - 1)}…` : line
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`
}
