// Makes up the answer to a question by the rules of a script. Everything is a function of its input, so a test can say
// beforehand what it must receive.
import { isJsonObject, type JsonValue } from '../../src/core/json.ts'
import type { Script } from './script.ts'
import type { Answer, Ask, FakeCall, OfferedTool } from './wire.ts'

const words = ['alpha ', 'Grüße ', '漢字 ', '🙂 ']
const bulkEvent = 64 * 1024

/** The text events of an answer with `count` events: plain words, accents, wide characters and emoji by turns. */
export function textEvents(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index} ${words[index % words.length] ?? ''}`)
}

/** Cuts a text into at most `count` parts of equal length, never inside a character. */
function cut(text: string, count: number): string[] {
  const characters = Array.from(text)
  if (characters.length === 0 || count === 0) return []
  const size = Math.ceil(characters.length / count)
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

function bulk(script: Script): string[] {
  const bytes = script.megabytes * 1024 * 1024
  if (script.oneEvent) return ['x'.repeat(bytes)]
  return Array.from({ length: Math.ceil(bytes / bulkEvent) }, () => 'x'.repeat(bulkEvent))
}

function valueFor(schema: JsonValue | undefined): JsonValue {
  if (!isJsonObject(schema)) return 'fake'
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (typeof type === 'string' ? type.toLowerCase() : '') {
    case 'integer':
    case 'number':
      return 7
    case 'boolean':
      return true
    case 'array':
      return [valueFor(schema['items'])]
    case 'object':
      return objectFor(schema)
    default:
      return 'fake'
  }
}

function objectFor(schema: JsonValue | undefined): JsonValue {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined
  if (!isJsonObject(properties)) return {}
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, valueFor(value)]))
}

function callsOf(script: Script, tools: readonly OfferedTool[], number: number): FakeCall[] {
  return Array.from({ length: script.calls }, (_, index) => {
    const tool = tools.find(({ name }) => name === script.tool) ?? tools[index % tools.length]
    return {
      id: `${number}x${index}`,
      name: tool?.name ?? '',
      arguments: script.arguments ?? JSON.stringify(objectFor(tool?.schema)),
    }
  })
}

function textOf(script: Script, ask: Ask): string[] {
  if (script.text !== undefined) return cut(script.text, script.events)
  if (script.megabytes > 0) return bulk(script)
  if (script.answer === 'echo') return cut(ask.lastUserText, script.events)
  if (script.answer === 'loop' && ask.toolResult !== undefined)
    return cut(`The tool said: ${ask.toolResult}`, script.events)
  if (script.answer !== 'text') return ['No tool was offered.']
  return textEvents(script.events)
}

export function answerTo(ask: Ask, script: Script, number: number): Answer {
  const wantsTool = script.answer === 'tool' || (script.answer === 'loop' && ask.toolResult === undefined)
  const calls = wantsTool && ask.tools.length > 0 ? callsOf(script, ask.tools, number) : []
  const text = calls.length > 0 && script.text === undefined ? [] : textOf(script, ask)
  const reasoning = textEvents(script.reasoning)
  const usage = {
    input: Math.ceil(ask.characters / 4),
    cached: script.cached,
    written: script.written,
    writtenForAnHour: script.writtenForAnHour,
    output: text.length + reasoning.length + calls.length,
    reasoning: reasoning.length,
  }
  return {
    number,
    created: 1_790_000_000 + number,
    model: ask.model,
    reasoning,
    text,
    calls,
    finish: script.finish,
    includeUsage: ask.includeUsage,
    ...(ask.store === undefined ? {} : { store: ask.store }),
    ...(ask.conversation === undefined ? {} : { conversation: ask.conversation }),
    ...(script.usage ? { usage } : {}),
  }
}
