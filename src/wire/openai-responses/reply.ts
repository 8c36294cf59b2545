// Whole replies of the Responses wire, both ways.
import type { ChatReply } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import { foldReply } from '../fold.ts'
import { inspect } from './inspect.ts'
import { createStreamReader } from './stream-reader.ts'

/** Throws what a failure hidden in the body stands for. */
export function readReply(body: unknown, target?: TargetModel): ChatReply {
  if (!isJsonObject(body)) {
    throw new GatewayError('malformed_reply', 'The upstream answered with something other than a JSON object.')
  }
  const failure = inspect.bodyFailure(body)
  if (failure !== undefined) throw failure
  return foldReply(createStreamReader(target).readResponse(body))
}
