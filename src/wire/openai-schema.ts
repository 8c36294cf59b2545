// Tool schemas as OpenAI and its imitators take them (rules 53, 54, 72, 74): an object at the root, items on arrays, and without
// keywords that a target refuses. Never changes the client's object; a schema that is fine is passed on as it is.
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** Deeper schemas than this are no use to a model and could overflow the stack. */
const deepest = 64

export function openAiSchema(schema: JsonObject | undefined, rejects: readonly string[]): JsonObject {
  if (schema === undefined || Object.keys(schema).length === 0) return { type: 'object', properties: {} }
  const clean = cleanSchema(schema, rejects, 0)
  const root = isJsonObject(clean) ? clean : {}
  if (root['type'] === 'object') return isJsonObject(root['properties']) ? root : { ...root, properties: {} }
  if (root['type'] !== undefined) return { type: 'object', properties: {} }
  return { ...root, type: 'object', properties: isJsonObject(root['properties']) ? root['properties'] : {} }
}

/** Names of keywords whose value maps property names to schemas: there, `title` or `format` is a property (rule 63). */
const schemaMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
/** Keywords whose value is data, not a schema. */
const data = new Set(['enum', 'const', 'default', 'example', 'examples', 'required'])

function cleanSchema(value: JsonValue, rejects: readonly string[], depth: number): JsonValue {
  if (depth > deepest) return {}
  if (Array.isArray(value)) return mapChanged(value, (item) => cleanSchema(item, rejects, depth + 1))
  if (!isJsonObject(value)) return value
  let copy: JsonObject | undefined
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    if (rejects.includes(key)) {
      copy ??= { ...value }
      delete copy[key]
    } else if (!data.has(key)) {
      const cleaned = schemaMaps.has(key) ? cleanMap(inner, rejects, depth + 1) : cleanSchema(inner, rejects, depth + 1)
      if (cleaned === inner) continue
      copy ??= { ...value }
      copy[key] = cleaned
    }
  }
  const result = copy ?? value
  const lacksItems = result['type'] === 'array' && result['items'] === undefined && result['prefixItems'] === undefined
  return lacksItems ? { ...result, items: { type: 'string' } } : result
}

function cleanMap(map: JsonValue, rejects: readonly string[], depth: number): JsonValue {
  if (!isJsonObject(map)) return map
  let copy: JsonObject | undefined
  for (const [name, schema] of Object.entries(map)) {
    if (schema === undefined) continue
    const cleaned = cleanSchema(schema, rejects, depth)
    if (cleaned === schema) continue
    copy ??= { ...map }
    copy[name] = cleaned
  }
  return copy ?? map
}

function mapChanged(values: JsonValue[], change: (value: JsonValue) => JsonValue): JsonValue[] {
  const changed = values.map(change)
  return changed.some((value, index) => value !== values[index]) ? changed : values
}
