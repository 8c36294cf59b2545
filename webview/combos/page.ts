// The Combos page: the list of combos, the form to add or edit one, the routes that are built in, and what a combo is for.
import '../no-eval.ts'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { ComboView, RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { copyText } from '../clipboard.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { automaticRoutes, emptyNames, type NameSpace, routeSentence } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { pageStyles } from '../page.styles.ts'
import { type Form, navigate } from '../route.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import './combo-card.ts'
import './combo-form.ts'

@customElement('omni-combos-page')
export class CombosPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) form: Form | undefined
  @state() private names: NameSpace = emptyNames
  @state() private loaded = false
  @state() private failure: RpcFailure | undefined
  @state() private now = Date.now()
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const load = () => void this.load()
    this.ends.push(
      this.client.on('combos.changed', load),
      this.client.on('models.changed', load),
      this.client.on('accounts.changed', load),
      this.client.on('settings.changed', load),
      this.client.onResync(load),
    )
    load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
  }

  protected override render(): TemplateResult {
    const { combos } = this.names
    return html`<div class="page">
      <div class="top">
        <h1>${t('Combos')}</h1>
        ${combos.length > 0 ? html`<span class="quiet numbers">${t('Combos: {0}', formatNumber(combos.length))}</span>` : nothing}
        <vscode-button class="add" ?hidden=${this.form !== undefined || combos.length === 0} @click=${this.openForm}>${t('Add combo')}</vscode-button>
      </div>
      ${this.failure ? failureNotice(this.failure, () => void this.load()) : nothing} ${this.formPanel()} ${this.list()}
      ${this.loaded ? this.builtIn() : nothing}
    </div>`
  }

  private formPanel(): TemplateResult | typeof nothing {
    if (!this.form || !this.loaded) return nothing
    if (this.form === 'add') return this.comboForm(undefined)
    const { edit } = this.form
    const combo = this.names.combos.find(({ id }) => id === edit)
    if (combo) return this.comboForm(combo)
    return html`<div class="notice warned">${icon('warning')}<p class="body">${t('The combo to edit is gone.')} <a href="#/combos">${t('Back to the list')}</a></p></div>`
  }

  private comboForm(combo: ComboView | undefined): TemplateResult {
    // Keyed, so that going from one combo's form to another's starts a fresh one.
    return html`${repeat(
      [combo],
      (item) => item?.id ?? '',
      () =>
        html`<omni-combo-form .client=${this.client} .names=${this.names} .combo=${combo} @omni-combo-saved=${this.saved} @omni-form-closed=${this.closeForm}></omni-combo-form>`,
    )}`
  }

  private list(): TemplateResult | typeof nothing {
    if (!this.loaded)
      return this.failure ? nothing : html`<p class="quiet" role="status">${t('Reading the combos…')}</p>`
    if (this.names.combos.length === 0) return this.form ? nothing : this.firstStep()
    return html`<ul class="list">
      ${repeat(
        this.names.combos,
        ({ id }) => id,
        (combo) => html`<li>
          <omni-combo-card .client=${this.client} .combo=${combo} .names=${this.names} .now=${this.now} @omni-combo-removed=${this.focusStart}></omni-combo-card>
        </li>`,
      )}
    </ul>`
  }

  private firstStep(): TemplateResult {
    return html`<section class="first" aria-labelledby="first">
      ${icon('layers', 'quiet')}
      <h2 id="first">${t('Put models behind one name')}</h2>
      <p class="quiet">${t('A combo is a name for several models: when one is out of quota, slow or down, the next one answers, and your tool notices nothing.')}</p>
      <div class="buttons"><vscode-button @click=${this.openForm}>${t('Add combo')}</vscode-button></div>
    </section>`
  }

  private builtIn(): TemplateResult {
    return html`<section class="group" aria-labelledby="built-in">
      <h2 id="built-in">${t('Built in')}</h2>
      <p class="quiet">${t('These names work without any setting up. They go over all accounts that are connected.')}</p>
      <dl class="routes">
        ${automaticRoutes.map(
          (route) => html`<div>
            <dt><code>${route}</code><button class="icon-button" aria-label=${t('Copy the name {0}', route)} title=${t('Copy name')} @click=${() => void copyText(route)}>${icon('copy')}</button></dt>
            <dd>${routeSentence(route)}</dd>
          </div>`,
        )}
      </dl>
    </section>`
  }

  private async load(): Promise<void> {
    try {
      const [combos, models, accounts, { aliases }] = await Promise.all([
        this.client.call('combos.list', {}),
        this.client.call('models.list', {}),
        this.client.call('accounts.list', {}),
        this.client.call('settings.get', {}),
      ])
      this.names = { combos, models, accounts, aliases }
      this.now = Date.now()
      this.loaded = true
      this.failure = undefined
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private openForm(): void {
    navigate({ page: 'combos', form: 'add' })
  }

  private closeForm(): void {
    navigate({ page: 'combos' })
    this.focusStart()
  }

  private async saved(event: CustomEvent<ComboView>): Promise<void> {
    announce(t('{0} was saved.', event.detail.name))
    navigate({ page: 'combos' })
    await this.load()
    this.focusStart()
  }

  /** Where the focus goes when what had it is gone. By then the page has been drawn anew. */
  private focusStart(): void {
    setTimeout(() => this.renderRoot.querySelector<HTMLElement>('vscode-button:not([hidden])')?.focus())
  }

  static override styles = [
    ...sharedStyles,
    pageStyles,
    css`
      .routes { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; align-items: center; }
      .routes div { display: contents; }
      .routes dt { display: inline-flex; gap: 4px; align-items: center; justify-content: space-between; }
      @media (max-width: 600px) { .routes { grid-template-columns: minmax(0, 1fr); } .routes dt { justify-content: flex-start; } .routes dd { padding-bottom: 6px; } }
    `,
  ]
}
