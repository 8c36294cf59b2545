// Fills in the page that the webview build wrote (`index.html` says which placeholders it has), for the editor's panel and for a
// browser. Pure.

export interface PageValues {
  readonly language: string
  /** Where styles, fonts and images come from. */
  readonly cspSource: string
  /** Where data comes from; in the editor from nowhere, as it is posted. */
  readonly connectSource: string
  readonly nonce: string
  /** URL of the folder with the page's files, without a slash at its end. */
  readonly base: string
  /** English string to translated one; absent for English. */
  readonly bundle: Readonly<Record<string, string>> | undefined
}

const rightToLeft: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur'])

/** The page: nothing from anywhere but the sources named, and no script but the one with the nonce. */
export function pageHtml(template: string, values: PageValues): string {
  const language = values.bundle === undefined ? 'en' : values.language
  const replacements: Record<string, string> = {
    lang: attribute(language),
    dir: rightToLeft.has(language.slice(0, 2)) ? 'rtl' : 'ltr',
    cspSource: attribute(values.cspSource),
    connectSource: attribute(values.connectSource),
    nonce: attribute(values.nonce),
    base: attribute(values.base.replace(/\/$/, '')),
    // In a JSON block only "<" could end the element early.
    l10n: JSON.stringify(values.bundle ?? {}).replaceAll('<', '\\u003c'),
  }
  // The template's own comment names the placeholders; a text put there could end the comment early.
  const page = template.replace(/<!--.*?-->\s*/gs, '')
  return page.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => replacements[name] ?? placeholder)
}

/** Bundles may hold `{ message, comment }` in place of a plain text. */
export function textsOf(bundle: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bundle).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
