// What a member changes in the requests it serves, in words.
import { formatNumber } from '../format.ts'
import { t } from '../l10n.ts'
import type { Overrides } from './combo-draft.ts'

export function overridesWords({ reasoning, maxOutputTokens, temperature }: Overrides): string {
  const parts: string[] = []
  if (reasoning?.mode === 'level') parts.push(t('Reasoning: {0}', reasoning.level))
  else if (reasoning?.mode === 'budget') parts.push(t('Reasoning: {0} tokens', formatNumber(reasoning.tokens)))
  else if (reasoning) parts.push(t('Reasoning: {0}', reasoning.mode))
  if (maxOutputTokens !== undefined) parts.push(t('At most {0} tokens out', formatNumber(maxOutputTokens)))
  if (temperature !== undefined) parts.push(t('Temperature {0}', formatNumber(temperature)))
  return parts.join(' · ')
}
