// Whole replies of the Chat wire, both ways.
import type { ChatReply, ChatRequest, Part } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import { chatCitations } from '../citations.ts'
import { customNames, restoreCustom } from '../custom-tools.ts'
import { urlOfSource } from '../data-url.ts'
import { foldReply } from '../fold.ts'
import { toolInputText } from '../json-repair.ts'
import { withinDepth } from '../nesting.ts'
import { writeFinish } from './finish.ts'
import { inspect } from './inspect.ts'
import { joinTexts } from './messages-write.ts'
import { detailsOfSignature } from './reasoning-details.ts'
import { createStreamReader } from './stream-reader.ts'
import { writeChatUsage } from './usage.ts'

/** Throws what a failure hidden in the body stands for. */
export function readReply(body: unknown, target?: TargetModel): ChatReply {
  if (!isJsonObject(body))
    throw new GatewayError('malformed_reply', 'The upstream answered with something other than a JSON object.')
  const failure = inspect.bodyFailure(body, { mayBeSilent: () => true })
  if (failure !== undefined) throw failure
  return withinDepth(
    () => {
      const reader = createStreamReader(target)
      return foldReply([...reader.readChunk(body), ...reader.read({ data: '[DONE]' })])
    },
    (error) => {
      throw error
    },
  )
}

/** Ids of clients' replies begin as OpenAI's do; the upstream's own is kept within. */
export function chatReplyId(id: string | undefined): string {
  if (id === undefined) return `chatcmpl-${crypto.randomUUID()}`
  return id.startsWith('chatcmpl') ? id : `chatcmpl-${id}`
}

export function writeReply(reply: ChatReply, request: ChatRequest): JsonObject {
  const calls = callsOf(reply.parts, request)
  return {
    id: chatReplyId(reply.id),
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    // Rule 5: the name the client asked for, never the upstream's.
    model: request.model,
    choices: [
      {
        index: 0,
        message: messageOf(reply.parts, calls),
        logprobs: null,
        finish_reason: writeFinish(reply.finish, calls.length > 0),
      },
    ],
    usage: writeChatUsage(reply.usage),
  }
}

/** Rule 97: the wire cannot interleave; texts are joined and calls follow. */
function messageOf(parts: readonly Part[], calls: readonly JsonObject[]): JsonObject {
  const text = joinTexts(parts)
  let reasoning = ''
  let refusal = ''
  const annotations: JsonObject[] = []
  const images: JsonObject[] = []
  const details: JsonObject[] = []
  for (const part of parts) {
    if (part.type === 'text') annotations.push(...chatCitations(part.annotations ?? [], text.length))
    else if (part.type === 'reasoning') {
      if (part.redacted !== true) reasoning += part.text
      details.push(...detailsOfSignature(part.signature))
    } else if (part.type === 'refusal') refusal += part.text
    else if (part.type === 'image') {
      const url = urlOfSource(part.source)
      if (url !== undefined) images.push({ type: 'image_url', image_url: { url }, index: images.length })
    }
  }
  return {
    role: 'assistant',
    // Rule 36: null beside tool calls, as OpenAI has it.
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0 ? {} : { tool_calls: [...calls] }),
  }
}

function callsOf(parts: readonly Part[], request: ChatRequest): JsonObject[] {
  const custom = customNames(request)
  const calls: JsonObject[] = []
  for (const part of parts) {
    if (part.type !== 'tool-call') continue
    const free = restoreCustom(part, custom)
    calls.push({
      id: part.id,
      ...(free === undefined
        ? { type: 'function', function: { name: part.name, arguments: toolInputText(part.input).text } }
        : { type: 'custom', custom: { name: part.name, input: free } }),
      ...(part.signature?.family === 'google'
        ? { extra_content: { google: { thought_signature: part.signature.value } } }
        : {}),
    })
  }
  return calls
}
