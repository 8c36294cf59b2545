// Edits JSON, JSON with comments and JSON5 as text: only the member that changes is written, its neighbours keep every byte.
// A trailing comma stays one, and a comment behind a member stays behind it.
import { evaluate } from '@humanwhocodes/momoa'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { type FormatEditor, MalformedText, NotEditable, type Span } from './format.ts'
import {
  type Child,
  type Container,
  type Dialect,
  descend,
  listAt,
  type Parsed,
  parseText,
  toSpan,
} from './json-tree.ts'
import { endOfLine, indentLines, indentOf, isFirstOnLine, lineEnd, nest, replaceRange } from './layout.ts'

export function jsonEditor(dialect: Dialect): FormatEditor {
  return {
    read(text) {
      if (isBlank(text, dialect)) return {}
      if (dialect === 'json') refuseLooseJson(text)
      const data: unknown = evaluate(parseText(text, dialect).document.body)
      if (isJsonObject(data)) return data
      throw new MalformedText('It must hold an object.', 1, 1)
    },
    set(text, path, value) {
      const parsed = parseText(isBlank(text, dialect) ? withEmptyObject(text) : text, dialect)
      const { container, child, depth } = descend(parsed, path)
      if (child && depth === path.length) return replaceValue(parsed, container, child, value)
      if (child) throw new NotEditable(`"${path[depth - 1]}" holds something other than an object`)
      const name = path[depth] ?? ''
      return insertChild(parsed, container, Number.POSITIVE_INFINITY, (indent) => {
        return `${JSON.stringify(name)}: ${render(nest(path.slice(depth + 1), value), indent, parsed)}`
      })
    },
    remove(text, path) {
      const parsed = parseText(text, dialect)
      const { container, child, depth } = descend(parsed, path)
      if (!child || depth < path.length) return text
      return removeChild(parsed, container, container.children.indexOf(child))
    },
    insertItem(text, path, item, index) {
      const parsed = parseText(text, dialect)
      return insertChild(parsed, listAt(parsed, path), index, (indent) => render(item, indent, parsed))
    },
    removeItem(text, path, index) {
      const parsed = parseText(text, dialect)
      return removeChild(parsed, listAt(parsed, path), index)
    },
    locate(text, path) {
      const { child, depth } = descend(parseText(text, dialect), path)
      return child && depth === path.length ? toSpan(child.value.range) : undefined
    },
  }
}

/** The parser takes control characters inside strings; a tool that uses JSON.parse does not. */
function refuseLooseJson(text: string): void {
  parseText(text, 'json')
  try {
    JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, line = 1, column = 1] = /line (\d+) column (\d+)/.exec(message) ?? []
    throw new MalformedText(message, Number(line), Number(column))
  }
}

function isBlank(text: string, dialect: Dialect): boolean {
  const bare = dialect === 'json' ? text : text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '')
  return bare.trim() === ''
}

function withEmptyObject(text: string): string {
  const eol = endOfLine(text)
  if (text.trim() === '') return `{}${eol}`
  return `${text}${text.endsWith('\n') ? '' : eol}{}${eol}`
}

/** JSON text of a value, its further lines below the first one's indentation; on one line where `indent` is undefined. */
function render(value: unknown, indent: string | undefined, { unit, eol }: Parsed): string {
  return indent === undefined ? JSON.stringify(value) : indentLines(JSON.stringify(value, undefined, unit), indent, eol)
}

function replaceValue(parsed: Parsed, container: Container, child: Child, value: JsonValue): string {
  const { text } = parsed
  const { start, end } = toSpan(child.value.range)
  const spread = isSpread(parsed, container) || text.slice(start, end).includes('\n')
  return replaceRange(text, start, end, render(value, spread ? indentOf(text, child.start) : undefined, parsed))
}

/** Whether the children stand on lines of their own. */
function isSpread({ text, document }: Parsed, { start, end, children }: Container): boolean {
  const first = children[0]
  if (first) return text.slice(start, first.start).includes('\n')
  const root = toSpan(document.range)
  return (
    text.slice(start, end).includes('\n') ||
    text.slice(root.start, root.end).trim().includes('\n') ||
    text.trim() === '{}'
  )
}

function insertChild(
  parsed: Parsed,
  container: Container,
  index: number,
  renderAt: (indent: string | undefined) => string,
): string {
  const { text, eol, unit } = parsed
  const { children, start, end } = container
  const next = children[index]
  const last = children.at(-1)
  const spread = isSpread(parsed, container)
  const own = children.find((each) => isFirstOnLine(text, each.start))
  const indent = own ? indentOf(text, own.start) : indentOf(text, start) + unit
  const rendered = renderAt(spread ? indent : undefined)
  if (!last) {
    const inner = text.slice(start + 1, end - 1)
    if (!spread) return replaceRange(text, start + 1, end - 1, rendered + inner)
    const kept = inner.trimEnd()
    const rest = inner.slice(kept.length)
    const closing = rest.includes('\n') ? rest : eol + indentOf(text, start)
    return replaceRange(text, start + 1, end - 1, `${kept}${eol}${indent}${rendered}${closing}`)
  }
  const gap = spread ? eol + indent : betweenInline(parsed, container)
  if (next) return replaceRange(text, next.start, next.start, `${rendered},${gap}`)
  const comma = commaAfter(parsed, last)
  const place = spread ? afterComments(parsed, (comma ?? last).end) : last.end
  const tail = comma && spread ? ',' : ''
  if (comma && !spread) return replaceRange(text, comma.end, comma.end, `${gap}${rendered},`)
  return (
    text.slice(0, last.end) +
    (comma ? '' : ',') +
    text.slice(last.end, place) +
    gap +
    rendered +
    tail +
    text.slice(place)
  )
}

/** The white space behind the commas of a container that is on one line. */
function betweenInline({ text }: Parsed, { children, start }: Container): string {
  const [first, second] = children
  const between = first && second ? text.slice(first.end, second.start) : ''
  if (/^,\s*$/.test(between)) return between.slice(1)
  return text[start + 1] === ' ' ? ' ' : ''
}

function commaAfter({ tokens }: Parsed, child: Span): Span | undefined {
  const next = tokens.find(({ type, span }) => span.start >= child.end && !type.endsWith('Comment'))
  return next?.type === 'Comma' ? next.span : undefined
}

/** Behind the comments that follow on the same line. */
function afterComments({ text, tokens }: Parsed, offset: number): number {
  let place = offset
  for (const { type, span } of tokens) {
    if (span.start < place) continue
    if (!type.endsWith('Comment') || text.slice(place, span.start).includes('\n')) break
    place = span.end
  }
  return place
}

function removeChild(parsed: Parsed, container: Container, index: number): string {
  const { text, tokens } = parsed
  const { children } = container
  const child = children[index]
  if (!child) throw new NotEditable('The item is not there')
  const inside = tokens.filter(({ span }) => span.start > container.start && span.end < container.end)
  const isAlone =
    children.length === 1 && !inside.some(({ type, span }) => type.endsWith('Comment') && outside(span, child))
  if (isAlone) return replaceRange(text, container.start + 1, container.end - 1, '')
  const comma = commaAfter(parsed, child)
  const previous = children[index - 1]
  const orphan = !comma && previous ? commaAfter(parsed, previous) : undefined
  const cuts: Span[] = [...(orphan ? [orphan] : []), ...(comma && comma.start > child.end ? [comma] : [])]
  cuts.push(lineOf(parsed, container, { start: child.start, end: comma?.start === child.end ? comma.end : child.end }))
  return cuts
    .sort((a, b) => b.start - a.start)
    .reduce((kept, { start, end }) => replaceRange(kept, start, end, ''), text)
}

function outside(span: Span, child: Span): boolean {
  return span.end <= child.start || span.start >= child.end
}

/** What goes with a child: its line and the line end before it, or on a shared line the white space to its neighbour. */
function lineOf({ text }: Parsed, container: Container, { start, end }: Span): Span {
  const behind = text.slice(end, lineEnd(text, end))
  if (isFirstOnLine(text, start) && start > container.start) {
    if (behind.trim().startsWith('/')) return { start, end }
    const lineBegin = start - indentOf(text, start).length
    const from = lineBegin - (text[lineBegin - 2] === '\r' ? 2 : 1)
    return { start: Math.max(from, 0), end: behind.trim() === '' ? end + behind.length : end }
  }
  const isLast = /^\s*[}\]]/.test(text.slice(end))
  if (!isLast) return { start, end: end + (/^[ \t]*/.exec(behind)?.[0].length ?? 0) }
  return { start: start - (/[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0), end }
}

export const jsonEditors = { json: jsonEditor('json'), jsonc: jsonEditor('jsonc'), json5: jsonEditor('json5') } as const
