// Prices of the user's own, in place of the bundled ones.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { modelChoices } from '../../model-names.ts'
import { nameField, numberField, rowsField } from '../fields.ts'
import type { Group } from '../group.ts'

export const prices: Group = {
  id: 'prices',
  sections: ['prices'],
  title: () => t('Prices'),
  purpose: () =>
    t(
      'Your own prices in US dollars per million tokens, in place of the bundled ones. An empty one is unknown, not free.',
    ),
  summary: (settings) => (settings.prices.length === 0 ? t('The bundled ones') : formatNumber(settings.prices.length)),
  fields: (form) =>
    rowsField(form, ['prices'], {
      legend: t('Prices'),
      alone: true,
      none: t('No prices of your own.'),
      add: t('Add price'),
      newRow: () => ({ model: '' }),
      name: (place) => t('price {0}', place),
      entry: (path) => html`
        ${nameField(form, [...path, 'model'], t('Models'), modelChoices(form.space), { placeholder: 'openrouter/*' })}
        ${numberField(form, [...path, 'input'], t('Input'), t('$ per million'), { optional: true })}
        ${numberField(form, [...path, 'output'], t('Output'), t('$ per million'), { optional: true })}
        ${numberField(form, [...path, 'cacheRead'], t('Read from cache'), t('$ per million'), { optional: true })}
        ${numberField(form, [...path, 'cacheWrite'], t('Written to cache'), t('$ per million'), { optional: true })}
        ${numberField(form, [...path, 'cacheWrite1h'], t('Written for an hour'), t('$ per million'), { optional: true })}
      `,
    }),
}
