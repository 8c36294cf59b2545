// The seam between wire formats and everything else. A wire format is pure functions and small state machines; nothing in it
// does I/O. One folder under src/wire implements this interface.
import type {
  AudioPart,
  ChatReply,
  ChatRequest,
  DocumentPart,
  Finish,
  ImagePart,
  VideoPart,
  Warning,
} from './conversation.ts'
import type { GatewayError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { ModelCapabilities, ModelLimits } from './model.ts'
import type { StreamPart } from './stream.ts'
import type { Usage } from './usage.ts'

export const wireIds = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate'] as const
export type WireId = (typeof wireIds)[number]

/** One server-sent event: its `event:` name, if any, and its `data:` lines joined by newline. */
export interface SseEvent {
  readonly event?: string
  readonly data: string
}

/** The upstream model a request is written for, with what is known of it. Unknown facts are absent. */
export interface TargetModel {
  /** The id the upstream knows the model by. */
  readonly id: string
  readonly provider: string
  readonly limits: ModelLimits
  readonly capabilities: ModelCapabilities
  /** Deviations of the provider or model from its wire, as data; names are defined by the wire that reads them. */
  readonly quirks: Readonly<Record<string, unknown>>
}

/** What a wire asks to be sent: path relative to the account's base URL, headers of the wire, JSON body. */
export interface UpstreamRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  readonly warnings: readonly Warning[]
  /** Upstream tool name -> the client's name, for tools that had to be renamed (rule 55). */
  readonly toolNames?: ReadonlyMap<string, string>
  /** Client's tool name -> optional text arguments that are taken out of the answer's calls when they are empty (rule 99). */
  readonly optionalTexts?: ReadonlyMap<string, ReadonlySet<string>>
}

/** A part whose content may lie at an address. */
export type LinkedPart = ImagePart | DocumentPart | AudioPart | VideoPart

export interface WireFormat {
  readonly id: WireId
  /** Client side: a parsed body to the canonical request. Throws `GatewayError('invalid_request')` naming the field. */
  readRequest(body: unknown, hints?: { readonly model?: string; readonly stream?: boolean }): ChatRequest
  writeReply(reply: ChatReply, request: ChatRequest): JsonObject
  /** Client side: a state machine from parts to SSE text. The text may be empty. */
  streamWriter(request: ChatRequest): (part: StreamPart) => string
  /** A failure in the wire's own dialect. */
  writeError(error: GatewayError, requestId: string): { readonly status: number; readonly body: JsonObject }
  /** The SSE text of a failure after the first byte has gone out. */
  writeStreamError(error: GatewayError, requestId: string): string
  /** A comment or event that is legal at any time before the terminal event. */
  readonly keepAlive: string

  /** Counting tokens, where the wire has a way to ask for it (rule 165). */
  readonly counting?: TokenCounting

  /** Upstream side. */
  /** Whether the target fetches nothing from this address itself and must be sent what lies there (rule 41). Absent: never. */
  needsBytes?(part: LinkedPart, url: string, target: TargetModel): boolean
  writeRequest(request: ChatRequest, target: TargetModel): UpstreamRequest
  /**
   * `target` is given where it is known: some quirks change how replies are read (think tags, rule 115). Whether a reply without a
   * word is one has been judged before (`inspect.bodyFailure`).
   */
  readReply(body: unknown, target?: TargetModel): ChatReply
  streamReader(target?: TargetModel, theirNow?: TheirNow): StreamReader
  /** `now`: epoch milliseconds when the refusal came, by our clock. */
  readError(status: number, headers: Readonly<Record<string, string>>, body: string, now: number): GatewayError
  /** Only for targets of which it is known exactly what they add for it. */
  usageAsking?(target: TargetModel): UsageAsking | undefined
  /** What the pass-through path needs to know of the wire without translating. */
  readonly inspect: WireInspector
}

/** How usage is asked for in a client's place in a stream that passes through untouched. */
export interface UsageAsking {
  /** The field of the request, as its bytes stand there. Whoever has it has a word of its own. */
  readonly field: string
  /** Stands in front of the request's first field. */
  readonly insert: string
  /** Whole events, as latin1 text, without what the upstream adds to them for it. */
  readonly takeOut: (events: string) => string
}

/** The time by the upstream's own clock: instants that it names are held against it. Without it they stay unknown. */
export type TheirNow = () => number

/** What is known of an answer beside its bytes. */
export interface AnswerContext {
  readonly theirNow?: TheirNow
  /** Whether nothing may be an answer to the request. Asked where the model stopped without a word (rule 127). */
  readonly mayBeSilent?: () => boolean
}

export interface TokenCounting {
  /** Upstream side: the call that counts the request, or undefined where the target has none. May throw like `writeRequest`. */
  write(request: ChatRequest, target: TargetModel): UpstreamRequest | undefined
  /** Upstream side: the count in an answer to it. */
  read(body: JsonObject): number | undefined
  /** Client side: a count as this wire says it. */
  answer(tokens: number): JsonObject
}

export interface StreamReader {
  /** Parts of one event; empty for events that say nothing. */
  read(event: SseEvent): StreamPart[]
  /** Called once when the upstream has closed: ends open blocks, or gives an error part when no terminal event came. */
  end(): StreamPart[]
}

/** What one event or body means to a relay that passes bytes through untouched. */
export interface WireInspector {
  /** Classifies one parsed event while the relay decides whether to commit. `terminal` ends a stream and says nothing itself. */
  event(event: SseEvent, context?: AnswerContext): 'meaningful' | 'preamble' | 'terminal' | GatewayError
  /** A complete 2xx body that is no success (error hidden in 200, empty answer), or undefined when it is one. */
  bodyFailure(body: JsonObject, context?: AnswerContext): GatewayError | undefined
  /** Whether a reply without content that ended so is what the model chose to say. Absent: never (rule 127). */
  isChosenSilence?(finish: Finish, usage: Usage): boolean
  /** Usage in a reply body or in the data of one event; undefined when it holds none. */
  usage(data: JsonObject): Usage | undefined
  /** Ids of what the vendor keeps of a reply, so that later requests can go on from it. Absent: the wire has no such thing. */
  keptIds?(data: JsonObject): readonly string[]
  /** The model name within a reply body or an event's data, where the wire puts it. */
  model(data: JsonObject): string | undefined
  /** The JSON key whose value is the model's name in replies, e.g. `model`. */
  readonly modelKey: string
  /** Byte sequences of which at least one occurs in the event that carries usage, e.g. `"usage"`. */
  readonly usageMarkers: readonly string[]
  /** Byte sequences of which at least one occurs in a stream that ended properly. */
  readonly terminalMarkers: readonly string[]
}
