// What may be shown of a tool's files: which keys change and how, with every secret left out, the gateway's and the person's own.
// Whole texts are for the editor's diff only, and even there the gateway's keys are hidden.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { redact } from '../core/redact.ts'

export interface KeyChange {
  /** From the root; `[]` stands for an item of a list. */
  readonly path: readonly string[]
  /** As JSON; absent where nothing is. */
  readonly before?: string
  readonly after?: string
}

const dots = '••••'
const secretName = /key|token(?!s|source)|secret|password|credential|authorization|cookie/i
const gatewayKey = /\bomra?-[A-Za-z0-9_-]{4,}/g
const longest = 4_000

/** Hides the gateway's keys, so that two of them can still be told apart. */
export function hideKeys(text: string, key: string): string {
  return text.replaceAll(key, shortened(key)).replace(gatewayKey, shortened)
}

/** Every key that differs, at the highest place that is new or gone. */
export function keyChanges(before: JsonObject, after: JsonObject, key: string): KeyChange[] {
  const found: KeyChange[] = []
  compare(before, after, [], (path, left, right) => {
    found.push({
      path,
      ...(left === undefined ? {} : { before: render(left, path, key) }),
      ...(right === undefined ? {} : { after: render(right, path, key) }),
    })
  })
  return found
}

type Tell = (path: readonly string[], before: JsonValue | undefined, after: JsonValue | undefined) => void

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly string[],
  tell: Tell,
): void {
  if (isDeepStrictEqual(before, after)) return
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[name], after[name], [...path, name], tell)
  } else if (Array.isArray(before) && Array.isArray(after)) {
    const isIn = (list: readonly JsonValue[], item: JsonValue) => list.some((each) => isDeepStrictEqual(each, item))
    for (const item of before) if (!isIn(after, item)) tell([...path, '[]'], item, undefined)
    for (const item of after) if (!isIn(before, item)) tell([...path, '[]'], undefined, item)
  } else {
    tell(path, before, after)
  }
}

function render(value: JsonValue, path: readonly string[], key: string): string {
  const isSecret = secretName.test(path.findLast((name) => name !== '[]') ?? '')
  const text = JSON.stringify(masked(value, isSecret, key), undefined, 2) ?? ''
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function masked(value: JsonValue, isSecret: boolean, key: string): JsonValue {
  if (typeof value === 'string') return maskText(value, isSecret, key)
  if (Array.isArray(value)) return value.map((each) => masked(each, isSecret, key))
  if (!isJsonObject(value)) return isSecret && typeof value === 'number' ? dots : value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === undefined ? [] : [[name, masked(inner, isSecret || secretName.test(name), key)]],
    ),
  )
}

function maskText(text: string, isSecret: boolean, key: string): string {
  if (text === key || text.match(gatewayKey)?.[0] === text) return shortened(text)
  if (isSecret && text !== '') return dots
  // A user name and password in an address.
  const bare = text.replaceAll(key, shortened(key)).replace(/\/\/[^/@\s]+@/g, `//${dots}@`)
  return redact(bare)
}

function shortened(key: string): string {
  return key.length < 16 ? dots : `${key.slice(0, key.indexOf('-') + 1)}${dots}${key.slice(-4)}`
}
