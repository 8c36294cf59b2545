// One combo of the list: its strategy in words, its members in order with how they are, and what can be done with it.
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { ComboView } from '../../src/admin/contract.ts'
import { ActionCard } from '../action-card.ts'
import { announce } from '../announce.ts'
import { copyText } from '../clipboard.ts'
import { formatNumber } from '../format.ts'
import { type IconName, icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { emptyNames, type NameSpace, nameState } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { cardStyles } from '../providers/account-card.styles.ts'
import { navigate } from '../route.ts'
import type { RpcClient } from '../rpc/client.ts'
import { strategyName, strategySentence } from '../strategy-words.ts'
import { sharedStyles } from '../styles.ts'
import { overridesWords } from './overrides-words.ts'

type Member = ComboView['members'][number]

@customElement('omni-combo-card')
export class ComboCard extends ActionCard {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) combo!: ComboView
  @property({ attribute: false }) names: NameSpace = emptyNames
  @property({ type: Number }) now = Date.now()
  @state() private copied = false

  protected override render(): TemplateResult {
    const { combo } = this
    return html`<article class="card ${combo.enabled ? '' : 'off'}" aria-labelledby="name">
      <div class="head">
        <div class="title">
          <h2 id="name"><code>${combo.name}</code></h2>
          <span class="tag">${strategyName(combo.strategy)}</span>
          ${combo.enabled ? nothing : html`<span class="quiet">${t('Off')}</span>`}
        </div>
        ${this.actions()}
      </div>
      <p class="quiet">${strategySentence(combo.strategy)}</p>
      <ol class="members">${combo.members.map((member, index) => this.member(member, index))}</ol>
      ${this.confirming ? this.confirmation() : nothing}
      <div class="results">${this.failure ? failureNotice(this.failure) : nothing}</div>
    </article>`
  }

  private member(member: Member, index: number): TemplateResult {
    const on = member.enabled !== false
    const words = on
      ? nameState(member.model, this.names, this.now)
      : { icon: 'circle-slash' as const, color: 'quiet' as const, text: t('Off') }
    return html`<li class=${on ? '' : 'off'}>
      <span class="place numbers quiet">${index + 1}</span>
      <span class="what">
        <code>${member.model}</code>
        <span class="how">${icon(words.icon, words.color)}<span>${words.text}</span></span>
        ${this.combo.strategy === 'weighted' ? html`<span class="quiet numbers">${t('Weight {0}', formatNumber(member.weight ?? 1))}</span>` : nothing}
        ${member.overrides ? html`<span class="quiet">${overridesWords(member.overrides)}</span>` : nothing}
      </span>
    </li>`
  }

  private actions(): TemplateResult {
    const { name, enabled } = this.combo
    return html`<div class="actions" role="group" aria-label=${t('Actions for {0}', name)}>
      <vscode-checkbox toggle .checked=${live(enabled)} title=${enabled ? t('Turn {0} off', name) : t('Turn {0} on', name)} @change=${this.switchOver}><span class="unseen">${t('Use {0}', name)}</span></vscode-checkbox>
      ${this.action(this.copied ? 'check' : 'copy', t('Copy name'), t('Copy the name {0}', name), () => void this.copy())}
      ${this.action('edit', t('Edit'), t('Edit {0}', name), () => navigate({ page: 'combos', form: { edit: this.combo.id } }))}
      ${this.action('trash', t('Remove'), t('Remove {0}', name), () => void this.ask(), 'remove')}
    </div>`
  }

  private action(name: IconName, tip: string, label: string, run: () => void, kind = ''): TemplateResult {
    return html`<button class="icon-button ${kind}" title=${tip} aria-label=${label} aria-disabled=${this.work ? 'true' : 'false'} @click=${run}>${icon(name)}</button>`
  }

  private confirmation(): TemplateResult {
    return html`<div class="notice warned confirm" role="alertdialog" aria-labelledby="question" aria-describedby="outcome" @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && this.cancel()}>
      ${icon('warning')}
      <div class="body">
        <p class="cause" id="question">${t('Remove {0}?', this.combo.name)}</p>
        <p id="outcome">${t('Tools that ask for this name will be told that there is no such model.')}</p>
        <div class="buttons">
          <vscode-button class="confirm-removal" ?disabled=${this.work !== undefined} @click=${this.removeCombo}>${this.work ? t('Removing…') : t('Remove')}</vscode-button>
          <vscode-button secondary @click=${this.cancel}>${t('Keep')}</vscode-button>
        </div>
      </div>
    </div>`
  }

  private async copy(): Promise<void> {
    this.copied = await copyText(this.combo.name)
    setTimeout(() => {
      this.copied = false
    }, 1500)
  }

  private async switchOver(event: Event): Promise<void> {
    const { name } = this.combo
    const enabled = (event.target as HTMLInputElement).checked
    await this.run('working', async () => {
      await this.client.call('combos.put', { ...this.combo, enabled })
      announce(enabled ? t('{0} is on.', name) : t('{0} is off.', name))
    })
    // Shows what the gateway holds, also where it refused.
    this.requestUpdate('combo')
  }

  private async removeCombo(): Promise<void> {
    await this.run('working', async () => {
      await this.client.call('combos.remove', { id: this.combo.id })
      announce(t('{0} was removed.', this.combo.name))
      this.dispatchEvent(new CustomEvent('omni-combo-removed'))
    })
    this.confirming = false
  }

  static override styles = [
    ...sharedStyles,
    cardStyles,
    css`
      :host { scroll-margin-top: 12px; }
      .members { display: flex; flex-direction: column; gap: 2px; padding: 6px 0 4px; }
      .members li { display: grid; grid-template-columns: minmax(12px, auto) minmax(0, 1fr); gap: 8px; align-items: baseline; }
      .place { text-align: end; }
      .what { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: center; min-width: 0; }
      .off .what code { color: var(--vscode-descriptionForeground); }
      .how { display: inline-flex; gap: 4px; align-items: center; }
      .how .icon { width: 14px; height: 14px; font-size: 14px; }
      h2 code { font-size: 1em; }
    `,
  ]
}
