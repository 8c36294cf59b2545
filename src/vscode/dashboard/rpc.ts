// Answers the calls of a dashboard page: what comes in is checked against the contract, and so is what goes out, which also
// drops every field the contract does not name. Pure but for the gateway it asks.
import type { GatewayClient, GatewayEvent } from '../../admin/client.ts'
import { events, type MethodName, methods, type RpcAnswer, type RpcFailure, rpcCall } from '../../admin/contract.ts'
import { placedMethods, type WindowFacts, windowMethods } from '../../admin/contract-tools.ts'
import { GatewayError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import { readFailure, stoppedByUser } from '../failure.ts'
import type { Localizer } from '../localizer.ts'

export interface RpcContext {
  /** The running gateway; undefined when the user has stopped it. */
  readonly client: () => Promise<GatewayClient | undefined>
  /** What this window knows about tools, for methods that look at the window which asks. */
  readonly windowFacts: () => WindowFacts
  readonly l10n: Localizer
  /** Told what had to be refused because it did not fit the contract. */
  readonly warn: (message: string) => void
}

/** The answer to one message of a page, or undefined when it is no call at all. */
export async function answerCall(message: unknown, context: RpcContext): Promise<RpcAnswer | undefined> {
  const call = rpcCall.safeParse(message)
  if (!call.success) return undefined
  const { id, method, params } = call.data
  if (!isMethod(method) || windowMethods.has(method))
    return { id, error: { code: 'unknown_path', message: `There is no method ${redact(method)}.` } }
  const place = placedMethods.has(method) ? { window: context.windowFacts() } : {}
  const input = methods[method].input.safeParse({ ...asObject(params), ...place })
  if (!input.success) {
    const issue = input.error.issues[0]
    return {
      id,
      error: { code: 'invalid_request', message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` },
    }
  }
  try {
    const client = await context.client()
    if (client === undefined) throw stoppedByUser(context.l10n)
    const output = methods[method].output.safeParse(await client.call(method, input.data as never))
    if (output.success) return { id, result: output.data }
    context.warn(`The answer to ${method} does not fit the contract: ${output.error.issues[0]?.path.join('.') ?? ''}`)
    return { id, error: { code: 'internal', message: context.l10n.t('The gateway answered in an unknown form.') } }
  } catch (thrown) {
    return { id, error: toRpcFailure(thrown, context.l10n) }
  }
}

/** An event as a page may see it, or undefined when it does not fit the contract. */
export function eventMessage(event: GatewayEvent): RpcAnswer | undefined {
  const data = events[event.event].safeParse(event.data)
  return data.success ? { event: event.event, data: data.data } : undefined
}

function toRpcFailure(thrown: unknown, l10n: Localizer): RpcFailure {
  const { code, cause, nextStep } = readFailure(thrown, l10n)
  const parameter = thrown instanceof GatewayError ? thrown.parameter : undefined
  return { code, message: cause, nextStep, ...(parameter === undefined ? {} : { parameter }) }
}

/** Anything else is not what any method takes, and is refused by its schema. */
function asObject(params: unknown): object {
  return typeof params === 'object' && params !== null ? params : {}
}

function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}
