// What the faces of the product (editor, headless, dashboards) hold of a gateway. The leader answers in process, a follower
// over HTTP from the leader; who holds it can't tell the difference.
import type { ChatRequest } from '../core/conversation.ts'
import type { StreamPart } from '../core/stream.ts'
import type { EventData, EventName, MethodInput, MethodName, MethodOutput } from './contract.ts'

export type GatewayEvent = { [E in EventName]: { readonly event: E; readonly data: EventData<E> } }[EventName]

/** Where a chat came from, for the log and (later) for affinity. */
export interface ChatOrigin {
  /** Product token shown as the client in the request log, e.g. `github.copilot-chat`. */
  readonly client: string
  readonly conversationId?: string
  /** The name of the workspace that asks. */
  readonly workspace?: string
}

export interface GatewayClient {
  /** Calls one management method. Rejects with a `GatewayError`. */
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>
  /** Subscribes to events; returns a function that ends the subscription. */
  onEvent(listener: (event: GatewayEvent) => void): () => void
  /**
   * Runs one chat through routing, fallback and the log. Parts arrive in order and end with one `finish`; a failure rejects
   * with a `GatewayError` instead. Aborting `signal` cancels the upstream at once and resolves.
   */
  chat(request: ChatRequest, origin: ChatOrigin, onPart: (part: StreamPart) => void, signal: AbortSignal): Promise<void>
}
