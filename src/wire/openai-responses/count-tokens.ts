// Counting tokens on the Responses wire: `/responses/input_tokens`, which OpenAI has and servers that imitate it don't.
import { isJsonObject } from '../../core/json.ts'
import type { TokenCounting } from '../../core/wire-format.ts'
import { quirksOf } from '../openai-chat/quirks.ts'
import { writeRequest } from './request-write.ts'

/** What the endpoint takes of a request. */
const counted = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
] as const

export const counting: TokenCounting = {
  write(request, target) {
    if (quirksOf(target).family !== 'openai') return undefined
    const written = writeRequest(request, target)
    const body = Object.fromEntries(
      counted.flatMap((field) => (field in written.body ? [[field, written.body[field]]] : [])),
    )
    return { ...written, path: '/responses/input_tokens', body: isJsonObject(body) ? body : {} }
  },
  read: (body) => (typeof body['input_tokens'] === 'number' ? body['input_tokens'] : undefined),
  answer: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
}
