// Edits YAML as text: whole lines of one key or list item, or one scalar in its place; comments, anchors and layout of all else
// stay. What can't be told apart safely (an alias on the way, several documents) is refused.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { type FormatEditor, type KeyPath, MalformedText, NotEditable } from './format.ts'
import { endOfLine, indentLines, isFirstOnLine, lineEnd, lineStart, nest, nextLine, replaceRange } from './layout.ts'

export const yamlEditor: FormatEditor = {
  read(text) {
    const document = parseText(text)
    let data: unknown
    try {
      data = document.toJS()
    } catch (error) {
      // Aliases that grow without bound.
      throw new MalformedText(error instanceof Error ? error.message : 'It cannot be read.', 1, 1)
    }
    if (data === null) return {}
    if (isJsonObject(data)) return data
    throw new MalformedText('It must hold a mapping.', 1, 1)
  },
  set(text, path, value) {
    const document = parseText(text)
    if (document.contents === null) return appendLines(text, renderBlock(text, nest(path, value), ''))
    const { map, pair, depth } = descend(document, path)
    if (pair && depth === path.length) return replaceValue(text, map, pair, value)
    if (pair) throw new NotEditable(`"${path[depth - 1]}" holds something other than a mapping`)
    return insertPair(text, map, path[depth] ?? '', nest(path.slice(depth + 1), value))
  },
  remove(text, path) {
    const document = parseText(text)
    const { map, pair, depth } = descend(document, path)
    if (!pair || depth < path.length) return text
    if (map.flow) return removeInFlow(text, map, map.items.indexOf(pair))
    if (map.items.length === 1 && path.length > 1) return yamlEditor.set(text, path.slice(0, -1), {})
    const start = startOf(pair.key)
    if (!isFirstOnLine(text, start)) throw new NotEditable(`"${path.join('.')}" shares its line`)
    return cutLines(text, lineStart(text, start), afterNode(text, endOf(pair)))
  },
  insertItem(text, path, item, index) {
    const list = listAt(parseText(text), path)
    if (list.items.length === 0) return yamlEditor.set(text, path, [item])
    if (list.flow) {
      const last = endOf(list.items.at(-1))
      const next = index < list.items.length ? startOf(list.items[index]) : undefined
      if (next !== undefined) return replaceRange(text, next, next, `${JSON.stringify(item)}, `)
      return replaceRange(text, last, last, `, ${JSON.stringify(item)}`)
    }
    const dash = dashOf(list, 0)
    const indent = text.slice(lineStart(text, dash), dash)
    if (indent.trim() !== '') throw new NotEditable(`"${path.join('.')}" shares its line`)
    const lines = renderBlock(text, [item], indent)
    if (index >= list.items.length) return insertLines(text, afterNode(text, endOf(list.items.at(-1))), lines)
    return insertLines(text, lineStart(text, dashOf(list, index)), lines)
  },
  removeItem(text, path, index) {
    const list = listAt(parseText(text), path)
    if (list.items.length === 1) return yamlEditor.set(text, path, [])
    if (list.flow) return removeInFlow(text, list, index)
    const dash = dashOf(list, index)
    if (!isFirstOnLine(text, dash)) throw new NotEditable(`"${path.join('.')}" shares its line`)
    return cutLines(text, lineStart(text, dash), afterNode(text, endOf(list.items[index])))
  },
  locate(text, path) {
    const document = parseText(text)
    if (document.contents === null) return undefined
    const { pair, depth } = descend(document, path)
    if (!pair || depth < path.length) return undefined
    return isOneInline(pair.value) ? { start: startOf(pair.value), end: endOf(pair.value) } : undefined
  },
}

function parseText(text: string): Document.Parsed {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: true })
  const error = document.errors[0]
  if (!error) return document
  const at = error.linePos?.[0]
  const message = error.message.replace(/ at line \d+, column \d+:[\s\S]*$/, '.')
  throw new MalformedText(message, at?.line ?? 1, at?.col ?? 1)
}

/** As for JSON: the pair that the path leads to, or else the mapping that the rest belongs into. */
function descend(document: Document.Parsed, path: KeyPath) {
  let map: unknown = document.contents
  for (let depth = 0; depth < path.length; depth++) {
    if (!isMap(map)) throw new NotEditable('The file does not hold a mapping')
    const pair: Pair | undefined = map.items.find(({ key }) => isScalar(key) && String(key.value) === path[depth])
    if (!pair) return { map, pair: undefined, depth }
    if (depth === path.length - 1 || !isMap(pair.value)) {
      if (isAlias(pair.value)) throw new NotEditable(`"${path[depth]}" stands for something written elsewhere`)
      return { map, pair, depth: depth + 1 }
    }
    map = pair.value
  }
  throw new NotEditable('The whole document is not a key')
}

function listAt(document: Document.Parsed, path: KeyPath): YAMLSeq {
  const { pair, depth } = descend(document, path)
  if (depth !== path.length || !isSeq(pair?.value)) throw new NotEditable(`"${path.join('.')}" is not a list`)
  return pair.value
}

function insertPair(text: string, map: YAMLMap, key: string, value: unknown): string {
  const last = map.items.at(-1)
  if (map.flow) {
    const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    const [start = 0] = map.range ?? []
    if (!last) return replaceRange(text, start + 1, start + 1, member)
    const end = endOf(last)
    return replaceRange(text, end, end, `, ${member}`)
  }
  if (!last) throw new NotEditable('An empty mapping')
  const first = startOf(map.items[0]?.key)
  const indent = ' '.repeat(first - lineStart(text, first))
  return insertLines(text, afterNode(text, endOf(last)), renderBlock(text, { [key]: value }, indent))
}

function replaceValue(text: string, map: YAMLMap, pair: Pair, value: JsonValue): string {
  const [start, end] = [startOf(pair.value), endOf(pair.value)]
  if (map.flow) return replaceRange(text, start, end, JSON.stringify(value))
  const isInline = isOneInline(pair.value)
  if (isInline && (typeof value !== 'object' || value === null)) {
    const scalar = stringify(value, { lineWidth: 0 }).trimEnd()
    if (!scalar.includes('\n'))
      return replaceRange(text, start, end, start === end && text[start - 1] === ':' ? ` ${scalar}` : scalar)
  }
  const key = startOf(pair.key)
  const name = String(isScalar(pair.key) ? pair.key.value : '')
  const lines = renderBlock(text, { [name]: value }, ' '.repeat(key - lineStart(text, key))).trimStart()
  // A comment behind the value, or behind the key where the value is below it, stays on the key's line.
  const behind = text.slice(isInline ? end : endOf(pair.key) + 1, lineEnd(text, isInline ? end : key))
  const comment = /^\s+#/.test(behind) ? behind : ''
  const rest = afterNode(text, end)
  const lastEnd = text[rest - 1] === '\n' ? endOfLine(text) : ''
  return replaceRange(text, key, rest, lines.replace(/(?=\r?\n)|$/, () => comment) + lastEnd)
}

/** A scalar or flow collection that is written behind its key. */
function isOneInline(value: unknown): boolean {
  if (isScalar(value)) return !String(value.type).startsWith('BLOCK')
  return (isMap(value) || isSeq(value)) && value.flow === true
}

/** Block lines of a value, each behind the indentation, without the last line end. */
function renderBlock(text: string, value: unknown, indent: string): string {
  const unit = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2
  const lines = stringify(value, { lineWidth: 0, indent: Math.max(unit, 1) }).replace(/\n$/, '')
  return indent + indentLines(lines, indent, endOfLine(text))
}

function appendLines(text: string, lines: string): string {
  const eol = endOfLine(text)
  return text === '' || text.endsWith('\n') ? text + lines + eol : text + eol + lines
}

/** Puts lines at the beginning of a line, or behind a last line that has no end. */
function insertLines(text: string, place: number, lines: string): string {
  const eol = endOfLine(text)
  if (place > 0 && text[place - 1] !== '\n') return text.slice(0, place) + eol + lines + text.slice(place)
  return text.slice(0, place) + lines + eol + text.slice(place)
}

function cutLines(text: string, start: number, end: number): string {
  // The last line had no end: then the one before it becomes the last.
  if (text[end - 1] !== '\n' && start > 0) return text.slice(0, start).replace(/\r?\n$/, '') + text.slice(end)
  return text.slice(0, start) + text.slice(end)
}

function removeInFlow(text: string, collection: YAMLMap | YAMLSeq, index: number): string {
  const { items } = collection
  const [previous, item, next] = [items[index - 1], items[index], items[index + 1]]
  const start = isPair(item) ? startOf(item.key) : startOf(item)
  if (previous) return replaceRange(text, endOf(previous), endOf(item), '')
  if (!next) return replaceRange(text, start, endOf(item), '')
  return replaceRange(text, start, isPair(next) ? startOf(next.key) : startOf(next), '')
}

function isPair(node: unknown): node is Pair {
  return typeof node === 'object' && node !== null && 'key' in node && !('range' in node)
}

function startOf(node: unknown): number {
  const range = rangeOf(node)
  if (!range) throw new NotEditable('A key has no place in the text')
  return range[0]
}

/** Where the last visible character of a node is; the end of a block collection is that of its last item. */
function endOf(node: unknown): number {
  if (isPair(node)) return rangeOf(node.value) ? endOf(node.value) : endOf(node.key)
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1))
  const range = rangeOf(node)
  if (!range) throw new NotEditable('A value has no place in the text')
  return range[1]
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return (node.range as readonly [number, number, number] | null | undefined) ?? undefined
}

/** The beginning of the line behind a node; a block scalar ends there by itself. */
function afterNode(text: string, end: number): number {
  return end > 0 && text[end - 1] === '\n' ? end : nextLine(text, end)
}

function dashOf(list: YAMLSeq, index: number): number {
  const token = list.srcToken
  const dash =
    token?.type === 'block-seq' ? token.items[index]?.start.find(({ type }) => type === 'seq-item-ind') : undefined
  if (!dash) throw new NotEditable('An item has no place in the text')
  return dash.offset
}
