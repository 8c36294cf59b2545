// The canonical conversation every wire format is read into and written from. Parts are ordered and never flattened; what a
// format cannot hold becomes a warning of the translation, not a silent loss.
import type { JsonObject, JsonValue } from './json.ts'
import type { Usage } from './usage.ts'
import type { WireId } from './wire-format.ts'

/** The family that issued an opaque value. A signature or encrypted item is only ever sent back to the same family. */
export type VendorFamily = 'anthropic' | 'google' | 'openai' | 'xai' | 'openrouter'

export interface Signature {
  readonly family: VendorFamily
  readonly value: string
}

/** A prompt-cache breakpoint that the client set on a part (Anthropic `cache_control`). */
export interface CacheHint {
  readonly ttl?: '5m' | '1h'
}

interface PartBase {
  readonly cache?: CacheHint
  /** Fields of the part that only one wire knows, kept for the way back to that wire. */
  readonly extras?: Partial<Record<WireId, JsonObject>>
}

export type BinarySource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file uploaded at one vendor; it cannot cross to another (rule 45). */
  | { readonly kind: 'file'; readonly id: string; readonly family: VendorFamily; readonly mediaType?: string }

export interface TextPart extends PartBase {
  readonly type: 'text'
  readonly text: string
  readonly annotations?: readonly JsonObject[]
  readonly signature?: Signature
}

export interface ImagePart extends PartBase {
  readonly type: 'image'
  readonly source: BinarySource
  readonly detail?: 'auto' | 'low' | 'high' | 'original'
}

export interface DocumentPart extends PartBase {
  readonly type: 'document'
  readonly source: BinarySource | { readonly kind: 'text'; readonly text: string }
  readonly title?: string
  readonly context?: string
}

export interface AudioPart extends PartBase {
  readonly type: 'audio'
  readonly source: BinarySource
}

export interface VideoPart extends PartBase {
  readonly type: 'video'
  readonly source: BinarySource
}

export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning'
  readonly text: string
  readonly signature?: Signature
  /** Encrypted by the vendor (Anthropic `redacted_thinking`): `signature.value` holds all there is. */
  readonly redacted?: boolean
  /** The vendor's own id of the item (Responses `rs_…`). */
  readonly id?: string
}

export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** The arguments as JSON text, untouched (rule 6: numbers keep their digits). Free text when `kind` is `custom`. */
  readonly input: string
  readonly kind?: 'function' | 'custom'
  readonly signature?: Signature
}

export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result'
  readonly callId: string
  /** Name of the tool, where the wire gives it (Gemini) or a matching call is known. */
  readonly name?: string
  readonly parts: readonly (TextPart | ImagePart | DocumentPart | AudioPart | VideoPart)[]
  /** The result as a JSON value, where the wire carries one (Gemini `functionResponse.response`). */
  readonly structured?: JsonValue
  readonly isError?: boolean
}

export interface RefusalPart extends PartBase {
  readonly type: 'refusal'
  readonly text: string
}

/** A block only its own wire understands (server tool use, searches); replayed there, dropped with a warning elsewhere. */
export interface OpaquePart extends PartBase {
  readonly type: 'opaque'
  readonly wire: WireId
  readonly value: JsonObject
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | VideoPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | OpaquePart

/** `system` is allowed anywhere; tool results are parts of `user` messages. */
export type Role = 'system' | 'user' | 'assistant'

export interface Message {
  readonly role: Role
  readonly parts: readonly Part[]
  readonly name?: string
  /** True where the wire said `developer` rather than `system`. */
  readonly developer?: boolean
}

export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON schema of the arguments; absent means no arguments. Never mutated (rule 74). */
  readonly schema?: JsonObject
  readonly strict?: boolean
  readonly cache?: CacheHint
  /** Where a Responses client declared it within a namespace: `name` is the flat name, `tool` the one within (rule 61). */
  readonly namespace?: { readonly name: string; readonly tool: string; readonly description?: string }
}

/** A tool with free-form text input (Responses `custom`). */
export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  readonly format?: JsonObject
}

/** A tool that the vendor itself runs (web search, code interpreter …), in the shape of the wire it came from. */
export interface HostedTool {
  readonly type: 'hosted'
  readonly wire: WireId
  readonly value: JsonObject
}

export type ToolDefinition = FunctionTool | CustomTool | HostedTool

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'required' }
  | { readonly type: 'none' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly names: readonly string[]; readonly required: boolean }

export type ReasoningLevel = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** What the client asked of the model's reasoning; an absent field was not said. */
export interface ReasoningRequest {
  readonly level?: ReasoningLevel
  readonly budgetTokens?: number
  /** The model decides how much (Claude adaptive, Gemini budget −1). */
  readonly adaptive?: boolean
  readonly summary?: 'none' | 'auto' | 'concise' | 'detailed'
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly description?: string
    }

/** Sampling and limits, each absent unless the client set it. */
export interface Sampling {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly logitBias?: JsonObject
  readonly logprobs?: boolean
  readonly topLogprobs?: number
  readonly candidates?: number
}

export interface ChatRequest extends Sampling {
  /** The wire the request came in, or `editor` for the language model provider of VS Code. */
  readonly origin: WireId | 'editor'
  readonly model: string
  readonly stream: boolean
  readonly messages: readonly Message[]
  readonly tools: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly responseFormat?: ResponseFormat
  readonly reasoning?: ReasoningRequest
  /** Whether the client wants usage in the stream (OpenAI Chat `stream_options.include_usage`). */
  readonly includeUsage?: boolean
  readonly user?: string
  readonly serviceTier?: string
  readonly promptCacheKey?: string
  readonly previousResponseId?: string
  readonly store?: boolean
  /** Fields of the request that only one wire knows, kept for the same wire. */
  readonly extras?: Partial<Record<WireId, JsonObject>>
}

export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'context-length'
  | 'pause'
  | 'error'
  | 'other'

/** The unified reason and the upstream's own word for it. */
export interface Finish {
  readonly unified: FinishReason
  readonly raw?: string
  readonly stopSequence?: string
}

/** Something a translation had to drop, change or invent. Reaches the trace. */
export interface Warning {
  /** A short stable word, e.g. `dropped-parameter`, `renamed-tool`, `invented-result`. */
  readonly kind: string
  /** The field or part it is about, e.g. `top_k`, `messages[3]`. */
  readonly subject: string
  readonly message: string
}

export interface ChatReply {
  readonly id?: string
  /** The model name the upstream gave. */
  readonly model?: string
  readonly parts: readonly Part[]
  readonly finish: Finish
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly extras?: Partial<Record<WireId, JsonObject>>
}
