// Untrusted bodies against a schema: what does not fit is the caller's mistake and is named by its path.
import type * as z from 'zod'
import { GatewayError } from '../core/errors.ts'

export function readInput<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = pathText(issue?.path ?? [])
  throw invalidInput(path, issue?.message ?? 'is not what was expected')
}

/** `messages[2].content[0]`; the whole body when there is no path. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`
  return text
}

export function invalidInput(path: string, problem: string): GatewayError {
  const subject = path === '' ? 'The request body' : `"${path}"`
  return new GatewayError(
    'invalid_request',
    `${subject} is invalid: ${problem}.`,
    path === '' ? {} : { parameter: path },
  )
}
