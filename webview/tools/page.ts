// The Tools page: every coding tool that OmniRoute knows, how it stands, and setting it up without leaving the page.
import '../no-eval.ts'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { MethodOutput, RpcFailure } from '../../src/admin/contract.ts'
import type { ToolView } from '../../src/admin/contract-tools.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { emptyNames, type NameSpace, nameChoices } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { pageStyles } from '../page.styles.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import './tool-card.ts'

type Listed = MethodOutput<'tools.list'>

@customElement('omni-tools-page')
export class ToolsPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @state() private listed: Listed | undefined
  @state() private names: NameSpace = emptyNames
  @state() private failure: RpcFailure | undefined
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const load = () => void this.load()
    // Files may have changed while the person was elsewhere.
    window.addEventListener('focus', load)
    this.ends.push(
      () => window.removeEventListener('focus', load),
      this.client.on('tools.changed', load),
      this.client.on('models.changed', load),
      this.client.on('combos.changed', load),
      this.client.onResync(load),
    )
    load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
  }

  protected override render(): TemplateResult {
    const { listed } = this
    return html`<div class="page">
      <div class="top">
        <h1>${t('Tools')}</h1>
        ${listed && listed.changedFiles.length > 0 ? html`<span class="quiet numbers">${t('Files that OmniRoute has changed: {0}', formatNumber(listed.changedFiles.length))}</span>` : nothing}
        <button class="icon-button worded again" @click=${() => void this.load()}>${icon('refresh')}${t('Look again')}</button>
      </div>
      <p class="quiet">${t('OmniRoute sets these tools up to use the gateway. It shows each change before it makes it, touches nothing else, and takes it back when you want.')}</p>
      ${this.failure ? failureNotice(this.failure, () => void this.load()) : nothing} ${this.list()}
    </div>`
  }

  private list(): TemplateResult | typeof nothing {
    const { listed } = this
    if (!listed) return this.failure ? nothing : html`<p class="quiet" role="status">${t('Looking for tools…')}</p>`
    const found = listed.tools.filter(({ state }) => state !== 'not-found')
    const others = listed.tools.filter(({ state }) => state === 'not-found')
    const hasModels = this.names.models.length > 0
    return html`${hasModels ? nothing : this.noModels()}
    ${found.length > 0 ? this.cards(found) : html`<p>${t('None of the tools that OmniRoute knows was found on this machine.')}</p>`}
    ${
      others.length > 0
        ? html`<details ?open=${found.length === 0}>
          <summary>${t('Not found on this machine: {0}', formatNumber(others.length))}</summary>
          ${this.cards(others)}
        </details>`
        : nothing
    }`
  }

  private noModels(): TemplateResult {
    return html`<div class="notice warned">
      ${icon('warning')}
      <p class="body">${t('There is no model yet that a tool could use.')} <a href="#/providers/add">${t('Add an account')}</a></p>
    </div>`
  }

  private cards(tools: readonly ToolView[]): TemplateResult {
    const choices = nameChoices(this.names)
    return html`<ul class="list">
      ${repeat(
        tools,
        ({ id }) => id,
        (tool) => html`<li>
          <omni-tool-card data-tool=${tool.id} .client=${this.client} .tool=${tool} .suggested=${this.listed?.suggested} .choices=${choices}></omni-tool-card>
        </li>`,
      )}
    </ul>`
  }

  private async load(): Promise<void> {
    try {
      const [listed, models, combos, accounts, settings] = await Promise.all([
        this.client.call('tools.list', {}),
        this.client.call('models.list', {}),
        this.client.call('combos.list', {}),
        this.client.call('accounts.list', {}),
        this.client.call('settings.get', {}),
      ])
      this.names = { models, combos, accounts, aliases: settings.aliases }
      this.listed = listed
      this.failure = undefined
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  static override styles = [
    ...sharedStyles,
    pageStyles,
    css`
      .again { margin-inline-start: auto; }
      summary { width: fit-content; padding: 4px; cursor: pointer; border-radius: 3px; }
      details > .list { padding-top: 8px; }
      .notice a { color: inherit; text-decoration: underline; }
    `,
  ]
}
