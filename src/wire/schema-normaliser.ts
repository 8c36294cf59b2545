// Tool and reply schemas in the subset of JSON Schema that Gemini takes (rules 63-74). Works on schema positions only: a
// property that is called `title` or `format` survives. Never changes its input; cleaning twice is the same as once.
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { numberOf } from './json-text.ts'
import { bySomeOf, inlineReference, mergeAllOf, promoteNull, wrapBareProperties } from './schema-merge.ts'

export interface SchemaDialect {
  /** Whether alternatives may stay as `anyOf`; else the richest one is taken (rule 67). */
  readonly anyOf: boolean
}

/** Bounds of one cleaning, so that schemas that refer to themselves in many places cannot explode. */
interface Walk {
  readonly root: JsonObject
  readonly dialect: SchemaDialect
  /** References being inlined on the way down, for cycles (rule 64). */
  readonly path: readonly string[]
  readonly budget: { nodes: number }
}

const maxNodes = 20_000
const maxDepth = 48

/** Constraints that Gemini knows by the same name. */
const keptNumbers = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]
/** Constraints that are said in words instead (rule 71). */
const spokenKeywords = ['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'uniqueItems']
const knownFormats: Readonly<Record<string, readonly string[]>> = {
  string: ['date-time', 'enum'],
  number: ['float', 'double'],
  integer: ['int32', 'int64'],
}
const typeOrder = ['object', 'array', 'string', 'number', 'integer', 'boolean']

/** The schema for Gemini, or undefined when it allows no arguments (rule 53). */
export function toGeminiSchema(schema: JsonObject | undefined, dialect: SchemaDialect): JsonObject | undefined {
  if (schema === undefined || Object.keys(schema).length === 0) return undefined
  const wrapped = wrapBareProperties(schema)
  const walk: Walk = { root: wrapped, dialect, path: [], budget: { nodes: maxNodes } }
  const clean = cleanNode(wrapped, walk, 0).schema
  const isEmpty = clean['type'] === 'object' && clean['properties'] === undefined
  return isEmpty ? undefined : clean
}

interface Cleaned {
  readonly schema: JsonObject
  /** `required: true` within a property is a wish to its parent (rule 69). */
  readonly requiredByParent: boolean
}

function cleanNode(value: JsonValue | undefined, walk: Walk, depth: number): Cleaned {
  walk.budget.nodes -= 1
  if (!isJsonObject(value)) return { schema: { type: 'string' }, requiredByParent: false }
  if (depth > maxDepth || walk.budget.nodes < 0) {
    return {
      schema: withHint({ type: 'object' }, value, ['nested too deeply to be described']),
      requiredByParent: false,
    }
  }
  const requiredByParent = value['required'] === true
  if (typeof value['$ref'] === 'string') {
    const reference = value['$ref']
    const target = walk.path.includes(reference) ? undefined : inlineReference(value, walk.root)
    if (target === undefined) {
      const hint = walk.path.includes(reference) ? 'same shape as the object that holds it' : 'of unknown shape'
      return { schema: withHint({ type: 'object' }, value, [hint]), requiredByParent }
    }
    const inner = cleanNode(target, { ...walk, path: [...walk.path, reference] }, depth + 1)
    return { schema: inner.schema, requiredByParent }
  }
  return { schema: cleanPlain(promoteNull(mergeAllOf(value, walk.root), walk.root), walk, depth), requiredByParent }
}

function cleanPlain(source: JsonObject, walk: Walk, depth: number): JsonObject {
  const options = bySomeOf(source)
  if (options !== undefined) return cleanOptions(source, options, walk, depth)
  const hints: string[] = []
  const clean: JsonObject = { type: typeOf(source, hints) }
  if (source['nullable'] === true) clean['nullable'] = true
  if (clean['type'] === 'object') cleanObject(source, clean, walk, depth)
  if (clean['type'] === 'array') clean['items'] = cleanItems(source, walk, depth, hints)
  cleanEnum(source, clean, hints)
  cleanConstraints(source, clean, hints)
  return withHint(clean, source, hints)
}

/** One type of several (rule 66); without any, what the other keywords imply. */
function typeOf(source: JsonObject, hints: string[]): string {
  const declared = source['type']
  const types = (Array.isArray(declared) ? declared : [declared])
    .filter((type) => typeof type === 'string')
    .map((type) => type.toLowerCase())
    .filter((type) => typeOrder.includes(type))
  if (types.length > 1) {
    const chosen = typeOrder.find((type) => types.includes(type)) ?? 'string'
    hints.push(`may also be: ${types.filter((type) => type !== chosen).join(', ')}`)
    return chosen
  }
  if (types[0] !== undefined) return types[0]
  if (isJsonObject(source['properties']) || source['additionalProperties'] !== undefined) return 'object'
  if (source['items'] !== undefined || source['prefixItems'] !== undefined) return 'array'
  const values = source['enum']
  if (Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'number')) return 'number'
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'boolean')
    ? 'boolean'
    : 'string'
}

function cleanObject(source: JsonObject, clean: JsonObject, walk: Walk, depth: number): void {
  const properties = source['properties']
  if (!isJsonObject(properties)) return
  const names = Object.keys(properties)
  if (names.length === 0) return
  const cleaned: JsonObject = {}
  const promoted = new Set<string>()
  for (const name of names) {
    const property = cleanNode(properties[name], walk, depth + 1)
    if (property.requiredByParent) promoted.add(name)
    setOwn(cleaned, name, property.schema)
  }
  clean['properties'] = cleaned
  const declared = Array.isArray(source['required']) ? source['required'] : []
  const required = names.filter((name) => declared.includes(name) || promoted.has(name))
  if (required.length > 0) clean['required'] = required
  const order = source['propertyOrdering']
  if (Array.isArray(order))
    clean['propertyOrdering'] = order.filter((name) => typeof name === 'string' && names.includes(name))
}

/** Gemini refuses arrays without `items`; tuples become alternatives or their richest member (rule 72). */
function cleanItems(source: JsonObject, walk: Walk, depth: number, hints: string[]): JsonObject {
  const { items, prefixItems } = source
  const tuple = Array.isArray(items) ? items : Array.isArray(prefixItems) ? prefixItems : undefined
  if (tuple === undefined) return isJsonObject(items) ? cleanNode(items, walk, depth + 1).schema : { type: 'string' }
  if (tuple.length === 0) return { type: 'string' }
  if (tuple.length > 1) hints.push(`a tuple of ${tuple.length} items`)
  return cleanNode(tuple.length === 1 ? tuple[0] : { anyOf: tuple }, walk, depth + 1).schema
}

/** Only text may be enumerated; other values are named in the description, which keeps their type (rule 65). */
function cleanEnum(source: JsonObject, clean: JsonObject, hints: string[]): void {
  const values = 'const' in source ? [source['const']] : source['enum']
  if (!Array.isArray(values)) return
  const wanted = values.filter((value) => value !== null && value !== undefined)
  if (values.length > wanted.length) clean['nullable'] = true
  if (wanted.length === 0) return
  const isText = wanted.every((value) => typeof value === 'string' && value !== '')
  if (isText && clean['type'] === 'string') clean['enum'] = [...new Set(wanted)] as string[]
  else hints.push(`one of: ${wanted.map((value) => JSON.stringify(value)).join(', ')}`)
}

function cleanConstraints(source: JsonObject, clean: JsonObject, hints: string[]): void {
  for (const keyword of keptNumbers) {
    const value = numberOf(source[keyword])
    if (source[keyword] !== undefined && source[keyword] !== null && Number.isFinite(value)) clean[keyword] = value
  }
  if (typeof source['pattern'] === 'string') clean['pattern'] = source['pattern']
  for (const keyword of spokenKeywords) {
    const value = source[keyword]
    if (typeof value === 'number' || value === true) hints.push(`${keyword}: ${value}`)
  }
  const format = source['format']
  if (typeof format !== 'string' || format === '') return
  if (knownFormats[String(clean['type'])]?.includes(format)) clean['format'] = format
  else hints.push(`format: ${format}`)
}

/** Alternatives (rule 67): kept as `anyOf`, or the richest of them with a hint at the others. */
function cleanOptions(source: JsonObject, options: readonly JsonObject[], walk: Walk, depth: number): JsonObject {
  const cleaned = options.map((option) => cleanNode(option, walk, depth + 1).schema)
  const nullable = source['nullable'] === true ? { nullable: true } : {}
  const only = cleaned[0]
  if (cleaned.length === 1 && only !== undefined) return withHint({ ...only, ...nullable }, source, [])
  if (walk.dialect.anyOf) return withHint({ anyOf: cleaned, ...nullable }, source, [])
  const rank = (schema: JsonObject): number => typeOrder.indexOf(String(schema['type']))
  const chosen = cleaned.toSorted((a, b) => rank(a) - rank(b))[0] ?? { type: 'string' }
  const others = [...new Set(cleaned.filter((schema) => schema !== chosen).map((schema) => String(schema['type'])))]
  const spoken = typeof source['description'] === 'string' ? source : chosen
  return withHint({ ...chosen, ...nullable }, spoken, others.length === 0 ? [] : [`or: ${others.join(', ')}`])
}

/** Adds the description of a source and what could not be said otherwise, once. */
function withHint(clean: JsonObject, source: JsonObject, hints: readonly string[]): JsonObject {
  const description = typeof source['description'] === 'string' ? source['description'].trim() : ''
  const news = hints.filter((hint) => !description.includes(hint))
  const spoken = news.length === 0 ? description : `${description} (${news.join('; ')})`.trim()
  return spoken === '' ? clean : { ...clean, description: spoken }
}

/** Assigns a property even when it is called `__proto__`. */
function setOwn(target: JsonObject, name: string, value: JsonValue): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}
