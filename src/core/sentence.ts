// A sentence for a person that is translated where it is shown: English text with the placeholders {0}, {1} …, and their values.
// Who writes `say('…')` need know nothing of languages; test/vscode/localized-texts.ts finds the texts.

export interface Sentence {
  readonly text: string
  readonly values: readonly string[]
}

export function say(text: string, ...values: readonly (string | number)[]): Sentence {
  return { text, values: values.map(String) }
}

/** As it reads in English. Text of a value is never looked into again. */
export function inEnglish({ text, values }: Sentence): string {
  return text.replace(/\{(\d+)\}/g, (placeholder, index: string) => values[Number(index)] ?? placeholder)
}
