// Reads the project's own Markdown as far as the tests of its facts need: links, tables, code. No general parser.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

/** Every document that is kept by hand, relative to the root. */
export function documents(): string[] {
  const below = readdirSync(path.join(root, 'docs'), { recursive: true }).map((file) => `docs/${String(file)}`)
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...below.filter((file) => file.endsWith('.md'))].sort()
}

/** Targets of links and pictures, code left out. */
export function linksOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target)
}

/** The names by which headings can be linked to, as GitHub makes them. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = withoutFences(markdown).matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** Rows of the table between `<!-- NAME:begin … -->` and `<!-- NAME:end -->`, without its head. */
export function tableOf(markdown: string, name: string): string[][] {
  const [, body = ''] = new RegExp(`<!-- ${name}:begin[^>]*-->([\\s\\S]*?)<!-- ${name}:end -->`).exec(markdown) ?? []
  return rowsOf(body).slice(2)
}

/** Cells of every table row in a text. */
function rowsOf(markdown: string): string[][] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  )
}

/** What stands between single backticks, over the whole text. */
export function codeSpansOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** Fenced blocks of a language; an empty name means those without one. */
export function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/`[^`\n]+`/g, '')
}
