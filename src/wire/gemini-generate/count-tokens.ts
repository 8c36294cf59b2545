// Counting tokens on the Gemini wire: `:countTokens`. The request stands in a field of its own, since only so system instruction
// and tools count.
import type { TokenCounting } from '../../core/wire-format.ts'
import { modelPath, writeRequest } from './request-write.ts'

export const counting: TokenCounting = {
  write(request, target) {
    const written = writeRequest(request, target)
    const model = modelPath(target.id)
    return {
      ...written,
      path: `/${model}:countTokens`,
      body: { generateContentRequest: { model, ...written.body } },
    }
  },
  read: (body) => (typeof body['totalTokens'] === 'number' ? body['totalTokens'] : undefined),
  answer: (tokens) => ({ totalTokens: tokens }),
}
