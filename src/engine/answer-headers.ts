// The headers of an answer: what is allowed of the upstream's, and who answered.
import type { Warning } from '../core/conversation.ts'
import type { Target } from './catalogue.ts'
import { allowedHeaders, headerText } from './response-headers.ts'
import type { HeaderMap } from './upstream.ts'

export function answerHeaders(
  request: { readonly id: string },
  target: Target,
  attempts: number,
  upstream: HeaderMap,
): Record<string, string> {
  return {
    ...allowedHeaders(upstream),
    'x-omniroute-request-id': request.id,
    'x-omniroute-target': headerText(target.publicId),
    'x-omniroute-attempts': String(attempts),
  }
}

/** Kinds and subjects only: what was in them is not for a header. */
export function warningText(warnings: readonly Warning[]): string {
  const text = warnings.map(({ kind, subject }) => `${kind}: ${subject}`).join('; ')
  return headerText(text.slice(0, 2_000))
}
