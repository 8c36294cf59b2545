// Tools and tool choice of the Responses wire (rules 52, 59-62, 76-82).
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isWebSearch } from '../hosted-tools.ts'
import { dropHosted, functionBody, keepsHosted, onlyAllowed, tooMany } from '../openai-chat/tools-write.ts'
import { declarableTools } from '../tool-names.ts'
import type { ItemContext } from './items-write.ts'

export function writeTools(request: ChatRequest, context: ItemContext): JsonObject {
  const { toolChoice } = request
  const { quirks } = context
  const declared = declarableTools(request.tools, context.warnings)
  const kept =
    toolChoice?.type === 'allowed' && !quirks.allowedTools ? onlyAllowed(declared, toolChoice, request) : declared
  const tools: JsonObject[] = []
  const groups = new Map<string, JsonObject[]>()
  for (const tool of kept) {
    const within = context.namespaces.get(tool.name)
    if (within === undefined || tool.type !== 'function') {
      tools.push(writeTool(tool, context.names.toUpstream(tool.name), context))
      continue
    }
    const group = groups.get(within.name) ?? []
    if (group.length === 0) {
      const described = within.description === undefined ? {} : { description: within.description }
      tools.push({ type: 'namespace', name: within.name, ...described, tools: group })
      groups.set(within.name, group)
    }
    group.push(writeTool(tool, within.tool, context))
  }
  for (const tool of request.tools) if (tool.type === 'hosted') writeHosted(tool, tools, context)
  // Rules 57, 82: neither an empty list nor a choice among nothing.
  if (tools.length === 0) return {}
  if (quirks.maxTools !== undefined && tools.length > quirks.maxTools) throw tooMany(tools.length, quirks.maxTools)
  return {
    tools,
    ...(toolChoice === undefined ? {} : { tool_choice: writeChoice(toolChoice, request, context) }),
    ...(request.parallelToolCalls === undefined ? {} : { parallel_tool_calls: request.parallelToolCalls }),
  }
}

function writeTool(tool: FunctionTool | CustomTool, name: string, context: ItemContext): JsonObject {
  if (tool.type === 'custom' && context.quirks.customTools) {
    const described = tool.description === undefined ? {} : { description: tool.description }
    return { type: 'custom', name, ...described, ...(tool.format && { format: tool.format }) }
  }
  const body = functionBody(tool, context)
  // The wire's default is strict, which most clients' schemas are not made for (rule 59).
  const isStrictKnown = 'strict' in body || context.quirks.rejects.includes('tools.strict')
  return { type: 'function', name, ...body, ...(isStrictKnown ? {} : { strict: false }) }
}

/** Rule 60: the searches of other vendors are this wire's `web_search` where the target has it. */
function writeHosted(tool: HostedTool, tools: JsonObject[], context: ItemContext): void {
  const isOwn = tool.wire === 'openai-responses'
  const search: JsonObject = { type: 'web_search' }
  if (keepsHosted(isOwn, tool.value, context)) tools.push(tool.value)
  else if (!isOwn && isWebSearch(tool) && keepsHosted(true, search, context)) tools.push(search)
  else dropHosted(tool.value, context)
}

function writeChoice(choice: ToolChoice, request: ChatRequest, context: ItemContext): JsonValue {
  switch (choice.type) {
    case 'tool':
      return writeNamed(choice.name, request, context)
    case 'allowed': {
      const mode = choice.required ? 'required' : 'auto'
      if (!context.quirks.allowedTools) return mode
      return { type: 'allowed_tools', mode, tools: choice.names.map((name) => writeNamed(name, request, context)) }
    }
    default:
      return choice.type
  }
}

function writeNamed(name: string, request: ChatRequest, context: ItemContext): JsonObject {
  const isFree = request.tools.some((tool) => tool.type === 'custom' && tool.name === name)
  const within = context.namespaces.get(name)
  if (within !== undefined) return { type: 'function', namespace: within.name, name: within.tool }
  return { type: isFree && context.quirks.customTools ? 'custom' : 'function', name: context.names.toUpstream(name) }
}
