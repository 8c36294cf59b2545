// Whether a complete answer is worth keeping. One that was cut off by its length, refused, stopped by a filter or left empty is
// not: asking again may well do better, and a person who does so wants another answer. Judged by what the wire says of the end.
import type { Recording } from './recording.ts'
import type { CacheRequest } from './request.ts'

/** What must be found in a good answer, and what must not. Quotes within strings are escaped: no text can look like these. */
interface Signs {
  readonly ending: RegExp
  readonly content: RegExp
  readonly fault: RegExp
}

const signs: Readonly<Record<CacheRequest['wire'], Signs>> = {
  'openai-chat': {
    // Some vendors write an empty reason into every chunk but the last.
    ending: /"finish_reason"\s*:\s*"[^"]/,
    content: /"content"\s*:\s*(?:"[^"]|\[)|"tool_calls"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{|"audio"\s*:\s*\{/,
    fault: /"finish_reason"\s*:\s*"(?!(?:stop|tool_calls|function_call)?")|"refusal"\s*:\s*"[^"]/,
  },
  'openai-responses': {
    ending: /"type"\s*:\s*"response\.completed"|"status"\s*:\s*"completed"/,
    content: /"text"\s*:\s*"[^"]|"type"\s*:\s*"(?:function_call|custom_tool_call)"/,
    fault:
      /"type"\s*:\s*"(?:refusal|response\.(?:incomplete|failed))"|"status"\s*:\s*"(?:incomplete|failed|cancelled)"/,
  },
  'anthropic-messages': {
    ending: /"stop_reason"\s*:\s*"/,
    content: /"text"\s*:\s*"[^"]|"type"\s*:\s*"tool_use"/,
    fault: /"stop_reason"\s*:\s*"(?!(?:end_turn|tool_use|stop_sequence)")/,
  },
  'gemini-generate': {
    ending: /"finishReason"\s*:\s*"STOP"/,
    content: /"text"\s*:\s*"[^"]|"(?:functionCall|inlineData)"\s*:/,
    fault: /"finishReason"\s*:\s*"(?!STOP")/,
  },
  editor: {
    ending: /"unified":"/,
    content: /"type":"(?:text-delta|tool-input-start|image|opaque)"/,
    fault: /"unified":"(?!(?:stop|tool-calls)")|"type":"(?:refusal-delta|error)"/,
  },
}

export function isWorthKeeping(wire: CacheRequest['wire'], recording: Recording): boolean {
  if (!isSuccess(recording)) return false
  const { ending, content, fault } = signs[wire]
  const text = recording.bytes.toString('latin1')
  return ending.test(text) && content.test(text) && !fault.test(text)
}

export function isSuccess({ status }: Pick<Recording, 'status'>): boolean {
  return status >= 200 && status < 300
}
