// What a fake upstream was asked, read from the bytes it received: the same facts for each wire.
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import type { WireId } from '../../../src/core/wire-format.ts'
import type { ExchangeRecord } from '../../fakes/exchange.ts'

export interface Received {
  readonly text: string
  /** Pictures in base64. */
  readonly images: readonly string[]
  readonly tools: readonly string[]
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[]
  readonly results: readonly { readonly id: string; readonly text: string }[]
  /** The schema that the answer must have, wherever the wire puts it. */
  readonly schema: JsonValue | undefined
  /** How much reasoning is asked for, in the wire's own word or number. */
  readonly effort: JsonValue | undefined
}

const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : [])
const at = (value: JsonValue | undefined, ...path: string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value)
const word = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const fromDataUrl = (value: JsonValue | undefined): string => word(value).replace('data:image/png;base64,', '')
const words = (value: JsonValue | undefined): string =>
  typeof value === 'string'
    ? value
    : objects(value)
        .map((part) => word(part['text']))
        .join('')

function readChat(body: JsonObject): Received {
  const messages = objects(body['messages'])
  const parts = messages.flatMap((message) => objects(message['content']))
  return {
    text: words(messages.find((message) => message['role'] === 'user')?.['content']),
    images: parts
      .filter((part) => part['type'] === 'image_url')
      .map((part) => fromDataUrl(at(part, 'image_url', 'url'))),
    tools: objects(body['tools']).map((tool) => word(at(tool, 'function', 'name'))),
    calls: messages
      .flatMap((message) => objects(message['tool_calls']))
      .map((call) => ({
        id: word(call['id']),
        name: word(at(call, 'function', 'name')),
        input: JSON.parse(word(at(call, 'function', 'arguments'))) as unknown,
      })),
    results: messages
      .filter((message) => message['role'] === 'tool')
      .map((message) => ({ id: word(message['tool_call_id']), text: words(message['content']) })),
    schema: at(body, 'response_format', 'json_schema', 'schema'),
    effort: body['reasoning_effort'],
  }
}

function readResponses(body: JsonObject): Received {
  const items = objects(body['input'])
  const parts = items.flatMap((item) => objects(item['content']))
  return {
    text: words(items.find((item) => item['role'] === 'user')?.['content']),
    images: parts.filter((part) => part['type'] === 'input_image').map((part) => fromDataUrl(part['image_url'])),
    tools: objects(body['tools']).map((tool) => word(tool['name'])),
    calls: items
      .filter((item) => item['type'] === 'function_call')
      .map((item) => ({
        id: word(item['call_id']),
        name: word(item['name']),
        input: JSON.parse(word(item['arguments'])) as unknown,
      })),
    results: items
      .filter((item) => item['type'] === 'function_call_output')
      .map((item) => ({ id: word(item['call_id']), text: words(item['output']) })),
    schema: at(body, 'text', 'format', 'schema'),
    effort: at(body, 'reasoning', 'effort'),
  }
}

function readAnthropic(body: JsonObject): Received {
  const messages = objects(body['messages'])
  const blocks = messages.flatMap((message) => objects(message['content']))
  const forced = objects(body['tools']).find((tool) => tool['name'] === at(body, 'tool_choice', 'name'))
  return {
    text: words(messages.find((message) => message['role'] === 'user')?.['content']),
    images: blocks.filter((block) => block['type'] === 'image').map((block) => word(at(block, 'source', 'data'))),
    tools: objects(body['tools']).map((tool) => word(tool['name'])),
    calls: blocks
      .filter((block) => block['type'] === 'tool_use')
      .map((block) => ({ id: word(block['id']), name: word(block['name']), input: block['input'] })),
    results: blocks
      .filter((block) => block['type'] === 'tool_result')
      .map((block) => ({ id: word(block['tool_use_id']), text: words(block['content']) })),
    schema: at(body, 'output_config', 'format', 'schema') ?? forced?.['input_schema'],
    effort: at(body, 'output_config', 'effort') ?? at(body, 'thinking', 'budget_tokens'),
  }
}

function readGemini(body: JsonObject): Received {
  const contents = objects(body['contents'])
  const parts = contents.flatMap((content) => objects(content['parts']))
  const declarations = objects(body['tools']).flatMap((tool) => objects(tool['functionDeclarations']))
  const found = (key: string): JsonObject[] => parts.flatMap((part) => (isJsonObject(part[key]) ? [part[key]] : []))
  return {
    text: words(contents.find((content) => content['role'] === 'user')?.['parts']),
    images: found('inlineData').map((data) => word(data['data'])),
    tools: declarations.map((declaration) => word(declaration['name'])),
    calls: found('functionCall').map((call) => ({
      id: word(call['id']),
      name: word(call['name']),
      input: call['args'],
    })),
    results: found('functionResponse').map((response) => ({
      id: word(response['id']),
      text: JSON.stringify(response['response']),
    })),
    schema: at(body, 'generationConfig', 'responseJsonSchema') ?? at(body, 'generationConfig', 'responseSchema'),
    effort:
      at(body, 'generationConfig', 'thinkingConfig', 'thinkingBudget') ??
      at(body, 'generationConfig', 'thinkingConfig', 'thinkingLevel'),
  }
}

const readers: Readonly<Record<WireId, (body: JsonObject) => Received>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readAnthropic,
  'gemini-generate': readGemini,
}

/** The body of a request as it stood on the wire. */
export function bodyText(record: ExchangeRecord): string {
  return Buffer.from(record.body, 'base64').toString('utf8')
}

export function readReceived(record: ExchangeRecord): Received {
  const body: unknown = JSON.parse(bodyText(record))
  if (!isJsonObject(body) || record.wire === undefined) throw new Error('the fake received no question')
  return readers[record.wire](body)
}
