// Aliases: other names for models, with a look at what each would do before it is saved.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { nameChoices } from '../../model-names.ts'
import '../alias-preview.ts'
import { getIn } from '../draft.ts'
import { nameField, rowsField, textField } from '../fields.ts'
import type { Group } from '../group.ts'

export const aliases: Group = {
  id: 'aliases',
  sections: ['aliases'],
  title: () => t('Aliases'),
  purpose: () =>
    t(
      'Other names for models. In the name, * stands for any text; the target may use what each * stood for as $1, $2 and so on.',
    ),
  summary: (settings) => (settings.aliases.length === 0 ? t('None') : formatNumber(settings.aliases.length)),
  fields: (form) =>
    rowsField(form, ['aliases'], {
      legend: t('Aliases'),
      alone: true,
      few: true,
      none: t('No aliases yet.'),
      add: t('Add alias'),
      newRow: () => ({ pattern: '', target: '' }),
      name: (place) => t('alias {0}', place),
      entry: (path) => html`
        ${textField(form, [...path, 'pattern'], t('Name a tool asks for'), { placeholder: 'gpt-*' })}
        ${nameField(form, [...path, 'target'], t('Target'), nameChoices(form.space), { placeholder: 'openrouter/openai/gpt-$1' })}
        <omni-alias-preview
          .client=${form.space.client}
          pattern=${String(getIn(form.draft, [...path, 'pattern']) ?? '')}
          target=${String(getIn(form.draft, [...path, 'target']) ?? '')}
        ></omni-alias-preview>
      `,
    }),
}
