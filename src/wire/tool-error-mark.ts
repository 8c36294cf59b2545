// Failed tool results on wires that have no word for them: a fixed mark before the text, taken off on the way back (rule 92).

const mark = '[tool error] '

export function markError(text: string, isError: boolean | undefined): string {
  return isError === true ? mark + text : text
}

/** The text without the mark, and whether it was there. */
export function unmarkError(text: string): { readonly text: string; readonly isError: boolean } {
  return text.startsWith(mark) ? { text: text.slice(mark.length), isError: true } : { text, isError: false }
}
