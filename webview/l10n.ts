// Strings of the dashboard. English is the key, as with vscode.l10n; the host hands in the bundle of the user's language.
import * as z from 'zod'

const bundleSchema = z.record(z.string(), z.string())

let bundle: Readonly<Record<string, string>> = {}

/** Reads the bundle the page was served with; a page without one stays English. */
export function loadBundle(): void {
  const handedIn = (window as { __omniroute?: { l10n?: unknown } }).__omniroute?.l10n ?? readBlock()
  const parsed = bundleSchema.safeParse(handedIn)
  bundle = parsed.success ? parsed.data : {}
}

/** The translated text, with `{0}`, `{1}`… replaced by the values. Text of a value is never looked into again. */
export function t(message: string, ...values: readonly (string | number)[]): string {
  const text = bundle[message] ?? message
  if (values.length === 0) return text
  return text.replace(/\{(\d+)\}/g, (placeholder, index: string) => {
    const value = values[Number(index)]
    return value === undefined ? placeholder : String(value)
  })
}

/** The language that numbers and dates are written in: the page's, in the user's regional form of it (en-GB for en). */
export function language(): string {
  const own = document.documentElement.lang
  const regional = navigator.languages.find((candidate) => candidate.split('-')[0] === own.split('-')[0])
  return own.includes('-') ? own : (regional ?? (own || navigator.language))
}

function readBlock(): unknown {
  const text = document.getElementById('omniroute-l10n')?.textContent
  if (!text) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
