// The form that adds or edits an account, drawn from the provider's own data. The key goes to the gateway and is forgotten here.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { AccountCheck, AccountView, ProviderView, RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { formStyles } from '../form.styles.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { outsideLink } from '../links.ts'
import { checkNotice, checkSentence, failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import {
  type AccountDraft,
  type DraftField,
  draftOf,
  emptyDraft,
  needsBaseUrl,
  type Problems,
  toInput,
  toPatch,
  touchesConnection,
} from './account-draft.ts'
import { tierName, tierOrder } from './account-words.ts'

/** Fired when the form is done: what was saved and, where the server was called, with which result. */
export interface AccountSaved {
  readonly account: AccountView
  readonly check?: AccountCheck
  /** The account should be tested: what was changed may have broken it. */
  readonly test?: boolean
}

@customElement('omni-account-form')
export class AccountForm extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) providers: readonly ProviderView[] = []
  /** The account to edit; absent when one is added. */
  @property({ attribute: false }) account: AccountView | undefined
  @state() private draft: AccountDraft = emptyDraft
  @state() private problems: Problems = {}
  @state() private busy: 'checking' | 'saving' | undefined
  @state() private check: AccountCheck | undefined
  @state() private failure: RpcFailure | undefined
  @state() private keyShown = false
  /** The account as it was when editing began: what is typed is held against it and outlives every newer view of it. */
  private edited: AccountView | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('account') || this.account?.id === this.edited?.id) return
    this.edited = this.account
    this.draft = this.account ? draftOf(this.account) : emptyDraft
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>(this.account ? '#label' : '#provider')?.focus()
  }

  private get provider(): ProviderView | undefined {
    return this.providers.find(({ id }) => id === this.draft.provider)
  }

  protected override render(): TemplateResult {
    const { account, provider } = this
    return html`
      <form aria-labelledby="title" novalidate @submit=${this.save} @keydown=${this.useKey}>
        <h2 id="title">${account ? t('Edit {0}', account.label) : t('Add account')}</h2>
        ${account ? nothing : this.providerField()}
        ${provider || account ? this.fields(provider) : nothing}
        ${this.failure ? failureNotice(this.failure) : nothing}
        ${this.check ? checkNotice(this.check) : nothing}
        <div class="buttons">
          <vscode-button type="submit" ?disabled=${this.busy !== undefined}>${this.saveName()}</vscode-button>
          ${
            account
              ? nothing
              : html`<vscode-button secondary ?disabled=${this.busy !== undefined} @click=${this.runCheck}>
                ${this.busy === 'checking' ? t('Testing…') : t('Test first')}
              </vscode-button>`
          }
          <vscode-button secondary @click=${this.close}>${t('Cancel')}</vscode-button>
          ${this.busy ? html`<vscode-progress-ring role="presentation" aria-live="off" aria-label=""></vscode-progress-ring>` : nothing}
        </div>
      </form>
    `
  }

  private saveName(): string {
    if (this.busy === 'saving') return t('Saving…')
    return this.account ? t('Save') : t('Add account')
  }

  private providerField(): TemplateResult {
    const groups = tierOrder
      .map((tier) => ({ tier, members: this.providers.filter((provider) => provider.tier === tier) }))
      .filter(({ members }) => members.length > 0)
    const control = html`<select id="provider" class="field" aria-describedby="provider-note" aria-invalid=${this.invalid('provider')} @change=${this.pick}>
      <option value="" ?selected=${!this.draft.provider} disabled>${t('Choose a provider')}</option>
      ${groups.map(
        ({ tier, members }) => html`<optgroup label=${tierName(tier)}>
          ${members.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.draft.provider}>${name}</option>`)}
        </optgroup>`,
      )}
    </select>`
    const provider = this.provider
    const note = provider
      ? html`${provider.note ?? nothing} ${provider.website ? outsideLink(provider.website, t('Website')) : nothing}`
      : nothing
    return this.row('provider', t('Provider'), control, note)
  }

  private fields(provider: ProviderView | undefined): TemplateResult {
    const asksUrl = provider?.asks.includes('baseUrl') ?? false
    const asksHeaders = provider?.asks.includes('headers') ?? false
    const open =
      this.problems.baseUrl !== undefined ||
      this.problems.headers !== undefined ||
      this.problems.tier !== undefined ||
      this.problems.proxy !== undefined
    return html`
      ${asksUrl ? this.baseUrlField(provider) : nothing}
      ${provider?.key === 'none' ? nothing : this.keyField(provider)}
      <div class="pair">
        ${this.textField('label', t('Name'), provider?.name ?? '', t('What you call it.'))}
        ${this.textField('prefix', t('Prefix'), provider?.id ?? '', this.prefixNote(provider))}
      </div>
      <details ?open=${open}>
        <summary>${t('More options')}</summary>
        <div class="more">
          ${this.tierField(provider)} ${asksUrl ? nothing : this.baseUrlField(provider)}
          ${asksHeaders ? nothing : this.headersField()} ${this.proxyField()}
        </div>
      </details>
      ${asksHeaders ? this.headersField() : nothing}
    `
  }

  private prefixNote(provider: ProviderView | undefined): TemplateResult {
    const prefix = this.draft.prefix.trim() || provider?.id || 'prefix'
    return html`${t('Models are called')} <code>${prefix}/…</code>`
  }

  private keyField(provider: ProviderView | undefined): TemplateResult {
    const tail = this.account?.keyTail
    const placeholder = this.account?.hasKey ? t('Unchanged (ends in {0})', tail ?? '…') : ''
    const reveal = this.keyShown ? t('Hide key') : t('Show key')
    const control = html`<div class="with-button">
      <input
        id="apiKey"
        class="field code"
        type=${this.keyShown ? 'text' : 'password'}
        autocomplete="off"
        spellcheck="false"
        placeholder=${placeholder}
        .value=${this.draft.apiKey}
        aria-describedby="apiKey-note"
        aria-invalid=${this.invalid('apiKey')}
        @input=${this.type('apiKey')}
      />
      <button type="button" class="icon-button" aria-label=${reveal} title=${reveal} @click=${this.toggleKey}>
        ${icon(this.keyShown ? 'eye-closed' : 'eye')}
      </button>
    </div>`
    const note = html`${provider?.key === 'optional' ? t('Only if the server asks for one.') : t('Kept in the secret storage of this machine.')}
    ${provider?.keyUrl ? outsideLink(provider.keyUrl, t('Get a key')) : nothing}`
    return this.row('apiKey', t('Key'), control, note)
  }

  private baseUrlField(provider: ProviderView | undefined): TemplateResult {
    const needed = provider ? needsBaseUrl(provider) : false
    const note = needed
      ? t('Up to and including the version, e.g. http://127.0.0.1:8080/v1')
      : t('Empty means the provider’s own.')
    return this.textField('baseUrl', t('Base URL'), provider?.baseUrl ?? 'https://', html`${note}`)
  }

  private proxyField(): TemplateResult {
    const note = t(
      'http://, https:// or socks5:// with host and port, user name and password if it has them; or the word direct for none. Empty means what the Routing page says.',
    )
    return this.textField('proxy', t('Proxy'), '', html`${note}`)
  }

  private tierField(provider: ProviderView | undefined): TemplateResult {
    const control = html`<select id="tier" class="field" aria-describedby="tier-note" aria-invalid=${this.invalid('tier')} @change=${this.type('tier')}>
      ${
        this.account
          ? nothing
          : html`<option value="" ?selected=${this.draft.tier === ''}>
            ${provider ? t('As the provider ({0})', tierName(provider.tier)) : t('As the provider')}
          </option>`
      }
      ${tierOrder.map((tier) => html`<option value=${tier} ?selected=${tier === this.draft.tier}>${tierName(tier)}</option>`)}
    </select>`
    return this.row('tier', t('Tier'), control, html`${t('The automatic route prefers the tiers in this order.')}`)
  }

  private headersField(): TemplateResult {
    const rows = this.draft.headers
    return html`<fieldset aria-describedby="headers-note">
      <legend>${t('Extra headers')}</legend>
      ${rows.map(
        ({ name, value }, index) => html`<div class="header-row">
          <input class="field code" spellcheck="false" aria-label=${t('Header {0}, name', index + 1)} placeholder=${t('Name')} .value=${name} aria-invalid=${this.invalid('headers')} @input=${(event: Event) => this.typeHeader(index, { name: enteredText(event) })} />
          <input class="field code" spellcheck="false" aria-label=${t('Header {0}, value', index + 1)} placeholder=${t('Value')} .value=${value} @input=${(event: Event) => this.typeHeader(index, { value: enteredText(event) })} />
          <button type="button" class="icon-button" aria-label=${t('Remove header {0}', index + 1)} title=${t('Remove header {0}', index + 1)} @click=${() => this.removeHeader(index)}>${icon('trash')}</button>
        </div>`,
      )}
      <div><button type="button" class="icon-button worded" @click=${this.addHeader}>${icon('add')}${t('Add header')}</button></div>
      <p class="note" id="headers-note">${this.problem('headers')}${t('Sent with every call of this account.')}</p>
    </fieldset>`
  }

  private textField(
    field: 'label' | 'prefix' | 'baseUrl' | 'proxy',
    name: string,
    placeholder: string,
    note: TemplateResult | string,
  ): TemplateResult {
    const control = html`<input
      id=${field}
      class="field ${field === 'label' ? '' : 'code'}"
      type=${field === 'baseUrl' ? 'url' : 'text'}
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      .value=${this.draft[field]}
      aria-describedby="${field}-note"
      aria-invalid=${this.invalid(field)}
      @input=${this.type(field)}
    />`
    return this.row(field, name, control, note)
  }

  private row(field: DraftField, name: string, control: TemplateResult, note: unknown): TemplateResult {
    return html`<div class="row">
      <label for=${field}>${name}</label>
      ${control}
      <p class="note" id="${field}-note">${this.problem(field)}${note}</p>
    </div>`
  }

  private problem(field: DraftField): TemplateResult | typeof nothing {
    const text = this.problems[field]
    return text ? html`<span class="problem">${icon('error', 'bad')}<span>${text}</span></span>` : nothing
  }

  private invalid(field: DraftField): 'true' | 'false' {
    return this.problems[field] ? 'true' : 'false'
  }

  private type(field: Exclude<DraftField, 'headers'>): (event: Event) => void {
    return (event) => this.change({ [field]: enteredText(event) }, field)
  }

  private change(change: Partial<AccountDraft>, field: DraftField): void {
    this.draft = { ...this.draft, ...change }
    const { [field]: _, ...rest } = this.problems
    this.problems = rest
    this.check = undefined
  }

  private pick(event: Event): void {
    this.change({ provider: enteredText(event) }, 'provider')
    this.problems = {}
    this.failure = undefined
  }

  private typeHeader(index: number, change: { name?: string; value?: string }): void {
    const headers = this.draft.headers.map((header, at) => (at === index ? { ...header, ...change } : header))
    this.change({ headers }, 'headers')
  }

  private async addHeader(): Promise<void> {
    this.change({ headers: [...this.draft.headers, { name: '', value: '' }] }, 'headers')
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.header-row:last-of-type input')?.focus()
  }

  private removeHeader(index: number): void {
    this.change({ headers: this.draft.headers.filter((_, at) => at !== index) }, 'headers')
  }

  private toggleKey(): void {
    this.keyShown = !this.keyShown
  }

  private async runCheck(): Promise<void> {
    const drafted = toInput(this.draft, this.provider)
    if ('problems' in drafted) return this.showProblems(drafted.problems)
    await this.attempt('checking', async () => {
      this.check = await this.client.call('accounts.check', drafted.input)
      announce(checkSentence(this.check))
    })
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault()
    if (this.busy) return
    if (this.edited) return this.saveChanges(this.edited)
    const drafted = toInput(this.draft, this.provider)
    if ('problems' in drafted) return this.showProblems(drafted.problems)
    await this.attempt('saving', async () => this.finish(await this.client.call('accounts.add', drafted.input)))
  }

  private async saveChanges(account: AccountView): Promise<void> {
    const drafted = toPatch(this.draft, account)
    if ('problems' in drafted) return this.showProblems(drafted.problems)
    await this.attempt('saving', async () => {
      const saved = await this.client.call('accounts.update', drafted.input)
      this.finish({ account: saved, test: touchesConnection(drafted.input) })
    })
  }

  private async attempt(busy: 'checking' | 'saving', work: () => Promise<void>): Promise<void> {
    this.busy = busy
    this.failure = undefined
    this.check = undefined
    this.problems = {}
    try {
      await work()
    } catch (thrown) {
      this.failure = toFailure(thrown)
      announce([this.failure.message, this.failure.nextStep].filter(Boolean).join(' '))
    } finally {
      this.busy = undefined
    }
  }

  private async showProblems(problems: Problems): Promise<void> {
    this.problems = problems
    announce(Object.values(problems).join(' '))
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  private finish(saved: AccountSaved): void {
    this.draft = emptyDraft
    this.dispatchEvent(new CustomEvent<AccountSaved>('omni-account-saved', { detail: saved }))
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent('omni-form-closed'))
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close()
    // A form without a native submit button, as this one, does not send itself on Enter.
    const target = event.target
    if (event.key !== 'Enter' || event.isComposing || !(target instanceof HTMLInputElement)) return
    event.preventDefault()
    target.form?.requestSubmit()
  }

  static override styles = [...sharedStyles, formStyles, css`:host { scroll-margin-top: 12px; }`]
}

function enteredText(event: Event): string {
  const target = event.target
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.value : ''
}
