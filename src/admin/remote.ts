// The gateway of another window, over HTTP: the same management contract, events and chat as in process.
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import type { ChatRequest } from '../core/conversation.ts'
import { type FailureCode, failures, GatewayError } from '../core/errors.ts'
import type { StreamPart } from '../core/stream.ts'
import type { GatewayClient, GatewayEvent } from './client.ts'
import { events, type MethodName, type MethodOutput, methods, rpcAnswer, rpcFailure } from './contract.ts'
import { type Loss, watchLeader } from './leader-watch.ts'
import { requestLoopback } from './loopback.ts'

export interface RemoteOptions {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string
  readonly adminToken: string
  /** Called once when the other window is gone or has fallen silent. */
  readonly onLost: (loss: Loss) => void
  /** Called when the leader makes way for a window of that version. */
  readonly onLeaving: (successor: string) => void
  /** Asks the leader whether it is there. */
  readonly answers: () => Promise<boolean>
}

export interface RemoteClient extends GatewayClient {
  /** Asks the leader to let a window of this version lead. True when it will. */
  askToLead(version: string): Promise<boolean>
  /** Has the leader stop for all windows. */
  stopLeader(): Promise<void>
  close(): void
}

/** A leader that hangs stops later, or by its process being ended. */
const stopWithinMs = 3_000
const leadAnswer = z.object({ accepted: z.boolean() })

const eventMessage = z.object({ event: z.string(), data: z.unknown().optional() })
const chatLine = z.union([
  z.object({ part: z.looseObject({ type: z.string() }) }),
  z.object({ failure: rpcFailure.extend({ status: z.number(), retryAfterMs: z.number().optional() }) }),
])

export function createRemoteClient({ endpoint, adminToken, onLost, onLeaving, answers }: RemoteOptions): RemoteClient {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const listeners = new Set<(event: GatewayEvent) => void>()
  /** Fires when the leader has fallen silent: what was asked of it will not be answered in any time worth waiting. */
  const silence = new AbortController()
  let calls = 0
  const endWatch = watchLeader({
    endpoint,
    headers,
    answers,
    onEvent: dispatchEvent,
    onLost(loss) {
      if (loss === 'silent') silence.abort()
      onLost(loss)
    },
  })

  function dispatchEvent(text: string): void {
    const message = eventMessage.safeParse(JSON.parse(text))
    if (!message.success || !Object.hasOwn(events, message.data.event)) return
    const schema = events[message.data.event as keyof typeof events]
    const data = schema.safeParse(message.data.data)
    if (!data.success) return
    const event = { event: message.data.event, data: data.data } as GatewayEvent
    if (event.event === 'gateway.leaving') onLeaving(event.data.successor)
    for (const listener of listeners) listener(event)
  }

  async function post(path: string, body: object, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await requestLoopback(endpoint, path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]),
      })
    } catch (error) {
      throw broken(error, 'The window that runs the gateway can not be reached.')
    }
  }

  function broken(error: unknown, message: string): GatewayError {
    if (silence.signal.aborted) return silentLeader(error)
    const details = isRefused(error) ? notTaken : {}
    return new GatewayError('shutting_down', message, { cause: error, ...details })
  }

  async function postJson(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const answer = await post(path, body, signal)
    if (answer.statusCode === 503) throw leaving(answer)
    try {
      return await answer.body.json()
    } catch (error) {
      throw broken(error, closedText)
    }
  }

  return {
    async call(method, input) {
      const message = rpcAnswer.safeParse(await postJson('/admin/rpc', { id: ++calls, method, params: input }))
      if (!message.success || 'event' in message.data)
        throw new GatewayError('internal', 'The other window answered nonsense.')
      if ('error' in message.data) throw toError(message.data.error)
      return parseResult(method, message.data.result)
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async chat(chat: ChatRequest, origin, onPart, signal) {
      let answer: Dispatcher.ResponseData
      try {
        answer = await post('/admin/chat', { request: chat, origin }, signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      if (answer.statusCode === 503) throw leaving(answer)
      if (answer.statusCode !== 200)
        throw new GatewayError('internal', `The other window answered ${answer.statusCode}.`)
      let text = ''
      try {
        for await (const chunk of answer.body.setEncoding('utf8')) {
          text += String(chunk)
          const lines = text.split('\n')
          text = lines.pop() ?? ''
          for (const line of lines) readLine(line, onPart)
        }
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof GatewayError) throw error
        throw broken(error, closedText)
      }
    },
    async askToLead(version) {
      const answer = leadAnswer.safeParse(await postJson('/admin/handover', { version }))
      return answer.success && answer.data.accepted
    },
    async stopLeader() {
      await postJson('/admin/stop', {}, AbortSignal.timeout(stopWithinMs))
    },
    close() {
      endWatch()
      listeners.clear()
    },
  }
}

const closedText = 'The window that runs the gateway was closed.'

/** A leader on its way out takes on nothing new. */
function leaving({ body }: Dispatcher.ResponseData): GatewayError {
  body.dump().catch(() => undefined)
  return new GatewayError('shutting_down', 'The window that runs the gateway is closing.', notTaken)
}

const notTaken = { details: { taken: false } }

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
}

/** Whether the leader, on its way out or gone, has done nothing at all about the call: it can be made again. */
export function wasNotTaken(error: unknown): boolean {
  return error instanceof GatewayError && error.details?.['taken'] === false
}

/** What a window has to say while its leader hangs. */
export function silentLeader(cause?: unknown): GatewayError {
  return new GatewayError('leader_silent', 'The window that runs the gateway does not answer.', { cause })
}

function parseResult<M extends MethodName>(method: M, result: unknown): MethodOutput<M> {
  const parsed = methods[method].output.safeParse(result)
  if (parsed.success) return parsed.data as MethodOutput<M>
  throw new GatewayError('outdated', 'The gateway of the other window is of another version.')
}

function readLine(line: string, onPart: (part: StreamPart) => void): void {
  if (line === '') return
  const message = chatLine.parse(JSON.parse(line))
  if ('failure' in message) throw toError(message.failure, message.failure)
  onPart(message.part as unknown as StreamPart)
}

function toError(
  failure: { code: string; message: string; parameter?: string | undefined },
  more: { status?: number; retryAfterMs?: number | undefined } = {},
): GatewayError {
  const code: FailureCode = Object.hasOwn(failures, failure.code) ? (failure.code as FailureCode) : 'internal'
  return new GatewayError(code, failure.message, {
    ...(failure.parameter === undefined ? {} : { parameter: failure.parameter }),
    ...(more.status === undefined ? {} : { status: more.status }),
    ...(more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs }),
  })
}
