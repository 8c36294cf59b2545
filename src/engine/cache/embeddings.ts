// Asks a configured model for the embedding of a text, in the three dialects that servers speak, and reads the vector out of what
// comes back. Where it is called, with which credential and how, the caller says.
import * as z from 'zod'
import { GatewayError } from '../../core/errors.ts'
import type { ProviderDefinition } from '../../core/provider.ts'
import type { BaseUrl } from '../compose-request.ts'
import type { Cancellation } from '../ports.ts'
import type { CallOutcome, Relay, UpstreamCall } from '../upstream.ts'
import type { Embed } from './semantic.ts'

export type EmbeddingDialect = 'openai' | 'gemini' | 'ollama'

export interface EmbeddingTarget {
  readonly dialect: EmbeddingDialect
  /** Up to and including the version segment, as for chats. */
  readonly base: BaseUrl
  /** All headers of the call, the credential's among them. */
  readonly headers: Readonly<Record<string, string>>
  /** The id that the upstream knows the model by. */
  readonly model: string
}

export interface EmbeddingsOptions {
  /** Looked up for each text; undefined when the model can't be had now. */
  readonly target: () => EmbeddingTarget | undefined
  /** `callUpstream` with its dispatcher and time-outs. */
  readonly call: (
    target: EmbeddingTarget,
    call: UpstreamCall,
    relay: Relay,
    signal: Cancellation,
  ) => Promise<CallOutcome>
}

/** A vector of 4096 numbers as JSON is below 100 KB. */
const largestAnswer = 4 * 1024 * 1024

const vector = z.array(z.number()).min(1)
const openaiAnswer = z.object({ data: z.array(z.object({ embedding: z.union([vector, z.string().min(1)]) })).min(1) })
const geminiAnswer = z.union([
  z.object({ embedding: z.object({ values: vector }) }),
  z.object({ embeddings: z.array(z.object({ values: vector })).min(1) }),
])
const ollamaAnswer = z.object({ embeddings: z.array(vector).min(1) })

/** How a provider's server is asked: Google and Ollama have calls of their own, everyone else follows OpenAI. */
export function embeddingDialect(provider: Pick<ProviderDefinition, 'id' | 'wires'>): EmbeddingDialect {
  if (provider.id === 'ollama') return 'ollama'
  return provider.wires.every((wire) => wire === 'gemini-generate') ? 'gemini' : 'openai'
}

/** The port of the semantic tier. Rejects when the model fails. */
export function createEmbeddings({ target, call }: EmbeddingsOptions): Embed {
  return async (text, signal) => {
    const found = target()
    if (!found) return undefined
    const body = new CollectedBody()
    const outcome = await call(found, embeddingCall(found, text), body, signal)
    switch (outcome.kind) {
      case 'aborted':
        return undefined
      case 'failed':
        throw outcome.error
      case 'refused':
        // The body may repeat the text that was sent.
        throw new GatewayError('upstream_error', `The embeddings model answered with status ${outcome.refusal.status}.`)
      case 'ended':
        return readEmbedding(found.dialect, body.text())
    }
  }
}

export function embeddingCall({ dialect, base, headers, model }: EmbeddingTarget, text: string): UpstreamCall {
  const { origin, path } = base
  switch (dialect) {
    case 'openai':
      return {
        origin,
        path: `${path}/embeddings`,
        headers,
        body: toBody({ model, input: text, encoding_format: 'float' }),
      }
    case 'gemini': {
      const id = model.replace(/^models\//, '')
      return {
        origin,
        path: `${path}/models/${encodeURIComponent(id)}:embedContent`,
        headers,
        body: toBody({ model: `models/${id}`, content: { parts: [{ text }] } }),
      }
    }
    case 'ollama':
      // Its own call, beside the OpenAI one below /v1: only here it can be told not to cut a text off without a word.
      return {
        origin,
        path: `${path.replace(/\/v1$/, '')}/api/embed`,
        headers,
        body: toBody({ model, input: text, truncate: false }),
      }
  }
}

/** Throws `malformed_reply`. */
export function readEmbedding(dialect: EmbeddingDialect, body: string): Float32Array {
  try {
    const value: unknown = JSON.parse(body)
    switch (dialect) {
      case 'openai': {
        const embedding = openaiAnswer.parse(value).data[0]?.embedding
        return typeof embedding === 'string' ? fromBase64(embedding) : Float32Array.from(embedding ?? [])
      }
      case 'gemini': {
        const answer = geminiAnswer.parse(value)
        const values = 'embedding' in answer ? answer.embedding.values : answer.embeddings[0]?.values
        return Float32Array.from(values ?? [])
      }
      case 'ollama':
        return Float32Array.from(ollamaAnswer.parse(value).embeddings[0] ?? [])
    }
  } catch (error) {
    throw new GatewayError('malformed_reply', 'The embeddings model answered with something that holds no vector.', {
      cause: error,
    })
  }
}

/** Some servers send base64 of little-endian floats whatever they are asked for. */
function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw new TypeError('no whole floats')
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

function toBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

class CollectedBody implements Relay {
  readonly #chunks: Buffer[] = []
  #size = 0

  start(): void {
    // The headers say nothing that is needed.
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > largestAnswer) {
      throw new GatewayError('malformed_reply', 'The answer of the embeddings model is too large for a vector.')
    }
    this.#chunks.push(chunk)
  }

  end(): void {
    // Read once the call is over.
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
