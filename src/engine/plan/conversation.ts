// Which conversation a request belongs to, by what coding tools send of their own accord. The cheapest sign is looked for first:
// headers, then a field found in the bytes, and only then the request in canonical form.
import { hash } from 'node:crypto'
import type { ChatRequest } from '../../core/conversation.ts'
import type { WireId } from '../../core/wire-format.ts'
import { textOf } from '../estimate.ts'
import type { HeaderMap } from '../upstream.ts'

/** Claude Code; Codex (both spellings); OpenCode and others; older Codex. */
const sessionHeaders = [
  'x-claude-code-session-id',
  'session_id',
  'session-id',
  'x-session-id',
  'x-session-affinity',
  'conversation_id',
]

/** Claude Code's `user_…_account_…_session_<uuid>`, and its newer form, JSON with a `session_id`. */
const sessionPart = /(?:_session_|"session_id"\s*:\s*")([\w-]{4,})/

const longestSign = 200
const mostOccurrences = 50

export function conversationInHeaders(headers: HeaderMap): string | undefined {
  for (const name of sessionHeaders) {
    const value = headers[name]
    const text = typeof value === 'string' ? value : value?.[0]
    if (text) return sign('session', text)
  }
  return undefined
}

/** A sign that stands in the bytes of the wire's own field; undefined also where it may stand in another spelling. */
export function conversationInBytes(wire: WireId, body: Buffer): string | undefined {
  switch (wire) {
    case 'openai-chat':
    case 'openai-responses':
      return (
        firstString(body, 'prompt_cache_key', (value) => sign('cache', value)) ??
        firstString(body, 'previous_response_id', conversationOfResponse)
      )
    case 'anthropic-messages':
      return firstString(body, 'user_id', sessionOfUser)
    case 'gemini-generate':
      return undefined
  }
}

/** The last resort: what stays the same from the first request of a conversation to its last. */
export function conversationInRequest(request: ChatRequest): string | undefined {
  if (request.promptCacheKey) return sign('cache', request.promptCacheKey)
  const session = request.user === undefined ? undefined : sessionOfUser(request.user)
  if (session !== undefined) return session
  if (request.previousResponseId) return conversationOfResponse(request.previousResponseId)
  const user = request.messages.findIndex((message) => message.role === 'user')
  if (user < 0) return undefined
  // Whatever stands before the first answer is part of the beginning; what follows the first user message may change.
  const beginning = request.messages.slice(0, user + 1).flatMap((message) => message.parts.map(partSign))
  const tools = request.tools.map((tool) => (tool.type === 'hosted' ? JSON.stringify(tool.value) : tool.name))
  return `hash:${digest(JSON.stringify([beginning, tools]))}`
}

/** For whoever knows the id that a reply was given: the request that names it belongs to the account that holds the reply. */
export function conversationOfResponse(id: string): string | undefined {
  return id === '' ? undefined : sign('response', id)
}

function sessionOfUser(user: string): string | undefined {
  const session = sessionPart.exec(user)?.[1]
  return session === undefined ? undefined : sign('session', session)
}

/** Text as it is; of a picture its size and first bytes tell enough. */
function partSign(part: ChatRequest['messages'][number]['parts'][number]): string {
  const text = textOf(part)
  if (text !== '' || !('source' in part)) return text
  const source = part.source
  return source.kind === 'base64' ? `${source.data.length} ${source.data.slice(0, 256)}` : JSON.stringify(source)
}

function sign(kind: string, value: string): string {
  return value.length <= longestSign ? `${kind}:${value}` : `${kind}:${digest(value)}`
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}

/**
 * The first string value of a key that `accept` takes, wherever the key stands: within texts its quotes are escaped, so only
 * real keys are found, though maybe of a tool's schema or arguments.
 */
function firstString(body: Buffer, key: string, accept: (value: string) => string | undefined): string | undefined {
  const needle = `"${key}"`
  let at = body.indexOf(needle)
  for (let seen = 0; at >= 0 && seen < mostOccurrences; seen += 1) {
    const value = stringAfterColon(body, at + needle.length)
    const accepted = value === undefined || value === '' ? undefined : accept(value)
    if (accepted !== undefined) return accepted
    at = body.indexOf(needle, at + needle.length)
  }
  return undefined
}

function stringAfterColon(body: Buffer, from: number): string | undefined {
  // A sign is short: what is longer than this is none.
  const text = body.toString('utf8', from, Math.min(body.length, from + 2_000))
  const found = /^\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  if (found === undefined) return undefined
  try {
    const value: unknown = JSON.parse(found)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
