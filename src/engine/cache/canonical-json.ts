// One text for all spellings of the same JSON: keys in order, no white space, escapes and numbers in one form. Two texts are equal
// only if their values are, also for numbers that a double cannot hold (rule 6), which are kept as they were written.
import { isJsonObject } from '../../core/json.ts'

/** A number that would lose digits, in its own spelling. */
class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Without one of these in the text no number of it can lose anything: 16 digits in a row, or an exponent of three. */
const mayLoseDigits = /\d[\d.]{15}|\d[eE][+-]?\d{3}/

/** Parses JSON so that `canonicalJson` loses nothing of it. Throws `SyntaxError`. */
export function parseExactly(text: string): unknown {
  return mayLoseDigits.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
}

/** The third argument is what the JSON said; TypeScript's own declaration does not know it yet. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined) return value
  return isHeldExactly(value, source) ? value : new ExactNumber(source)
}

/** Numbers of up to 15 digits come back from a double unchanged, others only if the double says the same. */
function isHeldExactly(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  // So near to 0 doubles have fewer digits.
  if (Math.abs(value) < 1e-290 && !/^[-0.]*(?:[eE].*)?$/.test(source)) return false
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
  if (digits.length <= 15) return true
  return String(value) === source
}

/** The text. Throws `RangeError` when the value is nested deeper than the stack. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof ExactNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null'
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const field = value[key]
    if (field === undefined) continue
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(field)}`
  }
  return text === '' ? '{}' : `${text}}`
}
