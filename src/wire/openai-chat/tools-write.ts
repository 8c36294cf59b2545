// Tools and tool choice of the Chat wire (rules 52-62, 76-82).
import type { ChatRequest, CustomTool, FunctionTool, ToolChoice } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { wrappedDescription, wrappedSchema } from '../custom-tools.ts'
import { openAiSchema } from '../openai-schema.ts'
import { declarableTools } from '../tool-names.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

/** `tools`, `tool_choice` and `parallel_tool_calls`, each only where it means something. */
export function writeTools(request: ChatRequest, context: WriteContext): JsonObject {
  const { toolChoice } = request
  const declared = declarableTools(request.tools, context.warnings)
  const kept =
    toolChoice?.type === 'allowed' && !context.quirks.allowedTools
      ? onlyAllowed(declared, toolChoice, request)
      : declared
  const tools: JsonObject[] = kept.map((tool) => writeTool(tool, context))
  for (const tool of request.tools) {
    if (tool.type !== 'hosted') continue
    if (keepsHosted(tool.wire === 'openai-chat', tool.value, context)) tools.push(tool.value)
    else dropHosted(tool.value, context)
  }
  // Rules 57, 82: neither an empty list nor a choice among nothing.
  if (tools.length === 0) return {}
  if (context.quirks.maxTools !== undefined && tools.length > context.quirks.maxTools)
    throw tooMany(tools.length, context.quirks.maxTools)
  return {
    tools,
    ...(toolChoice === undefined ? {} : { tool_choice: writeChoice(toolChoice, request, context) }),
    ...(request.parallelToolCalls === undefined ? {} : { parallel_tool_calls: request.parallelToolCalls }),
  }
}

export function keepsHosted(isOwnWire: boolean, value: JsonObject, context: WriteContext): boolean {
  const { hostedTools } = context.quirks
  return isOwnWire && (hostedTools.includes('*') || hostedTools.includes(String(value['type'])))
}

/** Rule 60: never forwarded as a function, and never a reason to refuse the request. */
export function dropHosted(value: JsonObject, context: WriteContext): void {
  const name = String(value['type'] ?? value['name'] ?? Object.keys(value)[0] ?? 'unknown')
  warn(context, 'dropped-tool', name, `The hosted tool "${name}" does not exist at this target.`)
}

/** Rule 58: never cut silently. */
export function tooMany(count: number, limit: number): GatewayError {
  return new GatewayError(
    'unsupported',
    `The request declares ${count} tools, but the model takes no more than ${limit}.`,
    {
      parameter: 'tools',
    },
  )
}

/** Rule 80: tools that the history uses stay, since servers check calls against the list. */
export function onlyAllowed(
  tools: readonly (FunctionTool | CustomTool)[],
  choice: Extract<ToolChoice, { type: 'allowed' }>,
  request: ChatRequest,
): (FunctionTool | CustomTool)[] {
  const keep = new Set(choice.names)
  for (const message of request.messages) {
    for (const part of message.parts) if (part.type === 'tool-call') keep.add(part.name)
  }
  return tools.filter((tool) => keep.has(tool.name))
}

function writeTool(tool: FunctionTool | CustomTool, context: WriteContext): JsonObject {
  const name = context.names.toUpstream(tool.name)
  if (tool.type === 'custom' && context.quirks.customTools) {
    const described = tool.description === undefined ? {} : { description: tool.description }
    return { type: 'custom', custom: { name, ...described, ...(tool.format && { format: chatFormat(tool.format) }) } }
  }
  return { type: 'function', function: { name, ...functionBody(tool, context) } }
}

/** Description, parameters and strictness, as both OpenAI wires have them. */
export function functionBody(tool: FunctionTool | CustomTool, context: WriteContext): JsonObject {
  if (tool.type === 'custom') return { description: wrappedDescription(tool), parameters: wrappedSchema() }
  const strict =
    tool.strict !== undefined && !context.quirks.rejects.includes('tools.strict') ? { strict: tool.strict } : {}
  return {
    ...(tool.description === undefined ? {} : { description: tool.description }),
    parameters: openAiSchema(tool.schema, context.quirks.schemaRejects),
    ...strict,
  }
}

/** The Chat wire nests a grammar that the Responses wire has flat. */
function chatFormat(format: JsonObject): JsonObject {
  if (format['type'] !== 'grammar' || 'grammar' in format) return format
  const { type, ...grammar } = format
  return { type, grammar }
}

function writeChoice(choice: ToolChoice, request: ChatRequest, context: WriteContext): JsonValue {
  switch (choice.type) {
    case 'required':
      return context.quirks.toolChoiceRequiredWord
    case 'tool':
      return writeNamed(choice.name, request, context)
    case 'allowed': {
      const mode = choice.required ? 'required' : 'auto'
      if (!context.quirks.allowedTools) return choice.required ? context.quirks.toolChoiceRequiredWord : mode
      const tools = choice.names.map((name) => writeNamed(name, request, context))
      return { type: 'allowed_tools', allowed_tools: { mode, tools } }
    }
    default:
      return choice.type
  }
}

/** Rule 79: through the rename map, as the declaration went. */
function writeNamed(name: string, request: ChatRequest, context: WriteContext): JsonObject {
  const upstream = context.names.toUpstream(name)
  const isFree = request.tools.some((tool) => tool.type === 'custom' && tool.name === name)
  return isFree && context.quirks.customTools
    ? { type: 'custom', custom: { name: upstream } }
    : { type: 'function', function: { name: upstream } }
}
