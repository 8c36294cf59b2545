// The facts of one request, worked out from its bytes where that settles the question and from the canonical form otherwise. Each
// is worked out at most once. A request that can't be read has no facts that speak against any target: its upstream will refuse it.
import type { ChatRequest, Part } from '../../core/conversation.ts'
import { tokensPerImage } from '../../core/token-estimate.ts'
import type { WireId } from '../../core/wire-format.ts'
import { findTopLevel } from '../body-scan.ts'
import { estimateRequest } from '../estimate.ts'
import type { RequestFacts } from '../request-facts.ts'
import type { HeaderMap } from '../upstream.ts'
import { type Continuation, continuationInBytes } from './continuation.ts'
import { conversationInBytes, conversationInHeaders, conversationInRequest } from './conversation.ts'

export interface FactsSource {
  /** The wire of the bytes; undefined for the editor's own chats, which never were bytes. */
  readonly wire: WireId | undefined
  readonly headers: HeaderMap
  readonly bytes: () => Buffer
  /** May throw: then the facts stay unknown. */
  readonly canonical: () => ChatRequest
}

/** Byte sequences without which a request has none of a thing, in any wire. One that is found proves nothing yet. */
const signs = {
  tools: ['"tools"', '"functions"'],
  images: ['"image', '"input_image', '"inlineData"', '"inline_data"', '"fileData"', '"file_data"'],
  schema: ['json_schema', 'Schema"', 'response_schema', '"output_format"', '"output_config"'],
} as const

/** What stands before the content of an embedded file. */
const fileMarks = [';base64,', '"data"']

/** Where the wires keep the most output tokens. */
const outputFields: Readonly<Record<WireId, readonly string[]>> = {
  'openai-chat': ['max_completion_tokens', 'max_tokens'],
  'openai-responses': ['max_output_tokens'],
  'anthropic-messages': ['max_tokens'],
  'gemini-generate': ['maxOutputTokens', 'max_output_tokens'],
}
const geminiConfigs = ['generationConfig', 'generation_config']

const quote = 0x22
/** Shorter strings are no files worth subtracting. */
const smallFile = 4_096
/** What a file still counts for: as much text as it costs in tokens. */
const fileShare = 2 * tokensPerImage

export function createRequestFacts(source: FactsSource): RequestFacts {
  return new Facts(source)
}

class Facts implements RequestFacts {
  readonly bytes: number
  readonly #source: FactsSource
  readonly #body: Buffer | undefined
  #request: WeakRef<ChatRequest> | undefined
  #unreadable = false
  #textBytes: number | undefined
  #tokens: number | undefined
  #tools: boolean | undefined
  #images: boolean | undefined
  #schema: boolean | undefined
  #maxOutput: { readonly tokens: number | undefined } | undefined
  #continues: { readonly from: Continuation | undefined } | undefined
  #conversation: { readonly key: string | undefined } | undefined

  constructor(source: FactsSource) {
    this.#source = source
    this.#body = source.wire === undefined ? undefined : source.bytes()
    this.bytes = this.#body?.length ?? Infinity
  }

  textBytes(): number {
    this.#textBytes ??= this.#body ? withoutFiles(this.#body) : Infinity
    return this.#textBytes
  }

  inputTokens(): number {
    if (this.#tokens === undefined) {
      const request = this.#read()
      this.#tokens = request ? estimateRequest(request) : 0
    }
    return this.#tokens
  }

  usesTools(): boolean {
    this.#tools ??= this.#maybe(signs.tools) && (this.#read()?.tools.length ?? 0) > 0
    return this.#tools
  }

  hasImages(): boolean {
    this.#images ??=
      this.#maybe(signs.images) &&
      (this.#read()?.messages.some((message) => message.parts.some((part) => showsImage(part))) ?? false)
    return this.#images
  }

  wantsSchema(): boolean {
    this.#schema ??= this.#maybe(signs.schema) && this.#read()?.responseFormat?.type === 'json-schema'
    return this.#schema
  }

  maxOutputTokens(): number | undefined {
    this.#maxOutput ??= { tokens: this.#askedOutput() }
    return this.#maxOutput.tokens
  }

  continues(): Continuation | undefined {
    if (this.#source.wire !== 'openai-responses' || !this.#body) return undefined
    this.#continues ??= { from: continuationInBytes(this.#body) }
    return this.#continues.from
  }

  conversation(): string | undefined {
    this.#conversation ??= { key: this.#findConversation() }
    return this.#conversation.key
  }

  #findConversation(): string | undefined {
    const { headers, wire } = this.#source
    const cheap = conversationInHeaders(headers)
    if (cheap !== undefined) return cheap
    const found = wire && this.#body ? conversationInBytes(wire, this.#body) : undefined
    if (found !== undefined) return found
    const request = this.#read()
    return request && conversationInRequest(request)
  }

  #askedOutput(): number | undefined {
    const { wire } = this.#source
    const body = this.#body
    if (!wire || !body) return this.#read()?.maxOutputTokens
    if (!outputFields[wire].some((field) => body.includes(`"${field}"`))) return undefined
    const outer = wire === 'gemini-generate' ? geminiConfigs : [undefined]
    for (const name of outer) {
      const within = name === undefined ? body : inner(body, name)
      for (const field of within ? outputFields[wire] : []) {
        const span = within && findTopLevel(within, field)
        const value = span && Number(within.toString('latin1', span.start, span.end))
        if (value !== undefined && value > 0) return value
      }
    }
    return undefined
  }

  /** Whether one of the signs stands in the body; where there is none, only the request itself can tell. */
  #maybe(markers: readonly string[]): boolean {
    const body = this.#body
    return !body || markers.some((marker) => body.includes(marker))
  }

  /** Not held: facts live as long as the answer takes, a conversation only until it is sent. */
  #read(): ChatRequest | undefined {
    if (this.#unreadable) return undefined
    const known = this.#request?.deref()
    if (known) return known
    try {
      const request = this.#source.canonical()
      this.#request = new WeakRef(request)
      return request
    } catch {
      this.#unreadable = true
      return undefined
    }
  }
}

function showsImage(part: Part): boolean {
  return part.type === 'image' || (part.type === 'tool-result' && part.parts.some((inside) => inside.type === 'image'))
}

function inner(body: Buffer, field: string): Buffer | undefined {
  const span = findTopLevel(body, field)
  return span && body.subarray(span.start, span.end)
}

/** The size less the strings that hold files: everything from a mark to the next quote, where that is long. */
function withoutFiles(body: Buffer): number {
  let files = 0
  for (const mark of fileMarks) {
    for (let at = body.indexOf(mark); at >= 0; ) {
      let start = at + mark.length
      // The value of `"data"` begins with a quote of its own.
      if (mark.endsWith('"')) start = body.indexOf(quote, start) + 1
      const end = start === 0 ? -1 : body.indexOf(quote, start)
      if (end < 0) break
      if (end - start > smallFile && !looksLikeText(body, start)) files += end - start - fileShare
      at = body.indexOf(mark, end)
    }
  }
  return body.length - files
}

function looksLikeText(body: Buffer, start: number): boolean {
  return body.subarray(start, start + 1_024).includes(0x20)
}
