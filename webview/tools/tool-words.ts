// How a tool stands, in words and with a sign. Pure.
import type { SentenceView, ToolAction, ToolPreview, ToolProof, ToolView } from '../../src/admin/contract-tools.ts'
import { formatDuration } from '../format.ts'
import type { IconColor, IconName } from '../icon.ts'
import { t } from '../l10n.ts'

export type FileChange = Extract<ToolPreview, { kind: 'preview' }>['files'][number]

export function sentenceText({ text, values }: SentenceView): string {
  return t(text, ...values)
}

interface StateWords {
  readonly icon: IconName
  readonly color: IconColor
  readonly word: string
  readonly detail: string
}

export function stateWords({ state }: ToolView): StateWords {
  switch (state) {
    case 'configured':
      return { icon: 'pass-filled', color: 'good', word: t('Set up'), detail: '' }
    case 'outdated':
      return {
        icon: 'warning',
        color: 'waiting',
        word: t('Outdated'),
        detail: t('It was set up for another address or for models that have changed. Set it up again.'),
      }
    case 'changed':
      return {
        icon: 'warning',
        color: 'waiting',
        word: t('Changed by someone else'),
        detail: t('Something of what OmniRoute wrote has been changed since.'),
      }
    case 'foreign':
      return {
        icon: 'info',
        color: 'quiet',
        word: t('Set up by someone else'),
        detail: t('Its files name this gateway, but OmniRoute did not write that.'),
      }
    case 'absent':
      return { icon: 'circle-slash', color: 'quiet', word: t('Not set up'), detail: '' }
    case 'not-found':
      return { icon: 'circle-slash', color: 'quiet', word: t('Not found'), detail: '' }
    case 'by-hand':
      return { icon: 'info', color: 'quiet', word: t('By hand only'), detail: '' }
    case 'problem':
      return { icon: 'error', color: 'bad', word: t('A problem'), detail: '' }
  }
}

/** What of two actions is done already. */
export function doneWords({ states }: ToolView): string {
  if (states.default === 'configured') return t('It uses OmniRoute by default.')
  return states.add === 'configured' ? t('It offers the models of OmniRoute.') : ''
}

export function actionWords(action: ToolAction): string {
  return action === 'add' ? t('Add models') : t('Make default')
}

export function effectWords({ effect }: FileChange): string {
  switch (effect) {
    case 'made':
      return t('New file')
    case 'changed':
      return t('Changed')
    case 'deleted':
      return t('Deleted')
    case 'kept':
      return t('Stays as it is')
  }
}

export function proofWords({ outcome, model, servedBy, latencyMs, message }: ToolProof): string {
  if (outcome === 'failed') return t('A request to {0} failed: {1}', model, message ?? '')
  const time = formatDuration(latencyMs)
  return servedBy === undefined || servedBy === model
    ? t('{0} answered in {1}.', model, time)
    : t('{0} answered for {1} in {2}.', servedBy, model, time)
}
