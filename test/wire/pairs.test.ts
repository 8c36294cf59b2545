// All sixteen pairs of client and upstream: what is said in one wire is understood in the other, both ways. A wire's own writer
// plays the client or the vendor, so a pair passes only if both of its sides agree.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatReply, ChatRequest, Message, Part } from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { format as anthropic } from '../../src/wire/anthropic-messages/format.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { format as gemini } from '../../src/wire/gemini-generate/format.ts'
import { format as chat } from '../../src/wire/openai-chat/format.ts'
import { format as responses } from '../../src/wire/openai-responses/format.ts'
import { unfoldReply } from '../../src/wire/unfold.ts'
import { conversations } from './arbitraries.ts'
import { eventsOf } from './fixtures.ts'
import { requestOf, targetOf } from './requests.ts'
import { callInput, knownUsage, someText, toolName } from './stream-arbitraries.ts'

const wires: readonly WireFormat[] = [chat, responses, anthropic, gemini]
const target = targetOf({}, { limits: { maxOutput: 8192 } })
const tools = ['read_file', 'bash', 'Search-1', 'get_weather'].map((name) => ({ type: 'function', name }) as const)

/** An answer every wire can hold: one text, then calls. */
const plainReplies: fc.Arbitrary<ChatReply> = fc
  .tuple(
    fc.option(
      someText.filter((text) => text.trim() !== ''),
      { nil: undefined },
    ),
    fc.array(fc.tuple(toolName, callInput), { maxLength: 3 }),
    knownUsage,
  )
  .filter(([text, calls]) => text !== undefined || calls.length > 0)
  .map(([text, calls, usage]) => ({
    id: 'reply-1',
    model: 'served-model',
    parts: [
      ...(text === undefined ? [] : [{ type: 'text', text } as const]),
      ...calls.map(([name, input], index) => ({ type: 'tool-call', id: `call_${index}`, name, input }) as const),
    ],
    finish: { unified: calls.length > 0 ? 'tool-calls' : 'stop' },
    usage: { ...usage, reasoning: 0 },
    warnings: [],
  }))

function streamOf(format: WireFormat, parts: readonly StreamPart[]): StreamPart[] {
  const writer = format.streamWriter(clientOf(format))
  const events = eventsOf(new TextEncoder().encode(parts.map(writer).join('')))
  const reader = format.streamReader()
  return [...events.flatMap((event) => reader.read(event)), ...reader.end()]
}

function clientOf(format: WireFormat): ChatRequest {
  return requestOf({ origin: format.id, stream: true, includeUsage: true, tools })
}

function essenceOfReply(reply: ChatReply): unknown {
  return { parts: reply.parts.map(essenceOfPart), finish: reply.finish.unified, output: reply.usage.output }
}

/** Call ids may be a wire's own; what must match is which call a result belongs to, and that is its place. */
function essenceOfPart(part: Part): unknown {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'tool-call':
      return { call: part.name, input: JSON.parse(part.input) }
    case 'tool-result':
      return {
        result: part.parts.map((inner) => (inner.type === 'text' ? inner.text : '')).join('\n'),
        failed: part.isError === true,
      }
    default:
      return part.type
  }
}

function essenceOfMessages(messages: readonly Message[]): unknown[] {
  return messages.map((message) => [message.role, message.parts.map(essenceOfPart)])
}

for (const client of wires) {
  for (const upstream of wires) {
    describe(`${client.id} client, ${upstream.id} upstream`, () => {
      it('streams the whole answer', () => {
        fc.assert(
          fc.property(plainReplies, (reply) => {
            const seen = foldReply(streamOf(client, streamOf(upstream, unfoldReply(reply))))
            assert.deepEqual(essenceOfReply(seen), essenceOfReply(reply))
          }),
          { numRuns: 40 },
        )
      })

      it('gives the whole answer in one body', () => {
        fc.assert(
          fc.property(plainReplies, (reply) => {
            const served = upstream.readReply(
              JSON.parse(JSON.stringify(upstream.writeReply(reply, clientOf(upstream)))),
            )
            const seen = client.readReply(JSON.parse(JSON.stringify(client.writeReply(served, clientOf(client)))))
            assert.deepEqual(essenceOfReply(seen), essenceOfReply(reply))
          }),
          { numRuns: 40 },
        )
      })

      it('passes the conversation on, with calls, results and failures', () => {
        fc.assert(
          fc.property(conversations, (messages) => {
            const hints = { model: 'asked/model', stream: false }
            const sent = client.writeRequest(requestOf({ origin: client.id, messages, tools }), target).body
            const read = client.readRequest(JSON.parse(JSON.stringify(sent)), hints)
            const passed = upstream.writeRequest(read, target).body
            const arrived = upstream.readRequest(JSON.parse(JSON.stringify(passed)), hints)
            assert.deepEqual(essenceOfMessages(arrived.messages), essenceOfMessages(messages))
            assert.deepEqual(
              arrived.tools.map((tool) => (tool.type === 'hosted' ? '' : tool.name)),
              tools.map((tool) => tool.name),
            )
          }),
          { numRuns: 40 },
        )
      })
    })
  }
}
