// How a Responses answer ended, both ways (rules 122, 123, 125).
import type { Finish } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { textOf } from '../json-text.ts'

export function readFinish(response: JsonObject, status: string, hasCalls: boolean): Finish {
  if (status !== 'incomplete') return { unified: hasCalls ? 'tool-calls' : 'stop', raw: status }
  const details = response['incomplete_details']
  const reason = (isJsonObject(details) ? textOf(details['reason']) : undefined) ?? 'incomplete'
  if (reason === 'content_filter') return { unified: 'content-filter', raw: reason }
  return { unified: reason.includes('max') && reason.includes('tokens') ? 'length' : 'other', raw: reason }
}

/** Status and details of the final response object. */
export function writeFinish(finish: Finish): {
  readonly status: string
  readonly incomplete_details: JsonObject | null
} {
  switch (finish.unified) {
    case 'length':
    case 'context-length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'content-filter':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    default:
      return { status: 'completed', incomplete_details: null }
  }
}
