// Answers that are used again.
import { html } from 'lit'
import { t } from '../../l10n.ts'
import { modelChoices } from '../../model-names.ts'
import { nameField, numberField, toggleField } from '../fields.ts'
import type { Group } from '../group.ts'

export const caches: Group = {
  id: 'caches',
  sections: ['cache'],
  title: () => t('Caches'),
  purpose: () => t('Answers that are used again instead of asking a model. Each key sees its own only.'),
  summary: ({ cache: { exact, semantic, coalesce } }) => {
    const on = [exact && t('Exact'), semantic && t('Semantic'), coalesce && t('Shared')].filter(Boolean)
    return on.length === 0 ? t('Off') : on.join(', ')
  },
  fields: (form) => html`
    ${toggleField(form, ['cache', 'exact'], t('Exact cache'), t('The same request gets the same answer again.'))}
    <div class="pair">
      ${numberField(form, ['cache', 'exactMinutes'], t('An answer is kept for'), t('minutes'))}
      ${numberField(form, ['cache', 'maxMegabytes'], t('All of them take'), t('megabytes at most'))}
    </div>
    ${toggleField(form, ['cache', 'semantic'], t('Semantic cache'), t('A request of nearly the same meaning gets that answer. It needs an embeddings model, which is called for each request.'))}
    <div class="pair">
      ${nameField(form, ['cache', 'embeddingModel'], t('Embeddings model'), modelChoices(form.space), { also: ['cache'] })}
      ${numberField(form, ['cache', 'threshold'], t('Similarity from'), '', { note: t('From 0.5 to 1. The closer to 1, the fewer wrong answers.') })}
    </div>
    ${toggleField(form, ['cache', 'coalesce'], t('Share one call'), t('Identical requests at the same time share one call to the model.'))}
  `,
}
