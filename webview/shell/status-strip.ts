// The line under the tabs: where the gateway listens, whether it runs, and its counts.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { GatewayStatus, RpcFailure } from '../../src/admin/contract.ts'
import { copyText } from '../clipboard.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import type { Connection } from '../rpc/transport.ts'
import { sharedStyles } from '../styles.ts'

const copiedForMs = 1500

@customElement('omni-status-strip')
export class StatusStrip extends LitElement {
  @property({ attribute: false }) status: GatewayStatus | undefined
  @property({ attribute: false }) failure: RpcFailure | undefined
  @property({ attribute: false }) connection: Connection = 'open'
  @state() private copied = false

  protected override render(): TemplateResult {
    const status = this.status
    return html`
      <div class="strip" role="group" aria-label=${t('Gateway status')}>
        <span class="health">${this.health()}</span>
        ${status ? this.endpoint(status.endpoint) : nothing}
        ${status ? this.counts(status) : nothing}
      </div>
    `
  }

  private health(): TemplateResult {
    if (this.connection === 'lost')
      return html`${icon('debug-disconnect', 'waiting')} ${t('Connection lost, trying again…')}`
    if (this.failure) return html`${icon('error', 'bad')} ${t('Not available')}`
    if (!this.status) return html`${icon('watch', 'quiet')} ${t('Connecting…')}`
    return html`${icon('pass-filled', 'good')} ${t('Running')}`
  }

  private endpoint(endpoint: string): TemplateResult {
    const name = t('Copy endpoint')
    return html`<span class="endpoint">
      <span class="unseen">${t('Endpoint')}</span>
      <code>${endpoint}</code>
      <button class="icon-button" aria-label=${name} title=${name} @click=${() => this.copy(endpoint)}>
        ${icon(this.copied ? 'check' : 'copy')}
      </button>
    </span>`
  }

  private counts(status: GatewayStatus): TemplateResult {
    const counts: readonly [string, number, string][] = [
      [t('Active'), status.activeRequests, 'active'],
      [t('Accounts'), status.accounts, 'accounts'],
      [t('Models'), status.models, 'models'],
      [t('Served'), status.requests.served, 'served'],
      [t('Failed'), status.requests.failed, status.requests.failed > 0 ? 'failed some' : 'failed'],
    ]
    return html`<dl class="numbers">
      ${counts.map(
        ([name, count, kind]) => html`<div class=${kind}>
          <dt>${name}</dt>
          <dd>${kind === 'failed some' ? icon('error', 'bad') : nothing}${formatNumber(count)}</dd>
        </div>`,
      )}
    </dl>`
  }

  private async copy(endpoint: string): Promise<void> {
    this.copied = await copyText(endpoint)
    setTimeout(() => {
      this.copied = false
    }, copiedForMs)
  }

  static override styles = [
    ...sharedStyles,
    css`
      .strip { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; padding: 4px 16px; min-height: 34px; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); background: var(--vscode-sideBar-background); }
      .health { display: inline-flex; align-items: center; gap: 6px; font-weight: 600; overflow-wrap: anywhere; }
      .endpoint { display: inline-flex; align-items: center; gap: 2px; min-width: 0; }
      dl { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-inline-start: auto; }
      dl div { display: inline-flex; gap: 5px; align-items: center; }
      dt { color: var(--vscode-descriptionForeground); }
      dd { display: inline-flex; gap: 3px; align-items: center; font-weight: 600; }
      dd .icon { font-size: 13px; width: 13px; height: 13px; }
      @media (max-width: 600px) { .strip { padding-inline: 12px; } dl { margin-inline-start: 0; gap: 2px 12px; } }
    `,
  ]
}
