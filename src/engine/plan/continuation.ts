// What a request of the Responses wire goes on from by an id alone: a response or a conversation that an account of the vendor's
// keeps. Found in the bytes where there are some; most requests name none, which two quick searches settle.
import { isJsonObject } from '../../core/json.ts'
import { findTopLevel } from '../body-scan.ts'

export interface Continuation {
  readonly field: 'previous_response_id' | 'conversation'
  readonly id: string
}

const fields = ['previous_response_id', 'conversation'] as const

export function continuationInBytes(body: Buffer): Continuation | undefined {
  for (const field of fields) {
    const span = body.includes(`"${field}"`) ? findTopLevel(body, field) : undefined
    const id = span && idOf(parse(body.toString('utf8', span.start, span.end)))
    if (id !== undefined) return { field, id }
  }
  return undefined
}

/** A conversation is named by its id, or by an object that holds it. */
function idOf(value: unknown): string | undefined {
  const id = isJsonObject(value) ? value['id'] : value
  return typeof id === 'string' && id !== '' ? id : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
