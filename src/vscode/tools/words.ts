// How tools are spoken of: what was found of them and how they stand. Pure.
import type { ToolAction, ToolProblemView, ToolView } from '../../admin/contract-tools.ts'
import type { Sentence } from '../../core/sentence.ts'
import type { Localizer } from '../localizer.ts'

export function sentenceText({ text, values }: Sentence, l10n: Localizer): string {
  return l10n.t(text, ...values)
}

export function problemText({ path, says }: ToolProblemView, l10n: Localizer): string {
  const text = sentenceText(says, l10n)
  return path === undefined ? text : `${path}: ${text}`
}

export function stateText(state: ToolView['state'], l10n: Localizer): string {
  switch (state) {
    case 'configured':
      return l10n.t('Set up')
    case 'outdated':
      return l10n.t('Set up for another address or other models')
    case 'changed':
      return l10n.t('Changed by someone else')
    case 'foreign':
      return l10n.t('Set up by someone else')
    case 'absent':
      return l10n.t('Not set up')
    case 'not-found':
      return l10n.t('Not found')
    case 'by-hand':
      return l10n.t('By hand only')
    case 'problem':
      return l10n.t('A problem')
  }
}

/** What was found of it, in a few words. */
export function presenceText({ presence }: ToolView, l10n: Localizer): string {
  const { program, extension, traces } = presence
  const parts = [
    ...(program === undefined ? [] : [program]),
    ...(extension === undefined ? [] : [l10n.t('extension {0} {1}', extension.id, extension.version)]),
    ...(program === undefined && extension === undefined ? traces.slice(0, 1) : []),
  ]
  return parts.join(', ')
}

export function actionText(action: ToolAction, l10n: Localizer): string {
  return action === 'add' ? l10n.t('Add OmniRoute’s models') : l10n.t('Use OmniRoute by default')
}

export function actionDetail(action: ToolAction, tool: ToolView, l10n: Localizer): string {
  if (action === 'add') return l10n.t('They can be chosen in {0}; what it uses now stays.', tool.name)
  return l10n.t('{0} then uses a model of OmniRoute by itself.', tool.name)
}
