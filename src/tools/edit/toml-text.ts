// How keys and values are written in TOML.
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { NotEditable } from './format.ts'

export function members(value: Readonly<Record<string, JsonValue | undefined>>): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [`${renderKey(key)} = ${renderValue(inner)}`],
  )
}

export function renderKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : renderString(key)
}

function renderString(text: string): string {
  // JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f')
}

export function renderValue(value: JsonValue): string {
  if (typeof value === 'string') return renderString(value)
  if (Array.isArray(value)) return `[${value.map(renderValue).join(', ')}]`
  if (isJsonObject(value)) {
    const inner = members(value)
    return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`
  }
  if (value === null) throw new NotEditable('TOML has no null')
  return String(value)
}
