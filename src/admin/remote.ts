// The gateway of another window, over HTTP: the same management contract, events and chat as in process.
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import type { ChatRequest } from '../core/conversation.ts'
import { type FailureCode, failures, GatewayError } from '../core/errors.ts'
import type { StreamPart } from '../core/stream.ts'
import { createSseParser } from '../wire/sse.ts'
import type { GatewayClient, GatewayEvent } from './client.ts'
import { events, type MethodName, type MethodOutput, methods, rpcAnswer, rpcFailure } from './contract.ts'
import { requestLoopback } from './loopback.ts'

export interface RemoteOptions {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string
  readonly adminToken: string
  /** Called once when the connection to the other window has ended. */
  readonly onLost: () => void
}

export interface RemoteClient extends GatewayClient {
  close(): void
}

const eventMessage = z.object({ event: z.string(), data: z.unknown().optional() })
const chatLine = z.union([
  z.object({ part: z.looseObject({ type: z.string() }) }),
  z.object({ failure: rpcFailure.extend({ status: z.number(), retryAfterMs: z.number().optional() }) }),
])

export function createRemoteClient({ endpoint, adminToken, onLost }: RemoteOptions): RemoteClient {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const listeners = new Set<(event: GatewayEvent) => void>()
  const closing = new AbortController()
  let calls = 0
  void watch()

  /** Holds one stream of events open; its end is how a lost leader is noticed. */
  async function watch(): Promise<void> {
    try {
      const answer = await requestLoopback(endpoint, '/admin/events', {
        headers,
        signal: closing.signal,
        bodyTimeout: 0,
      })
      if (answer.statusCode !== 200) throw new Error(`events answered ${answer.statusCode}`)
      const parser = createSseParser()
      for await (const chunk of answer.body) {
        for (const { data } of parser.feed(chunk as Buffer)) dispatchEvent(data)
      }
    } catch {
      // The reason does not matter: whatever ended the stream, the leader has to be looked for anew.
    }
    if (!closing.signal.aborted) {
      closing.abort()
      onLost()
    }
  }

  function dispatchEvent(text: string): void {
    const message = eventMessage.safeParse(JSON.parse(text))
    if (!message.success || !Object.hasOwn(events, message.data.event)) return
    const schema = events[message.data.event as keyof typeof events]
    const data = schema.safeParse(message.data.data)
    if (!data.success) return
    const event = { event: message.data.event, data: data.data } as GatewayEvent
    for (const listener of listeners) listener(event)
  }

  return {
    async call(method, input) {
      const answer = await post('/admin/rpc', { id: ++calls, method, params: input }, headers, endpoint)
      const message = rpcAnswer.safeParse(await answer.body.json())
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
        answer = await post('/admin/chat', { request: chat, origin }, headers, endpoint, signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
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
        throw new GatewayError('shutting_down', 'The window that runs the gateway was closed.', { cause: error })
      }
    },
    close() {
      closing.abort()
      listeners.clear()
    },
  }
}

async function post(
  path: string,
  body: object,
  headers: Record<string, string>,
  endpoint: string,
  signal?: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  try {
    return await requestLoopback(endpoint, path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    throw new GatewayError('shutting_down', 'The window that runs the gateway can not be reached.', { cause: error })
  }
}

function parseResult<M extends MethodName>(method: M, result: unknown): MethodOutput<M> {
  const parsed = methods[method].output.safeParse(result)
  if (parsed.success) return parsed.data as MethodOutput<M>
  throw new GatewayError('internal', 'The gateway of the other window is of another version; restart both windows.')
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
