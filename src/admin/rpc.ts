// One call of a page or another window, as JSON in and out. Used by the HTTP route and by the editor's panel alike.
import { GatewayError, toGatewayError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { GatewayClient } from './client.ts'
import { type MethodInput, type MethodName, methods, type RpcAnswer, type RpcFailure, rpcCall } from './contract.ts'
import { windowMethods } from './contract-tools.ts'
import { isMethodName } from './handlers.ts'

/** Answers a call, of a page in a browser or of another window. Never rejects: a failure is an answer too. */
export async function answerCall(
  client: Pick<GatewayClient, 'call'>,
  message: unknown,
  isPage: boolean,
): Promise<RpcAnswer> {
  const call = rpcCall.safeParse(message)
  if (!call.success) return { id: 0, error: { code: 'invalid_request', message: 'This is no call.' } }
  const { id, method, params } = call.data
  try {
    if (!isMethodName(method) || (isPage && windowMethods.has(method)))
      throw new GatewayError('unknown_path', `There is no method "${method.slice(0, 100)}".`)
    const result = await client.call(method, params as MethodInput<MethodName>)
    return { id, result: methods[method].output.parse(result) }
  } catch (thrown) {
    return { id, error: toRpcFailure(thrown) }
  }
}

export function toRpcFailure(thrown: unknown): RpcFailure {
  const error = toGatewayError(thrown)
  return {
    code: error.code,
    message: redact(error.message),
    // The catalogue's sentence for a wrong request is about accounts that were not tried; here the cause says what to mend.
    ...(error.code === 'invalid_request' ? {} : { nextStep: error.nextStep }),
    ...(error.parameter === undefined ? {} : { parameter: error.parameter }),
  }
}
