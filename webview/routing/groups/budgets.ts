// What may be spent, by whom and in which time; before the end of a budget cheaper tiers are taken.
import { html, nothing, type TemplateResult } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { tierName, tierOrder } from '../../providers/account-words.ts'
import { budgetSpending } from '../budget-spending.ts'
import { getIn, type Path } from '../draft.ts'
import { type Choice, choiceField, numberField, rowsField, selectField, textField } from '../fields.ts'
import type { Group, GroupForm } from '../group.ts'

const percent = 0.01

function newScope(kind: string): unknown {
  if (kind === 'all') return { kind }
  return kind === 'tier' ? { kind, tier: 'api-key' } : { kind, id: '' }
}

function scopeTarget(form: GroupForm, scope: Path): TemplateResult | typeof nothing {
  const { accounts, keys } = form.space
  const choose: Choice = ['', t('Choose…')]
  const pick = (label: string, choices: readonly Choice[]) =>
    choiceField(form, [...scope, 'id'], label, [choose, ...choices], { also: scope })
  switch (getIn(form.draft, [...scope, 'kind'])) {
    case 'tier':
      return choiceField(
        form,
        [...scope, 'tier'],
        t('Tier'),
        tierOrder.map((tier) => [tier, tierName(tier)]),
      )
    case 'provider':
      return pick(t('Provider'), [...new Map(accounts.map((one) => [one.provider, one.providerName]))])
    case 'account':
      return pick(
        t('Account'),
        accounts.map(({ id, label }) => [id, label]),
      )
    case 'key':
      return pick(
        t('Key'),
        keys.map(({ id, name }) => [id, name]),
      )
    case 'workspace':
      return textField(form, [...scope, 'id'], t('Workspace'), { also: scope })
    default:
      return nothing
  }
}

export const budgets: Group = {
  id: 'budgets',
  sections: ['budgets'],
  title: () => t('Budgets'),
  purpose: () =>
    t(
      'What may be spent in a day, week or month. Near the end cheaper tiers are taken; at 100 percent targets that cost money are left out.',
    ),
  summary: (settings) => (settings.budgets.length === 0 ? t('None') : formatNumber(settings.budgets.length)),
  fields: (form) =>
    rowsField(form, ['budgets'], {
      legend: t('Budgets'),
      alone: true,
      none: t('No budgets.'),
      add: t('Add budget'),
      newRow: () => ({
        id: crypto.randomUUID(),
        scope: { kind: 'all' },
        period: 'month',
        usd: { typed: '', scale: 1 },
        warnAt: 0.8,
        rerouteAt: 0.95,
      }),
      name: (place) => t('budget {0}', place),
      entry: (path, index) => {
        const scope = [...path, 'scope']
        const spending = form.space.spending.find(({ id }) => id === getIn(form.draft, [...path, 'id']))
        return html`
          ${spending ? budgetSpending(spending, t('budget {0}', index + 1)) : nothing}
          ${selectField(
            form,
            [...scope, 'kind'],
            t('Counts'),
            String(getIn(form.draft, [...scope, 'kind'])),
            [
              ['all', t('Everything')],
              ['tier', t('One tier')],
              ['provider', t('One provider')],
              ['account', t('One account')],
              ['key', t('One key')],
              ['workspace', t('One workspace')],
            ],
            { pick: (kind) => form.set(scope, newScope(kind)) },
          )}
          ${scopeTarget(form, scope)}
          ${numberField(form, [...path, 'usd'], t('Sum'), t('US dollars'))}
          ${choiceField(form, [...path, 'period'], t('In a'), [
            ['day', t('day')],
            ['week', t('week')],
            ['month', t('month')],
          ])}
          ${numberField(form, [...path, 'warnAt'], t('Warn from'), t('percent'), { scale: percent })}
          ${numberField(form, [...path, 'rerouteAt'], t('Cheaper tiers from'), t('percent'), { scale: percent })}
        `
      },
    }),
}
