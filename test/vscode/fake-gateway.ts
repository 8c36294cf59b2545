// A gateway in memory for tests of the editor's own logic: answers management calls from a table and plays stream parts.
import type { ChatOrigin, GatewayEvent } from '../../src/admin/client.ts'
import type { MethodInput, MethodName, MethodOutput } from '../../src/admin/contract.ts'
import type { ChatRequest } from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import type { Gateway, GatewaySettings, GatewayState } from '../../src/gateway.ts'

type Answers = { [M in MethodName]?: MethodOutput<M> | (() => MethodOutput<M>) }

export class FakeGateway implements Gateway {
  readonly calls: { method: string; input: unknown }[] = []
  readonly chats: { request: ChatRequest; origin: ChatOrigin; signal: AbortSignal }[] = []
  readonly applied: GatewaySettings[] = []
  state: GatewayState
  stopped = false
  parts: readonly StreamPart[] = []
  answers: Answers = {}
  readonly #events = new Set<(event: GatewayEvent) => void>()
  readonly #states = new Set<(state: GatewayState) => void>()

  constructor(answers: Answers = {}, state?: GatewayState) {
    this.answers = answers
    this.state = state ?? { kind: 'running', role: 'leader', endpoint: 'http://127.0.0.1:20128' }
  }

  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    this.calls.push({ method, input })
    const answer: unknown = this.answers[method]
    if (answer === undefined) throw Object.assign(new Error(`no answer to ${method}`), { code: 'unknown_path' })
    return (typeof answer === 'function' ? answer() : answer) as MethodOutput<M>
  }

  onEvent(listener: (event: GatewayEvent) => void): () => void {
    this.#events.add(listener)
    return () => this.#events.delete(listener)
  }

  onDidChangeState(listener: (state: GatewayState) => void): () => void {
    this.#states.add(listener)
    return () => this.#states.delete(listener)
  }

  async chat(
    request: ChatRequest,
    origin: ChatOrigin,
    onPart: (part: StreamPart) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.chats.push({ request, origin, signal })
    for (const part of this.parts) onPart(part)
  }

  defaultKey(): Promise<string> {
    return Promise.resolve('omr-fake')
  }

  adminToken(): Promise<string> {
    return Promise.resolve('omra-fake')
  }

  mcpToken(): Promise<string> {
    return Promise.resolve('omrm-fake')
  }

  /** What applying settings ends in, after which the gateway is stopped. */
  failure: Error | undefined

  async applySettings(settings: GatewaySettings): Promise<void> {
    this.applied.push(settings)
    if (this.failure === undefined) return
    this.become({ kind: 'stopped' })
    throw this.failure
  }

  async stop(): Promise<void> {
    this.stopped = true
  }

  emit(event: GatewayEvent): void {
    for (const listener of this.#events) listener(event)
  }

  become(state: GatewayState): void {
    this.state = state
    for (const listener of this.#states) listener(state)
  }
}

export const silentLog = { debug: noop, info: noop, warn: noop, error: noop }

function noop(): void {
  // Nothing to keep.
}
