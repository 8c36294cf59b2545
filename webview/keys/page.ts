// The Keys page: gateway keys that tools authenticate with. A new one is shown once and forgotten here when it is put away.
import '../no-eval.ts'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { KeyView, MethodOutput, RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { copyText } from '../clipboard.ts'
import { formStyles } from '../form.styles.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { emptyNames, type NameSpace, nameChoices } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { pageStyles } from '../page.styles.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import './key-card.ts'

type Settings = MethodOutput<'settings.get'>

@customElement('omni-keys-page')
export class KeysPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @state() private keys: readonly KeyView[] | undefined
  @state() private settings: Settings | undefined
  @state() private names: NameSpace = emptyNames
  @state() private failure: RpcFailure | undefined
  @state() private creating: 'form' | 'busy' | undefined
  @state() private problem = ''
  @state() private createFailure: RpcFailure | undefined
  @state() private created: { readonly name: string; readonly key: string } | undefined
  @state() private copied = false
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const load = () => void this.load()
    this.ends.push(
      this.client.on('keys.changed', load),
      this.client.on('settings.changed', load),
      this.client.on('models.changed', load),
      this.client.onResync(load),
    )
    load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
    this.created = undefined
  }

  protected override render(): TemplateResult {
    const { keys } = this
    return html`<div class="page">
      <div class="top">
        <h1>${t('Keys')}</h1>
        ${keys?.length ? html`<span class="quiet numbers">${t('Keys: {0}', formatNumber(keys.length))}</span>` : nothing}
        <vscode-button class="add" ?hidden=${this.creating !== undefined || !keys?.length} @click=${this.openForm}>${t('Create key')}</vscode-button>
      </div>
      <p class="quiet">${t('A tool sends a key of the gateway with each request. Give every tool its own, so that the log tells them apart and one can be revoked alone.')}</p>
      ${this.failure ? failureNotice(this.failure, () => void this.load()) : nothing}
      ${this.created ? this.shownOnce(this.created) : nothing} ${this.creating ? this.createForm() : nothing} ${this.list()}
    </div>`
  }

  private shownOnce({ name, key }: { readonly name: string; readonly key: string }): TemplateResult {
    return html`<section class="notice warned once" aria-labelledby="once">
      ${icon('key')}
      <div class="body">
        <h2 id="once" tabindex="-1">${t('The key "{0}" was created', name)}</h2>
        <p>${t('Copy it now: it is shown this once only. The gateway keeps nothing but a fingerprint of it.')}</p>
        <p class="secret"><code>${key}</code></p>
        <div class="buttons">
          <vscode-button @click=${() => void this.copy(key)}>${this.copied ? t('Copied') : t('Copy key')}</vscode-button>
          <vscode-button secondary @click=${this.putAway}>${t('Done, hide it')}</vscode-button>
        </div>
      </div>
    </section>`
  }

  private createForm(): TemplateResult {
    return html`<form aria-labelledby="create" novalidate @submit=${this.create} @keydown=${this.useKey}>
      <h2 id="create">${t('Create key')}</h2>
      <div class="row">
        <label for="key-name">${t('Name')}</label>
        <input id="key-name" class="field" autocomplete="off" maxlength="120" placeholder="codex" aria-describedby="key-name-note" aria-invalid=${this.problem ? 'true' : 'false'} />
        <p class="note" id="key-name-note">
          ${this.problem ? html`<span class="problem">${icon('error', 'bad')}<span>${this.problem}</span></span>` : nothing}
          ${t('The tool or the machine that will use it.')}
        </p>
      </div>
      ${this.createFailure ? failureNotice(this.createFailure) : nothing}
      <div class="buttons">
        <vscode-button type="submit" ?disabled=${this.creating === 'busy'}>${this.creating === 'busy' ? t('Creating…') : t('Create key')}</vscode-button>
        <vscode-button secondary @click=${this.closeForm}>${t('Cancel')}</vscode-button>
      </div>
    </form>`
  }

  private list(): TemplateResult | typeof nothing {
    const { keys, settings } = this
    if (!keys || !settings)
      return this.failure ? nothing : html`<p class="quiet" role="status">${t('Reading the keys…')}</p>`
    if (keys.length === 0) return this.creating ? nothing : this.firstStep()
    const choices = nameChoices(this.names)
    return html`<ul class="list">
      ${repeat(
        keys,
        ({ id }) => id,
        (key) => html`<li>
          <omni-key-card .client=${this.client} .key=${key} .settings=${settings} .choices=${choices} @omni-key-revoked=${this.focusStart}></omni-key-card>
        </li>`,
      )}
    </ul>`
  }

  private firstStep(): TemplateResult {
    return html`<section class="first" aria-labelledby="first">
      ${icon('key', 'quiet')}
      <h2 id="first">${t('Create the first key')}</h2>
      <p class="quiet">${t('Without one no tool outside this window can use the gateway.')}</p>
      <div class="buttons"><vscode-button @click=${this.openForm}>${t('Create key')}</vscode-button></div>
    </section>`
  }

  private async load(): Promise<void> {
    try {
      const [keys, settings, models, combos, accounts] = await Promise.all([
        this.client.call('keys.list', {}),
        this.client.call('settings.get', {}),
        this.client.call('models.list', {}),
        this.client.call('combos.list', {}),
        this.client.call('accounts.list', {}),
      ])
      this.keys = keys
      this.settings = settings
      this.names = { models, combos, accounts, aliases: settings.aliases }
      this.failure = undefined
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private async openForm(): Promise<void> {
    this.creating = 'form'
    this.problem = ''
    this.createFailure = undefined
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('#key-name')?.focus()
  }

  private closeForm(): void {
    this.creating = undefined
    this.focusStart()
  }

  private async create(event: Event): Promise<void> {
    event.preventDefault()
    const field = this.renderRoot.querySelector<HTMLInputElement>('#key-name')
    const name = field?.value.trim() ?? ''
    if (this.creating === 'busy') return
    if (name === '' || name.length > 100) return this.refuse(t('Enter a name of at most 100 characters.'))
    this.creating = 'busy'
    this.createFailure = undefined
    try {
      const { key } = await this.client.call('keys.create', { name })
      this.created = { name, key }
      this.creating = undefined
      announce(t('The key "{0}" was created', name))
      await this.load()
      await this.updateComplete
      this.renderRoot.querySelector<HTMLElement>('#once')?.focus()
    } catch (thrown) {
      this.creating = 'form'
      const failure = toFailure(thrown)
      if (failure.parameter === 'name') return this.refuse(failure.message)
      this.createFailure = failure
      announce([failure.message, failure.nextStep].filter(Boolean).join(' '))
    }
  }

  private async refuse(problem: string): Promise<void> {
    this.problem = problem
    announce(problem)
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('#key-name')?.focus()
  }

  private async copy(key: string): Promise<void> {
    this.copied = await copyText(key)
    setTimeout(() => {
      this.copied = false
    }, 1500)
  }

  private putAway(): void {
    this.created = undefined
    this.focusStart()
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.closeForm()
    if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    event.target.form?.requestSubmit()
  }

  /** Where the focus goes when what had it is gone. */
  private focusStart(): void {
    setTimeout(() => this.renderRoot.querySelector<HTMLElement>('.page vscode-button:not([hidden])')?.focus())
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    pageStyles,
    css`
      .once .body { display: flex; flex-direction: column; gap: 6px; }
      .once h2:focus { outline: none; }
      .secret code { display: inline-block; padding: 4px 8px; border: 1px solid currentColor; border-radius: 4px; color: var(--vscode-foreground); background: var(--vscode-editor-background); user-select: all; }
    `,
  ]
}
