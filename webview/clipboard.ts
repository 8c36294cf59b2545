// Copying text, with the outcome said aloud.
import { announce } from './announce.ts'
import { t } from './l10n.ts'

/** True when the text is on the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    announce(t('Copied.'))
    return true
  } catch {
    announce(t('Copying was refused by the browser.'))
    return false
  }
}
