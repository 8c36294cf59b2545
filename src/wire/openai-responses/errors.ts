// Failures in the Responses dialect: the HTTP form is that of the Chat wire, the in-band form is `response.failed` (rule 139).
import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { openAiErrorMessage, openAiErrorWords } from '../openai-chat/errors.ts'

/** Above every number a real stream reaches: after bytes passed through untouched, ours must still be the highest. */
const sequenceAfterPassThrough = 2_000_000_000

/** `error` of a failed response. Codex acts on `code`: context_length_exceeded, insufficient_quota, rate_limit_exceeded. */
export function responseError(error: GatewayError): JsonObject {
  return { code: openAiErrorWords(error).code, message: openAiErrorMessage(error) }
}

/** The terminal event of a stream that passed through untouched until it broke. */
export function writeStreamError(error: GatewayError, requestId: string): string {
  const data = {
    type: 'response.failed',
    sequence_number: sequenceAfterPassThrough,
    response: {
      id: `resp_${requestId}`,
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      status: 'failed',
      error: responseError(error),
      incomplete_details: null,
      output: [],
      usage: null,
    },
  }
  return `event: response.failed\ndata: ${JSON.stringify(data)}\n\n`
}
