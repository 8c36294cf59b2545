// Tool names that every wire accepts (rules 55-57): an invalid name is changed by a rule that depends on nothing but the name
// itself, so that retries and later turns agree, and a reverse map restores the client's name in answers.
import type { CustomTool, FunctionTool, ToolDefinition, Warning } from '../core/conversation.ts'
import { shortHash } from './hash.ts'

export interface ToolNameRule {
  /** A single character that may not stand in a name. */
  readonly forbidden: RegExp
  /** What the first character must be, where that is narrower. */
  readonly first?: RegExp
  readonly maxLength: number
}

export const openaiToolNames: ToolNameRule = { forbidden: /[^a-zA-Z0-9_-]/g, maxLength: 64 }
export const anthropicToolNames: ToolNameRule = { forbidden: /[^a-zA-Z0-9_-]/g, maxLength: 128 }
export const geminiToolNames: ToolNameRule = { forbidden: /[^a-zA-Z0-9_.-]/g, first: /^[a-zA-Z_]/, maxLength: 64 }

export interface ToolNames {
  /** The name to send upstream; also for tools that are in the history only. */
  toUpstream(name: string): string
  /** Upstream name -> client's name, for the names that had to be changed. */
  readonly renamed: ReadonlyMap<string, string>
}

/** Names for the declared tools. A changed name never takes the place of another declared one. */
export function nameTools(declared: readonly string[], rule: ToolNameRule): ToolNames {
  const taken = new Set(declared)
  const upstream = new Map<string, string>()
  const renamed = new Map<string, string>()
  function toUpstream(name: string): string {
    const known = upstream.get(name)
    if (known !== undefined) return known
    const fitted = fitName(
      name,
      rule,
      (candidate) => candidate !== name && (taken.has(candidate) || renamed.has(candidate)),
    )
    upstream.set(name, fitted)
    if (fitted !== name) renamed.set(fitted, name)
    return fitted
  }
  for (const name of declared) toUpstream(name)
  return { toUpstream, renamed }
}

function fitName(name: string, rule: ToolNameRule, isTaken: (candidate: string) => boolean): string {
  let clean = name.replace(rule.forbidden, '_')
  if (rule.first !== undefined && !rule.first.test(clean)) clean = `_${clean}`
  if (clean === name && name.length <= rule.maxLength && name !== '') return name
  for (const length of [6, 9, 12]) {
    const candidate = `${clean.slice(0, rule.maxLength - length - 1)}_${shortHash(name, length)}`
    if (!isTaken(candidate)) return candidate
  }
  return `${clean.slice(0, rule.maxLength - 16)}_${shortHash(name, 12)}_${shortHash(`${name} `, 2)}`
}

/** The tools of the client itself, without nameless ones and duplicates (rules 56, 57). */
export function declarableTools(tools: readonly ToolDefinition[], warnings: Warning[]): (FunctionTool | CustomTool)[] {
  const kept = new Map<string, FunctionTool | CustomTool>()
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'hosted') continue
    const subject = `tools[${index}]`
    if (typeof tool.name !== 'string' || tool.name.trim() === '') {
      warnings.push({ kind: 'dropped-tool', subject, message: 'A tool without a name cannot be declared.' })
    } else if (kept.has(tool.name)) {
      warnings.push({
        kind: 'dropped-tool',
        subject,
        message: `The tool "${tool.name}" is declared twice; the first is kept.`,
      })
    } else {
      kept.set(tool.name, tool)
    }
  }
  return [...kept.values()]
}

export function warnOfRenames(names: ToolNames, warnings: Warning[]): void {
  for (const [upstream, name] of names.renamed) {
    warnings.push({
      kind: 'renamed-tool',
      subject: name,
      message: `The upstream knows the tool "${name}" as "${upstream}".`,
    })
  }
}
