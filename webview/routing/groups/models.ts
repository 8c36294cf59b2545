// Models that are hidden, blocked or called something else.
import { html, type TemplateResult } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { modelChoices } from '../../model-names.ts'
import type { Path } from '../draft.ts'
import { nameField, rowsField, textField } from '../fields.ts'
import type { Group, GroupForm } from '../group.ts'

function patterns(form: GroupForm, path: Path, legend: string, none: string, add: string): TemplateResult {
  return rowsField(form, path, {
    legend,
    few: true,
    none,
    add,
    newRow: () => '',
    name: (place) => t('pattern {0}', place),
    entry: (place) =>
      nameField(form, place, t('Models'), modelChoices(form.space), { placeholder: 'openrouter/*:free' }),
  })
}

export const models: Group = {
  id: 'models',
  sections: ['models'],
  title: () => t('Hidden, blocked and renamed models'),
  purpose: () =>
    t('Hidden models can be called but are not listed. Blocked ones can’t be called at all. * stands for any text.'),
  summary: ({ models: { hidden, blocked, names } }) =>
    t(
      'Hidden {0}, blocked {1}, renamed {2}',
      formatNumber(hidden.length),
      formatNumber(blocked.length),
      formatNumber(Object.keys(names).length),
    ),
  fields: (form) => html`
    ${patterns(form, ['models', 'hidden'], t('Hidden'), t('No model is hidden.'), t('Hide models'))}
    ${patterns(form, ['models', 'blocked'], t('Blocked'), t('No model is blocked.'), t('Block models'))}
    ${rowsField(form, ['models', 'names'], {
      legend: t('Shown names'),
      few: true,
      none: t('Every model has its vendor’s name.'),
      add: t('Rename a model'),
      newRow: () => ({ name: '', value: '' }),
      name: (place) => t('name {0}', place),
      entry: (path) => html`
        ${nameField(form, [...path, 'name'], t('Model'), modelChoices(form.space))}
        ${textField(form, [...path, 'value'], t('Name in lists'))}
      `,
    })}
  `,
}
