// What the demo models say. Pure and deterministic: the same conversation always gets the same answer.
import type { ChatRequest, FunctionTool } from '../core/conversation.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { StreamPart } from '../core/stream.ts'
import { estimateTokens } from '../core/token-estimate.ts'
import { estimateRequest, textOf } from './estimate.ts'

const loremSentences = [
  'A gateway is a patient thing: it takes whatever a tool says and finds somebody who understands it.',
  'When the first account has no quota left, the second one answers, and nobody has to notice.',
  'Every detour is written down, so that the way an answer came can be read afterwards.',
  'Tokens arrive one after another, like people leaving a train; none of them may be lost on the stairs.',
  'A key is shown once and then only remembered by its shadow.',
  'Local first means that a page in a browser can knock, but the door stays shut.',
]

/** The parts of an answer, in the order of a stream. */
export function demoAnswer(request: ChatRequest, model: string): StreamPart[] {
  const call = model === 'lorem' ? undefined : toolToCall(request, model === 'tools')
  const body = call ? callParts(call, request) : textParts(answerText(request, model))
  const output = body.reduce((sum, part) => sum + ('text' in part ? estimateTokens(part.text) : 0), 0)
  return [
    { type: 'start', id: 'demo', model },
    ...body,
    { type: 'usage', usage: { input: estimateRequest(request), cacheRead: 0, cacheWrite: 0, output, reasoning: 0 } },
    { type: 'finish', finish: { unified: call ? 'tool-calls' : 'stop' } },
  ]
}

function answerText(request: ChatRequest, model: string): string {
  const last = request.messages.at(-1)
  const results = last?.parts.filter((part) => part.type === 'tool-result') ?? []
  if (results.length > 0) {
    const names = callNames(request)
    const told = results.map(
      (part) => `The tool ${names.get(part.callId) ?? part.callId} answered: ${textOf(part) || '(nothing)'}`,
    )
    return told.join('\n')
  }
  if (model === 'lorem')
    return Array.from({ length: 48 }, (_, index) => loremSentences[index % loremSentences.length]).join(' ')
  const said = lastUserText(request)
  const extras = attachments(request)
  const heard = said === '' ? 'You sent no text.' : `You said: ${said}`
  const hint = model === 'tools' && request.tools.length === 0 ? ' Send tools with the request to see me call one.' : ''
  return `${heard}${extras === '' ? '' : ` (with ${extras})`}${hint}`
}

/** `tools` calls on every user turn; `echo` only when asked by name: "call NAME". */
function toolToCall(request: ChatRequest, eager: boolean): FunctionTool | undefined {
  const last = request.messages.at(-1)
  if (last?.role !== 'user' || last.parts.some((part) => part.type === 'tool-result')) return undefined
  if (request.toolChoice?.type === 'none') return undefined
  const functions = request.tools.filter((tool) => tool.type === 'function')
  const choice = request.toolChoice
  if (choice?.type === 'tool') return functions.find((tool) => tool.name === choice.name)
  const said = lastUserText(request)
  const named = functions.find((tool) => new RegExp(`\\bcall ${escapeRegExp(tool.name)}\\b`, 'i').test(said))
  return named ?? (eager || choice?.type === 'required' ? functions[0] : undefined)
}

function callParts(tool: FunctionTool, request: ChatRequest): StreamPart[] {
  const input = JSON.stringify(sample(tool.schema ?? {}, lastUserText(request), 0) ?? {})
  // The id counts the calls before it: unique in the conversation, and the same each time it is replayed.
  const earlier = request.messages
    .flatMap((message) => message.parts)
    .filter((part) => part.type === 'tool-call').length
  const id = 'call'
  return [
    { type: 'tool-input-start', id, callId: `call_demo_${earlier + 1}`, name: tool.name },
    ...pieces(input, 12).map((text): StreamPart => ({ type: 'tool-input-delta', id, text })),
    { type: 'tool-input-end', id },
  ]
}

function textParts(text: string): StreamPart[] {
  const words = text.match(/\S+\s*|\s+/g) ?? []
  return [
    { type: 'text-start', id: 'text' },
    ...words.map((word): StreamPart => ({ type: 'text-delta', id: 'text', text: word })),
    { type: 'text-end', id: 'text' },
  ]
}

/** A value that fits a JSON schema well enough for a demonstration. */
function sample(schema: JsonObject, said: string, depth: number): JsonValue | undefined {
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'string':
      return said.slice(0, 200) || 'demo'
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
    case 'boolean':
      return true
    case 'array':
      return isJsonObject(schema['items']) && depth < 4 ? [sample(schema['items'], said, depth + 1) ?? null] : []
    case 'null':
      return null
    default: {
      const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
      const required = Array.isArray(schema['required']) ? schema['required'] : []
      const value: JsonObject = {}
      for (const name of required) {
        const property = typeof name === 'string' ? properties[name] : undefined
        if (typeof name === 'string' && isJsonObject(property) && depth < 4)
          value[name] = sample(property, said, depth + 1)
      }
      return value
    }
  }
}

function lastUserText(request: ChatRequest): string {
  const users = request.messages.filter((message) => message.role === 'user')
  const texts = users.at(-1)?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? []
  const said = texts.join('\n').trim()
  // Copilot Chat wraps what the person typed into pages of context.
  return /<userRequest>([\s\S]*?)<\/userRequest>/.exec(said)?.[1]?.trim() ?? said
}

function attachments(request: ChatRequest): string {
  const parts = request.messages.flatMap((message) => message.parts)
  const counts = (['image', 'document', 'audio'] as const).flatMap((type) => {
    const count = parts.filter((part) => part.type === type).length
    return count === 0 ? [] : [`${count} ${type}${count === 1 ? '' : 's'}`]
  })
  return counts.join(', ')
}

function callNames(request: ChatRequest): Map<string, string> {
  const calls = request.messages.flatMap((message) => message.parts).filter((part) => part.type === 'tool-call')
  return new Map(calls.map((call) => [call.id, call.name]))
}

function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
