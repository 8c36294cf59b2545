// What the fake's four wires have in common: the question as far as a fake understands it, the answer it makes up, and the
// frames of a stream. Each wire is one file that turns answers into its own bytes.
import type { JsonObject } from '../../src/core/json.ts'
import type { WireId } from '../../src/core/wire-format.ts'

export interface OfferedTool {
  readonly name: string
  readonly schema?: JsonObject
}

export interface Ask {
  readonly model: string
  readonly stream: boolean
  readonly lastUserText: string
  /** Text of the tool results that came after the last thing the user said. */
  readonly toolResult?: string
  readonly tools: readonly OfferedTool[]
  readonly includeUsage: boolean
  /** Of the Responses wire: whether the answer is kept, and the conversation it belongs to. */
  readonly store?: boolean
  readonly conversation?: string
  /** Length of the request, from which input tokens are made up. */
  readonly characters: number
}

export interface FakeCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

export interface Answer {
  /** Number of the exchange: ids are made from it, so that equal runs give equal bytes. */
  readonly number: number
  readonly created: number
  readonly model: string
  readonly reasoning: readonly string[]
  readonly text: readonly string[]
  readonly calls: readonly FakeCall[]
  readonly finish: 'stop' | 'length' | 'filter'
  /** `cached` is a part of `input`, `reasoning` a part of `output`. */
  readonly usage?: {
    readonly input: number
    readonly cached: number
    readonly written?: number
    readonly writtenForAnHour?: number
    readonly output: number
    readonly reasoning: number
  }
  readonly includeUsage: boolean
  readonly store?: boolean
  readonly conversation?: string
}

/** `finish` frames tell how the answer ended, `done` frames that the stream is over. */
export interface Frame {
  readonly kind: 'preamble' | 'content' | 'finish' | 'done'
  readonly event?: string
  readonly data: string
}

export interface FakeModel {
  readonly id: string
  readonly created: number
}

export interface FakeWire {
  readonly id: WireId
  /** Reads a question; a string says what is wrong with it, `refused` is the whole error. */
  ask(body: JsonObject, characters: number): Omit<Ask, 'model' | 'stream'> | string | { readonly refused: JsonObject }
  reply(answer: Answer): JsonObject
  frames(answer: Answer): Iterable<Frame>
  error(status: number, message: string | undefined): JsonObject
  errorFrame(message: string): Frame
  modelList(models: readonly FakeModel[]): JsonObject
  model(model: FakeModel): JsonObject
  countTokens(characters: number): JsonObject
  readonly responseHeaders: (number: number) => Readonly<Record<string, string>>
}
