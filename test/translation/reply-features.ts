// All that a reply may hold, feature by feature, for docs/translation.md.
import type { ChatReply, FinishReason, Part } from '../../src/core/conversation.ts'
import type { Feature } from './crossing.ts'

export const plainReply: ChatReply = {
  id: 'reply-1',
  model: 'model',
  parts: [{ type: 'text', text: 'Hello.' }],
  finish: { unified: 'stop' },
  usage: { input: 10, cacheRead: 4, cacheWrite: null, output: 7, reasoning: 2 },
  warnings: [],
}

const text: Part = { type: 'text', text: 'Hello.' }
const call = (id: string): Part => ({ type: 'tool-call', id, name: 'weather', input: '{"city":"Wien"}' })

function ofPart(type: Part['type'], ...keys: string[]): (reply: ChatReply) => unknown {
  return ({ parts }) => {
    const found = parts
      .filter((part) => part.type === type)
      .map((part) => keys.map((key) => Object.entries(part).find(([name]) => name === key)?.[1]))
    return found.length === 0 || found.every((values) => values.every((value) => value === undefined))
      ? undefined
      : found
  }
}

/** The type of the part that says something, in whatever form it arrives. */
function said(type: Part['type'], words: string): Feature<ChatReply>['pick'] {
  return ({ parts }) => {
    const found = parts.filter((part) => JSON.stringify(part).includes(words))
    return (found.find((part) => part.type === type) ?? found[0])?.type
  }
}

function withParts(name: string, parts: readonly Part[], pick: Feature<ChatReply>['pick']): Feature<ChatReply> {
  const hasCalls = parts.some(({ type }) => type === 'tool-call')
  return { name, fields: { parts, finish: { unified: hasCalls ? 'tool-calls' : 'stop' } }, pick }
}

function ending(name: string, unified: FinishReason): Feature<ChatReply> {
  return {
    name,
    fields: { finish: { unified } },
    pick: ({ finish }) => (finish.unified === unified ? unified : undefined),
  }
}

function counted(
  name: string,
  pick: (usage: ChatReply['usage']) => number | null,
  cacheWrite: number | null = null,
): Feature<ChatReply> {
  const usage = { input: 10, cacheRead: 4, cacheWrite, output: 7, reasoning: 2 }
  return { name, fields: { usage }, pick: (reply) => pick(reply.usage) ?? undefined }
}

/** Opaque to the client: what counts is whether it is there when the answer comes back as a turn of the next request. */
function opaque(name: string, part: Part): Feature<ChatReply> {
  const parts = [part, ...(part.type === 'reasoning' ? [call('call_1')] : [])]
  return {
    name,
    fields: { parts, finish: { unified: 'tool-calls' } },
    comesBack: true,
    pick: (reply) =>
      reply.parts.flatMap((one) =>
        'signature' in one && one.signature !== undefined ? [`${one.signature.family} ${one.signature.value}`] : [],
      )[0],
  }
}

export const replyFeatures: readonly Feature<ChatReply>[] = [
  withParts('text', [text], ofPart('text', 'text')),
  withParts('reasoning', [{ type: 'reasoning', text: 'Hm.' }, text], ofPart('reasoning', 'text')),
  ...(['anthropic', 'google', 'openai'] as const).map((family) =>
    opaque(`signature of reasoning (${family})`, {
      type: 'reasoning',
      text: 'Hm.',
      signature: { family, value: 'c2lnbmVk' },
    }),
  ),
  opaque('encrypted reasoning (anthropic)', {
    type: 'reasoning',
    text: '',
    redacted: true,
    signature: { family: 'anthropic', value: 'c2lnbmVk' },
  }),
  withParts(
    'tool calls with ids and arguments',
    [call('call_1'), call('call_2')],
    ofPart('tool-call', 'id', 'name', 'input'),
  ),
  opaque('signature of a tool call (google)', {
    type: 'tool-call',
    id: 'call_1',
    name: 'weather',
    input: '{}',
    signature: { family: 'google', value: 'c2lnbmVk' },
  }),
  withParts('order of text and tool calls', [call('call_1'), text], ({ parts }) => parts.map(({ type }) => type)),
  withParts('refusal', [{ type: 'refusal', text: 'No.' }], said('refusal', 'No.')),
  withParts(
    'image made by the model',
    [text, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }],
    ofPart('image', 'source'),
  ),
  ending('end: finished', 'stop'),
  ending('end: output limit', 'length'),
  ending('end: content filter', 'content-filter'),
  ending('end: context window full', 'context-length'),
  ending('end: paused', 'pause'),
  {
    name: 'stop sequence that was met',
    fields: { finish: { unified: 'stop', stopSequence: 'END' } },
    pick: ({ finish }) => finish.stopSequence,
  },
  counted('usage: input', ({ input }) => input),
  counted('usage: read from cache', ({ cacheRead }) => cacheRead),
  counted('usage: written to cache', ({ cacheWrite }) => cacheWrite, 3),
  counted('usage: output', ({ output }) => output),
  counted('usage: reasoning', ({ reasoning }) => reasoning),
]
