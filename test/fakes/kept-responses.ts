// What OpenAI keeps of responses, as far as a fake needs it: each is there for the key that made it only, and not at all where the
// request said so. A conversation's id says whose it is: `conv_<key>_<anything>`.
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'

const ownerOf = new Map<string, string>()

export interface Refused {
  readonly status: number
  readonly body: JsonObject
}

/** The refusal of a request that goes on from something that this key doesn't have. */
export function unknownToKey(body: JsonObject, key: string | undefined): Refused | undefined {
  const previous = body['previous_response_id']
  if (typeof previous === 'string' && ownerOf.get(previous) !== key) {
    const message = `Previous response with id '${previous}' not found.`
    return { status: 400, body: errorOf(message, 'previous_response_id', 'previous_response_not_found') }
  }
  const conversation = conversationOf(body)
  if (conversation !== undefined && !conversation.startsWith(`conv_${key}_`)) {
    return { status: 404, body: errorOf(`Conversation with id '${conversation}' not found.`, null, null) }
  }
  return undefined
}

export function keep(id: string, key: string | undefined, body: JsonObject): void {
  if (body['store'] !== false && key !== undefined) ownerOf.set(id, key)
}

export function conversationOf(body: JsonObject): string | undefined {
  const named = body['conversation']
  const id = isJsonObject(named) ? named['id'] : named
  return typeof id === 'string' ? id : undefined
}

function errorOf(message: string, param: string | null, code: string | null): JsonObject {
  return { error: { message, type: 'invalid_request_error', param, code } }
}
