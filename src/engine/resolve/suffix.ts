// What may stand in brackets behind a model's name: `model(high)`, `model(8192)`, `model(none)`, `model(auto)`.
import { type ReasoningMode, reasoningLevels } from '../../core/routing.ts'

const mostTokens = 1_000_000

/** The name and what its brackets say; undefined when there are none, or something else stands in them. */
export function splitSuffix(name: string): { readonly name: string; readonly reasoning: ReasoningMode } | undefined {
  if (!name.endsWith(')')) return undefined
  const open = name.lastIndexOf('(')
  if (open < 1) return undefined
  const reasoning = readMode(name.slice(open + 1, -1).toLowerCase())
  return reasoning && { name: name.slice(0, open).trimEnd(), reasoning }
}

function readMode(text: string): ReasoningMode | undefined {
  if (text === 'none' || text === 'off') return { mode: 'off' }
  if (text === 'auto') return { mode: 'adaptive' }
  const level = reasoningLevels.find((one) => one === text)
  if (level) return { mode: 'level', level }
  if (!/^\d{1,7}$/.test(text)) return undefined
  const tokens = Number(text)
  if (tokens > mostTokens) return undefined
  return tokens === 0 ? { mode: 'off' } : { mode: 'budget', tokens }
}
