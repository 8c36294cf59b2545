// Structured replies from Claude (rule 22): its own output format takes a strict subset of JSON Schema; older models are made to
// call a tool whose input is the reply.
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { wordOf } from '../json-text.ts'

/** The forced tool that stands for a structured reply; the readers turn its call back into text. */
export const replyToolName = 'omniroute_structured_reply'

const refusedKeywords = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'minItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

const deepest = 64

/** A copy in which every object is closed and constraints that Claude refuses are words in the description. */
export function toOutputSchema(schema: JsonObject): JsonObject {
  const result = clean(schema, 0)
  return isJsonObject(result) ? result : { type: 'object', properties: {}, additionalProperties: false }
}

function clean(value: JsonValue | undefined, depth: number): JsonValue {
  if (depth > deepest || value === undefined) return {}
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  if (!isJsonObject(value)) return value
  const result: JsonObject = {}
  const hints: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    if (refusedKeywords.has(key)) hints.push(`${key}: ${JSON.stringify(inner)}`)
    else if (key === 'properties' || key === '$defs' || key === 'definitions') result[key] = cleanMap(inner, depth)
    else if (key === 'enum' || key === 'const' || key === 'required' || key === 'default') result[key] = inner
    else result[key] = clean(inner, depth + 1)
  }
  const isObject = result['type'] === 'object' || isJsonObject(result['properties'])
  if (isObject) result['additionalProperties'] = false
  if (hints.length > 0) result['description'] = `${wordOf(result['description'])} (${hints.join('; ')})`.trim()
  return result
}

function cleanMap(value: JsonValue | undefined, depth: number): JsonValue {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, clean(schema, depth + 1)]))
}
