// Finds errors that servers hide in a reply of status 200 (rule 163). Knows the shapes of several vendors, since servers that
// imitate a wire often fail in a dialect of their own.
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { numberOf } from './json-text.ts'

export interface HiddenError {
  readonly message: string
  /** The vendor's word for the kind of error. */
  readonly kind?: string
  /** An HTTP status the body names. */
  readonly status?: number
  readonly details?: JsonObject
}

/** The error within a body, or undefined when it carries none. */
export function findHiddenError(body: JsonObject): HiddenError | undefined {
  const error = body['error']
  if (isJsonObject(error)) return fromErrorObject(error)
  if (typeof error === 'string' && error !== '') return { message: error, ...statusIn(body) }
  if (body['type'] === 'error')
    return { message: textIn(body) ?? 'The upstream reported an error without saying which.' }
  return fromBaseResponse(body['base_resp']) ?? fromCodeAndMessage(body)
}

function fromErrorObject(error: JsonObject): HiddenError {
  const kind = error['type'] ?? error['status']
  const details = error['details']
  return {
    message: textIn(error) ?? 'The upstream reported an error without saying which.',
    ...(typeof kind === 'string' ? { kind } : {}),
    ...statusIn(error),
    ...(isJsonObject(details) ? { details } : {}),
  }
}

/** MiniMax: `base_resp.status_code` other than 0 (table R). */
function fromBaseResponse(base: unknown): HiddenError | undefined {
  if (!isJsonObject(base) || typeof base['status_code'] !== 'number' || base['status_code'] === 0) return undefined
  return {
    message: textIn(base) ?? `The upstream reported code ${base['status_code']}.`,
    ...miniMaxStatus(base['status_code']),
  }
}

function miniMaxStatus(code: number): { status?: number } {
  if (code === 1002 || code === 1039 || code === 1041) return { status: 429 }
  if (code === 1004 || code === 2049) return { status: 401 }
  if (code === 1008) return { status: 402 }
  return code === 2013 ? { status: 400 } : {}
}

/** GLM and others: `{"code":1113,"msg":"…"}` and nothing that could be an answer. */
function fromCodeAndMessage(body: JsonObject): HiddenError | undefined {
  const code = body['code']
  const message = body['msg'] ?? body['message']
  const isFailure =
    (typeof code === 'number' && code !== 0 && code !== 200) || (typeof code === 'string' && code !== '')
  if (!isFailure || typeof message !== 'string') return undefined
  if ('content' in body || 'candidates' in body || 'choices' in body || 'output' in body) return undefined
  return { message, ...(typeof code === 'string' ? { kind: code } : {}), ...statusIn(body) }
}

function textIn(value: JsonObject): string | undefined {
  for (const key of ['message', 'msg', 'status_msg', 'detail']) {
    const text = value[key]
    if (typeof text === 'string' && text !== '') return text
  }
  return undefined
}

function statusIn(value: JsonObject): { status?: number } {
  for (const key of ['code', 'status', 'status_code', 'http_code']) {
    const status = numberOf(value[key])
    if (Number.isInteger(status) && status >= 400 && status < 600) return { status }
  }
  return {}
}
