// A server without a network: stands where an upstream's sockets would be and speaks every wire that is asked of it, so that
// everything around it is the real path. The demo is one, and so are the editor's models.
import type { Dispatcher } from 'undici'
import type { ChatRequest } from '../core/conversation.ts'
import { failureOf, GatewayError, toGatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { StreamPart } from '../core/stream.ts'
import { totalInput } from '../core/usage.ts'
import type { WireFormat, WireId } from '../core/wire-format.ts'
import { createReplyFold } from '../wire/fold.ts'
import { estimateRequest } from './estimate.ts'
import { InsideConnection } from './inside-connection.ts'

export interface InsideServer {
  /** The answer in parts. What it throws is the failure of the call, in mid-answer too. */
  reply(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart>
  /** The list at `/models` in OpenAI's shape; absent where there is none. */
  readonly models?: () => Promise<JsonObject>
}

interface Route {
  readonly path: RegExp
  readonly wire: WireId
  readonly count?: boolean
}

const routes: readonly Route[] = [
  { path: /\/chat\/completions(\?|$)/, wire: 'openai-chat' },
  { path: /\/responses\/input_tokens(\?|$)/, wire: 'openai-responses', count: true },
  { path: /\/responses(\?|$)/, wire: 'openai-responses' },
  { path: /\/messages\/count_tokens(\?|$)/, wire: 'anthropic-messages', count: true },
  { path: /\/messages(\?|$)/, wire: 'anthropic-messages' },
  { path: /:countTokens(\?|$)/, wire: 'gemini-generate', count: true },
  { path: /:(?:generateContent|streamGenerateContent)(\?|$)/, wire: 'gemini-generate' },
]

/** A connection pool whose every connection ends at the server. */
export function createInsideDispatcher(
  wireOf: (id: WireId) => WireFormat,
  server: InsideServer,
): Pick<Dispatcher, 'dispatch'> {
  return {
    dispatch({ method, path, body }, handler) {
      const connection = new InsideConnection(handler)
      const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : ''
      // A real upstream never answers in the same turn.
      setImmediate(() => {
        serve(wireOf, server, { method, path, text }, connection).catch((thrown: unknown) => connection.fail(thrown))
      })
      return true
    },
  }
}

async function serve(
  wireOf: (id: WireId) => WireFormat,
  server: InsideServer,
  { method, path, text }: { readonly method: string; readonly path: string; readonly text: string },
  connection: InsideConnection,
): Promise<void> {
  if (method === 'GET' && /\/models(\?|$)/.test(path) && server.models) {
    await connection.whole(200, await server.models())
    return
  }
  const route = routes.find((each) => each.path.test(path))
  if (!route) {
    await connection.whole(404, { error: { message: 'There is no such path.' } })
    return
  }
  const wire = wireOf(route.wire)
  try {
    const request = readRequest(wire, path, text)
    if (route.count === true) await connection.whole(200, wire.counting?.answer(estimateRequest(request)) ?? {})
    else if (request.stream) await stream(wire, request, server, connection)
    else await reply(wire, request, server, connection)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    // What the caller has done wrong is refused as vendors do; anything else is a failure of the call itself.
    const isRefusal = failureOf(error.code).fault === 'caller' || error.code === 'model_not_found'
    if (connection.hasBegun || !isRefusal) throw error
    const { status, body } = wire.writeError(error, 'inside')
    await connection.whole(status, body)
  }
}

function readRequest(wire: WireFormat, path: string, text: string): ChatRequest {
  const pathModel = /\/models\/(.+):\w+/.exec(path)?.[1]
  const hints = {
    ...(pathModel === undefined ? {} : { model: decodeURIComponent(pathModel) }),
    ...(path.includes(':streamGenerateContent') ? { stream: true } : {}),
  }
  return wire.readRequest(parse(text), hints)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new GatewayError('invalid_request', 'The body is not valid JSON.')
  }
}

async function stream(
  wire: WireFormat,
  request: ChatRequest,
  server: InsideServer,
  connection: InsideConnection,
): Promise<void> {
  const write = wire.streamWriter(request)
  for await (const part of server.reply(request, connection.signal)) {
    const text = write(part)
    if (text !== '') await connection.send('text/event-stream', text)
  }
  connection.end()
}

async function reply(
  wire: WireFormat,
  request: ChatRequest,
  server: InsideServer,
  connection: InsideConnection,
): Promise<void> {
  const fold = createReplyFold()
  for await (const part of server.reply(request, connection.signal)) fold.add(part)
  const whole = fold.reply()
  const { usage, ...body } = wire.writeReply(whole, request)
  // Clients of some wires insist on counts; between ourselves what nobody counted stays unknown.
  const isKnown = totalInput(whole.usage) !== null || whole.usage.output !== null
  await connection.whole(200, usage !== undefined && isKnown ? { ...body, usage } : body)
}
