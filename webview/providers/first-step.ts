// What the Providers page shows while there is no account: what an account is, and the two ways to a first one.
import { html, nothing, type TemplateResult } from 'lit'
import type { ProviderView } from '../../src/admin/contract.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'

interface FirstStep {
  /** Absent where the gateway has none. */
  readonly demo: ProviderView | undefined
  readonly busy: boolean
  readonly add: () => void
  readonly addDemo: (demo: ProviderView) => void
}

export function firstStep({ demo, busy, add, addDemo }: FirstStep): TemplateResult {
  return html`<section class="first" aria-labelledby="first">
    ${icon('plug', 'quiet')}
    <h2 id="first">${t('Add the first account')}</h2>
    <p class="quiet">${t('An account is a key you have at a provider, or a model server on this machine. Its models then answer in the chat and at the endpoint above.')}</p>
    <div class="buttons">
      <vscode-button @click=${add}>${t('Add account')}</vscode-button>
      ${
        demo
          ? html`<vscode-button secondary ?disabled=${busy} @click=${() => addDemo(demo)}>${t('Try the demo provider')}</vscode-button>`
          : nothing
      }
    </div>
    ${demo ? html`<p class="quiet small">${t('The demo provider answers inside the gateway. It needs no key and nothing leaves this machine.')}</p>` : nothing}
  </section>`
}
