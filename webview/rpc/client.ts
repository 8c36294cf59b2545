// Typed calls and events over a transport. Everything that goes out or comes in is checked against the contract.
import {
  type EventData,
  type EventName,
  events,
  type MethodInput,
  type MethodName,
  type MethodOutput,
  methods,
  type RpcFailure,
  rpcAnswer,
} from '../../src/admin/contract.ts'
import { t } from '../l10n.ts'
import type { Connection, Transport } from './transport.ts'

const usualTimeoutMs = 20_000
/** These call a vendor's server, which may be slow. */
const slowTimeoutMs = 90_000
const slowMethods: ReadonlySet<MethodName> = new Set([
  'accounts.add',
  'accounts.check',
  'accounts.test',
  'accounts.update',
  'accounts.refreshModels',
  'tools.verify',
])

export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: string
  readonly nextStep: string | undefined
  readonly parameter: string | undefined

  constructor(failure: RpcFailure) {
    super(failure.message)
    this.code = failure.code
    this.nextStep = failure.nextStep
    this.parameter = failure.parameter
  }
}

interface Waiting {
  readonly method: MethodName
  readonly resolve: (result: unknown) => void
  readonly reject: (error: RpcError) => void
  readonly timer: ReturnType<typeof setTimeout>
}

type EventListener = (data: unknown) => void

export class RpcClient {
  readonly #transport: Transport
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<EventName, Set<EventListener>>()
  readonly #connectionListeners = new Set<(connection: Connection) => void>()
  readonly #resyncListeners = new Set<() => void>()
  #lastId = 0
  #stop: (() => void) | undefined
  #wasLost = false

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Starts or, after signing in, restarts listening. */
  start(): void {
    this.#stop?.()
    this.#stop = this.#transport.listen({
      message: (message) => this.#receive(message),
      connection: (connection) => this.#changeConnection(connection),
    })
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  /** Calls one method. Rejects with an `RpcError` whose message is fit to be shown. */
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    const parsed = methods[method].input.safeParse(input)
    if (!parsed.success) {
      const first = parsed.error.issues[0]
      const message = t('"{0}" is not right: {1}', first?.path.join('.') ?? '', first?.message ?? '')
      return Promise.reject(new RpcError({ code: 'invalid_input', message }))
    }
    const id = ++this.#lastId
    return new Promise<MethodOutput<M>>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id, (waiting) => waiting.reject(timedOut())),
        slowMethods.has(method) ? slowTimeoutMs : usualTimeoutMs,
      )
      this.#waiting.set(id, { method, resolve: (result) => resolve(result as MethodOutput<M>), reject, timer })
      this.#transport.send({ id, method, params: parsed.data })
    })
  }

  /** Subscribes to one event; returns a function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener as EventListener)
    return () => listeners.delete(listener as EventListener)
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#connectionListeners.add(listener)
    return () => this.#connectionListeners.delete(listener)
  }

  /** Called when events may have been missed, so that what is shown has to be read anew. */
  onResync(listener: () => void): () => void {
    this.#resyncListeners.add(listener)
    return () => this.#resyncListeners.delete(listener)
  }

  #changeConnection(connection: Connection): void {
    for (const listener of this.#connectionListeners) listener(connection)
    if (connection === 'lost') this.#wasLost = true
    if (connection === 'open' && this.#wasLost) {
      this.#wasLost = false
      this.resync()
    }
  }

  /** Has everything shown read anew. */
  resync(): void {
    for (const listener of this.#resyncListeners) listener()
  }

  #receive(message: unknown): void {
    const parsed = rpcAnswer.safeParse(message)
    // Other messages may cross a webview's window; what is not ours is not looked at.
    if (!parsed.success) return
    const answer = parsed.data
    if ('event' in answer) this.#receiveEvent(answer.event, answer.data)
    else if ('error' in answer) this.#settle(answer.id, (waiting) => waiting.reject(new RpcError(answer.error)))
    else this.#settle(answer.id, (waiting) => this.#receiveResult(waiting, answer.result))
  }

  #receiveResult(waiting: Waiting, result: unknown): void {
    const parsed = methods[waiting.method].output.safeParse(result)
    if (parsed.success) waiting.resolve(parsed.data)
    else waiting.reject(new RpcError(misunderstood()))
  }

  #receiveEvent(event: string, data: unknown): void {
    if (!isEventName(event)) return
    const parsed = events[event].safeParse(data)
    if (parsed.success) for (const listener of this.#listeners.get(event) ?? []) listener(parsed.data)
    // Something happened that this page can't read; asking again shows it or says why not.
    else this.resync()
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    clearTimeout(waiting.timer)
    how(waiting)
  }
}

/** Anything thrown by a call, as what can be shown. */
export function toFailure(thrown: unknown): RpcFailure {
  if (thrown instanceof RpcError) {
    const { code, message, nextStep, parameter } = thrown
    return { code, message, ...(nextStep ? { nextStep } : {}), ...(parameter ? { parameter } : {}) }
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

function timedOut(): RpcError {
  return new RpcError({
    code: 'timed_out',
    message: t('The gateway did not answer in time.'),
    nextStep: t('Try again; if it stays, restart the gateway.'),
  })
}

function misunderstood(): RpcFailure {
  return {
    code: 'malformed_answer',
    message: t('The gateway answered in a form this page does not know.'),
    nextStep: t('Reload the page; it may be older than the gateway.'),
  }
}
