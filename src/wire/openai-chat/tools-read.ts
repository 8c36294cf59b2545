// Tools, tool choice and answer format of a Chat request (rules 22, 52, 76-80, 100).
import type { ResponseFormat, ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { textOf } from '../json-text.ts'
import { invalidInput } from '../read-input.ts'
import { cacheOf } from './content-read.ts'
import type { WireRequest } from './schema.ts'

export function readTools(body: WireRequest): ToolDefinition[] {
  const tools: ToolDefinition[] = []
  for (const tool of body.tools ?? []) {
    const read = readTool(tool as JsonObject)
    if (read !== undefined) tools.push(read)
  }
  for (const legacy of body.functions ?? []) tools.push(functionTool(legacy as JsonObject, {}))
  return tools
}

function readTool(tool: JsonObject): ToolDefinition | undefined {
  const { type } = tool
  if (type === 'custom') {
    const custom = isJsonObject(tool['custom']) ? tool['custom'] : tool
    const description = textOf(custom['description'])
    const format = custom['format']
    return {
      type: 'custom',
      name: textOf(custom['name']) ?? '',
      ...(description === undefined ? {} : { description }),
      ...(isJsonObject(format) ? { format: flatFormat(format) } : {}),
    }
  }
  if (type !== undefined && type !== 'function') return { type: 'hosted', wire: 'openai-chat', value: tool }
  // Some clients declare functions in the flat form of the Responses wire.
  return functionTool(isJsonObject(tool['function']) ? tool['function'] : tool, tool)
}

function functionTool(body: JsonObject, holder: JsonObject): ToolDefinition {
  const description = textOf(body['description'])
  const { parameters, strict } = body
  return {
    type: 'function',
    name: textOf(body['name']) ?? '',
    ...(description === undefined ? {} : { description }),
    ...(isJsonObject(parameters) ? { schema: parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...cacheOf(holder['cache_control'] ?? body['cache_control']),
  }
}

/** The grammar of a free-form tool in the flat form, which the canonical tool has. */
function flatFormat(format: JsonObject): JsonObject {
  const { grammar, ...rest } = format
  return isJsonObject(grammar) ? { ...rest, ...grammar } : format
}

export function readChoice(body: WireRequest): ToolChoice | undefined {
  const { tool_choice: choice, function_call: legacy } = body
  if (choice === null || choice === undefined) {
    if (legacy === null || legacy === undefined) return undefined
    return typeof legacy === 'string' ? namedMode(legacy) : { type: 'tool', name: legacy.name }
  }
  if (typeof choice === 'string') return namedMode(choice)
  const holder = choice as JsonObject
  const allowed = isJsonObject(holder['allowed_tools']) ? holder['allowed_tools'] : undefined
  if (allowed !== undefined) {
    const tools = Array.isArray(allowed['tools']) ? allowed['tools'] : []
    return {
      type: 'allowed',
      names: tools.flatMap((tool) => nameIn(tool) ?? []),
      required: allowed['mode'] === 'required',
    }
  }
  const name = nameIn(holder)
  if (name !== undefined) return { type: 'tool', name }
  throw invalidInput('tool_choice', 'it names no function')
}

function namedMode(word: string): ToolChoice {
  if (word === 'auto' || word === 'none') return { type: word }
  // Mistral's word, which its clients use with others too.
  if (word === 'required' || word === 'any') return { type: 'required' }
  throw invalidInput('tool_choice', `"${word}" is not one of auto, none, required`)
}

function nameIn(holder: unknown): string | undefined {
  if (!isJsonObject(holder)) return undefined
  const body = holder['function'] ?? holder['custom']
  return textOf(isJsonObject(body) ? body['name'] : holder['name'])
}

export function readFormat(format: WireRequest['response_format']): ResponseFormat | undefined {
  if (!format) return undefined
  if (format.type === 'text') return { type: 'text' }
  const holder = format['json_schema']
  if (format.type !== 'json_schema' || !isJsonObject(holder)) return { type: 'json' }
  const { schema, strict } = holder
  if (!isJsonObject(schema)) return { type: 'json' }
  const description = textOf(holder['description'])
  return {
    type: 'json-schema',
    name: textOf(holder['name']) ?? 'answer',
    schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(description === undefined ? {} : { description }),
  }
}
