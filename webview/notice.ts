// Boxes that say what went wrong (or right) and what to do next.
import { html, nothing, type TemplateResult } from 'lit'
import type { AccountCheck, RpcFailure } from '../src/admin/contract.ts'
import { formatDuration, formatNumber } from './format.ts'
import { icon } from './icon.ts'
import { t } from './l10n.ts'

/** A failure with its next step and, where it makes sense, a button that tries again. */
export function failureNotice(failure: RpcFailure, retry?: () => void): TemplateResult {
  return html`<div class="notice failed" data-code=${failure.code}>
    ${icon('error')}
    <div class="body">
      <p class="cause">${failure.message}</p>
      ${failure.nextStep ? html`<p>${t(failure.nextStep)}</p>` : nothing}
    </div>
    ${retry ? html`<button class="icon-button worded close" @click=${retry}>${icon('refresh')}${t('Try again')}</button>` : nothing}
  </div>`
}

/** The result of calling an account's server. */
export function checkNotice(check: AccountCheck, dismiss?: () => void): TemplateResult {
  const kind = check.outcome === 'failed' ? 'failed' : 'told'
  const facts = checkFacts(check)
  return html`<div class="notice ${kind}" data-outcome=${check.outcome}>
    ${icon(checkIcon(check))}
    <div class="body">
      <p><span class="cause">${checkTitle(check)}</span> ${check.message}</p>
      ${facts ? html`<p class="numbers">${facts}</p>` : nothing}
      ${check.nextStep ? html`<p>${t(check.nextStep)}</p>` : nothing}
    </div>
    ${
      dismiss
        ? html`<button class="icon-button close" aria-label=${t('Dismiss result')} title=${t('Dismiss result')} @click=${dismiss}>
          ${icon('close')}
        </button>`
        : nothing
    }
  </div>`
}

/** The same as one sentence, for the live region. */
export function checkSentence(check: AccountCheck): string {
  return [checkTitle(check), check.message, check.nextStep && t(check.nextStep)].filter(Boolean).join(' ')
}

function checkTitle(check: AccountCheck): string {
  if (check.outcome === 'ok') return t('It works.')
  return check.outcome === 'failed' ? t('It does not work.') : t('Not tested.')
}

function checkIcon(check: AccountCheck): 'pass-filled' | 'error' | 'info' {
  if (check.outcome === 'ok') return 'pass-filled'
  return check.outcome === 'failed' ? 'error' : 'info'
}

function checkFacts(check: AccountCheck): string {
  const facts: string[] = []
  if (check.models !== undefined) facts.push(t('Models: {0}', formatNumber(check.models)))
  if (check.latencyMs !== undefined) facts.push(t('Answered in {0}', formatDuration(check.latencyMs)))
  return facts.join(' · ')
}
