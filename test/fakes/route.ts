// Which wire and operation a request to the fake means, and where each wire carries its key.
import type { IncomingMessage } from 'node:http'
import type { WireId } from '../../src/core/wire-format.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { geminiGenerate } from './gemini-generate.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { FakeWire } from './wire.ts'

export interface FakeRoute {
  readonly wire: FakeWire
  readonly kind: 'generate' | 'count' | 'embed' | 'list' | 'model'
  readonly model?: string
  readonly stream?: boolean
  /** Gemini without `alt=sse` streams a JSON array. */
  readonly array?: boolean
}

const posts: Readonly<Record<string, FakeRoute>> = {
  '/v1/chat/completions': { wire: openaiChat, kind: 'generate' },
  '/v1/embeddings': { wire: openaiChat, kind: 'embed' },
  '/v1/responses': { wire: openaiResponses, kind: 'generate' },
  '/v1/responses/input_tokens': { wire: openaiResponses, kind: 'count' },
  '/v1/messages': { wire: anthropicMessages, kind: 'generate' },
  '/v1/messages/count_tokens': { wire: anthropicMessages, kind: 'count' },
}

function geminiRoute(path: string, url: URL): FakeRoute | undefined {
  const match = /^\/v1(?:beta)?\/(?:models\/)?(.+):(generateContent|streamGenerateContent|countTokens)$/.exec(path)
  if (match === null) return undefined
  const [, model = '', method] = match
  if (method === 'countTokens') return { wire: geminiGenerate, kind: 'count', model }
  const stream = method === 'streamGenerateContent'
  return {
    wire: geminiGenerate,
    kind: 'generate',
    model,
    stream,
    array: stream && url.searchParams.get('alt') !== 'sse',
  }
}

function listWire(request: IncomingMessage, path: string): FakeWire {
  if (path.startsWith('/v1beta/') || request.headers['x-goog-api-key'] !== undefined) return geminiGenerate
  return request.headers['anthropic-version'] === undefined ? openaiChat : anthropicMessages
}

export function routeOf(request: IncomingMessage, url: URL): FakeRoute | undefined {
  const path = decodeURIComponent(url.pathname)
  if (request.method === 'POST') return posts[path] ?? geminiRoute(path, url)
  const match = /^\/v1(?:beta)?\/models(?:\/(.+))?$/.exec(path)
  if (request.method !== 'GET' || match === null) return undefined
  const wire = listWire(request, path)
  return match[1] === undefined ? { wire, kind: 'list' } : { wire, kind: 'model', model: match[1] }
}

/** The key a request carries, in the header its wire uses. */
export function keyOf(request: IncomingMessage, wire: WireId): string | undefined {
  const bearer = request.headers.authorization?.replace(/^Bearer /, '')
  if (wire === 'anthropic-messages') return request.headers['x-api-key']?.toString() ?? bearer
  if (wire === 'gemini-generate') return request.headers['x-goog-api-key']?.toString() ?? bearer
  return bearer
}
