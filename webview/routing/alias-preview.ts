// What an alias would do: a few names it would catch, and what each would then mean. Asks the gateway once typing pauses.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { AliasPreview as Preview } from '../../src/admin/contract.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'

const typingPauseMs = 250

@customElement('omni-alias-preview')
export class AliasPreview extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property() pattern = ''
  @property() target = ''
  @state() private found: readonly Preview[] | undefined
  @state() private failure = ''
  private timer: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('pattern') && !changed.has('target')) return
    clearTimeout(this.timer)
    if (this.pattern.trim() && this.target.trim()) this.timer = setTimeout(() => void this.ask(), typingPauseMs)
    else this.found = undefined
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.failure) return html`<p class="quiet">${this.failure}</p>`
    if (!this.found) return nothing
    if (this.found.length === 0) return html`<p class="quiet">${t('No name would reach a model this way now.')}</p>`
    return html`<ul aria-label=${t('Preview')}>
      ${this.found.map(
        ({ name, meaning, works }) => html`<li>
          ${icon(works ? 'pass-filled' : 'warning', works ? 'good' : 'waiting')}
          <span><code>${name}</code> ${icon('arrow-right', 'quiet')}<span class="unseen">${works ? t('means') : t('would be refused:')}</span> ${works ? html`<code>${meaning}</code>` : meaning}</span>
        </li>`,
      )}
    </ul>`
  }

  private async ask(): Promise<void> {
    const { pattern, target } = this
    try {
      const found = await this.client.call('aliases.preview', { pattern: pattern.trim(), target: target.trim() })
      if (pattern !== this.pattern || target !== this.target) return
      this.found = found
      this.failure = ''
    } catch (thrown) {
      this.failure = toFailure(thrown).message
    }
  }

  static override styles = [
    ...sharedStyles,
    css`
      :host { grid-column: 1 / -1; }
      ul { display: flex; flex-direction: column; gap: 1px; }
      li { display: flex; gap: 6px; align-items: flex-start; overflow-wrap: anywhere; }
      li > .icon { width: 14px; height: 14px; font-size: 14px; margin-top: 2px; }
      li > span { min-width: 0; }
      li > span .icon { font-size: 13px; width: 13px; height: 13px; vertical-align: -2px; }
    `,
  ]
}
