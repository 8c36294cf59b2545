// What happens without a choice of the caller: the default model, the account among several, and how long a conversation stays.
import { html } from 'lit'
import { t } from '../../l10n.ts'
import { nameChoices } from '../../model-names.ts'
import { type Strategy, strategyName, strategyOrder, strategySentence } from '../../strategy-words.ts'
import { getIn } from '../draft.ts'
import { choiceField, nameField, numberField, rowsField, textField, toggleField } from '../fields.ts'
import type { Group } from '../group.ts'

export const defaults: Group = {
  id: 'defaults',
  sections: ['defaults', 'affinity'],
  title: () => t('Default model, accounts, conversations'),
  purpose: () => t('What is taken when a request leaves it open.'),
  summary: ({ defaults: { model, accountStrategy } }) =>
    `${model || t('No default model')} · ${strategyName(accountStrategy)}`,
  fields: (form) => {
    const choices = nameChoices(form.space)
    const strategy = getIn(form.draft, ['defaults', 'accountStrategy']) as Strategy
    // A weight belongs to the members of a combo; accounts have none.
    const strategies = strategyOrder.filter((one) => one !== 'weighted' || one === strategy)
    return html`
      <div class="pair">
        ${nameField(form, ['defaults', 'model'], t('Default model'), choices, {
          placeholder: t('None: a request has to name a model'),
          note: t('For requests that name no model, or the model "default". Keys can have their own on the Keys page.'),
        })}
        ${choiceField(
          form,
          ['defaults', 'accountStrategy'],
          t('Among accounts with the same model'),
          strategies.map((one) => [one, strategyName(one)]),
          { note: strategySentence(strategy) },
        )}
      </div>
      ${rowsField(form, ['defaults', 'perWorkspace'], {
        legend: t('Default model of a workspace'),
        few: true,
        none: t('No workspace has its own.'),
        add: t('Add workspace'),
        newRow: () => ({ name: '', value: '' }),
        name: (place) => t('workspace {0}', place),
        entry: (path) => html`
          ${textField(form, [...path, 'name'], t('Workspace'))}
          ${nameField(form, [...path, 'value'], t('Model'), choices)}
        `,
      })}
      ${toggleField(
        form,
        ['affinity', 'enabled'],
        t('A conversation stays with its account'),
        t('The vendor’s prompt cache is used again, which makes long conversations quicker and cheaper.'),
      )}
      <div class="pair">${numberField(form, ['affinity', 'minutes'], t('It stays for'), t('minutes after its last request'))}</div>
    `
  },
}
