// One attempt between two wires: the client's request in canonical form is written for the upstream, and the answer is read into
// parts and written for the client, streamed or whole as the client asked.
import type { ChatRequest, Warning } from '../core/conversation.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { TargetModel, UpstreamRequest, WireFormat } from '../core/wire-format.ts'
import { withoutEmptyArguments } from '../wire/empty-arguments.ts'
import { createReplyFold } from '../wire/fold.ts'
import type { AttemptResult } from './attempt/result.ts'
import type { Target } from './catalogue.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { toJson } from './json-in-turns.ts'
import { createPartRelay } from './part-relay.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { singleValues } from './response-headers.ts'
import { mayBeSilent } from './silence.ts'
import { StreamKeepAlive } from './stream-keep-alive.ts'
import { toTargetModel } from './target-model.ts'
import { callUpstream, type Flow, type HeaderMap } from './upstream.ts'
import { timeoutsFor } from './watchdog.ts'
import { type Written, writeForUpstream } from './write-upstream.ts'

export interface Translation {
  readonly clientWire: WireFormat
  readonly upstreamWire: WireFormat
  /** The client's request; its model is the name the client asked for. */
  readonly request: ChatRequest
  readonly target: Target
  readonly requestId: string
  /** Of use to an upstream of the same wire only. */
  readonly clientHeaders: HeaderMap
  readonly sink: ResponseSink
  /** Headers of the answer, given the upstream's and what the translation had to drop. */
  readonly headers: (upstream: HeaderMap, warnings: readonly Warning[]) => Record<string, string>
  readonly signal: Cancellation
}

/** A request as it is sent. What it was made from is gone: a conversation is large, and an answer may take minutes. */
interface Sent extends Omit<UpstreamRequest, 'body'> {
  readonly kind: 'ready'
  readonly body: Buffer | string
}

export function attemptTranslated(ports: EnginePorts, translation: Translation): Promise<AttemptResult> {
  const model = toTargetModel(translation.target)
  const asked = { ...translation, request: { ...translation.request, messages: [] } }
  return prepare(ports, translation, model).then((sent) =>
    sent.kind === 'ready' ? send(ports, asked, model, sent) : sent,
  )
}

async function prepare(
  ports: EnginePorts,
  { upstreamWire, target, request, signal }: Translation,
  model: TargetModel,
): Promise<Sent | Exclude<Written, { readonly kind: 'written' }>> {
  const outcome = await writeForUpstream(ports, upstreamWire, target.account, model, request, signal)
  if (outcome.kind !== 'written') return outcome
  const { body, ...rest } = outcome.written
  return { ...rest, kind: 'ready', body: await toJson(body) }
}

/** `translation.request` has no messages any more: an answer is written without them. */
async function send(
  ports: EnginePorts,
  translation: Translation,
  model: TargetModel,
  sent: Sent,
): Promise<AttemptResult> {
  const { clientWire, upstreamWire, request, target, signal } = translation
  const answer = request.stream ? streamedAnswer(ports, translation) : wholeAnswer(translation)
  const watch = ports.reasoning.watch()
  // The client can go on from it only where it gets the vendor's own id.
  const isKept = upstreamWire === clientWire && upstreamWire.inspect.keptIds !== undefined && request.store !== false
  const relay = createPartRelay({
    wire: upstreamWire,
    target: model,
    written: sent,
    now: ports.now,
    mayBeSilent: () => mayBeSilent(() => request),
    onCommit: (headers, flow) => answer.begin(translation.headers(headers, relay.warnings()), flow),
    onPart: withoutEmptyArguments(sent.optionalTexts, (part) => {
      watch(part)
      if (isKept && part.type === 'start' && part.id !== undefined) ports.responses.learn([part.id], target)
      answer.part(part.type === 'start' ? { ...part, model: request.model } : part)
    }),
    onTurn: answer.flush,
  })
  const base = baseUrlFor(target, upstreamWire.id)
  const headers = upstreamHeaders({
    provider: target.provider,
    accountHeaders: target.account.headers,
    credential: ports.credential(target.account.id),
    wire: upstreamWire.id,
    clientHeaders: upstreamWire === clientWire ? translation.clientHeaders : {},
    userAgent: ports.userAgent,
    stream: request.stream,
  })
  const outcome = await callUpstream(
    ports.dispatcher(target.account),
    {
      origin: base.origin,
      path: base.path + sent.path,
      headers: { ...headers, ...sent.headers },
      body: sent.body,
    },
    timeoutsFor(ports.settings(), target.publicId),
    relay,
    signal,
    ports.watchdog,
  )
  const firstByteAt = relay.firstByteAt()
  const seen = { usage: relay.usage(), warnings: relay.warnings(), streamed: request.stream }
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers: refused, body } = outcome.refusal
      const error = upstreamWire.readError(status, singleValues(refused), body, ports.now())
      // The same wire keeps the upstream's own words.
      return { kind: 'failed', error: upstreamWire === clientWire ? error : foreign(error), headers: refused }
    }
    case 'aborted':
      answer.abandon()
      return firstByteAt === undefined ? { kind: 'left' } : { kind: 'left', firstByteAt, ...seen }
    case 'ended':
      try {
        answer.end()
      } catch (thrown) {
        return { kind: 'failed', error: toGatewayError(thrown) }
      }
      return { kind: 'served', firstByteAt: firstByteAt ?? ports.now(), ...seen }
    case 'failed':
      if (firstByteAt === undefined || !answer.told()) {
        answer.abandon()
        return { kind: 'failed', error: outcome.error }
      }
      if (relay.finished()) {
        answer.end()
        return { kind: 'served', firstByteAt, ...seen }
      }
      answer.breakOff(clientWire.writeStreamError(outcome.error, translation.requestId))
      return { kind: 'broken', error: outcome.error, firstByteAt, ...seen }
  }
}

/** How an answer reaches the client. */
interface Answer {
  /** Whether the client has been sent anything. */
  told(): boolean
  begin(headers: Record<string, string>, flow: Flow): void
  part(part: Parameters<ReturnType<WireFormat['streamWriter']>>[0]): void
  flush(): void
  end(): void
  breakOff(lastWords: string): void
  abandon(): void
}

function streamedAnswer(ports: EnginePorts, { clientWire, request, sink }: Translation): Answer {
  const write = clientWire.streamWriter(request)
  let text = ''
  let told = false
  let flow: Flow | undefined
  // Silence after which the client is told that the answer goes on (rule 137).
  const { keepAliveMs } = ports.settings().timeouts
  const keepAlive = new StreamKeepAlive(ports.waitingRoom, sink, clientWire.keepAlive, keepAliveMs)

  function flush(): void {
    if (text === '') return
    const chunk = Buffer.from(text)
    text = ''
    keepAlive.spoke()
    if (sink.write(chunk) || !flow) return
    flow.pause()
    sink.onDrain(flow.resume)
  }

  return {
    told: () => told,
    begin(headers, upstreamFlow) {
      told = true
      flow = upstreamFlow
      sink.head(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
      keepAlive.start()
    },
    part(part) {
      text += write(part)
    },
    flush,
    end() {
      keepAlive.stop()
      sink.end(text)
      text = ''
    },
    breakOff(lastWords) {
      keepAlive.stop()
      sink.end(text + lastWords)
    },
    abandon: () => keepAlive.stop(),
  }
}

/** A whole reply is only sent when it is complete, so that until then another target can be tried. */
function wholeAnswer({ clientWire, request, sink }: Translation): Answer {
  const fold = createReplyFold()
  let head: Record<string, string> = {}
  return {
    told: () => false,
    begin(headers) {
      head = headers
    },
    part: fold.add,
    flush: () => undefined,
    end() {
      const text = JSON.stringify(clientWire.writeReply({ ...fold.reply(), model: request.model }, request))
      sink.head(200, {
        ...head,
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(text)),
      })
      sink.end(text)
    },
    breakOff: () => undefined,
    abandon: () => undefined,
  }
}

/** The body of another wire's refusal means nothing to this client; all that it says of the account stays. */
function foreign(error: GatewayError): GatewayError {
  if (!error.upstream) return error
  return new GatewayError(error.code, error.message, {
    status: error.status,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.waitSource === undefined ? {} : { waitSource: error.waitSource }),
    ...(error.scope === undefined ? {} : { scope: error.scope }),
    ...(error.details === undefined ? {} : { details: error.details }),
    cause: error,
  })
}
