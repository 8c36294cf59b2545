// JSON text as a tree of places: what the editor of JSON needs to know about a text before it changes it.
import { type AnyNode, type DocumentNode, parse } from '@humanwhocodes/momoa'
import { type KeyPath, MalformedText, NotEditable, type Span } from './format.ts'
import { type EndOfLine, endOfLine } from './layout.ts'

export type Dialect = 'json' | 'jsonc' | 'json5'

/** An object or a list: what is between its brackets. */
export interface Container extends Span {
  readonly kind: 'object' | 'list'
  readonly children: readonly Child[]
}

export interface Child extends Span {
  readonly name?: string
  readonly value: AnyNode
}

export interface Parsed {
  readonly text: string
  readonly document: DocumentNode
  readonly tokens: readonly { readonly type: string; readonly span: Span }[]
  readonly eol: EndOfLine
  /** One step of indentation. */
  readonly unit: string
}

export function parseText(text: string, dialect: Dialect): Parsed {
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

export function toSpan(range: readonly number[] | undefined): Span {
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
export function descend(parsed: Parsed, path: KeyPath) {
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

export function listAt(parsed: Parsed, path: KeyPath): Container {
  const { child, depth } = descend(parsed, path)
  const list = child && depth === path.length ? containerOf(child.value) : undefined
  if (list?.kind !== 'list') throw new NotEditable(`"${path.join('.')}" is not a list`)
  return list
}
