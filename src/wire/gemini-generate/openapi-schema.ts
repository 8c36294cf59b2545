// Schemas as Gemini clients write them in `parameters` and `responseSchema` (an OpenAPI subset: types in capitals, `nullable`,
// limits as text) to JSON Schema as the canonical request has it.
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'

const limits = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
const deepest = 64

/** A new schema; the client's is left as it is. */
export function fromOpenApi(schema: JsonObject, depth = 0): JsonObject {
  if (depth > deepest) return {}
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) result[key] = convert(key, value, depth)
  if (result['nullable'] !== true || typeof result['type'] !== 'string') return result
  const { nullable: _, ...rest } = result
  return { ...rest, type: [result['type'], 'null'] }
}

function convert(key: string, value: JsonValue | undefined, depth: number): JsonValue | undefined {
  if (key === 'type' && typeof value === 'string') return value.toLowerCase()
  if (limits.has(key) && typeof value === 'string') return Number(value)
  if (key === 'properties' && isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, inner]) => [
      name,
      isJsonObject(inner) ? fromOpenApi(inner, depth + 1) : inner,
    ])
    return Object.fromEntries(entries)
  }
  if (key === 'items' && isJsonObject(value)) return fromOpenApi(value, depth + 1)
  if (key === 'anyOf' && Array.isArray(value)) {
    return value.map((option) => (isJsonObject(option) ? fromOpenApi(option, depth + 1) : option))
  }
  return value
}
