// Finds every text the sources translate: `l10n.t('…')` in the extension, `t('…')` in the dashboard, and what is translated where
// it is shown: the sentences of `say('…')` and the next steps of the failure catalogue. Also a program: `node test/vscode/localized-texts.ts` rewrites
// the English bundle and names what the other languages lack.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { failures } from '../../src/core/errors.ts'
import { root } from './manifest.ts'

/** Calls with a text that is only known at run time: the next step of a failure, of an account check, of a resting account; `say`. */
export const knownDynamicCalls = 4

const literal = /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.)*)`)\s*[,)]/s

export function textsInSources(): { text: string; file: string }[] {
  const inExtension = scan('src/**/*.ts', /\bl10n\.t\(/g)
  const inDashboard = scan('webview/**/*.ts', /(?<![\w.])t\(/g)
  const sentences = scan('src/**/*.ts', /(?<![\w.])say\(/g)
  return [...inExtension, ...inDashboard, ...sentences]
}

/** English texts that reach the user through `l10n.t(variable)`. */
export function catalogueTexts(): string[] {
  return Object.values(failures).map(({ nextStep }) => nextStep)
}

export function dynamicCalls(): string[] {
  const found: string[] = []
  for (const file of globSync('src/vscode/**/*.ts', { cwd: root })) {
    const source = readFileSync(join(root, file), 'utf8')
    for (const match of source.matchAll(/\bl10n\.t\(/g)) {
      const rest = source.slice(match.index + match[0].length)
      if (!literal.test(rest)) found.push(`${file}: l10n.t(${rest.slice(0, 40)}`)
    }
  }
  return found
}

function scan(pattern: string, call: RegExp): { text: string; file: string }[] {
  return globSync(pattern, { cwd: root }).flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    return [...source.matchAll(call)].flatMap((match) => {
      const found = literal.exec(source.slice(match.index + match[0].length))
      const text = found?.[1] ?? found?.[2] ?? found?.[3]
      return text === undefined ? [] : [{ text: readEscapes(text), file }]
    })
  })
}

function readEscapes(text: string): string {
  return text.replace(/\\(u\{?[0-9a-fA-F]+\}?|.)/gs, (_, sequence: string) => {
    if (sequence.startsWith('u')) return String.fromCodePoint(Number.parseInt(sequence.replace(/[u{}]/g, ''), 16))
    return sequence === 'n' ? '\n' : sequence === 't' ? '\t' : sequence
  })
}

export function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g) ?? [])].sort()
}

export function readBundle(file: string): Record<string, string> {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

/** Every text of the product once, sorted. */
export function wantedTexts(): string[] {
  return [...new Set([...textsInSources().map(({ text }) => text), ...catalogueTexts()])].sort()
}

function rewriteEnglish(): void {
  const texts = wantedTexts()
  const english = Object.fromEntries(texts.map((text) => [text, text]))
  writeFileSync(join(root, 'l10n/bundle.l10n.json'), `${JSON.stringify(english, null, 2)}\n`)
  for (const file of globSync('l10n/bundle.l10n.*.json', { cwd: root })) {
    const translated = readBundle(file)
    const lines = [
      ...texts.filter((text) => !(text in translated)).map((text) => `${file} lacks ${JSON.stringify(text)}`),
      ...Object.keys(translated)
        .filter((text) => !(text in english))
        .map((text) => `${file} has no use for ${JSON.stringify(text)}`),
    ]
    process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  }
}

if (process.argv[1] === import.meta.filename) rewriteEnglish()
