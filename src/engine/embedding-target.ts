// Where the semantic cache has its texts embedded: the configured model, at the first account of it that may be called now.
import type { EmbeddingTarget } from './cache/embeddings.ts'
import { embeddingDialect } from './cache/embeddings.ts'
import type { Target } from './catalogue.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import type { Cancellation, EnginePorts } from './ports.ts'
import { type CallOutcome, callUpstream, type Relay, type UpstreamCall } from './upstream.ts'
import { timeoutsFor } from './watchdog.ts'

interface FoundTarget extends EmbeddingTarget {
  readonly target: Target
}

/** Undefined when no model is set, or none of its accounts can be called now. */
export function embeddingTarget(ports: EnginePorts): FoundTarget | undefined {
  const name = ports.settings().cache.embeddingModel
  if (name === '') return undefined
  const now = ports.now()
  const target = targetsOf(ports, name).find(
    (one) => ports.standing.rest(one, now) === undefined && isUsable(ports, one),
  )
  const wire = target?.provider.wires[0]
  if (!target || wire === undefined) return undefined
  const { provider, account, model } = target
  const headers = upstreamHeaders({
    provider,
    accountHeaders: account.headers,
    credential: ports.credential(account.id),
    wire,
    clientHeaders: {},
    userAgent: ports.userAgent,
    stream: false,
  })
  return { target, dialect: embeddingDialect(provider), base: baseUrlFor(target, wire), headers, model: model.id }
}

export function embeddingCall(
  ports: EnginePorts,
  found: EmbeddingTarget,
  call: UpstreamCall,
  relay: Relay,
  signal: Cancellation,
): Promise<CallOutcome> {
  const { target } = found as FoundTarget
  const timeouts = timeoutsFor(ports.settings(), target.publicId)
  return callUpstream(ports.dispatcher(target.account), call, timeouts, relay, signal, ports.watchdog)
}

/** An unknown name is no failure of the request: the semantic tier then finds nothing. */
function targetsOf(ports: EnginePorts, name: string): readonly Target[] {
  try {
    return ports.catalogue().resolve(name)
  } catch {
    return []
  }
}

function isUsable(ports: EnginePorts, { account, provider }: Target): boolean {
  return provider.key !== 'required' || ports.credential(account.id) !== undefined
}
