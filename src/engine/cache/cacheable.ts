// Which requests may be answered from a cache at all, and which of their fields say nothing about the answer. A cache is the
// user's own choice, so a temperature above 0 does not forbid it; what acts on the world or hangs on state elsewhere does.
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CacheRequest } from './request.ts'

type Wire = CacheRequest['wire']

/**
 * Top-level fields that are left out of a key, by wire: who asks, and how a vendor books or routes it. Everything else counts,
 * unknown fields included. In particular these count: `stream` and `stream_options` (answers are replayed as recorded),
 * `service_tier` (the answer names the tier, and a client that asked for another must not be told of it), `cache_control`
 * (the counts in the answer depend on it) and `store` of Responses (an answer that was not stored can't be followed up).
 */
const withoutMeaning: Readonly<Record<Wire, ReadonlySet<string>>> = {
  'openai-chat': new Set(['user', 'metadata', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention']),
  'openai-responses': new Set([
    'user',
    'metadata',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'client_metadata',
  ]),
  'anthropic-messages': new Set(['metadata']),
  'gemini-generate': new Set(['labels']),
  editor: new Set(['user', 'promptCacheKey']),
}

/** Tools that Anthropic itself runs; other typed tools (`bash_…`, `text_editor_…`) are run by the client. */
const anthropicHosted = /^(?:web_search|web_fetch|code_execution|mcp_toolset|advisor)/

/** The fields that count. */
export function meaningfulFields(wire: Wire, body: JsonObject): JsonObject {
  const ignored = withoutMeaning[wire]
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ignored.has(name)))
}

/**
 * False for requests that continue something kept at the vendor (`previous_response_id`, `conversation`, item references,
 * `container`), that ask for something to be kept or done there (`store: true`, `background`, MCP servers), or that let the
 * vendor look at the world meanwhile (hosted tools).
 */
export function isCacheable(wire: Wire, body: JsonObject): boolean {
  switch (wire) {
    case 'openai-chat':
      return body['store'] !== true && !isSet(body['web_search_options']) && !tools(body).some(isOpenaiHosted)
    case 'openai-responses':
      return (
        body['store'] !== true &&
        body['background'] !== true &&
        !isSet(body['previous_response_id']) &&
        !isSet(body['conversation']) &&
        !list(body['input']).some((item) => item['type'] === 'item_reference') &&
        !tools(body).some(isOpenaiHosted)
      )
    case 'anthropic-messages':
      return (
        !isSet(body['container']) &&
        list(body['mcp_servers']).length === 0 &&
        !tools(body).some((tool) => anthropicHosted.test(String(tool['type'] ?? '')))
      )
    case 'gemini-generate':
      return tools(body).every((tool) =>
        Object.keys(tool).every((name) => name === 'functionDeclarations' || name === 'function_declarations'),
      )
    case 'editor':
      return (
        body['store'] !== true &&
        !isSet(body['previousResponseId']) &&
        !tools(body).some((tool) => tool['type'] === 'hosted')
      )
  }
}

/** Whether the request offers any tools: its answer may then act. */
export function offersTools(body: JsonObject): boolean {
  return tools(body).length > 0 || list(body['functions']).length > 0
}

const clientTools = new Set(['function', 'custom', 'namespace', 'local_shell', 'apply_patch'])

function isOpenaiHosted(tool: JsonObject): boolean {
  const { type } = tool
  return typeof type === 'string' && !clientTools.has(type)
}

function tools(body: JsonObject): JsonObject[] {
  const value = body['tools']
  return isJsonObject(value) ? [value] : list(value)
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
