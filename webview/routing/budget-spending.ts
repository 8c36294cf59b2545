// What is spent of a budget in its running period: a meter, the sums, and how far it has come in words. Of what is saved, not of
// what is being typed.
import { html, type TemplateResult } from 'lit'
import type { StandingView } from '../../src/admin/contract.ts'
import { formatDay, formatDollars, formatMoment, formatNumber } from '../format.ts'
import { type IconColor, type IconName, icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { meter } from '../meter.ts'

type Spending = StandingView['budgets'][number]

export function budgetSpending(spending: Spending, name: string): TemplateResult {
  const { level, spentUsd, usd, reservedUsd, unknown, endsAt } = spending
  const words = levelWords(level)
  const sums = t('{0} of {1} spent', formatDollars(spentUsd), formatDollars(usd))
  const facts = [
    ...(reservedUsd > 0 ? [t('{0} held for running requests', formatDollars(reservedUsd))] : []),
    ...(unknown > 0 ? [t('Requests of unknown cost, not counted: {0}', formatNumber(unknown))] : []),
    t('starts anew {0}', formatDay(endsAt) || formatMoment(endsAt)),
  ]
  return html`<div class="spending wide" data-level=${level}>
    <p class="line"><span class="numbers">${sums}</span><span class="level">${icon(words.icon, words.color)}${words.text}</span></p>
    ${meter({
      name: t('Spent of {0}', name),
      share: usd > 0 ? spentUsd / usd : 1,
      text: `${sums}. ${words.text}`,
      tone: level === 'ok' ? 'plain' : level === 'stop' ? 'out' : 'low',
    })}
    <p class="note numbers">${facts.join(' · ')}</p>
  </div>`
}

interface LevelWords {
  readonly icon: IconName
  readonly color: IconColor
  readonly text: string
}

function levelWords(level: Spending['level']): LevelWords {
  switch (level) {
    case 'ok':
      return { icon: 'pass-filled', color: 'good', text: t('Within the budget') }
    case 'warn':
      return { icon: 'warning', color: 'waiting', text: t('Past the warning') }
    case 'reroute':
      return { icon: 'warning', color: 'waiting', text: t('Cheaper tiers come first') }
    case 'stop':
      return { icon: 'circle-slash', color: 'bad', text: t('Used up: targets that cost money are left out') }
  }
}
