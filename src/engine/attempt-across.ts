// One attempt that goes through the canonical form: between two wires, or within one where the user's rules change the request.
// Calls that are no chat are counts of tokens.
import type { ChatRequest } from '../core/conversation.ts'
import { toGatewayError } from '../core/errors.ts'
import { answerHeaders, warningText } from './answer-headers.ts'
import type { AttemptResult } from './attempt/result.ts'
import type { ClientAttempt } from './attempt-bytes.ts'
import { countAcross } from './count.ts'
import type { EnginePorts } from './ports.ts'
import { applyShape, type Shape, targetFor } from './shape.ts'
import { attemptTranslated } from './translate.ts'
import type { HeaderMap } from './upstream.ts'

export async function attemptAcross(
  ports: EnginePorts,
  { request, candidate, attempts, sink, signal }: ClientAttempt,
  shape: Shape | undefined,
): Promise<AttemptResult> {
  const { target, wire } = candidate
  let canonical: ChatRequest
  try {
    canonical = shape ? applyShape(request.canonical(), shape) : request.canonical()
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
  if (!request.isReply) {
    const headers = answerHeaders(request, target, attempts, {})
    return countAcross(
      ports,
      { clientWire: request.wire, request: canonical, headers, sink },
      target,
      ports.wireOf(wire),
      signal,
    )
  }
  let answered: HeaderMap | undefined
  const result = await attemptTranslated(ports, {
    clientWire: request.wire,
    upstreamWire: ports.wireOf(wire),
    request: canonical,
    target: targetFor(target, canonical, shape, wire === request.wire.id),
    requestId: request.id,
    clientHeaders: request.headers,
    sink,
    headers: (upstream, warnings) => {
      answered = upstream
      ports.breaker.answered(target, wire)
      return {
        ...answerHeaders(request, target, attempts, upstream),
        ...(request.debug && warnings.length > 0 ? { 'x-omniroute-warnings': warningText(warnings) } : {}),
      }
    },
    signal,
  })
  return answered === undefined || result.kind === 'failed' ? result : { ...result, headers: answered }
}
