// Namespaces of tools, as codex declares them (rule 61): everywhere else their tools are ordinary functions with a flat name.
import type { FunctionTool, ToolDefinition } from '../../core/conversation.ts'
import { isJsonObject } from '../../core/json.ts'

type Namespace = NonNullable<FunctionTool['namespace']>

/** Flat name -> the namespace and the name within it. */
export type Namespaces = ReadonlyMap<string, Namespace>

export const noNamespaces: Namespaces = new Map()

export function flatName(namespace: string, tool: string): string {
  return `${namespace}__${tool}`
}

export function namespacesOf(tools: readonly ToolDefinition[]): Namespaces {
  const found = new Map<string, Namespace>()
  for (const tool of tools) {
    if (tool.type === 'function' && tool.namespace !== undefined) found.set(tool.name, tool.namespace)
  }
  return found.size === 0 ? noNamespaces : found
}

/**
 * Flat names for the tools a client declared. A direct tool keeps its name; a namespaced one that would collide gets a number,
 * which depends on the list of tools alone and so is the same in every turn.
 */
export function createFlattener(wireTools: readonly unknown[]): (namespace: string, tool: string) => string {
  const taken = new Set<string>()
  for (const tool of wireTools) {
    if (isJsonObject(tool) && tool['type'] !== 'namespace' && typeof tool['name'] === 'string') taken.add(tool['name'])
  }
  const known = new Map<string, string>()
  return (namespace, tool) => {
    const key = JSON.stringify([namespace, tool])
    const before = known.get(key)
    if (before !== undefined) return before
    const plain = flatName(namespace, tool)
    let flat = plain
    for (let count = 2; taken.has(flat); count++) flat = `${plain}_${count}`
    taken.add(flat)
    known.set(key, flat)
    return flat
  }
}
