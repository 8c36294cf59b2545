// Tools, tool choice and text format of a Responses request (rules 22, 52, 60, 61, 76-80).
import type { FunctionTool, ResponseFormat, ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { textOf } from '../json-text.ts'
import { invalidInput } from '../read-input.ts'
import type { WireRequest } from './schema.ts'

type Flatten = (namespace: string, tool: string) => string

export function readTools(wireTools: readonly JsonObject[], flatten: Flatten): ToolDefinition[] {
  return wireTools.flatMap((tool): ToolDefinition[] => {
    switch (tool['type']) {
      case 'function':
        return [readFunction(tool)]
      case 'custom':
        return [readCustom(tool)]
      case 'namespace':
        return readNamespace(tool, flatten)
      default:
        return [{ type: 'hosted', wire: 'openai-responses', value: tool }]
    }
  })
}

function readFunction(tool: JsonObject): FunctionTool {
  const body = isJsonObject(tool['function']) ? tool['function'] : tool
  const description = textOf(body['description'])
  const { parameters, strict } = body
  return {
    type: 'function',
    name: textOf(body['name']) ?? '',
    ...(description === undefined ? {} : { description }),
    ...(isJsonObject(parameters) ? { schema: parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}

function readCustom(tool: JsonObject): ToolDefinition {
  const description = textOf(tool['description'])
  const { format } = tool
  return {
    type: 'custom',
    name: textOf(tool['name']) ?? '',
    ...(description === undefined ? {} : { description }),
    ...(isJsonObject(format) ? { format } : {}),
  }
}

/** Codex groups tools; other wires see functions with a flat name, and the group's description only in the answer's way back. */
function readNamespace(tool: JsonObject, flatten: Flatten): FunctionTool[] {
  const name = textOf(tool['name']) ?? ''
  const description = textOf(tool['description'])
  const members = Array.isArray(tool['tools']) ? tool['tools'].filter(isJsonObject) : []
  return members
    .filter((member) => member['type'] === 'function')
    .map((member) => {
      const read = readFunction(member)
      const described = description === undefined ? {} : { description }
      return { ...read, name: flatten(name, read.name), namespace: { name, tool: read.name, ...described } }
    })
}

/** The choice, and what of it only this wire can say (a hosted tool). */
export function readChoice(
  choice: WireRequest['tool_choice'],
  flatten: Flatten,
): { readonly toolChoice?: ToolChoice; readonly extra?: JsonObject } {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') {
    if (choice === 'auto' || choice === 'none' || choice === 'required') return { toolChoice: { type: choice } }
    throw invalidInput('tool_choice', `"${choice}" is not one of auto, none, required`)
  }
  const holder = choice as JsonObject
  const name = nameIn(holder, flatten)
  if (name !== undefined) return { toolChoice: { type: 'tool', name } }
  if (holder['type'] !== 'allowed_tools') return { extra: holder }
  const tools = Array.isArray(holder['tools']) ? holder['tools'].filter(isJsonObject) : []
  const names = tools.flatMap((tool) => nameIn(tool, flatten) ?? [])
  return { toolChoice: { type: 'allowed', names, required: holder['mode'] === 'required' } }
}

function nameIn(holder: JsonObject, flatten: Flatten): string | undefined {
  const { type } = holder
  if (type !== 'function' && type !== 'custom') return undefined
  const name = textOf(holder['name'])
  const namespace = textOf(holder['namespace'])
  return name !== undefined && namespace ? flatten(namespace, name) : name
}

export function readFormat(text: WireRequest['text']): ResponseFormat | undefined {
  const format = text?.format
  if (!format) return undefined
  if (format.type === 'text') return { type: 'text' }
  const { schema, strict } = format
  if (format.type !== 'json_schema' || !isJsonObject(schema)) return { type: 'json' }
  const description = textOf(format['description'])
  return {
    type: 'json-schema',
    name: textOf(format['name']) ?? 'answer',
    schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(description === undefined ? {} : { description }),
  }
}
