// A canonical request as the body for one target, with what the target needs put in place first: signed reasoning that the
// client's wire has no room for, and the content of files that the upstream doesn't fetch itself.
import type { Account } from '../core/account.ts'
import type { ChatRequest } from '../core/conversation.ts'
import { toGatewayError } from '../core/errors.ts'
import type { TargetModel, UpstreamRequest, WireFormat } from '../core/wire-format.ts'
import type { AttemptResult } from './attempt/result.ts'
import { addressesToLoad, withLoaded } from './media.ts'
import type { Cancellation, EnginePorts } from './ports.ts'

export type Written =
  | { readonly kind: 'written'; readonly written: UpstreamRequest }
  | Extract<AttemptResult, { readonly kind: 'failed' | 'left' }>

/** `write` is the wire's own way to write it, for an answer or for counting. Never rejects. */
export async function writeForUpstream(
  ports: Pick<EnginePorts, 'reasoning' | 'media'>,
  wire: WireFormat,
  account: Account,
  target: TargetModel,
  request: ChatRequest,
  signal: Cancellation,
  write: (request: ChatRequest, target: TargetModel) => UpstreamRequest = wire.writeRequest,
): Promise<Written> {
  try {
    const restored = { ...ports.reasoning.restore(request), model: target.id }
    const addresses = addressesToLoad(restored, wire, target)
    const whole = addresses.size === 0 ? restored : await withLoaded(restored, addresses, ports.media, signal, account)
    return { kind: 'written', written: write(whole, target) }
  } catch (thrown) {
    return signal.aborted ? { kind: 'left' } : { kind: 'failed', error: toGatewayError(thrown) }
  }
}
