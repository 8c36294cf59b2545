// Finish reasons, both ways (rules 122-125).
import type { Finish, FinishReason } from '../../core/conversation.ts'

const unified: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
}

/** This wire says STOP after calls too; a turn with calls ends in calls (rule 125). */
export function readFinish(raw: string, hasCalls: boolean): Finish {
  const reason = unified[raw] ?? 'other'
  return { unified: reason === 'stop' && hasCalls ? 'tool-calls' : reason, raw }
}

const written: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  pause: 'STOP',
  length: 'MAX_TOKENS',
  'context-length': 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  error: 'OTHER',
  other: 'OTHER',
}

/** `hasRefusal`: some vendors refuse in words and call it an ordinary end. */
export function writeFinish(finish: Finish, hasRefusal: boolean): string {
  // A word of this wire that means the same is kept.
  if (finish.raw !== undefined && unified[finish.raw] === finish.unified) return finish.raw
  return finish.unified === 'stop' && hasRefusal ? 'SAFETY' : written[finish.unified]
}
