// Edits TOML as text: a line for a key, a block of lines for a table. Written by hand upon a parser with positions, because
// rewriting a document loses its comments. Only what our tools need: keys of tables, tables of scalars, lists and small tables.
import { type AST, getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { type FormatEditor, type KeyPath, MalformedText, NotEditable } from './format.ts'
import { endOfLine, isFirstOnLine, lineEnd, lineStart, nest, nextLine, replaceRange } from './layout.ts'
import { members, renderKey, renderValue } from './toml-text.ts'

type KeyValue = AST.TOMLKeyValue
type Table = AST.TOMLTable

export const tomlEditor: FormatEditor = {
  read(text) {
    const data: unknown = getStaticTOMLValue(parseText(text))
    if (isJsonObject(data)) return data
    throw new MalformedText('It must hold keys.', 1, 1)
  },
  set(text, path, value) {
    const program = parseText(text)
    const known = keyValues(program)
    const exact = known.find((each) => isSame(each.path, path))
    if (exact) {
      const [start, end] = exact.node.value.range
      return replaceRange(text, start, end, renderValue(value))
    }
    if (isTaken(program, path)) return addTo(tomlEditor.remove(text, path), path, value)
    return addTo(text, path, value)
  },
  remove(text, path) {
    const program = parseText(text)
    // From the end on, so that places before a cut stay right.
    const cuts: { start: number; end: number }[] = []
    for (const table of tables(program)) if (startsWith(tablePath(table), path)) cuts.push(tableBlock(text, table))
    for (const { path: own, node, inline } of keyValues(program)) {
      const [start, end] = node.range
      if (!startsWith(own, path) || cuts.some((cut) => cut.start <= start && end <= cut.end)) continue
      if (inline) cuts.push(inlineMember(inline, node))
      else
        cuts.push(
          isLastOfRoot(program, node) ? withBlankLine(text, keyLine(text, start, end)) : keyLine(text, start, end),
        )
    }
    return cuts
      .sort((a, b) => b.start - a.start)
      .reduce((kept, { start, end }) => replaceRange(kept, start, end, ''), text)
  },
  insertItem(text, path, item, index) {
    const list = listAt(text, path)
    const [start] = list.range
    const [next, last] = [list.elements[index], list.elements.at(-1)]
    if (!last) return replaceRange(text, start + 1, start + 1, renderValue(item))
    if (next) return replaceRange(text, next.range[0], next.range[0], `${renderValue(item)}, `)
    return replaceRange(text, last.range[1], last.range[1], `, ${renderValue(item)}`)
  },
  removeItem(text, path, index) {
    const { elements } = listAt(text, path)
    const [previous, item, next] = [elements[index - 1], elements[index], elements[index + 1]]
    if (!item) throw new NotEditable('The item is not there')
    if (previous) return replaceRange(text, previous.range[1], item.range[1], '')
    return replaceRange(text, item.range[0], next?.range[0] ?? item.range[1], '')
  },
  locate(text, path) {
    const found = keyValues(parseText(text)).find((each) => isSame(each.path, path))
    return found && { start: found.node.value.range[0], end: found.node.value.range[1] }
  },
}

function parseText(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text)
  } catch (error) {
    if (error instanceof Error && 'lineNumber' in error && 'column' in error)
      throw new MalformedText(`${error.message}.`, Number(error.lineNumber), Number(error.column) + 1)
    throw error
  }
}

function tables(program: AST.TOMLProgram): readonly Table[] {
  return program.body[0].body.filter((node) => node.type === 'TOMLTable')
}

/** The keys of a table header; an item of a list of tables has its number in it and is never ours. */
function tablePath(table: Table): readonly string[] {
  return table.resolvedKey.map(String)
}

function keysOf(key: AST.TOMLKey): readonly string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))
}

interface Located {
  readonly path: readonly string[]
  readonly node: KeyValue
  /** The inline table that it stands in. */
  readonly inline?: AST.TOMLInlineTable
}

/** Every key with a value, also those of inline tables, with its full path. */
function keyValues(program: AST.TOMLProgram): readonly Located[] {
  const found: Located[] = []
  function visit(node: KeyValue, above: readonly string[], inline?: AST.TOMLInlineTable): void {
    const path = [...above, ...keysOf(node.key)]
    found.push({ path, node, ...(inline ? { inline } : {}) })
    const { value } = node
    if (value.type === 'TOMLInlineTable') for (const inner of value.body) visit(inner, path, value)
  }
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') visit(node, [])
    else for (const inner of node.body) visit(inner, tablePath(node))
  }
  return found
}

function isSame(a: KeyPath, b: KeyPath): boolean {
  return a.length === b.length && startsWith(a, b)
}

function startsWith(path: KeyPath, beginning: KeyPath): boolean {
  return beginning.length <= path.length && beginning.every((key, index) => path[index] === key)
}

function isTaken(program: AST.TOMLProgram, path: KeyPath): boolean {
  return (
    tables(program).some((table) => startsWith(tablePath(table), path)) ||
    keyValues(program).some((each) => startsWith(each.path, path))
  )
}

function listAt(text: string, path: KeyPath): AST.TOMLArray {
  const found = keyValues(parseText(text)).find((each) => isSame(each.path, path))
  if (found?.node.value.type !== 'TOMLArray') throw new NotEditable(`"${path.join('.')}" is not a list`)
  return found.node.value
}

/** Adds a key that isn't there: into the inline table or the table that it belongs to, or as a table of its own at the end. */
function addTo(text: string, path: KeyPath, value: JsonValue): string {
  const program = parseText(text)
  const parent = keyValues(program)
    .filter((each) => each.path.length < path.length && startsWith(path, each.path))
    .sort((a, b) => b.path.length - a.path.length)[0]
  if (parent) {
    const { value: inline } = parent.node
    if (inline.type !== 'TOMLInlineTable') throw new NotEditable(`"${parent.path.join('.')}" is not a table`)
    return addInline(text, inline, path.slice(parent.path.length), value)
  }
  if (isJsonObject(value)) return appendTable(text, path, value)
  const above = path.slice(0, -1)
  const line = `${renderKey(path.at(-1) ?? '')} = ${renderValue(value)}`
  if (above.length === 0) return addTopLevel(text, program, line)
  const table = tables(program).find((each) => each.kind === 'standard' && isSame(tablePath(each), above))
  if (!table) return appendTable(text, above, { [path.at(-1) ?? '']: value })
  const last = table.body.at(-1)
  return insertLineAfter(text, last ? last.range[1] : lineStart(text, table.range[1]), line)
}

function addInline(text: string, table: AST.TOMLInlineTable, path: KeyPath, value: JsonValue): string {
  const member = `${renderKey(path[0] ?? '')} = ${renderValue(nest(path.slice(1), value) as JsonValue)}`
  const last = table.body.at(-1)
  if (last) return replaceRange(text, last.range[1], last.range[1], `, ${member}`)
  const [start, end] = table.range
  return replaceRange(text, start, end, `{ ${member} }`)
}

/** Keys of the root must stand before the first table. */
function addTopLevel(text: string, program: AST.TOMLProgram, line: string): string {
  const eol = endOfLine(text)
  const { body } = program.body[0]
  const last = body.findLast((node) => node.type === 'TOMLKeyValue')
  const firstTable = body.find((node) => node.type === 'TOMLTable')
  if (last) return insertLineAfter(text, last.range[1], line)
  if (!firstTable) return text === '' || text.endsWith('\n') ? text + line + eol : text + eol + line
  const place = commentsAbove(text, lineStart(text, firstTable.range[0]))
  return replaceRange(text, place, place, `${line}${eol}${eol}`)
}

/** The beginning of the comment lines that stand directly above a line. */
function commentsAbove(text: string, line: number): number {
  let place = line
  while (place > 0) {
    const previous = lineStart(text, place - 1)
    if (!text.slice(previous, place).trimStart().startsWith('#')) break
    place = previous
  }
  return place
}

function insertLineAfter(text: string, offset: number, line: string): string {
  const end = lineEnd(text, offset)
  return replaceRange(text, end, end, endOfLine(text) + line)
}

function appendTable(text: string, path: KeyPath, value: Readonly<Record<string, JsonValue | undefined>>): string {
  const eol = endOfLine(text)
  const lines = [`[${path.map(renderKey).join('.')}]`, ...members(value)]
  if (text === '') return lines.join(eol) + eol
  return text.endsWith('\n') ? `${text}${eol}${lines.join(eol)}${eol}` : `${text}${eol}${eol}${lines.join(eol)}`
}

/** A table with its header, its keys and the blank line before it; comments behind its last key stay. */
function tableBlock(text: string, table: Table): { start: number; end: number } {
  const header = lineStart(text, table.range[0])
  const end = nextLine(text, table.body.at(-1)?.range[1] ?? table.range[1])
  const blank = /\r?\n$/.exec(text.slice(0, header).replace(/\r?\n$/, ''))
  const before = text.slice(0, header)
  // As it was added: a blank line above. At the end of a text without a last line end, both go.
  if (text[end - 1] !== '\n') return { start: before.replace(/(\r?\n){1,2}$/, '').length, end }
  return { start: blank ? before.replace(/\r?\n$/, '').length : header, end }
}

function keyLine(text: string, start: number, end: number): { start: number; end: number } {
  const rest = text.slice(end, lineEnd(text, end))
  if (!isFirstOnLine(text, start) || rest.trim() !== '')
    return { start, end: end + (/^[ \t]*/.exec(rest)?.[0].length ?? 0) }
  const next = nextLine(text, end)
  const line = lineStart(text, start)
  if (text[next - 1] === '\n') return { start: line, end: next }
  return { start: text.slice(0, line).replace(/\r?\n$/, '').length, end: next }
}

/** Whether no other key of the root stands before the tables. */
function isLastOfRoot(program: AST.TOMLProgram, node: KeyValue): boolean {
  const { body } = program.body[0]
  const [first, ...others] = body.filter((each) => each.type === 'TOMLKeyValue')
  return first === node && others.length === 0 && body.length > 1
}

/** The first key of the root was added with a blank line between it and the tables. */
function withBlankLine(text: string, line: { start: number; end: number }): { start: number; end: number } {
  const blank = /^[ \t]*\r?\n/.exec(text.slice(line.end))
  return blank ? { start: line.start, end: line.end + blank[0].length } : line
}

function inlineMember(table: AST.TOMLInlineTable, node: KeyValue): { start: number; end: number } {
  const index = table.body.indexOf(node)
  const [previous, next] = [table.body[index - 1], table.body[index + 1]]
  if (previous) return { start: previous.range[1], end: node.range[1] }
  return { start: node.range[0], end: next?.range[0] ?? node.range[1] }
}
