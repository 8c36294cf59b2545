// Reading JSON text that may be anything at all. Never throws.
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** The JSON value of a text; undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON?(text: string): unknown
}

/**
 * Like `parseJson`, for values that are only carried on: numbers that JavaScript cannot hold keep their digits when they are
 * printed again (rule 6).
 */
export function parseExact(text: string): unknown {
  const json = JSON as unknown as ExactJson
  if (json.rawJSON === undefined || !/\d{16}/.test(text)) return parseJson(text)
  try {
    return json.parse(text, (_, value, { source }) => {
      if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value
      return String(value) === source ? value : json.rawJSON?.(source)
    })
  } catch {
    return undefined
  }
}

/** The JSON object of a text; undefined for any other value and for text that is no JSON. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** The first member that is an object, for bodies that servers wrap in an array. */
export function unwrapArray(value: unknown): JsonObject | undefined {
  if (isJsonObject(value)) return value
  if (Array.isArray(value) && isJsonObject(value[0])) return value[0]
  return undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * A value as text where it is text or a number, else nothing. `String()` would call methods that a value from the wire can
 * replace by anything.
 */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** A value as a number where it is one or spells one, else NaN. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
}

/** A finite number, or null: token counts that an upstream left out or garbled are unknown (rule 132). */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

/** Whether the value is text with more than white space in it: nothing else is an answer (rule 127). */
export function hasInk(value: unknown): value is string {
  return typeof value === 'string' && /\S/.test(value)
}
