// Home folders compared: what is new in one, apart from what a tool is known to write by itself, and what a configuration holds.
import { extname } from 'node:path'
import JSON5 from 'json5'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import type { Rewritten } from './real-tool.ts'

/** Path -> mode and content; folders end with a slash. */
export type Tree = Readonly<Record<string, string>>

/** What is wrong about a home folder after everything is over, one line each. */
export function differences(
  before: Tree,
  after: Tree,
  writes: readonly string[],
  leaves: Readonly<Record<string, Rewritten>> = {},
): string[] {
  const patterns = writes.map(toPattern)
  const isNew = (path: string): boolean => before[path] === undefined
  const own = Object.keys(after).filter((path) => isNew(path) && patterns.some((pattern) => pattern.test(path)))
  const isOwn = (path: string): boolean =>
    own.includes(path) || (isNew(path) && path.endsWith('/') && own.some((each) => each.startsWith(path)))
  const found: string[] = []
  for (const path of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[path] === after[path] || isOwn(path) || leaves[path] || holdsOnly(path, leaves)) continue
    found.push(`${path} was ${shown(before[path])} and is ${shown(after[path])}`)
  }
  for (const [path, rewritten] of Object.entries(leaves)) found.push(...wrongIn(path, after[path], rewritten))
  return found
}

function holdsOnly(path: string, leaves: Readonly<Record<string, Rewritten>>): boolean {
  return path.endsWith('/') && Object.keys(leaves).some((each) => each.startsWith(path))
}

function wrongIn(path: string, entry: string | undefined, { data, mode, includes }: Rewritten): string[] {
  if (entry === undefined) return [`${path} is gone`]
  const [actualMode = '', text = ''] = splitEntry(entry)
  const wrong: string[] = []
  if (actualMode !== mode.toString(8)) wrong.push(`${path} has the mode ${actualMode}, not ${mode.toString(8)}`)
  const [expected, actual] = [canonical(data), canonical(dataOf(path, text))]
  if (actual !== expected) wrong.push(`${path} holds ${actual}, not ${expected}`)
  if (includes !== undefined && !text.includes(includes)) wrong.push(`${path} has lost "${includes}":\n${text}`)
  return wrong
}

/** The files in which a text occurs. */
export function filesWith(tree: Tree, text: string): string[] {
  return Object.keys(tree).filter((path) => tree[path]?.includes(text))
}

export function dataOf(path: string, text: string): unknown {
  switch (extname(path)) {
    case '.toml':
      return parseToml(text)
    case '.yaml':
      return parseYaml(text)
    default:
      return JSON5.parse(text)
  }
}

export function splitEntry(entry: string): [mode: string, text: string] {
  const at = entry.indexOf(' ')
  return [entry.slice(0, at), entry.slice(at + 1)]
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function toPattern(text: string): RegExp {
  const parts = text.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}/?$`)
}

function shown(entry: string | undefined): string {
  return entry === undefined ? 'not there' : JSON.stringify(entry.slice(0, 1000))
}
