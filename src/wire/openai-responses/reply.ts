// Whole replies of the Responses wire, both ways.
import type { ChatReply, ChatRequest, Part } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import { foldReply } from '../fold.ts'
import { withinDepth } from '../nesting.ts'
import { writeFinish } from './finish.ts'
import { inspect } from './inspect.ts'
import type { ClientTools, IdMaker } from './items-out.ts'
import {
  callItem,
  clientTools,
  createIdMaker,
  imageItem,
  isFreeForm,
  messageItem,
  responseId,
  responseObject,
  textContent,
} from './items-out.ts'
import { callSignatureItem, reasoningItem } from './reasoning-items.ts'
import { createStreamReader } from './stream-reader.ts'
import { writeResponseUsage } from './usage.ts'

/** Throws what a failure hidden in the body stands for. */
export function readReply(body: unknown, target?: TargetModel): ChatReply {
  if (!isJsonObject(body)) {
    throw new GatewayError('malformed_reply', 'The upstream answered with something other than a JSON object.')
  }
  const failure = inspect.bodyFailure(body, { mayBeSilent: () => true })
  if (failure !== undefined) throw failure
  return withinDepth(
    () => foldReply(createStreamReader(target).readResponse(body)),
    (error) => {
      throw error
    },
  )
}

export function writeReply(reply: ChatReply, request: ChatRequest): JsonObject {
  const output = writeOutput(reply.parts, clientTools(request), createIdMaker())
  return responseObject(request, responseId(reply.id), Math.floor(Date.now() / 1000), {
    ...writeFinish(reply.finish),
    output,
    usage: writeResponseUsage(reply.usage),
  })
}

/** Rules 97, 155: one item after the other; neighbouring texts share a message. */
function writeOutput(parts: readonly Part[], tools: ClientTools, makeId: IdMaker): JsonObject[] {
  const output: JsonObject[] = []
  let content: JsonObject[] | undefined
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') {
      if (content === undefined) {
        content = []
        output.push(messageItem(makeId('msg', output.length), content, 'completed'))
      }
      content.push(
        part.type === 'text' ? textContent(part.text, part.annotations ?? []) : { type: 'refusal', refusal: part.text },
      )
      continue
    }
    content = undefined
    switch (part.type) {
      case 'reasoning':
        output.push(reasoningItem(part.id?.startsWith('rs_') ? part.id : makeId('rs', output.length), part))
        break
      case 'tool-call': {
        const prefix = isFreeForm(part, tools) ? 'ctc' : 'fc'
        output.push(callItem(makeId(prefix, output.length), { ...part, callId: part.id }, 'completed', tools))
        const signature = callSignatureItem(makeId('rs', output.length), part.id, part.signature)
        if (signature !== undefined) output.push(signature)
        break
      }
      case 'image': {
        const item = imageItem(makeId('ig', output.length), part)
        if (item !== undefined) output.push(item)
        break
      }
      case 'opaque':
        if (part.wire === 'openai-responses') output.push(part.value)
    }
  }
  return output
}
