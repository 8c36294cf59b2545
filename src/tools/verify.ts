// The request that proves a tool's way to the gateway: the shortest one in the wire that it speaks, to the address and with the key
// that it was given. Made by the caller, who has the means to send it.
import type { WireId } from '../core/wire-format.ts'
import { type Endpoint, versionedUrl } from './endpoint.ts'

export interface ProofRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const prompt = 'Answer with the word OK.'
/** Room for reasoning models, which spend tokens before they answer. */
const maxTokens = 1_000

export function proofRequest(wire: WireId, endpoint: Endpoint): ProofRequest {
  const { key, model, origin } = endpoint
  const json = { 'content-type': 'application/json' }
  const bearer = { ...json, authorization: `Bearer ${key}` }
  const base = versionedUrl(endpoint)
  switch (wire) {
    case 'openai-chat': {
      const body = { model, max_tokens: maxTokens, messages: [{ role: 'user', content: prompt }] }
      return { url: `${base}/chat/completions`, headers: bearer, body: JSON.stringify(body) }
    }
    case 'openai-responses': {
      const body = { model, max_output_tokens: maxTokens, input: prompt }
      return { url: `${base}/responses`, headers: bearer, body: JSON.stringify(body) }
    }
    case 'anthropic-messages': {
      const body = { model, max_tokens: maxTokens, messages: [{ role: 'user', content: prompt }] }
      const headers = { ...bearer, 'anthropic-version': '2023-06-01' }
      return { url: `${base}/messages`, headers, body: JSON.stringify(body) }
    }
    case 'gemini-generate': {
      const body = {
        contents: [{ role: 'user', parts: [{ text: prompt }] }],
        generationConfig: { maxOutputTokens: maxTokens },
      }
      const url = `${origin}/v1beta/models/${model}:generateContent`
      return { url, headers: { ...json, 'x-goog-api-key': key }, body: JSON.stringify(body) }
    }
  }
}
