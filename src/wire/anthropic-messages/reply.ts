// Whole replies of the Anthropic wire, both ways. A reply is read by the machine that reads streams, so that both give the same
// (rule 3).
import type { ChatReply, ChatRequest, Part } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { unknownUsage } from '../../core/usage.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import { foldReply } from '../fold.ts'
import { textOf } from '../json-text.ts'
import { withinDepth } from '../nesting.ts'
import { writeReplyBlocks } from './block-write.ts'
import { readFinish, writeFinish } from './finish.ts'
import { inspect } from './inspect.ts'
import { signsForClaude } from './quirks.ts'
import { endBlock, startBlock } from './stream-blocks.ts'
import { readUsage, writeUsage } from './usage.ts'

/** Throws what a failure hidden in the body stands for. */
export function readReply(body: unknown, target?: TargetModel): ChatReply {
  return withinDepth(
    () => readBody(body, signsForClaude(target)),
    (error) => {
      throw error
    },
  )
}

function readBody(body: unknown, isClaude: boolean): ChatReply {
  if (!isJsonObject(body))
    throw new GatewayError('malformed_reply', 'The upstream answered with something other than a JSON object.')
  const failure = inspect.bodyFailure(body, { mayBeSilent: () => true })
  if (failure !== undefined) throw failure
  const id = textOf(body['id'])
  const model = textOf(body['model'])
  const parts: StreamPart[] = [
    { type: 'start', ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) },
  ]
  let hasCalls = false
  for (const [index, value] of (body['content'] as unknown[]).entries()) {
    const block = startBlock(`b${index}`, value, parts)
    if (block === undefined) continue
    if (block.kind === 'tool') hasCalls = true
    const citations = block.value['citations']
    if (Array.isArray(citations)) block.annotations.push(...citations.filter(isJsonObject))
    endBlock(block, isClaude, parts)
  }
  parts.push({ type: 'usage', usage: readUsage(body['usage']) ?? unknownUsage })
  parts.push({
    type: 'finish',
    finish: readFinish(textOf(body['stop_reason']) ?? 'end_turn', body['stop_sequence'], hasCalls),
  })
  return foldReply(parts)
}

/** Ids of clients' replies begin as Anthropic's do; the upstream's own is kept within. */
export function messageId(id: string | undefined): string {
  if (id === undefined || id === '') return `msg_${crypto.randomUUID().replaceAll('-', '')}`
  return id.startsWith('msg_') ? id : `msg_${id.replace(/[^a-zA-Z0-9_-]/g, '_')}`
}

export function writeReply(reply: ChatReply, request: ChatRequest): JsonObject {
  const has = (type: Part['type']): boolean => reply.parts.some((part) => part.type === type)
  return {
    id: messageId(reply.id),
    type: 'message',
    role: 'assistant',
    // Rule 5: the name the client asked for, never the upstream's.
    model: request.model,
    content: reply.parts.flatMap(writeReplyBlocks),
    ...writeFinish(reply.finish, has('tool-call'), has('refusal')),
    usage: writeUsage(reply.usage),
  }
}
