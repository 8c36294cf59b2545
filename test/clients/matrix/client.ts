// What the cells of the matrix need of a client, so that one suite asks all of them the same: an adapter for each official client
// puts the question in its own words and reads the answer back through its own types.
import type { JsonObject } from '../../../src/core/json.ts'
import type { WireId } from '../../../src/core/wire-format.ts'

export interface Connection {
  readonly url: string
  readonly key: string
}

export interface SeenCall {
  /** Absent where the client does not show it. */
  readonly id: string | undefined
  readonly name: string
  readonly input: unknown
}

/** An answer as the client's own types give it. */
export interface Seen {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly SeenCall[]
  /** The client's own word for how the answer ended. */
  readonly finish: string | null | undefined
  readonly model: string | undefined
  readonly usage: {
    /** All input, cache included. */
    readonly input: number | undefined
    readonly cached: number | undefined
    /** All output, reasoning included. */
    readonly output: number | undefined
  }
  /** What the client would send back in the next turn. */
  readonly turn: unknown
}

export interface Question {
  readonly model: string
  readonly text: string
  readonly stream: boolean
  /** A PNG in base64. */
  readonly image?: string
  /** Offers the weather tool. */
  readonly tool?: boolean
  /** The answer whose calls are answered now, each with this text. */
  readonly after?: { readonly seen: Seen; readonly result: string }
  /** The answer must be JSON of this schema. */
  readonly schema?: JsonObject
  /** Asks for much reasoning, and to be shown it. */
  readonly reason?: boolean
  readonly signal?: AbortSignal
  /** Called with each piece of text of a stream. */
  readonly onText?: (text: string) => void
}

export interface ClientFailure {
  readonly status: number | undefined
  readonly message: string
  readonly retryAfter: string | undefined
}

/** The client's own words for the ways an answer ends. */
export interface FinishWords {
  readonly stop: string
  readonly length: string
  readonly calls: string
  readonly filter: string
}

export interface MatrixClient {
  readonly name: string
  readonly wire: WireId
  readonly finishWords: FinishWords
  /** Whether the client lets a program read reasoning at all. */
  readonly showsReasoning: boolean
  /** Whether a program can read the wait that a refusal names. */
  readonly showsWait: boolean
  ask(connection: Connection, question: Question): Promise<Seen>
  /** What a program can tell of a failure; throws what is no failure of this client's own kind. */
  failure(thrown: unknown): ClientFailure
}

export function dataUrl(image: string): string {
  return `data:image/png;base64,${image}`
}

/** Room for an answer after much reasoning, so that no wire has to cut the reasoning short. */
export const roomToReason = 32_000

export const waitMs = 15_000
