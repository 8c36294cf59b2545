// Ids of tool calls in the form a wire accepts (rules 86, 87). The same map serves calls and results, and an id depends on
// nothing but what it stands for, so that retries and prompt caches stay stable.
import { shortHash } from './hash.ts'

export interface CallIdRule {
  readonly forbidden: RegExp
  readonly maxLength: number
  /** Ids must have exactly this many letters and digits (Mistral: 9). */
  readonly exactLength?: number
}

export const anthropicCallIds: CallIdRule = { forbidden: /[^a-zA-Z0-9_-]/g, maxLength: 256 }
export const openaiCallIds: CallIdRule = { forbidden: /[^\x21-\x7e]/g, maxLength: 64 }
export const mistralCallIds: CallIdRule = { forbidden: /[^a-zA-Z0-9]/g, maxLength: 9, exactLength: 9 }

/** The id as the wire accepts it; a valid one is returned unchanged. */
export function fitCallId(id: string, rule: CallIdRule): string {
  const isClean = id.search(rule.forbidden) === -1
  if (rule.exactLength !== undefined) {
    return isClean && id.length === rule.exactLength ? id : shortHash(id, rule.exactLength)
  }
  if (isClean && id !== '' && id.length <= rule.maxLength) return id
  return `${id.replace(rule.forbidden, '_').slice(0, rule.maxLength - 9)}_${shortHash(id, 8)}`
}

/**
 * An id for a call of a wire that gave none (rule 87). `scope` tells the turns of a conversation apart: the place in the
 * history, or the id of the reply.
 */
export function assignCallId(scope: string, index: number, name: string): string {
  const clean = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 32)
  return `call_${shortHash(`${scope}/${index}/${name}`, 10)}_${index}_${clean}`.slice(0, 64)
}
