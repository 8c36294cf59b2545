// Second tries at the same target, and the breaker that leaves a failing one alone.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { numberField, seconds } from '../fields.ts'
import type { Group } from '../group.ts'

export const retries: Group = {
  id: 'retries',
  sections: ['retry', 'breaker'],
  title: () => t('Retries and breaker'),
  purpose: () =>
    t(
      'A short hiccup is tried again at the same target. One that keeps failing is left alone for a while: the breaker opens.',
    ),
  summary: ({ retry, breaker }) =>
    `${t('Tries again: {0}', formatNumber(retry.attempts))} · ${breaker.failures === 0 ? t('breaker off') : t('breaker after {0} failures', formatNumber(breaker.failures))}`,
  fields: (form) => html`
    <div class="pair">
      ${numberField(form, ['retry', 'attempts'], t('Further tries'), t('at the same target'), { note: t('0 goes to the next target at once.') })}
      ${numberField(form, ['retry', 'baseMs'], t('First wait'), t('seconds'), { scale: seconds, note: t('Each further one is longer, and none quite the same.') })}
      ${numberField(form, ['retry', 'maxMs'], t('Longest wait'), t('seconds'), { scale: seconds, note: t('If the vendor asks for more, the next target is tried.') })}
    </div>
    <div class="pair">
      ${numberField(form, ['breaker', 'failures'], t('The breaker opens after'), t('failures'), { note: t('0 turns the breaker off.') })}
      ${numberField(form, ['breaker', 'windowMs'], t('Within'), t('seconds'), { scale: seconds })}
      ${numberField(form, ['breaker', 'openMs'], t('It stays open for'), t('seconds'), { scale: seconds, note: t('Then one request may try.') })}
    </div>
  `,
}
