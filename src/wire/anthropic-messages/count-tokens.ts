// Counting tokens on the Anthropic wire: `/messages/count_tokens` takes what would be sent, without what concerns the answer.
import { isJsonObject } from '../../core/json.ts'
import type { TokenCounting } from '../../core/wire-format.ts'
import { writeRequest } from './request-write.ts'

/** The endpoint refuses any other field, `max_tokens` and `stream` among them. */
const counted = ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking'] as const

export const counting: TokenCounting = {
  write(request, target) {
    const written = writeRequest(request, target)
    const body = Object.fromEntries(
      counted.flatMap((field) => (field in written.body ? [[field, written.body[field]]] : [])),
    )
    return { ...written, path: '/messages/count_tokens', body: isJsonObject(body) ? body : {} }
  },
  read: (body) => (typeof body['input_tokens'] === 'number' ? body['input_tokens'] : undefined),
  answer: (tokens) => ({ input_tokens: tokens }),
}
