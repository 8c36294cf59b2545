// Tools and the choice among them on the Anthropic wire (rules 52-61, 76-82).
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { wrappedDescription, wrappedSchema } from '../custom-tools.ts'
import { isWebSearch } from '../hosted-tools.ts'
import { wordOf } from '../json-text.ts'
import { toObjectRoot } from '../schema-merge.ts'
import { declarableTools } from '../tool-names.ts'
import { cacheOf } from './content-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export interface WireTools {
  readonly tools: JsonObject[]
  readonly choice?: JsonObject
}

export function writeTools(context: WriteContext): WireTools {
  const { request, quirks } = context
  const declared = allowedOnly(declarableTools(request.tools, context.warnings), request, context)
  const tools = declared.map((tool) => writeTool(tool, context))
  for (const tool of request.tools) {
    if (tool.type !== 'hosted') continue
    const hosted = writeHosted(tool, quirks.hostedTools)
    if (hosted !== undefined) tools.push(hosted)
    else warn(context, 'dropped-tool', hostedName(tool), 'The server does not run this tool.')
  }
  if (tools.length === 0) return { tools }
  const choice = writeChoice(request.toolChoice, request.parallelToolCalls, context)
  return { tools, ...(choice === undefined ? {} : { choice }) }
}

function writeTool(tool: FunctionTool | CustomTool, context: WriteContext): JsonObject {
  const name = context.names.toUpstream(tool.name)
  if (tool.type === 'custom') return { name, description: wrappedDescription(tool), input_schema: wrappedSchema() }
  // Rule 59: what strict means differs between vendors.
  const isStrict = tool.strict === true && context.request.origin === 'anthropic-messages'
  return {
    name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: toObjectRoot(tool.schema),
    ...(isStrict ? { strict: true } : {}),
    ...cacheOf(tool, context),
  }
}

function hostedName(tool: HostedTool): string {
  return wordOf(tool.value['type']) || (Object.keys(tool.value)[0] ?? 'hosted')
}

/** Whether the server knows a tool of this type itself. */
export function isServed(type: string, served: readonly string[]): boolean {
  return served.some((prefix) => prefix === '*' || type.startsWith(prefix))
}

/** A tool the server runs, never a function with an empty schema (rule 60). */
function writeHosted(tool: HostedTool, served: readonly string[]): JsonObject | undefined {
  if (tool.wire === 'anthropic-messages') return isServed(hostedName(tool), served) ? tool.value : undefined
  if (isWebSearch(tool) && isServed('web_search', served)) return { type: 'web_search_20250305', name: 'web_search' }
  return undefined
}

/** A narrower list of tools is kept to by declaring only these, unless the history needs others (rule 80). */
function allowedOnly<T extends { readonly name: string }>(
  tools: T[],
  request: ChatRequest,
  context: WriteContext,
): T[] {
  const { toolChoice } = request
  if (toolChoice?.type !== 'allowed') return tools
  const { names } = toolChoice
  const usesOthers = request.messages.some((message) =>
    message.parts.some((part) => part.type === 'tool-call' && !names.includes(part.name)),
  )
  if (!usesOthers) return tools.filter((tool) => names.includes(tool.name))
  warn(context, 'changed-parameter', 'tool_choice', 'The list of allowed tools was widened: earlier calls use others.')
  return tools
}

function writeChoice(
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
  context: WriteContext,
): JsonObject | undefined {
  const single: JsonObject = parallel === false ? { disable_parallel_tool_use: true } : {}
  switch (choice?.type) {
    case undefined:
      return parallel === false ? { type: 'auto', ...single } : undefined
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any', ...single }
    case 'tool':
      return { type: 'tool', name: context.names.toUpstream(choice.name), ...single }
    case 'allowed':
      return { type: choice.required ? 'any' : 'auto', ...single }
    case 'auto':
      return { type: 'auto', ...single }
  }
}
