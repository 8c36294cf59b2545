// Optional text arguments that a model fills with nothing, such as `pages: ""` for Claude Code's Read, which then refuses the call.
// They are taken out only where the target is known for it (quirk `dropEmptyArguments`, rule 99); all else stays as it was written.
import type { ToolDefinition } from '../core/conversation.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { StreamPart } from '../core/stream.ts'
import { parseExact } from './json-text.ts'

/** Tool, by the client's name -> those of its arguments that are text and need not be there. */
export type OptionalTexts = ReadonlyMap<string, ReadonlySet<string>>

/** For a written request: which arguments to look at in the calls of its answer, where the target needs that. */
export function emptyArgumentsOf(
  tools: readonly ToolDefinition[],
  { dropEmptyArguments }: { readonly dropEmptyArguments: boolean },
): { readonly optionalTexts?: OptionalTexts } {
  if (!dropEmptyArguments) return {}
  const optionalTexts = new Map<string, ReadonlySet<string>>()
  for (const tool of tools) {
    const names = tool.type === 'function' && tool.schema ? optionalNames(tool.schema) : []
    if (tool.type === 'function' && names.length > 0) optionalTexts.set(tool.name, new Set(names))
  }
  return optionalTexts.size === 0 ? {} : { optionalTexts }
}

function optionalNames({ properties, required }: JsonObject): string[] {
  const needed = Array.isArray(required) ? required : []
  if (!isJsonObject(properties)) return []
  return Object.entries(properties).flatMap(([name, schema]) =>
    !needed.includes(name) && isJsonObject(schema) && isText(schema) ? [name] : [],
  )
}

/** Text of which the schema does not itself say that it may be empty. */
function isText({ type, enum: values }: JsonObject): boolean {
  const isString = type === 'string' || (Array.isArray(type) && type.includes('string'))
  return isString && !(Array.isArray(values) && values.includes(''))
}

/** A listener that hears the parts of an answer without such arguments. A call to a tool that has any is told in one piece. */
export function withoutEmptyArguments(
  optionalTexts: OptionalTexts | undefined,
  listen: (part: StreamPart) => void,
): (part: StreamPart) => void {
  if (!optionalTexts) return listen
  const held = new Map<string, { readonly optional: ReadonlySet<string>; input: string }>()
  return (part) => {
    if (part.type === 'tool-input-start') {
      const optional = part.kind === 'custom' ? undefined : optionalTexts.get(part.name)
      if (optional) held.set(part.id, { optional, input: '' })
    } else if (part.type === 'tool-input-delta') {
      const call = held.get(part.id)
      if (call) {
        call.input += part.text
        return
      }
    } else if (part.type === 'tool-input-end') {
      const call = held.get(part.id)
      held.delete(part.id)
      const text = call ? cleaned(call.input, call.optional) : ''
      if (text !== '') listen({ type: 'tool-input-delta', id: part.id, text })
    }
    listen(part)
  }
}

function cleaned(input: string, optional: ReadonlySet<string>): string {
  const value = parseExact(input)
  if (!isJsonObject(value)) return input
  const kept = Object.entries(value).filter(
    ([name, one]) => !(optional.has(name) && typeof one === 'string' && one.trim() === ''),
  )
  return kept.length === Object.keys(value).length ? input : JSON.stringify(Object.fromEntries(kept))
}
