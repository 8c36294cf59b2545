// Requests in words: how one ended, what its code means, which wire it came by.
import type { RequestDetail, RequestRow } from '../../src/admin/contract.ts'
import { formatDollars } from '../format.ts'
import type { IconColor, IconName } from '../icon.ts'
import { t } from '../l10n.ts'

export type TraceStep = RequestDetail['trace'][number]

export interface OutcomeWords {
  readonly icon: IconName
  readonly color: IconColor
  readonly text: string
}

/** How a request ended. A caller who left is neither a success nor a fault. */
export function outcomeWords(row: Pick<RequestRow, 'status' | 'code'>): OutcomeWords {
  if (row.code === 'client_left') return { icon: 'circle-slash', color: 'quiet', text: codeWords(row.code) }
  if (row.code !== undefined || row.status >= 400) {
    return { icon: 'error', color: 'bad', text: row.code ? codeWords(row.code) : t('Failed') }
  }
  return { icon: 'pass-filled', color: 'good', text: t('Served') }
}

/** A failure code as a short phrase; one this page does not know is shown as it is. */
export function codeWords(code: string): string {
  return phrases[code]?.() ?? code
}

export function wireName(wire: string): string {
  switch (wire) {
    case 'openai-chat':
      return 'OpenAI Chat Completions'
    case 'openai-responses':
      return 'OpenAI Responses'
    case 'anthropic-messages':
      return 'Anthropic Messages'
    case 'gemini-generate':
      return 'Gemini generateContent'
    case 'editor':
      return t('Editor chat')
    default:
      return wire
  }
}

/** The number shown for the tokens read: cache included, unknown when nothing is known. */
export function tokensIn({ usage }: Pick<RequestRow, 'usage'>): number | null {
  const { input, cacheRead, cacheWrite } = usage
  if (input === null && cacheRead === null && cacheWrite === null) return null
  return (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
}

/** What a request cost, and who says so. */
export function costWords({ usd, source }: NonNullable<RequestRow['cost']>): string {
  switch (source) {
    case 'vendor':
      return t('{0}, as the vendor reported', formatDollars(usd))
    case 'user':
      return t('{0}, by your own prices', formatDollars(usd))
    case 'catalogue':
      return t('{0}, by list prices', formatDollars(usd))
    case 'plan':
      return t('Covered by the subscription')
    case 'free':
      return t('Free of charge')
  }
}

export function cacheWords(cache: NonNullable<RequestRow['cache']>): string {
  switch (cache) {
    case 'exact':
      return t('Answered from the cache')
    case 'semantic':
      return t('Answered from the semantic cache')
    case 'shared':
      return t('Shared with an identical request')
  }
}

const phrases: Readonly<Record<string, () => string>> = {
  invalid_request: () => t('Invalid request'),
  context_too_long: () => t('Context too long'),
  response_not_found: () => t('Earlier response not found'),
  content_refused: () => t('Content refused'),
  missing_key: () => t('No key sent'),
  wrong_key: () => t('Wrong key'),
  forbidden_origin: () => t('Origin refused'),
  unknown_path: () => t('Unknown path'),
  unknown_model: () => t('Unknown model'),
  model_blocked: () => t('Model blocked'),
  method_not_allowed: () => t('Wrong method'),
  body_too_large: () => t('Body too large'),
  client_left: () => t('Cancelled by client'),
  account_refused: () => t('Account refused'),
  payment_required: () => t('No credit left'),
  model_not_found: () => t('Model not found'),
  rate_limited: () => t('Rate limited'),
  quota_exhausted: () => t('Quota used up'),
  overloaded: () => t('Overloaded'),
  local_limit: () => t('Limit reached here'),
  budget_spent: () => t('Budget used up'),
  breaker_open: () => t('Host left alone'),
  upstream_error: () => t('Vendor error'),
  upstream_unreachable: () => t('Unreachable'),
  upstream_timeout: () => t('Timed out'),
  empty_reply: () => t('Empty reply'),
  malformed_reply: () => t('Malformed reply'),
  stream_interrupted: () => t('Broke off'),
  unsupported: () => t('Not supported'),
  no_target: () => t('No target'),
  shutting_down: () => t('Shutting down'),
  port_taken: () => t('Port taken'),
  storage_failed: () => t('Storage failed'),
  internal: () => t('Internal error'),
}
