// The parts of JSON Schema that combine schemas: references, `allOf`, alternatives, null, and roots that are no object. Every
// function returns a new schema or the one it was given, unchanged.
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** Keywords that show an object to be a schema rather than a bare map of properties (rule 73). */
const schemaKeywords = new Set(
  (
    'type properties required items enum const anyOf oneOf allOf not $ref $defs $schema $id definitions additionalProperties ' +
    'patternProperties description title default format nullable pattern minimum maximum minLength maxLength minItems maxItems ' +
    'propertyNames prefixItems if then else examples'
  ).split(' '),
)

/** `{a: {…}, b: {…}}` as the properties of an object, unless a keyword of schemas is at that level (rule 73). */
export function wrapBareProperties(schema: JsonObject): JsonObject {
  const names = Object.keys(schema)
  const isBare = names.length > 0 && names.every((name) => !schemaKeywords.has(name) && isJsonObject(schema[name]))
  return isBare ? { type: 'object', properties: schema } : schema
}

/** What a local reference points at, with the keywords beside it laid over; undefined when it cannot be resolved (rule 64). */
export function inlineReference(node: JsonObject, root: JsonObject): JsonObject | undefined {
  const reference = node['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  let target: JsonValue | undefined = root
  for (const raw of reference.slice(1).split('/').slice(1)) {
    const step = decodePointer(raw)
    if (Array.isArray(target)) target = target[Number(step)]
    else target = isJsonObject(target) && Object.hasOwn(target, step) ? target[step] : undefined
  }
  if (!isJsonObject(target)) return undefined
  const { $ref: _, ...beside } = node
  return { ...target, ...beside }
}

function decodePointer(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return step
  }
}

/**
 * `allOf` as one schema: properties and required names of all its members (rule 68). A reference is merged once, however often
 * it is named, which also ends cycles.
 */
export function mergeAllOf(node: JsonObject, root: JsonObject, merged: Set<string> = new Set()): JsonObject {
  const { allOf, ...rest } = node
  if (!Array.isArray(allOf)) return node
  return allOf.filter(isJsonObject).reduce<JsonObject>((sum, member) => {
    const reference = member['$ref']
    if (typeof reference !== 'string') return mergeSchemas(sum, mergeAllOf(member, root, merged))
    if (merged.has(reference)) return sum
    merged.add(reference)
    const { $ref: _, ...target } = inlineReference(member, root) ?? {}
    return mergeSchemas(sum, mergeAllOf(target, root, merged))
  }, rest)
}

function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const merged: JsonObject = { ...second, ...first }
  if (isJsonObject(first['properties']) && isJsonObject(second['properties'])) {
    merged['properties'] = { ...second['properties'], ...first['properties'] }
  }
  const required = [...namesIn(first['required']), ...namesIn(second['required'])]
  if (required.length > 0) merged['required'] = [...new Set(required)]
  return merged
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

function optionsOf(node: JsonObject): JsonValue[] | undefined {
  if (Array.isArray(node['anyOf'])) return node['anyOf']
  return Array.isArray(node['oneOf']) ? node['oneOf'] : undefined
}

function isNullSchema(value: unknown): boolean {
  return isJsonObject(value) && (value['type'] === 'null' || value['const'] === null)
}

/** Null as a type or an alternative becomes `nullable`; a single remaining alternative is merged in (rules 66, 67). */
export function promoteNull(node: JsonObject, root: JsonObject): JsonObject {
  let result = node
  const type = node['type']
  if (Array.isArray(type) && type.includes('null')) {
    const others = type.filter((one) => one !== 'null')
    result = { ...result, type: others.length === 1 ? (others[0] ?? null) : others, nullable: true }
  }
  const options = optionsOf(result)
  if (options === undefined) return result
  const real = options.filter((option) => !isNullSchema(option))
  const { anyOf: _, oneOf: __, ...rest } = result
  const nullable: JsonObject = real.length < options.length ? { nullable: true } : {}
  const only = real[0]
  if (real.length === 1 && isJsonObject(only) && only['$ref'] === undefined) {
    return promoteNull(mergeAllOf({ ...mergeSchemas(rest, only), ...nullable }, root), root)
  }
  return { ...rest, ...nullable, ...(real.length === 0 ? {} : { anyOf: real }) }
}

/** The alternatives of a schema that is nothing but alternatives; undefined when it has none of them. */
export function bySomeOf(node: JsonObject): JsonObject[] | undefined {
  const options = optionsOf(node)?.filter(isJsonObject)
  if (options === undefined || options.length === 0) return undefined
  const shared = node['properties']
  if (!isJsonObject(shared)) return options
  // Properties beside the alternatives hold for each of them.
  const base: JsonObject = {
    type: 'object',
    properties: shared,
    ...(node['required'] === undefined ? {} : { required: node['required'] }),
  }
  return options.map((option) => mergeSchemas(option, base))
}

/**
 * A root that is an object, as Claude demands (rules 53, 54): alternatives at the root are merged, their properties united and
 * only what all of them require required. A schema that is fit already is returned as it is.
 */
export function toObjectRoot(schema: JsonObject | undefined): JsonObject {
  if (schema === undefined) return { type: 'object', properties: {} }
  const hasOptions = ['anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in schema)
  if (schema['type'] === 'object' && !hasOptions) return schema
  const merged = mergeAllOf(resolveRoot(schema), schema)
  const { anyOf: _, oneOf: __, ...plain } = merged
  const options = (optionsOf(merged) ?? []).filter(isJsonObject).map((option) => {
    const resolved = option['$ref'] === undefined ? option : (inlineReference(option, schema) ?? option)
    return mergeAllOf(resolved, schema)
  })
  const common = options.map((option) => namesIn(option['required'])).reduce<string[] | undefined>(intersect, undefined)
  const properties = Object.assign(
    {},
    ...options.map((option) => option['properties'] ?? {}),
    plain['properties'] ?? {},
  )
  const required = [...new Set([...namesIn(plain['required']), ...(common ?? [])])]
  return { ...plain, type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
}

function resolveRoot(schema: JsonObject): JsonObject {
  if (typeof schema['$ref'] !== 'string') return schema
  return inlineReference(schema, schema) ?? schema
}

function intersect(common: string[] | undefined, names: string[]): string[] {
  return common === undefined ? names : common.filter((name) => names.includes(name))
}
