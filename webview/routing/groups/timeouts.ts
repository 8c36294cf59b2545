// How long things may take.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { modelChoices } from '../../model-names.ts'
import { nameField, numberField, rowsField, seconds } from '../fields.ts'
import type { Group } from '../group.ts'

export const timeouts: Group = {
  id: 'timeouts',
  sections: ['timeouts'],
  title: () => t('Time-outs'),
  purpose: () => t('How long a target may take before the next one is tried, and a request as a whole.'),
  summary: ({ timeouts: { firstByteMs, deadlineMs } }) =>
    t(
      'First answer {0} s, whole request {1} s',
      formatNumber(firstByteMs / seconds),
      formatNumber(deadlineMs / seconds),
    ),
  fields: (form) => html`
    <div class="pair">
      ${numberField(form, ['timeouts', 'firstByteMs'], t('Until the answer begins'), t('seconds'), { scale: seconds, note: t('Models that reason may think for minutes first.') })}
      ${numberField(form, ['timeouts', 'idleMs'], t('Silence within the answer'), t('seconds'), { scale: seconds })}
      ${numberField(form, ['timeouts', 'totalMs'], t('One attempt as a whole'), t('seconds'), { scale: seconds })}
      ${numberField(form, ['timeouts', 'deadlineMs'], t('No further target after'), t('seconds'), { scale: seconds })}
      ${numberField(form, ['timeouts', 'keepAliveMs'], t('Sign of life to a waiting tool after'), t('seconds'), { scale: seconds, note: t('So that the tool does not give up; 0 sends none.') })}
    </div>
    ${rowsField(form, ['timeouts', 'perModel'], {
      legend: t('Of their own'),
      none: t('All models have the same.'),
      add: t('Add models'),
      newRow: () => ({ model: '' }),
      name: (place) => t('time-outs {0}', place),
      entry: (path) => html`
        ${nameField(form, [...path, 'model'], t('Models'), modelChoices(form.space), { placeholder: 'ollama/*' })}
        ${numberField(form, [...path, 'firstByteMs'], t('Until the answer begins'), t('seconds'), { scale: seconds, optional: true })}
        ${numberField(form, [...path, 'idleMs'], t('Silence within the answer'), t('seconds'), { scale: seconds, optional: true })}
        ${numberField(form, [...path, 'totalMs'], t('One attempt as a whole'), t('seconds'), { scale: seconds, optional: true })}
      `,
    })}
  `,
}
