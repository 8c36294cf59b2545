// How much models may think.
import { html, nothing } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { modelChoices } from '../../model-names.ts'
import { getIn } from '../draft.ts'
import { choiceField, nameField, numberField, rowsField, selectField } from '../fields.ts'
import type { Group } from '../group.ts'

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

function newRule(mode: string): unknown {
  if (mode === 'level') return { mode, level: 'medium' }
  return mode === 'budget' ? { mode, tokens: 8192 } : { mode }
}

export const reasoning: Group = {
  id: 'reasoning',
  sections: ['reasoning'],
  title: () => t('Reasoning'),
  purpose: () =>
    t('How much models may think. Without a rule a model does what the tool asks for; the most specific rule wins.'),
  summary: (settings) =>
    settings.reasoning.length === 0 ? t('As the tool asks') : formatNumber(settings.reasoning.length),
  fields: (form) =>
    rowsField(form, ['reasoning'], {
      legend: t('Rules'),
      alone: true,
      few: true,
      none: t('No rules.'),
      add: t('Add rule'),
      newRow: () => ({ model: '', rule: { mode: 'passthrough' } }),
      name: (place) => t('rule {0}', place),
      entry: (path) => {
        const rule = [...path, 'rule']
        const mode = String(getIn(form.draft, [...rule, 'mode']))
        return html`
          ${nameField(form, [...path, 'model'], t('Models'), modelChoices(form.space), { placeholder: 'anthropic/*' })}
          ${selectField(
            form,
            [...rule, 'mode'],
            t('Reasoning'),
            mode,
            [
              ['passthrough', t('As the tool asks')],
              ['off', t('Off')],
              ['adaptive', t('The model decides')],
              ['level', t('A level')],
              ['budget', t('A number of tokens')],
            ],
            { pick: (chosen) => form.set(rule, newRule(chosen)) },
          )}
          ${
            mode === 'level'
              ? choiceField(
                  form,
                  [...rule, 'level'],
                  t('Level'),
                  levels.map((one) => [one, one]),
                )
              : nothing
          }
          ${mode === 'budget' ? numberField(form, [...rule, 'tokens'], t('Budget'), t('tokens'), { also: rule }) : nothing}
        `
      },
    }),
}
