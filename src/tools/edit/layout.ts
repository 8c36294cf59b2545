// How a text is laid out: its line ends, its indentation, and the edges of a line. Shared by the editors.

export type EndOfLine = '\n' | '\r\n'

/** The line end of the first line; that of a new file is a line feed. */
export function endOfLine(text: string): EndOfLine {
  const first = text.indexOf('\n')
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n'
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the visible part of the line ends: before its line end, or at the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset)
  if (feed < 0) return text.length
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed
}

/** Where the next line begins; the end of the text if there is none. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset)
  return feed < 0 ? text.length : feed + 1
}

/** The white space that the line of an offset begins with. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? ''
}

export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === ''
}

export function replaceRange(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

/** Several lines below one another, the first of them where it is put. */
export function indentLines(text: string, indent: string, eol: EndOfLine): string {
  return text.replace(/\r?\n/g, eol).replace(/\n(?=[^\r\n])/g, `\n${indent}`)
}

/** The value that stands at the end of `rest`, wrapped into the objects of the keys above it. */
export function nest<T>(keys: readonly string[], value: T): T | Record<string, unknown> {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as T | Record<string, unknown>
}
