// A part of a body against its schema, for readers that check bodies piece by piece; the error names the whole path.
import type * as z from 'zod'
import { invalidInput, pathText } from './read-input.ts'

/** The value as the schema has it. Throws `invalid_request` that names the field, e.g. `messages[2].content[0].text`. */
export function checkField<T extends z.ZodType>(schema: T, value: unknown, path = ''): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const tail = pathText(issue?.path ?? [])
  const joint = path === '' || tail === '' || tail.startsWith('[') ? '' : '.'
  throw invalidInput(`${path}${joint}${tail}`, issue?.message ?? 'is not what was expected')
}
