// Tools that vendors run themselves, under the names of the several wires (rule 60).
import type { HostedTool } from '../core/conversation.ts'
import { wordOf } from './json-text.ts'

/** Whether the tool is a search of the web, whatever the wire calls it. */
export function isWebSearch(tool: HostedTool): boolean {
  const type = wordOf(tool.value['type'])
  return type.startsWith('web_search') || 'googleSearch' in tool.value || 'googleSearchRetrieval' in tool.value
}

/** Whether the tool runs code at the vendor. */
export function isCodeExecution(tool: HostedTool): boolean {
  const type = wordOf(tool.value['type'])
  return type.startsWith('code_execution') || type === 'code_interpreter' || 'codeExecution' in tool.value
}
