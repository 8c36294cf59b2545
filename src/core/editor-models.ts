// The language models of the editor, as the gateway is handed them: Copilot's and those of other extensions. The editor keeps
// their sign-in, consent and limits; the gateway sees names and answers.
import type { ChatRequest } from './conversation.ts'
import type { StreamPart } from './stream.ts'

export interface EditorModel {
  /** `<vendor>/<model>`, e.g. `copilot/gpt-5`. */
  readonly id: string
  readonly name: string
  /** Tokens that a request may have. */
  readonly maxInputTokens: number
  /** Whether it calls tools and takes pictures; absent where the editor does not say. */
  readonly tools?: boolean
  readonly vision?: boolean
}

export interface EditorModels {
  /** Every model but the gateway's own. Never asks the user anything. */
  list(): Promise<readonly EditorModel[]>
  /**
   * The answer as it comes, from `start` to `finish`. Throws a `GatewayError`, also in mid-answer: `consent_missing` where the
   * user has not allowed it, `model_not_found`, `unsupported` for what these models can't be told.
   */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart>
  /** Tells when models come or go. */
  onDidChange(listener: () => void): () => void
}
