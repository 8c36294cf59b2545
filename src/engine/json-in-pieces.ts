// JSON.parse for the bytes of a large request. A string of more than 128 KB gets pages of its own from the system, which have to be
// filled with zeros first; so the conversation in a large body is decoded and parsed some messages at a time. The value is the same.
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import {
  closeBrace,
  comma,
  fieldValue,
  nameAt,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  skipString,
  skipValue,
  startOfText,
} from './json-bytes.ts'

/** From this size on, in bytes, a body is worth taking apart. */
const largeBody = 128 * 1024
const pieceSize = 64 * 1024

/** Where the conversation stands in the four wires. */
const lists = ['messages', 'input', 'contents'] as const

/** How many bytes of the items belong to the sign between two: the name of the first field tells messages from their parts. */
const endOfItem = 2
const headOfItem = 8

/** Stands for the list in the text after the last cut. */
const openList = '\u0000 open list'

/** The value of a JSON text in UTF-8, with or without a byte order mark. Throws `SyntaxError`. */
export function parseJsonBytes(body: Buffer): unknown {
  return (
    (body.length < largeBody ? undefined : parseInPieces(body)) ?? JSON.parse(body.toString('utf8', startOfText(body)))
  )
}

/**
 * Undefined when the text doesn't lend itself to it, or is no JSON. A cut is a guess that parsing proves: a piece begins between two
 * items of the list, so it is valid between brackets only if it also ends there. A cut within a text would leave that open.
 */
function parseInPieces(body: Buffer): JsonObject | undefined {
  const list = findList(body)
  const sign = list && signBetweenItems(body, list.start + 1)
  if (!list || !sign) return undefined
  try {
    const items: unknown[] = []
    let start = list.start + 1
    while (body.length - start > 1.5 * pieceSize) {
      const found = body.indexOf(sign.bytes, start + pieceSize)
      if (found < 0) break
      const end = found + sign.beforeComma
      for (const item of JSON.parse(`[${body.toString('utf8', start, end)}]`) as unknown[]) items.push(item)
      start = skipSpace(body, end) + 1
    }
    if (items.length === 0) return undefined
    const head: unknown = JSON.parse(`${body.toString('utf8', startOfText(body), list.start)}[]}`)
    const tail: unknown = JSON.parse(`{${JSON.stringify(openList)}:[${body.toString('utf8', start)}`)
    return isJsonObject(head) && isJsonObject(tail) ? joined(head, list.name, items, tail) : undefined
  } catch {
    return undefined
  }
}

/** The fields before the list, the list, and the fields after it, of which a name that is there twice counts as the last one says. */
function joined(head: JsonObject, name: string, items: unknown[], tail: JsonObject): JsonObject | undefined {
  const { [openList]: rest, ...others } = tail
  // A field of that name can't be assigned.
  if (!Array.isArray(rest) || Object.hasOwn(tail, '__proto__')) return undefined
  for (const item of rest) items.push(item)
  return Object.assign(head, { [name]: items }, others)
}

interface List {
  readonly name: string
  /** Of its bracket. */
  readonly start: number
}

/** The first list of the wanted name among the fields of the object, as far as the text is one. */
function findList(body: Buffer): List | undefined {
  let at = skipSpace(body, startOfText(body))
  if (body[at] !== openBrace) return undefined
  do {
    at = skipSpace(body, at + 1)
    if (body[at] !== quote) return undefined
    const keyEnd = skipString(body, at)
    if (keyEnd < 0) return undefined
    const name = nameAt(body, at + 1, keyEnd - 1, lists)
    at = fieldValue(body, keyEnd)
    if (at < 0) return undefined
    if (name !== undefined && body[at] === openBracket) return { name, start: at }
    at = skipSpace(body, skipValue(body, at))
  } while (at > 0 && body[at] === comma)
  return undefined
}

/** The bytes around the comma after the first item of a list of objects, in which the others are looked for. */
function signBetweenItems(body: Buffer, from: number): { bytes: Buffer; beforeComma: number } | undefined {
  const first = skipSpace(body, from)
  const end = body[first] === openBrace ? skipValue(body, first) : -1
  const separator = end < 0 ? -1 : skipSpace(body, end)
  if (body[separator] !== comma || body[end - 1] !== closeBrace) return undefined
  const second = skipSpace(body, separator + 1)
  if (body[second] !== openBrace) return undefined
  return { bytes: body.subarray(end - endOfItem, second + headOfItem), beforeComma: endOfItem }
}
