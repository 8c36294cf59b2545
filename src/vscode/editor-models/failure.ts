// What goes wrong with a language model of the editor, in the catalogue's terms. Pure: the editor's error class has names in
// `code`; everything else that vendors say is in words.
import { GatewayError } from '../../core/errors.ts'

export function toFailure(thrown: unknown, model: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  const options = { cause: thrown }
  switch (codeOf(thrown)) {
    case 'NoPermissions':
      return new GatewayError('consent_missing', `VS Code has not been allowed to let OmniRoute use ${model}.`, options)
    case 'NotFound':
      return new GatewayError('model_not_found', `VS Code has no model ${model} now.`, options)
    case 'Blocked':
      return new GatewayError('quota_exhausted', `VS Code blocks ${model}: ${words}`, options)
  }
  const cause = `${model} in VS Code failed: ${words}`
  if (/\bquota|\bpremium request|usage limit/i.test(words)) return new GatewayError('quota_exhausted', cause, options)
  if (/\brate.?limit|too many requests|\b429\b/i.test(words)) return new GatewayError('rate_limited', cause, options)
  if (/context (?:length|window)|too many tokens|token limit/i.test(words)) {
    return new GatewayError('context_too_long', cause, options)
  }
  return new GatewayError('upstream_error', cause, options)
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
}
