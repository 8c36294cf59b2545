// The demo provider as a server without a network: speaks every wire that is asked of it, so that each feature can be tried
// with no key. It stands where an upstream's sockets would be; everything around it is the real path.
import type { Dispatcher } from 'undici'
import type { ChatRequest } from '../core/conversation.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { WireFormat, WireId } from '../core/wire-format.ts'
import { provider } from '../providers/demo.ts'
import { foldReply } from '../wire/fold.ts'
import { demoAnswer } from './demo-answer.ts'
import { estimateRequest } from './estimate.ts'

/** Milliseconds between two parts, so that streaming can be seen. */
const pace = 12

type Answer = { readonly status: number; readonly type: string; readonly pieces: readonly string[] }

/** A connection pool whose every connection ends at the demo. */
export function createDemoDispatcher(wireOf: (id: WireId) => WireFormat): Pick<Dispatcher, 'dispatch'> {
  return {
    dispatch(options, handler) {
      const controller = createController()
      handler.onRequestStart?.(controller, {})
      const body = typeof options.body === 'string' || Buffer.isBuffer(options.body) ? options.body.toString() : ''
      const answer = answerTo(wireOf, options.path, body)
      // A real upstream never answers in the same turn.
      setImmediate(() => {
        if (controller.aborted) return fail(handler, controller)
        handler.onResponseStart?.(controller, answer.status, { 'content-type': answer.type }, 'OK')
        send(answer.pieces, 0, handler, controller)
      })
      return true
    },
  }
}

function send(
  pieces: readonly string[],
  index: number,
  handler: Dispatcher.DispatchHandler,
  controller: ReturnType<typeof createController>,
): void {
  const piece = pieces[index]
  if (controller.aborted) fail(handler, controller)
  else if (controller.paused) controller.onResume(() => send(pieces, index, handler, controller))
  else if (piece === undefined) handler.onResponseEnd?.(controller, {})
  else {
    handler.onResponseData?.(controller, Buffer.from(piece))
    setTimeout(() => send(pieces, index + 1, handler, controller), pieces.length > 1 ? pace : 0)
  }
}

function fail(handler: Dispatcher.DispatchHandler, controller: Dispatcher.DispatchController): void {
  handler.onResponseError?.(controller, controller.reason ?? new Error('aborted'))
}

function answerTo(wireOf: (id: WireId) => WireFormat, path: string, body: string): Answer {
  const route = routes.find((each) => each.path.test(path))
  if (!route) return whole(404, { error: { message: 'The demo has no such path.' } })
  const wire = wireOf(route.wire)
  try {
    const pathModel = /\/models\/(.+):\w+/.exec(path)?.[1]
    const hints = {
      ...(pathModel === undefined ? {} : { model: decodeURIComponent(pathModel) }),
      ...(path.includes(':streamGenerateContent') ? { stream: true } : {}),
    }
    const request = wire.readRequest(JSON.parse(body), hints)
    refuseUnknown(request.model)
    if (route.count === true) return whole(200, wire.counting?.answer(estimateRequest(request)) ?? {})
    return reply(wire, request)
  } catch (thrown) {
    const error =
      thrown instanceof SyntaxError ? new GatewayError('invalid_request', 'The body is not valid JSON.') : thrown
    const written = wire.writeError(toGatewayError(error), 'demo')
    return whole(written.status, written.body)
  }
}

/** As a vendor would: a slip of the pen must not look like an answer. */
function refuseUnknown(model: string): void {
  const names = provider.models.map(({ id }) => id)
  if (names.includes(model)) return
  const known = names.map((name) => `"${name}"`).join(', ')
  throw new GatewayError('model_not_found', `The demo has no model "${model.slice(0, 100)}"; it has ${known}.`, {
    parameter: 'model',
  })
}

const routes: readonly { path: RegExp; wire: WireId; count?: boolean }[] = [
  { path: /\/chat\/completions(\?|$)/, wire: 'openai-chat' },
  { path: /\/responses\/input_tokens(\?|$)/, wire: 'openai-responses', count: true },
  { path: /\/responses(\?|$)/, wire: 'openai-responses' },
  { path: /\/messages\/count_tokens(\?|$)/, wire: 'anthropic-messages', count: true },
  { path: /\/messages(\?|$)/, wire: 'anthropic-messages' },
  { path: /:countTokens(\?|$)/, wire: 'gemini-generate', count: true },
  { path: /:(?:generateContent|streamGenerateContent)(\?|$)/, wire: 'gemini-generate' },
]

function reply(wire: WireFormat, request: ChatRequest): Answer {
  const parts = demoAnswer(request, request.model)
  if (!request.stream) return whole(200, wire.writeReply(foldReply(parts), request))
  const write = wire.streamWriter(request)
  return { status: 200, type: 'text/event-stream', pieces: parts.map(write).filter((text) => text !== '') }
}

function whole(status: number, body: JsonObject): Answer {
  return { status, type: 'application/json', pieces: [JSON.stringify(body)] }
}

function createController(): Dispatcher.DispatchController & { onResume(listener: () => void): void } {
  let paused = false
  let reason: Error | null = null
  let waiting: (() => void) | undefined
  return {
    get aborted() {
      return reason !== null
    },
    get paused() {
      return paused
    },
    get reason() {
      return reason
    },
    abort(error) {
      reason ??= error
      waiting?.()
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      const listener = waiting
      waiting = undefined
      listener?.()
    },
    onResume(listener) {
      waiting = listener
    },
  }
}
