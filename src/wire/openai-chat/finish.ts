// Finish reasons of the Chat wire, both ways (rules 122, 123, 125). Vendors have added words of their own.
import type { Finish, FinishReason } from '../../core/conversation.ts'

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length', // Mistral
  tool_calls: 'tool-calls',
  tool_call: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter', // GLM
  safety: 'content-filter',
  error: 'error', // OpenRouter
  network_error: 'error', // GLM
  insufficient_system_resource: 'error', // DeepSeek
  abort: 'error', // vLLM
}

/** Rule 125: the reason is `tool-calls` exactly when a call was made, whatever word the server chose. */
export function readFinish(raw: string | undefined, hasCalls: boolean): Finish {
  const known = raw === undefined ? 'stop' : (reasons[raw.toLowerCase()] ?? 'other')
  const ends = known === 'stop' || known === 'tool-calls' || known === 'other'
  const unified = ends ? (hasCalls ? 'tool-calls' : known === 'tool-calls' ? 'stop' : known) : known
  return raw === undefined ? { unified } : { unified, raw }
}

/** Only the words OpenAI documents: strict clients refuse others (rule 122). */
export function writeFinish(finish: Finish, hasCalls: boolean): 'stop' | 'length' | 'tool_calls' | 'content_filter' {
  switch (finish.unified) {
    case 'length':
    case 'context-length':
      return 'length'
    case 'content-filter':
      return 'content_filter'
    default:
      return hasCalls ? 'tool_calls' : 'stop'
  }
}
