// Tools and the choice among them on the Gemini wire (rules 52-61, 75-82): one entry holds all functions.
import type { CustomTool, FunctionTool, HostedTool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { wrappedDescription, wrappedSchema } from '../custom-tools.ts'
import { isCodeExecution, isWebSearch } from '../hosted-tools.ts'
import { wordOf } from '../json-text.ts'
import { toObjectRoot } from '../schema-merge.ts'
import { toGeminiSchema } from '../schema-normaliser.ts'
import { declarableTools } from '../tool-names.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export interface WireTools {
  readonly tools?: JsonObject[]
  readonly toolConfig?: JsonObject
}

export function writeTools(context: WriteContext): WireTools {
  const { request, quirks } = context
  const functions = declarableTools(request.tools, context.warnings).map((tool) => writeFunction(tool, context))
  const tools: JsonObject[] = functions.length === 0 ? [] : [{ functionDeclarations: functions }]
  for (const tool of request.tools) {
    if (tool.type !== 'hosted') continue
    const hosted = writeHosted(tool, context)
    if (hosted === undefined) warn(context, 'dropped-tool', hostedName(tool), 'The server does not run this tool.')
    else if (functions.length > 0 && !quirks.hostedWithFunctions) {
      warn(context, 'dropped-tool', hostedName(tool), 'The model takes hosted tools or functions, not both.')
    } else tools.push(hosted)
  }
  if (request.parallelToolCalls === false) {
    warn(context, 'dropped-parameter', 'parallel_tool_calls', 'Gemini cannot be kept to one call at a time.')
  }
  if (tools.length === 0) return {}
  const config = functions.length === 0 ? undefined : writeChoice(request.toolChoice, context)
  return { tools, ...(config === undefined ? {} : { toolConfig: { functionCallingConfig: config } }) }
}

function writeFunction(tool: FunctionTool | CustomTool, context: WriteContext): JsonObject {
  const isCustom = tool.type === 'custom'
  const description = isCustom ? wrappedDescription(tool) : tool.description
  return {
    name: context.names.toUpstream(tool.name),
    ...(description === undefined || description === '' ? {} : { description }),
    ...writeParameters(isCustom ? wrappedSchema() : tool.schema, context),
  }
}

function writeParameters(schema: JsonObject | undefined, context: WriteContext): JsonObject {
  if (schema === undefined) return {}
  if (context.quirks.parametersJsonSchema) return { parametersJsonSchema: toObjectRoot(schema) }
  const parameters = toGeminiSchema(toObjectRoot(schema), context.quirks)
  return parameters === undefined ? {} : { parameters }
}

function hostedName(tool: HostedTool): string {
  return wordOf(tool.value['type']) || (Object.keys(tool.value)[0] ?? 'hosted')
}

function writeHosted(tool: HostedTool, context: WriteContext): JsonObject | undefined {
  const served = context.quirks.hostedTools
  const isServed = (name: string): boolean => served.includes('*') || served.includes(name)
  if (tool.wire === 'gemini-generate') return isServed(hostedName(tool)) ? tool.value : undefined
  if (isWebSearch(tool) && isServed('googleSearch')) return { googleSearch: {} }
  return isCodeExecution(tool) && isServed('codeExecution') ? { codeExecution: {} } : undefined
}

function writeChoice(choice: ToolChoice | undefined, context: WriteContext): JsonObject | undefined {
  const { toUpstream } = context.names
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [toUpstream(choice.name)] }
    case 'allowed':
      if (choice.required) return { mode: 'ANY', allowedFunctionNames: choice.names.map(toUpstream) }
      warn(
        context,
        'changed-parameter',
        'tool_choice',
        'Gemini cannot narrow the list of tools without demanding a call.',
      )
      return { mode: 'AUTO' }
  }
}
