// Limits of the user's own, and how requests wait for them.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { getIn } from '../draft.ts'
import { numberField, rowsField, seconds, selectField, textField } from '../fields.ts'
import type { Group } from '../group.ts'

export const limits: Group = {
  id: 'limits',
  sections: ['limits', 'queue'],
  title: () => t('Limits'),
  purpose: () =>
    t('Your own limits, on top of those that are learned from the vendors’ answers. Empty numbers don’t limit.'),
  summary: (settings) => (settings.limits.length === 0 ? t('None') : formatNumber(settings.limits.length)),
  fields: (form) => html`
    ${rowsField(form, ['limits'], {
      legend: t('Limits'),
      alone: true,
      none: t('No limits of your own.'),
      add: t('Add limit'),
      newRow: () => ({}),
      name: (place) => t('limit {0}', place),
      entry: (path) => html`
        ${selectField(
          form,
          [...path, 'account'],
          t('Account'),
          String(getIn(form.draft, [...path, 'account']) ?? ''),
          [['', t('Every account by itself')], ...form.space.accounts.map(({ id, label }) => [id, label] as const)],
          { optional: true },
        )}
        ${textField(form, [...path, 'model'], t('Model, without prefix'), { optional: true, placeholder: t('The account as a whole') })}
        ${numberField(form, [...path, 'requestsPerMinute'], t('Requests'), t('per minute'), { optional: true })}
        ${numberField(form, [...path, 'tokensPerMinute'], t('Tokens'), t('per minute'), { optional: true })}
        ${numberField(form, [...path, 'concurrent'], t('Requests'), t('at the same time'), { optional: true })}
        ${numberField(form, [...path, 'gapMs'], t('Gap between starts'), t('seconds'), { optional: true, scale: seconds })}
      `,
    })}
    <div class="pair">
      ${numberField(form, ['queue', 'maxWaitMs'], t('A request waits for a limit'), t('seconds at most'), {
        scale: seconds,
        note: t('After that the next target is tried.'),
      })}
      ${numberField(form, ['queue', 'maxLength'], t('Waiting for one account'), t('requests at most'))}
    </div>
  `,
}
