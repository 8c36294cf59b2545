// All that a request may hold, feature by feature, for docs/translation.md.
import type { ChatRequest, Message, Part, TextPart } from '../../src/core/conversation.ts'
import type { Feature } from './crossing.ts'

const text = (value: string): TextPart => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pdf = 'JVBERi0xLjQK'
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const call: Part = { type: 'tool-call', id: 'call_1', name: 'weather', input: '{"city":"Wien"}' }
const result: Part = { type: 'tool-result', callId: 'call_1', name: 'weather', parts: [text('rain')] }

export const plainRequest: ChatRequest = {
  origin: 'openai-chat',
  model: 'model',
  stream: false,
  messages: [user(text('Hi'))],
  tools: [{ type: 'function', name: 'weather', description: 'Tells the weather.', schema }],
  maxOutputTokens: 50_000,
}

/** Gemini only shows reasoning to who asks for it. */
export const reasoningRequest: ChatRequest = { ...plainRequest, reasoning: { level: 'high', summary: 'auto' } }

const partsOf = (request: ChatRequest): readonly Part[] => request.messages.flatMap((message) => message.parts)

function ofPart(type: Part['type'], ...keys: string[]): (request: ChatRequest) => unknown {
  return (request) => {
    const parts = partsOf(request).filter((part) => part.type === type)
    if (parts.length === 0) return undefined
    const found = parts.map((part) => Object.fromEntries(Object.entries(part).filter(([key]) => keys.includes(key))))
    return found.every((one) => Object.keys(one).length === 0)
      ? undefined
      : found.map((one) => keys.map((key) => one[key]))
  }
}

/** The type of the part that says something, in whatever form it arrives. */
function said(type: Part['type'], words: string): Feature<ChatRequest>['pick'] {
  return (request) => {
    const parts = partsOf(request)
    const same = parts.find((part) => part.type === type && JSON.stringify(part).includes(words))
    return (same ?? parts.find((part) => JSON.stringify(part).includes(words)))?.type
  }
}

function turn(name: string, parts: Part[], pick: Feature<ChatRequest>['pick']): Feature<ChatRequest> {
  return { name, fields: { messages: [user(text('See:'), ...parts)] }, pick }
}

function answered(name: string, given: Part, pick: Feature<ChatRequest>['pick']): Feature<ChatRequest> {
  return { name, fields: { messages: [user(text('Hi')), assistant(call), user(given)] }, pick }
}

function signed(name: string, family: 'anthropic' | 'google' | 'openai'): Feature<ChatRequest> {
  const reasoning: Part = { type: 'reasoning', text: 'Hm.', signature: { family, value: 'c2lnbmVk' } }
  return {
    name,
    fields: {
      messages: [user(text('Hi')), assistant(reasoning, call), user(result)],
      reasoning: { budgetTokens: 2048 },
    },
    pick: (request) => {
      const signatures = partsOf(request).flatMap((part) =>
        (part.type === 'reasoning' || part.type === 'tool-call') && part.signature?.family === family
          ? [part.signature.value]
          : [],
      )
      return signatures.length === 0 ? said('reasoning', 'Hm.')(request) && 'unsigned' : signatures
    },
  }
}

function field<Name extends keyof ChatRequest>(
  name: string,
  key: Name,
  value: ChatRequest[Name],
  more: Partial<ChatRequest> = {},
): Feature<ChatRequest> {
  return { name, fields: { ...more, [key]: value } as Partial<ChatRequest>, pick: (request) => request[key] }
}

const toolsOf = (request: ChatRequest, type: string): unknown => {
  const found = request.tools.filter((tool) => tool.type === type)
  return found.length === 0 ? undefined : found
}

const order = (request: ChatRequest): unknown =>
  request.messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])

export const requestFeatures: readonly Feature<ChatRequest>[] = [
  {
    name: 'system text at the head',
    fields: { messages: [{ role: 'system', parts: [text('Be terse.'), text('Be kind.')] }, user(text('Hi'))] },
    pick: (request) =>
      request.messages
        .filter(({ role }) => role === 'system')
        .flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
        .join('\n\n') || undefined,
  },
  {
    name: 'system message in mid-conversation',
    fields: {
      messages: [
        user(text('Hi')),
        assistant(text('Hello')),
        { role: 'system', parts: [text('Now be terse.')] },
        user(text('Go')),
      ],
    },
    pick: order,
  },
  {
    name: 'name of a speaker',
    fields: { messages: [{ role: 'user', name: 'ann', parts: [text('Hi')] }] },
    pick: (request) => request.messages.find(({ name }) => name !== undefined)?.name,
  },
  {
    name: 'order of text and tool calls in one turn',
    fields: { messages: [user(text('Hi')), assistant(call, text('and')), user(result)] },
    pick: (request) => {
      const types = request.messages
        .filter(({ role }) => role === 'assistant')
        .flatMap(({ parts }) => parts.map(({ type }) => type))
      return types.length < 2 ? undefined : types
    },
  },
  {
    name: 'beginning of the answer (prefill)',
    fields: { messages: [user(text('Hi')), assistant(text('Well,'))] },
    pick: (request) => (request.messages.at(-1)?.role === 'assistant' ? true : undefined),
  },
  turn(
    'image, inline',
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } }],
    ofPart('image', 'source'),
  ),
  turn(
    'image by address',
    [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }],
    ofPart('image', 'source'),
  ),
  turn(
    'detail of an image',
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data }, detail: 'low' }],
    ofPart('image', 'detail'),
  ),
  turn(
    'PDF, inline',
    [{ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: pdf }, title: 'a.pdf' }],
    ofPart('document', 'source'),
  ),
  turn(
    'PDF by address',
    [{ type: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } }],
    ofPart('document', 'source'),
  ),
  turn(
    'document of plain text',
    [{ type: 'document', source: { kind: 'text', text: 'Once.' }, title: 'Tale' }],
    said('document', 'Once.'),
  ),
  turn(
    'title of a document',
    [{ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: pdf }, title: 'a.pdf' }],
    ofPart('document', 'title'),
  ),
  turn(
    'audio',
    [{ type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } }],
    ofPart('audio', 'source'),
  ),
  turn(
    'video',
    [{ type: 'video', source: { kind: 'base64', mediaType: 'video/mp4', data: 'AAAAGGZ0' } }],
    ofPart('video', 'source'),
  ),
  turn(
    'file kept at OpenAI',
    [{ type: 'document', source: { kind: 'file', id: 'file-1', family: 'openai' } }],
    ofPart('document', 'source'),
  ),
  turn('prompt-cache mark on a part', [{ type: 'text', text: 'Long.', cache: { ttl: '1h' } }], ofPart('text', 'cache')),
  answered('tool call with exact arguments', result, (request) =>
    partsOf(request).flatMap((part) =>
      part.type === 'tool-call' ? [[part.id, part.name, JSON.parse(part.input)]] : [],
    ),
  ),
  answered('tool result', result, ofPart('tool-result', 'callId', 'parts')),
  answered(
    'tool result that is an error',
    { type: 'tool-result', callId: 'call_1', name: 'weather', parts: [text('no such city')], isError: true },
    ofPart('tool-result', 'isError', 'parts'),
  ),
  answered(
    'image in a tool result',
    {
      type: 'tool-result',
      callId: 'call_1',
      name: 'weather',
      parts: [text('see'), { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } }],
    },
    (request) => {
      const images = partsOf(request).flatMap((part) => {
        if (part.type === 'image') return ['beside the result']
        return part.type === 'tool-result'
          ? part.parts.filter(({ type }) => type === 'image').map(() => 'in the result')
          : []
      })
      return images.length === 0 ? undefined : images
    },
  ),
  answered(
    'tool result as an object',
    { type: 'tool-result', callId: 'call_1', name: 'weather', parts: [], structured: { sky: 'blue' } },
    (request) => {
      const structured = partsOf(request).map((part) => (part.type === 'tool-result' ? part.structured : undefined))
      return structured.find((value) => value !== undefined) ?? said('tool-result', 'blue')(request)
    },
  ),
  signed("reasoning signed by Anthropic, to Anthropic's models", 'anthropic'),
  signed("reasoning signed by Google, to Google's models", 'google'),
  signed("reasoning encrypted by OpenAI, to OpenAI's models", 'openai'),
  {
    name: 'earlier reasoning without a signature',
    fields: { messages: [user(text('Hi')), assistant({ type: 'reasoning', text: 'Hm.' }, call), user(result)] },
    pick: said('reasoning', 'Hm.'),
  },
  {
    name: 'earlier refusal',
    fields: { messages: [user(text('Hi')), assistant({ type: 'refusal', text: 'No.' }), user(text('Why?'))] },
    pick: said('refusal', 'No.'),
  },
  {
    name: 'tool with its schema',
    fields: {},
    pick: ({ tools: [tool] }) => (tool?.type === 'function' ? [tool.name, tool.description, tool.schema] : undefined),
  },
  {
    name: 'strict tool',
    fields: { tools: [{ type: 'function', name: 'weather', description: 'Tells.', schema, strict: true }] },
    pick: (request) =>
      request.tools.map((tool) => (tool.type === 'function' ? tool.strict : undefined)).find((strict) => strict),
  },
  {
    name: 'tool of free text (custom)',
    fields: { tools: [{ type: 'custom', name: 'patch', description: 'Patches.' }] },
    pick: (request) =>
      toolsOf(request, 'custom') ?? (request.tools.some(({ type }) => type === 'function') ? 'function' : undefined),
  },
  {
    name: 'tools within a namespace',
    fields: {
      tools: [
        {
          type: 'function',
          name: 'files__read',
          schema,
          namespace: { name: 'files', tool: 'read', description: 'Files.' },
        },
      ],
    },
    pick: ({ tools: [tool] }) => (tool?.type === 'function' ? (tool.namespace ?? tool.name) : undefined),
  },
  ...(['auto', 'required', 'none'] as const).map((type) => field(`tool choice: ${type}`, 'toolChoice', { type })),
  field('tool choice: one tool', 'toolChoice', { type: 'tool', name: 'weather' }),
  field('tool choice: allowed tools', 'toolChoice', { type: 'allowed', names: ['weather'], required: true }),
  field('one tool call at a time', 'parallelToolCalls', false, { toolChoice: { type: 'auto' } }),
  field('answer as JSON', 'responseFormat', { type: 'json' }, { tools: [] }),
  {
    name: 'answer by a JSON schema',
    fields: { tools: [], responseFormat: { type: 'json-schema', name: 'answer', schema, strict: true } },
    pick: ({ responseFormat }) => (responseFormat?.type === 'json-schema' ? responseFormat.schema : undefined),
  },
  field('reasoning by level', 'reasoning', { level: 'high' }),
  field('reasoning by budget', 'reasoning', { budgetTokens: 8192 }),
  field('reasoning as the model likes', 'reasoning', { adaptive: true }),
  field('no reasoning', 'reasoning', { level: 'none' }),
  field('output limit', 'maxOutputTokens', 50_000),
  field('temperature', 'temperature', 0.7),
  field('temperature above 1', 'temperature', 1.5),
  field('top_p', 'topP', 0.9),
  field('top_k', 'topK', 40),
  field('stop sequences', 'stop', ['END']),
  field('seed', 'seed', 7),
  field('frequency penalty', 'frequencyPenalty', 0.5),
  field('presence penalty', 'presencePenalty', 0.5),
  field('logit bias', 'logitBias', { 50256: -100 }),
  field('log probabilities', 'logprobs', true),
  field('several candidates', 'candidates', 2),
  field('user id', 'user', 'user-1'),
  field('service tier', 'serviceTier', 'flex'),
  field('prompt cache key', 'promptCacheKey', 'conversation-1'),
  field('not to be stored', 'store', false),
  field('earlier response by id', 'previousResponseId', 'resp_1'),
]
