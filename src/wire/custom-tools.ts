// Tools with free-form input (rule 61). Where a target knows functions only, such a tool is a function with one string, `input`;
// the answer is unwrapped again for the client that declared it.
import type { ChatRequest, CustomTool, ToolCallPart } from '../core/conversation.ts'
import type { JsonObject } from '../core/json.ts'
import { toolInputObject } from './json-repair.ts'

/** The schema of the stand-in. */
export function wrappedSchema(): JsonObject {
  return {
    type: 'object',
    properties: { input: { type: 'string', description: 'The input of the tool, as free text.' } },
    required: ['input'],
  }
}

/** What the stand-in is told to be: the description, and the grammar in words since it cannot be enforced. */
export function wrappedDescription(tool: CustomTool): string {
  const { format } = tool
  const definition = format?.['definition']
  const grammar =
    typeof definition === 'string'
      ? `The input must follow this ${String(format?.['syntax'] ?? '')} grammar:\n${definition}`
      : ''
  return [tool.description ?? '', grammar].filter((text) => text !== '').join('\n\n')
}

export function wrapInput(input: string): string {
  return JSON.stringify({ input })
}

/** The free text within wrapped input. Models that ignore the schema are taken by their word. */
export function unwrapInput(input: string): string {
  const { value } = toolInputObject(input)
  const inner = value['input'] ?? value['_raw']
  if (typeof inner === 'string') return inner
  return Object.keys(value).length === 0 ? '' : input
}

export function customNames(request: ChatRequest): ReadonlySet<string> {
  const names = new Set<string>()
  for (const tool of request.tools) if (tool.type === 'custom') names.add(tool.name)
  return names
}

/** The free text of a call to one of the client's custom tools; undefined for calls of functions. */
export function restoreCustom(
  call: Pick<ToolCallPart, 'name' | 'input' | 'kind'>,
  custom: ReadonlySet<string>,
): string | undefined {
  if (call.kind === 'custom') return call.input
  return custom.has(call.name) ? unwrapInput(call.input) : undefined
}
