// Google's servers take every field in snake_case as well as in camelCase (rule 48); here all are camelCase.
import type { JsonObject } from '../../core/json.ts'

/** The object with its own keys in camelCase; the same object when they are already. Values are not looked into. */
export function camelKeys(value: JsonObject): JsonObject {
  let hasSnake = false
  for (const key in value) if (key.includes('_')) hasSnake = true
  if (!hasSnake) return value
  const result: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    if (camel === key || value[camel] === undefined) result[camel] = inner
  }
  return result
}
