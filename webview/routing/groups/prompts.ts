// System prompts that are added to requests.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { areaField, choiceField, rowsField, textField } from '../fields.ts'
import type { Group } from '../group.ts'

export const prompts: Group = {
  id: 'prompts',
  sections: ['systemPrompt'],
  title: () => t('System prompts'),
  purpose: () => t('Text that is put before or after the system prompt of each request that it applies to.'),
  summary: ({ systemPrompt }) => (systemPrompt.length === 0 ? t('None') : formatNumber(systemPrompt.length)),
  fields: (form) =>
    rowsField(form, ['systemPrompt'], {
      legend: t('System prompts'),
      alone: true,
      none: t('Nothing is added.'),
      add: t('Add text'),
      newRow: () => ({ position: 'append', text: '' }),
      name: (place) => t('system prompt {0}', place),
      entry: (path) => html`
        ${choiceField(form, [...path, 'position'], t('Place'), [
          ['prepend', t('Before the tool’s own')],
          ['append', t('After the tool’s own')],
        ])}
        ${choiceField(
          form,
          [...path, 'keyId'],
          t('Key'),
          [['', t('All keys')], ...form.space.keys.map(({ id, name }) => [id, name] as const)],
          { optional: true },
        )}
        ${textField(form, [...path, 'workspace'], t('Workspace'), { optional: true, placeholder: t('All workspaces') })}
        <div class="wide">${areaField(form, [...path, 'text'], t('Text'))}</div>
      `,
    }),
}
