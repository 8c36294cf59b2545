// Requests and targets as tests of the OpenAI wires want them: a plain one of each, to be varied.
import fc from 'fast-check'
import type { ChatRequest, Message, Part } from '../../src/core/conversation.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { TargetModel } from '../../src/core/wire-format.ts'
import { conversations, words } from './arbitraries.ts'

export function requestOf(fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    origin: 'anthropic-messages',
    model: 'asked/model',
    stream: false,
    messages: [user('Hi')],
    tools: [],
    ...fields,
  }
}

export function targetOf(quirks: Record<string, unknown> = {}, fields: Partial<TargetModel> = {}): TargetModel {
  return { id: 'served-model', provider: 'vendor', limits: {}, capabilities: {}, quirks, ...fields }
}

export const user = (...parts: (string | Part)[]): Message => ({ role: 'user', parts: parts.map(toPart) })
export const assistant = (...parts: (string | Part)[]): Message => ({ role: 'assistant', parts: parts.map(toPart) })
export const system = (...parts: (string | Part)[]): Message => ({ role: 'system', parts: parts.map(toPart) })
export const call = (id: string, name = 'read', input = '{}'): Part => ({ type: 'tool-call', id, name, input })
export const result = (callId: string, ...parts: (string | Part)[]): Part =>
  ({ type: 'tool-result', callId, parts: parts.map(toPart) }) as Part
export const picture: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }

function toPart(part: string | Part): Part {
  return typeof part === 'string' ? { type: 'text', text: part } : part
}

/** A quirk set under which nothing has to be dropped. */
export const generous = {
  family: 'openai',
  customTools: true,
  allowedTools: true,
  reasoningField: 'reasoning_content',
  reasoningReplay: 'always',
  reasoningEfforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  topK: true,
  hostedTools: ['*'],
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const schema: JsonObject = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }

/** Everything both OpenAI wires can say, in the form in which it comes back. */
export const commonRequests: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      messages: fc
        .tuple(optional(words), conversations)
        .map(([text, messages]) => (text === undefined ? messages : [system(text), ...messages])),
      stream: fc.boolean(),
      maxOutputTokens: optional(fc.integer({ min: 16, max: 4096 })),
      temperature: optional(fc.constantFrom(0, 0.5, 1, 2)),
      topP: optional(fc.constantFrom(0.1, 1)),
      parallelToolCalls: optional(fc.boolean()),
      toolChoice: optional(
        fc.constantFrom<NonNullable<ChatRequest['toolChoice']>>(
          { type: 'auto' },
          { type: 'required' },
          { type: 'none' },
          { type: 'tool', name: 'bash' },
          { type: 'tool', name: 'patch' },
          { type: 'allowed', names: ['bash', 'patch'], required: true },
        ),
      ),
      reasoning: optional(fc.constantFrom('none', 'low', 'high', 'xhigh').map((level) => ({ level }) as const)),
      responseFormat: optional(
        fc.constantFrom<NonNullable<ChatRequest['responseFormat']>>(
          { type: 'text' },
          { type: 'json' },
          { type: 'json-schema', name: 'answer', schema, strict: true },
        ),
      ),
      user: optional(words),
      serviceTier: optional(fc.constantFrom('flex')),
      promptCacheKey: optional(words),
      store: optional(fc.boolean()),
    },
    { noNullPrototype: true },
  )
  .map((fields) => {
    const kept = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    return {
      ...requestOf(),
      ...kept,
      tools: [
        { type: 'function', name: 'bash', description: 'Runs.', schema, strict: false },
        {
          type: 'custom',
          name: 'patch',
          description: 'Patches.',
          format: { type: 'grammar', syntax: 'lark', definition: 'x' },
        },
      ],
    } as ChatRequest
  })
