// The frame of the dashboard: tabs, status strip, the page of the current route, and the sign-in in a plain browser.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { GatewayStatus, RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { failureNotice } from '../notice.ts'
import { currentRoute, followLinks, onRoute, type Route } from '../route.ts'
import { signOut } from '../rpc/browser-transport.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import type { Connection } from '../rpc/transport.ts'
import { sharedStyles } from '../styles.ts'
import { isLoaded, loadPage, pageIds, pageName, pageView } from './pages.ts'
import './sign-in.ts'
import './status-strip.ts'

/** Counts follow the log at this pace at most, whatever its speed. */
const statusPaceMs = 1000

@customElement('omni-dashboard')
export class Dashboard extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property() host: 'editor' | 'browser' = 'editor'
  @state() private route: Route = currentRoute()
  @state() private status: GatewayStatus | undefined
  @state() private failure: RpcFailure | undefined
  @state() private connection: Connection = 'open'
  /** The page whose files could not be read. */
  @state() private missingPage: Route['page'] | undefined
  private statusTimer: ReturnType<typeof setTimeout> | undefined
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('click', followLinks)
    this.ends.push(
      onRoute(() => this.changeRoute()),
      this.client.onConnection((connection) => this.changeConnection(connection)),
      this.client.onResync(() => void this.readStatus()),
      this.client.on('gateway.changed', (status) => this.changeStatus(status)),
      this.client.on('gateway.stopped', () => void this.readStatus()),
      this.client.on('requests.added', () => this.readStatusSoon()),
      this.client.on('accounts.changed', () => this.readStatusSoon()),
      this.client.on('models.changed', () => this.readStatusSoon()),
    )
    this.client.start()
    void this.loadPage()
    void this.readStatus()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
    clearTimeout(this.statusTimer)
    this.client.stop()
  }

  protected override render(): TemplateResult {
    if (this.connection === 'signed-out') return html`<omni-sign-in @omni-signed-in=${this.signedIn}></omni-sign-in>`
    // A plain browser may turn out to be signed out; nothing is shown before that is known.
    if (this.host === 'browser' && !this.status && !this.failure) return html``
    return html`
      <header>
        <span class="brand">OmniRoute</span>
        <nav aria-label=${t('Pages')}>${pageIds.map((page) => this.tab(page))}</nav>
        ${
          this.host === 'browser'
            ? html`<button class="icon-button worded sign-out" @click=${this.leave}>${icon('sign-out')}${t('Sign out')}</button>`
            : nothing
        }
      </header>
      <div class="scroll">
        <omni-status-strip .status=${this.status} .failure=${this.failure} .connection=${this.connection}></omni-status-strip>
        ${this.banner()}
        <main>${this.status || this.connection === 'lost' || !this.failure ? this.page() : nothing}</main>
      </div>
    `
  }

  private tab(page: Route['page']): TemplateResult {
    return html`<a href="#/${page}" aria-current=${this.route.page === page ? 'page' : nothing}>${pageName(page)}</a>`
  }

  private banner(): TemplateResult | typeof nothing {
    if (this.failure && this.connection !== 'lost') {
      return html`<div class="banner">${failureNotice(this.failure, () => void this.readStatus())}</div>`
    }
    if (!this.status?.storageNotice) return nothing
    return html`<div class="banner">
      <div class="notice warned">${icon('warning')}<p class="body">${this.status.storageNotice}</p></div>
    </div>`
  }

  private page(): TemplateResult {
    const { page } = this.route
    if (isLoaded(page)) return pageView(this.route, this.client)
    if (this.missingPage !== page) return html`<p class="quiet arriving" role="status">${t('Loading…')}</p>`
    const failure = {
      code: 'page_missing',
      message: t('This page could not be loaded.'),
      nextStep: t('Reload the page; it may be older than the gateway.'),
    }
    return html`<div class="banner">${failureNotice(failure, () => void this.loadPage())}</div>`
  }

  private changeRoute(): void {
    const before = this.route.page
    this.route = currentRoute()
    if (before === this.route.page) return
    announce(pageName(this.route.page))
    void this.loadPage()
  }

  private async loadPage(): Promise<void> {
    const { page } = this.route
    this.missingPage = undefined
    try {
      await loadPage(page)
      this.requestUpdate()
    } catch {
      if (page === this.route.page) this.missingPage = page
    }
  }

  private changeConnection(connection: Connection): void {
    if (connection === this.connection) return
    const before = this.connection
    this.connection = connection
    if (connection === 'lost') {
      announce(t('Connection lost, trying again…'))
      // Tells a lost connection from an ended session, which looks the same on the event stream.
      void this.readStatus()
    }
    if (connection === 'open' && before === 'lost') announce(t('Connected again.'))
  }

  private changeStatus(status: GatewayStatus): void {
    // Another gateway took over or this one was restarted: its events of the time between are missing here.
    const isAnother = this.status !== undefined && this.status.startedAt !== status.startedAt
    this.status = status
    this.failure = undefined
    if (isAnother) this.client.resync()
  }

  private readStatusSoon(): void {
    this.statusTimer ??= setTimeout(() => {
      this.statusTimer = undefined
      void this.readStatus()
    }, statusPaceMs)
  }

  private async readStatus(): Promise<void> {
    try {
      this.changeStatus(await this.client.call('gateway.status', {}))
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private signedIn(): void {
    this.connection = 'open'
    this.failure = undefined
    this.client.start()
    void this.readStatus()
  }

  private async leave(): Promise<void> {
    await signOut()
    this.client.stop()
    this.status = undefined
    this.connection = 'signed-out'
    announce(t('Signed out.'))
  }

  static override styles = [
    ...sharedStyles,
    css`
      :host { display: flex; flex-direction: column; height: 100vh; background: var(--vscode-editor-background); }
      header { display: flex; flex: none; align-items: stretch; gap: 16px; padding: 0 16px; min-height: 35px; background: var(--vscode-sideBar-background); }
      .brand { align-self: center; font-weight: 600; }
      nav { display: flex; flex-wrap: wrap; gap: 0 4px; min-width: 0; }
      nav a { position: relative; display: flex; align-items: center; min-height: 35px; padding: 0 8px; color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-descriptionForeground)); }
      nav a:hover, nav a[aria-current] { color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground)); text-decoration: none; }
      nav a[aria-current]::after { content: ''; position: absolute; inset-inline: 8px; bottom: 3px; height: 2px; background: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder)); }
      nav a:focus-visible { outline-offset: -2px; }
      .sign-out { align-self: center; margin-inline-start: auto; }
      .scroll { display: flex; flex: 1; flex-direction: column; min-height: 0; overflow: auto; }
      omni-status-strip { flex: none; }
      .banner { flex: none; padding: 8px 16px 0; }
      main { flex: 1; min-height: 0; }
      .arriving { padding: 16px; }
      @media (max-width: 600px) {
        header { padding-inline: 12px; gap: 8px; }
        .banner { padding-inline: 12px; }
        .brand { position: absolute; clip-path: inset(50%); }
        nav { margin-inline-start: -6px; gap: 0; }
        nav a { min-height: 31px; padding-inline: 6px; }
        nav a[aria-current]::after { inset-inline: 6px; }
      }
      @media (max-width: 360px) { nav a { padding-inline: 4px; } nav a[aria-current]::after { inset-inline: 4px; } }
    `,
  ]
}
