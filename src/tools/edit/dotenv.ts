// Edits .env files as lines. A line that is neither a comment nor an assignment is nobody's business and stays, as the programs
// that read such files pass over it too.
import type { JsonValue } from '../../core/json.ts'
import { type FormatEditor, type KeyPath, NotEditable } from './format.ts'
import { endOfLine, nextLine, replaceRange } from './layout.ts'

/** An assignment; a quoted value may run over several lines. The grammar is that of the npm package dotenv. */
const assignment =
  /^([ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=[ \t]*|:[ \t]+))('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]*)?([ \t]*(?:#[^\r\n]*)?)(?=\r?$)/gm

interface Line {
  readonly name: string
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
}

export const dotenvEditor: FormatEditor = {
  read(text) {
    return Object.fromEntries(
      lines(text).map((line) => [line.name, textOf(text.slice(line.valueStart, line.valueEnd))]),
    )
  },
  set(text, path, value) {
    const name = nameOf(path)
    const rendered = render(value)
    const line = lines(text).findLast((each) => each.name === name)
    if (line) return replaceRange(text, line.valueStart, line.valueEnd, rendered)
    const eol = endOfLine(text)
    return text === '' || text.endsWith('\n') ? `${text}${name}=${rendered}${eol}` : `${text}${eol}${name}=${rendered}`
  },
  remove(text, path) {
    const name = nameOf(path)
    return lines(text)
      .filter((line) => line.name === name)
      .reduceRight((kept, line) => {
        const end = nextLine(kept, line.valueEnd)
        const before = kept.slice(0, line.start)
        return (kept[end - 1] === '\n' ? before : before.replace(/\r?\n$/, '')) + kept.slice(end)
      }, text)
  },
  insertItem: () => refuseLists(),
  removeItem: () => refuseLists(),
  locate(text, path) {
    const line = lines(text).findLast((each) => each.name === path[0])
    return line && { start: line.valueStart, end: line.valueEnd }
  },
}

function lines(text: string): readonly Line[] {
  return [...text.matchAll(assignment)].map((match) => {
    const [, before = '', name = '', value = ''] = match
    const valueStart = match.index + before.length
    const isQuoted = /^['"`]/.test(value)
    return { name, start: match.index, valueStart, valueEnd: valueStart + (isQuoted ? value : value.trimEnd()).length }
  })
}

function textOf(text: string): string {
  const quote = /^(['"`])([\s\S]*)\1$/.exec(text)
  if (!quote) return text.trim()
  const inner = quote[2] ?? ''
  return quote[1] === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
}

function nameOf(path: KeyPath): string {
  const [name, ...rest] = path
  if (name === undefined || rest.length > 0) throw new NotEditable('A variable has no parts')
  return name
}

function render(value: JsonValue): string {
  const text = String(value)
  // An empty value is quoted, so that white space before a comment isn't taken for what precedes it.
  if (/^[\w./:@%+,=\\-]+$/.test(text)) return text
  for (const quote of ["'", '"', '`'])
    if (!text.includes(quote) && !text.includes('\\') && !(quote === '"' && /[\n$]/.test(text)))
      return quote + text + quote
  throw new NotEditable('The value has signs that no quotation marks of the file can hold')
}

function refuseLists(): never {
  throw new NotEditable('A variable holds no list')
}
