// Edits JSON, JSON with comments and JSON5 as text: only the member that changes is written, its neighbours keep every byte.
// A trailing comma stays one, and a comment behind a member stays behind it.
import { type AnyNode, type DocumentNode, evaluate, parse } from '@humanwhocodes/momoa'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { type FormatEditor, type KeyPath, MalformedText, NotEditable, type Span } from './format.ts'
import {
  type EndOfLine,
  endOfLine,
  indentLines,
  indentOf,
  isFirstOnLine,
  lineEnd,
  nest,
  replaceRange,
} from './layout.ts'

type Dialect = 'json' | 'jsonc' | 'json5'

/** An object or a list: what is between its brackets. */
interface Container extends Span {
  readonly kind: 'object' | 'list'
  readonly children: readonly Child[]
}

interface Child extends Span {
  readonly name?: string
  readonly value: AnyNode
}

interface Parsed {
  readonly text: string
  readonly document: DocumentNode
  readonly tokens: readonly { readonly type: string; readonly span: Span }[]
  readonly eol: EndOfLine
  /** One step of indentation. */
  readonly unit: string
}

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

function parseText(text: string, dialect: Dialect): Parsed {
  try {
    const document = parse(text, {
      mode: dialect,
      ranges: true,
      tokens: true,
      allowTrailingCommas: dialect !== 'json',
    })
    const tokens = (document.tokens ?? []).map(({ type, range }) => ({ type, span: toSpan(range) }))
    return { text, document, tokens, eol: endOfLine(text), unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ' }
  } catch (error) {
    if (error instanceof Error && 'line' in error && 'column' in error)
      throw new MalformedText(error.message.replace(/ \(\d+:\d+\)$/, ''), Number(error.line), Number(error.column))
    throw error
  }
}

/** The parser takes control characters inside strings; a tool that uses JSON.parse does not. */
function refuseLooseJson(text: string): void {
  parseText(text, 'json')
  try {
    JSON.parse(text)
  } catch (error) {
    throw new MalformedText(error instanceof Error ? error.message : 'It is not valid JSON.', 1, 1)
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

function toSpan(range: readonly number[] | undefined): Span {
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 }
}

function containerOf(node: AnyNode): Container | undefined {
  if (node.type === 'Object') {
    const children = node.members.map((member) => ({
      ...toSpan(member.range),
      name: member.name.type === 'Identifier' ? member.name.name : member.name.value,
      value: member.value,
    }))
    return { kind: 'object', ...toSpan(node.range), children }
  }
  if (node.type !== 'Array') return undefined
  const children = node.elements.map(({ value }) => ({ ...toSpan(value.range), value }))
  return { kind: 'list', ...toSpan(node.range), children }
}

/**
 * Follows a path as far as there are objects. `depth` keys were found; the last of them is `child`, in `container`. Where
 * nothing of the rest is there, `container` is the object that it belongs into, and there is no child.
 */
function descend(parsed: Parsed, path: KeyPath) {
  let container = containerOf(parsed.document.body)
  if (container?.kind !== 'object') throw new NotEditable('The file does not hold an object')
  for (let depth = 0; depth < path.length; depth++) {
    // A key that is there twice counts with its last value.
    const child = container.children.findLast((each) => each.name === path[depth])
    if (!child) return { container, child: undefined, depth }
    const inner = containerOf(child.value)
    if (depth === path.length - 1 || inner?.kind !== 'object') return { container, child, depth: depth + 1 }
    container = inner
  }
  throw new NotEditable('The whole document is not a key')
}

function listAt(parsed: Parsed, path: KeyPath): Container {
  const { child, depth } = descend(parsed, path)
  const list = child && depth === path.length ? containerOf(child.value) : undefined
  if (list?.kind !== 'list') throw new NotEditable(`"${path.join('.')}" is not a list`)
  return list
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
