// One account of the list: what it is, how it is, and everything that can be done with it.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { AccountCheck, AccountView, ModelView } from '../../src/admin/contract.ts'
import { ActionCard } from '../action-card.ts'
import { announce } from '../announce.ts'
import { formatNumber } from '../format.ts'
import { type IconName, icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { checkNotice, checkSentence, failureNotice } from '../notice.ts'
import { navigate } from '../route.ts'
import type { RpcClient } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { cardStyles } from './account-card.styles.ts'
import './account-standing.ts'
import { stateWords, tierName, viaWords } from './account-words.ts'
import './model-table.ts'
import { type AccountStanding, currentRests } from './quota-order.ts'

type Work = 'testing' | 'refreshing' | 'switching' | 'removing'

@customElement('omni-account-card')
export class AccountCard extends ActionCard<Work> {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) account!: AccountView
  /** Absent when it couldn't be read. */
  @property({ attribute: false }) standing: AccountStanding | undefined
  @property({ attribute: false }) models: readonly ModelView[] | undefined
  /** A result that came from elsewhere, such as the form. */
  @property({ attribute: false }) givenCheck: AccountCheck | undefined
  @property({ type: Boolean }) expanded = false
  @property({ type: Number }) now = Date.now()
  @state() private check: AccountCheck | undefined
  protected override readonly opener = '.actions .icon-button:last-of-type'

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('givenCheck') && this.givenCheck) this.check = this.givenCheck
  }

  protected override render(): TemplateResult {
    const { account } = this
    return html`
      <article class="card ${account.enabled ? '' : 'off'}" aria-labelledby="name">
        <div class="head">
          <div class="title">
            <h2 id="name">${account.label}</h2>
            <span class="quiet">${account.providerName}</span>
            <span class="tag">${tierName(account.tier)}</span>
          </div>
          ${this.actions()}
        </div>
        <div class="meta">${this.stateLine()}${this.facts()}</div>
        ${this.standing ? this.standingView(this.standing) : nothing}
        ${this.confirming ? this.confirmation() : nothing}
        <div class="results">
          ${this.work === 'testing' ? html`<p class="progress"><vscode-progress-ring role="presentation" aria-live="off" aria-label=""></vscode-progress-ring>${t('Testing…')}</p>` : nothing}
          ${this.work === 'refreshing' ? html`<p class="progress"><vscode-progress-ring role="presentation" aria-live="off" aria-label=""></vscode-progress-ring>${t('Reading the model list…')}</p>` : nothing}
          ${this.failure ? failureNotice(this.failure) : nothing}
          ${this.check && this.work !== 'testing' ? checkNotice(this.check, () => this.dismiss()) : nothing}
        </div>
        ${this.expanded ? this.modelList() : nothing}
      </article>
    `
  }

  private stateLine(): TemplateResult {
    // A rest that is listed below has its time there.
    const isListed = currentRests(this.standing?.rests ?? [], this.now).some(({ model }) => model === undefined)
    const words = stateWords(this.account, this.now, !isListed)
    return html`<p class="state" data-state=${this.account.state.kind}>
      ${icon(words.icon, words.color)}<span><span class="word">${words.text}</span>${words.detail ? html`<span class="quiet"> · ${words.detail}</span>` : nothing}
      ${this.account.state.kind === 'needs-key' ? html` · <a href="#/providers/edit/${encodeURIComponent(this.account.id)}">${t('Enter the key')}</a>` : nothing}</span>
    </p>`
  }

  private facts(): TemplateResult {
    const { account } = this
    return html`<button class="icon-button worded fold" aria-expanded=${this.expanded ? 'true' : 'false'} aria-controls="models" @click=${this.toggleModels}>
        ${icon('chevron-right')}<span class="numbers">${t('Models: {0}', formatNumber(account.modelCount))}</span>
      </button>
      <span><span class="quiet">${t('Prefix')}</span> <code class="chip">${account.prefix}/</code></span>
      <span><span class="quiet">${t('Key')}</span> ${account.hasKey ? html`<code>…${account.keyTail ?? ''}</code>` : html`<span>${t('none')}</span>`}</span>
      ${this.isQuotaUnknown() ? html`<span class="quiet">${t('Quota unknown')}</span>` : nothing}
      ${account.route ? html`<span class="tag" data-via=${account.route.via}>${viaWords(account.route)}</span>` : nothing}
      ${account.baseUrl ? html`<span class="address"><span class="quiet">${t('Base URL')}</span> <code>${account.baseUrl}</code></span>` : nothing}`
  }

  /** Where there is something to know, and nothing else on the card says it. */
  private isQuotaUnknown(): boolean {
    const { account, standing } = this
    // Without a key and without a server there is nobody who counts.
    const isCounted = account.hasKey || account.baseUrl !== undefined
    if (!standing || !account.enabled || account.tier === 'local' || !isCounted) return false
    return standing.quotas.length === 0 && !standing.rests.some(({ reason }) => reason.startsWith('quota_exhausted'))
  }

  private standingView(standing: AccountStanding): TemplateResult {
    return html`<omni-account-standing
      .client=${this.client}
      .standing=${standing}
      .now=${this.now}
      @omni-standing-cleared=${() => this.dispatchEvent(new CustomEvent('omni-accounts-changed'))}
      @omni-focus-lost=${this.focusActions}
    ></omni-account-standing>`
  }

  private actions(): TemplateResult {
    const { label, enabled } = this.account
    return html`<div class="actions" role="group" aria-label=${t('Actions for {0}', label)}>
      <vscode-checkbox
        toggle
        .checked=${live(enabled)}
        title=${enabled ? t('Turn {0} off', label) : t('Turn {0} on', label)}
        @change=${this.switchOver}
      ><span class="unseen">${t('Use {0}', label)}</span></vscode-checkbox>
      ${this.action('play', t('Test'), t('Test {0}', label), this.test, true)}
      ${this.action('refresh', t('Refresh models'), t('Refresh models of {0}', label), this.refresh)}
      ${this.action('edit', t('Edit'), t('Edit {0}', label), this.edit)}
      ${this.action('trash', t('Remove'), t('Remove {0}', label), this.ask)}
    </div>`
  }

  private action(name: IconName, tip: string, label: string, run: () => void, worded = false): TemplateResult {
    return html`<button class="icon-button ${worded ? 'worded' : ''}" title=${tip} aria-label=${label} aria-disabled=${this.work === undefined ? 'false' : 'true'} @click=${run}>
      ${icon(name)}${worded ? tip : nothing}
    </button>`
  }

  private confirmation(): TemplateResult {
    return html`<div class="notice warned confirm" role="alertdialog" aria-labelledby="question" aria-describedby="outcome" @keydown=${this.cancelOnEscape}>
      ${icon('warning')}
      <div class="body">
        <p class="cause" id="question">${t('Remove {0}?', this.account.label)}</p>
        <p id="outcome">${t('Its key is deleted from this machine and its models can no longer be used. Log entries stay.')}</p>
        <div class="buttons">
          <vscode-button class="confirm-removal" ?disabled=${this.work === 'removing'} @click=${this.removeAccount}>${this.work === 'removing' ? t('Removing…') : t('Remove')}</vscode-button>
          <vscode-button secondary @click=${this.cancel}>${t('Keep')}</vscode-button>
        </div>
      </div>
    </div>`
  }

  private modelList(): TemplateResult {
    return html`<div id="models">
      ${this.models ? html`<omni-model-table .models=${this.models} name=${this.account.label}></omni-model-table>` : html`<p class="progress">${t('Reading the model list…')}</p>`}
    </div>`
  }

  /** Calls the account's server and shows the result here. */
  async test(): Promise<void> {
    await this.run('testing', async () => {
      this.check = undefined
      announce(t('Testing {0}…', this.account.label))
      this.check = await this.client.call('accounts.test', { id: this.account.id })
      announce(checkSentence(this.check))
    })
  }

  private async refresh(): Promise<void> {
    await this.run('refreshing', async () => {
      const { models } = await this.client.call('accounts.refreshModels', { id: this.account.id })
      announce(t('{0}: {1} models.', this.account.label, formatNumber(models)))
    })
  }

  private async switchOver(event: Event): Promise<void> {
    const enabled = (event.target as HTMLInputElement).checked
    await this.run('switching', async () => {
      await this.client.call('accounts.update', { id: this.account.id, enabled })
      announce(enabled ? t('{0} is on.', this.account.label) : t('{0} is off.', this.account.label))
    })
    // Shows what the gateway holds, also where it refused.
    this.requestUpdate('account')
  }

  private edit(): void {
    navigate({ page: 'providers', form: { edit: this.account.id } })
  }

  private cancelOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') void this.cancel()
  }

  private async removeAccount(): Promise<void> {
    await this.run('removing', async () => {
      await this.client.call('accounts.remove', { id: this.account.id })
      announce(t('{0} was removed.', this.account.label))
      this.dispatchEvent(new CustomEvent('omni-account-removed'))
    })
    this.confirming = false
  }

  private toggleModels(): void {
    this.dispatchEvent(new CustomEvent('omni-models-toggled'))
  }

  private dismiss(): void {
    this.check = undefined
    this.focusActions()
  }

  private focusActions(): void {
    this.renderRoot.querySelector<HTMLElement>('.actions .icon-button')?.focus()
  }

  protected override async run(work: Work, action: () => Promise<void>): Promise<void> {
    await super.run(work, async () => {
      await action()
      this.dispatchEvent(new CustomEvent('omni-accounts-changed'))
    })
  }

  static override styles = [...sharedStyles, cardStyles, css`:host { scroll-margin-top: 12px; }`]
}
