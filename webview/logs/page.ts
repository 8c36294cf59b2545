// The Logs page: filters, the live table, and beside it (or instead of it, where there is no room) one request in full.
import '../no-eval.ts'
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { announce } from '../announce.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { failureNotice } from '../notice.ts'
import { getPageState, updatePageState } from '../page-state.ts'
import { navigate } from '../route.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { pageStyles } from './page.styles.ts'
import type { RequestDetailView } from './request-detail.ts'
import './request-detail.ts'
import { type FeedView, RequestFeed, type RequestFilter } from './request-feed.ts'
import type { RequestTable, ScrollPlace } from './request-table.ts'
import './request-table.ts'

const typingPauseMs = 250
/** From this width on, list and detail stand side by side. */
const wideEnough = '(min-width: 1000px)'

@customElement('omni-logs-page')
export class LogsPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) request: string | undefined
  @state() private filter: RequestFilter = { text: getPageState().logText, outcome: getPageState().logOutcome }
  @state() private view: FeedView | undefined
  @state() private confirmingClear = false
  @state() private wide = matchMedia(wideEnough).matches
  @query('omni-request-table') private table!: RequestTable | null
  @query('omni-request-detail') private detailView!: RequestDetailView | null
  private feed: RequestFeed | undefined
  private typing: ReturnType<typeof setTimeout> | undefined
  private readonly media = matchMedia(wideEnough)
  private readonly changeWidth = () => {
    this.wide = this.media.matches
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.media.addEventListener('change', this.changeWidth)
    const feed = new RequestFeed(this.client, this.filter, () => {
      this.view = feed.view
    })
    this.feed = feed
    void feed.reload()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.media.removeEventListener('change', this.changeWidth)
    clearTimeout(this.typing)
    this.feed?.end()
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('request')) return
    // Where the detail takes the place of the list, the focus would be lost with it.
    if (this.request && !this.wide) this.detailView?.focusTitle()
    if (!this.request && changed.get('request'))
      this.table?.renderRoot.querySelector<HTMLElement>('a[tabindex="0"]')?.focus()
  }

  protected override render(): TemplateResult {
    const listHidden = this.request !== undefined && !this.wide
    return html`<div class="page ${this.request ? 'split' : ''}">
      <div class="list" ?hidden=${listHidden}>
        ${this.toolbar()} ${this.confirmingClear ? this.clearConfirmation() : nothing}
        ${this.view?.failure ? html`<div class="inset">${failureNotice(this.view.failure, () => void this.feed?.reload())}</div>` : nothing}
        ${this.rows()} ${this.footer()}
      </div>
      ${
        this.request
          ? html`<omni-request-detail ?narrow=${!this.wide} .client=${this.client} request=${this.request} @keydown=${this.closeOnEscape}></omni-request-detail>`
          : nothing
      }
    </div>`
  }

  private toolbar(): TemplateResult {
    const { view } = this
    return html`<div class="toolbar">
      <h1 class="unseen">${t('Logs')}</h1>
      <div class="search">
        ${icon('search', 'quiet')}
        <input class="field" type="search" maxlength="200" aria-label=${t('Filter requests')} placeholder=${t('Filter by model, client, account')} .value=${this.filter.text} @input=${this.typeFilter} />
      </div>
      <div class="choice" role="group" aria-label=${t('Outcome')}>
        ${this.outcomeButton('all', t('All'))}${this.outcomeButton('served', t('Served'))}${this.outcomeButton('failed', t('Failed'))}
      </div>
      <div class="right">
        <button class="icon-button worded live" aria-pressed=${view?.paused ? 'true' : 'false'} @click=${this.togglePause}>
          ${icon(view?.paused ? 'play' : 'debug-pause')}${t('Pause')}${
            view?.paused && view.pending > 0
              ? html`<span class="tag numbers">${t('{0} new', formatNumber(view.pending))}</span>`
              : nothing
          }
        </button>
        <button class="icon-button" aria-label=${t('Clear log')} title=${t('Clear log')} ?disabled=${!view?.rows.length} @click=${this.askClear}>${icon('clear-all')}</button>
      </div>
    </div>`
  }

  private outcomeButton(outcome: RequestFilter['outcome'], name: string): TemplateResult {
    return html`<button class="icon-button worded" aria-pressed=${this.filter.outcome === outcome ? 'true' : 'false'} @click=${() => this.setFilter({ ...this.filter, outcome })}>${name}</button>`
  }

  private rows(): TemplateResult {
    const { view } = this
    if (!view?.loaded)
      return html`<div class="nothing">${view?.failure ? nothing : html`<p class="quiet" role="status">${t('Reading the log…')}</p>`}</div>`
    if (view.rows.length === 0) return this.emptyList()
    return html`<omni-request-table .rows=${view.rows} .total=${view.total} selected=${this.request ?? ''} @omni-scrolled=${this.scrolled}></omni-request-table>`
  }

  private emptyList(): TemplateResult {
    const filtered = this.filter.text !== '' || this.filter.outcome !== 'all'
    if (filtered) {
      return html`<div class="nothing">
        ${icon('search', 'quiet')}
        <h2>${t('No request matches the filter')}</h2>
        <vscode-button secondary @click=${() => this.setFilter({ text: '', outcome: 'all' })}>${t('Clear filter')}</vscode-button>
      </div>`
    }
    return html`<div class="nothing">
      ${icon('pulse', 'quiet')}
      <h2>${t('No requests yet')}</h2>
      <p class="quiet">${t('Point a tool at the endpoint above, or choose an OmniRoute model in the chat. Each request appears here as it ends.')}</p>
    </div>`
  }

  private footer(): TemplateResult | typeof nothing {
    const { view } = this
    if (!view?.rows.length) return nothing
    return html`<div class="footer quiet numbers">
      <span>${t('Showing {0} of {1}', formatNumber(view.rows.length), formatNumber(view.total))}</span>
      ${
        view.hasMore
          ? html`<button class="icon-button worded" aria-disabled=${view.loading ? 'true' : 'false'} @click=${() => void this.feed?.loadMore()}>${t('Load older')}</button>`
          : nothing
      }
    </div>`
  }

  private clearConfirmation(): TemplateResult {
    return html`<div class="inset">
      <div class="notice warned" role="alertdialog" aria-labelledby="clear-question" @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && this.keepLog()}>
        ${icon('warning')}
        <div class="body">
          <p class="cause" id="clear-question">${t('Delete all entries of the log?')}</p>
          <div class="buttons">
            <vscode-button class="confirm-clear" @click=${this.clear}>${t('Delete')}</vscode-button>
            <vscode-button secondary @click=${this.keepLog}>${t('Keep')}</vscode-button>
          </div>
        </div>
      </div>
    </div>`
  }

  private typeFilter(event: Event): void {
    const text = (event.target as HTMLInputElement).value
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.setFilter({ ...this.filter, text: text.trim() }), typingPauseMs)
  }

  private async setFilter(filter: RequestFilter): Promise<void> {
    this.filter = filter
    updatePageState({ logText: filter.text, logOutcome: filter.outcome })
    await this.feed?.setFilter(filter)
    announce(t('Requests: {0}', formatNumber(this.view?.total ?? 0)))
  }

  private togglePause(): void {
    const paused = !this.view?.paused
    this.feed?.setPaused(paused)
    announce(paused ? t('Paused.') : t('Live.'))
  }

  private async askClear(): Promise<void> {
    this.confirmingClear = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[role="alertdialog"] vscode-button[secondary]')?.focus()
  }

  private keepLog(): void {
    this.confirmingClear = false
    this.renderRoot.querySelector<HTMLElement>('.right .icon-button:last-child')?.focus()
  }

  private async clear(): Promise<void> {
    this.confirmingClear = false
    try {
      await this.client.call('requests.clear', {})
      navigate({ page: 'logs' })
      announce(t('The log was cleared.'))
    } catch (thrown) {
      announce(toFailure(thrown).message)
    }
    await this.feed?.reload()
    this.renderRoot.querySelector<HTMLElement>('input[type="search"]')?.focus()
  }

  private scrolled(event: CustomEvent<ScrollPlace>): void {
    if (!this.feed) return
    this.feed.atTop = event.detail.atTop
    if (event.detail.nearEnd) void this.feed.loadMore()
  }

  private closeOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') navigate({ page: 'logs' })
  }

  static override styles = [...sharedStyles, pageStyles, css`:host { height: 100%; min-height: 340px; }`]
}
