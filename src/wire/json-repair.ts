// Makes tool arguments that are no valid JSON usable (rules 84, 85): trailing commas, raw line breaks in strings, and text that
// was cut off. Valid text is never touched (rule 6). What cannot be repaired is kept whole under `_raw`.
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { parseExact, parseJson } from './json-text.ts'
import { withinDepth } from './nesting.ts'

/** No tool has arguments nested deeper; repairing them would only exhaust the stack later. */
const deepest = 500

/** The arguments as an object, as Anthropic and Gemini need them. */
export function toolInputObject(text: string): { readonly value: JsonObject; readonly repaired: boolean } {
  if (text.trim() === '') return { value: {}, repaired: false }
  const value = parseExact(text)
  if (isJsonObject(value)) return { value, repaired: false }
  if (value === null) return { value: {}, repaired: true }
  // Some models encode the arguments twice.
  const inner = typeof value === 'string' ? parseJson(value) : undefined
  if (isJsonObject(inner)) return { value: inner, repaired: true }
  const mended = value === undefined ? repairJson(text) : undefined
  const repaired = mended === undefined ? undefined : parseJson(mended)
  return { value: isJsonObject(repaired) ? repaired : { _raw: text }, repaired: true }
}

/** The arguments as the text of a JSON object, as the OpenAI wires need them; valid text comes back as it is. */
export function toolInputText(text: string): { readonly text: string; readonly repaired: boolean } {
  if (text.trim() === '') return { text: '{}', repaired: false }
  const { value, repaired } = toolInputObject(text)
  if (!repaired) return { text, repaired }
  const written = withinDepth(
    () => JSON.stringify(value),
    () => JSON.stringify({ _raw: text }),
  )
  return { text: written, repaired }
}

/** Whether a text holds one complete JSON object. */
export function isCompleteObject(text: string): boolean {
  const end = text.trimEnd()
  return end.endsWith('}') && isJsonObject(parseJson(end))
}

/** Valid JSON that says what the broken text said up to the break, or undefined when it is too far off. */
export function repairJson(text: string): string | undefined {
  const scan = scanJson(text)
  if (scan === undefined || scan.stack.length > deepest) return undefined
  const closers = scan.stack.toReversed().join('')
  const whole = `${withoutTrailingComma(scan.out)}${scan.inString ? '"' : ''}${closers}`
  if (parseJson(whole) !== undefined) return whole
  // The last member is a half one, such as `"key":` or `tru`: leave it out.
  const cut = `${scan.out.slice(0, scan.safe)}${closers}`
  return parseJson(cut) === undefined ? undefined : cut
}

interface Scan {
  readonly out: string
  readonly inString: boolean
  readonly stack: readonly string[]
  /** Length of `out` up to which the current container holds whole members only. */
  readonly safe: number
}

function scanJson(text: string): Scan | undefined {
  const stack: string[] = []
  let out = ''
  let inString = false
  let safe = 0
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (inString) {
      if (character === '\\') {
        if (i + 1 === text.length) break
        out += character + text.charAt(++i)
        continue
      }
      if (character === '"') inString = false
      out += character < ' ' ? JSON.stringify(character).slice(1, -1) : character
      continue
    }
    if (character === '"') inString = true
    if (character === '{' || character === '[') {
      stack.push(character === '{' ? '}' : ']')
      out += character
      safe = out.length
      continue
    }
    if (character === '}' || character === ']') {
      if (stack.pop() !== character) return undefined
      out = withoutTrailingComma(out) + character
      safe = out.length
      continue
    }
    if (character === ',') safe = out.length
    out += character
  }
  return { out: inString ? out.replace(/\\u[0-9a-fA-F]{0,3}$/, '') : out, inString, stack, safe }
}

function withoutTrailingComma(text: string): string {
  // Only the tail is looked at: a pattern over the whole text for every bracket would be quadratic.
  const tail = text.slice(-64)
  const trimmed = tail.replace(/,\s*$/, '')
  return trimmed.length === tail.length ? text : text.slice(0, text.length - (tail.length - trimmed.length))
}
