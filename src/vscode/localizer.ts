// The one thing pure modules need of VS Code to speak the user's language. They receive it as `l10n`, so that every translated
// sentence in the sources reads `l10n.t('…')` and one test can hold them all against the bundles.
import { inEnglish } from '../core/sentence.ts'

/** Values for the placeholders `{0}`, `{1}` … of a sentence. */
export type LocalizerValue = string | number | boolean

export interface Localizer {
  t(message: string, ...values: LocalizerValue[]): string
}

/** For texts that are English in every language, such as the log and the diagnostics. */
export const english: Localizer = {
  t: (message, ...values) => inEnglish({ text: message, values: values.map(String) }),
}
