// Turns a whole reply into a legal stream of parts (rule 4), for clients that want a stream from an upstream that has none.
import type { ChatReply, Part } from '../core/conversation.ts'
import type { StreamPart } from '../core/stream.ts'

export function unfoldReply(reply: ChatReply): StreamPart[] {
  const stream: StreamPart[] = [
    {
      type: 'start',
      ...(reply.id === undefined ? {} : { id: reply.id }),
      ...(reply.model === undefined ? {} : { model: reply.model }),
    },
  ]
  for (const warning of reply.warnings) stream.push({ type: 'warning', warning })
  for (const [index, part] of reply.parts.entries()) unfoldPart(part, `b${index}`, stream)
  stream.push({ type: 'usage', usage: reply.usage }, { type: 'finish', finish: reply.finish })
  return stream
}

function unfoldPart(part: Part, id: string, stream: StreamPart[]): void {
  switch (part.type) {
    case 'text':
      stream.push({ type: 'text-start', id })
      if (part.text !== '') stream.push({ type: 'text-delta', id, text: part.text })
      stream.push({
        type: 'text-end',
        id,
        ...(part.signature === undefined ? {} : { signature: part.signature }),
        ...(part.annotations === undefined ? {} : { annotations: part.annotations }),
      })
      return
    case 'refusal':
      stream.push({ type: 'refusal-start', id })
      if (part.text !== '') stream.push({ type: 'refusal-delta', id, text: part.text })
      stream.push({ type: 'refusal-end', id })
      return
    case 'reasoning':
      stream.push({ type: 'reasoning-start', id })
      if (part.text !== '') stream.push({ type: 'reasoning-delta', id, text: part.text })
      stream.push({
        type: 'reasoning-end',
        id,
        ...(part.signature === undefined ? {} : { signature: part.signature }),
        ...(part.redacted === undefined ? {} : { redacted: part.redacted }),
        ...(part.id === undefined ? {} : { itemId: part.id }),
      })
      return
    case 'tool-call':
      stream.push({
        type: 'tool-input-start',
        id,
        callId: part.id,
        name: part.name,
        ...(part.kind === undefined ? {} : { kind: part.kind }),
        ...(part.signature === undefined ? {} : { signature: part.signature }),
      })
      if (part.input !== '') stream.push({ type: 'tool-input-delta', id, text: part.input })
      stream.push({
        type: 'tool-input-end',
        id,
        ...(part.signature === undefined ? {} : { signature: part.signature }),
      })
      return
    case 'image':
      stream.push({ type: 'image', image: part })
      return
    case 'opaque':
      stream.push({ type: 'opaque', part })
      return
    default:
      stream.push({
        type: 'warning',
        warning: {
          kind: 'dropped-part',
          subject: part.type,
          message: `A stream cannot hold a part of type ${part.type}.`,
        },
      })
  }
}
