// The command that starts a tool with OmniRoute, for the shell of one's choice. A page has no key, so a word stands in its place.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { MethodOutput, RpcFailure } from '../../src/admin/contract.ts'
import { keyPlaceholder, type ToolView } from '../../src/admin/contract-tools.ts'
import { copyText } from '../clipboard.ts'
import { formStyles } from '../form.styles.ts'
import { t } from '../l10n.ts'
import { failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { sentenceText } from './tool-words.ts'

type Launch = MethodOutput<'tools.launch'>
type Shell = keyof Launch['lines']

const shells: readonly (readonly [Shell, string])[] = [
  ['posix', 'bash, zsh, sh'],
  ['fish', 'fish'],
  ['powershell', 'PowerShell'],
  ['cmd', 'cmd'],
]

@customElement('omni-launch-command')
export class LaunchCommand extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) tool!: ToolView
  @state() private found: Launch | undefined
  @state() private shell: Shell = navigator.userAgent.includes('Windows') ? 'powershell' : 'posix'
  @state() private failure: RpcFailure | undefined
  @state() private copied = false

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  protected override render(): TemplateResult {
    const { found } = this
    const line = found?.lines[this.shell]
    return html`<form aria-labelledby="what" novalidate @submit=${(event: Event) => event.preventDefault()} @keydown=${this.useKey}>
      <h3 id="what" tabindex="-1">${t('Start {0} with OmniRoute', this.tool.name)}</h3>
      <div class="row">
        <label for="shell">${t('Shell')}</label>
        <select id="shell" class="field" .value=${this.shell} @change=${this.choose}>
          ${shells.map(([id, name]) => html`<option value=${id} ?selected=${id === this.shell}>${name}</option>`)}
        </select>
      </div>
      ${this.failure ? failureNotice(this.failure, () => void this.load()) : nothing}
      ${found ? html`<p><code class="line">${line ?? t('This shell can not express the command.')}</code></p>` : nothing}
      ${found?.note ? html`<p>${sentenceText(found.note)}</p>` : nothing}
      <p class="note">${t('No file is changed. Put your OmniRoute key in the place of {0}.', keyPlaceholder)}</p>
      <div class="buttons">
        <vscode-button ?disabled=${line === undefined} @click=${() => line !== undefined && void this.copy(line)}>${this.copied ? t('Copied') : t('Copy')}</vscode-button>
        <vscode-button secondary @click=${this.leave}>${t('Close')}</vscode-button>
      </div>
    </form>`
  }

  private async load(): Promise<void> {
    try {
      this.failure = undefined
      this.found = await this.client.call('tools.launch', { tool: this.tool.id })
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('#shell')?.focus()
  }

  private choose(event: Event): void {
    const { value } = event.target as HTMLSelectElement
    this.shell = shells.find(([id]) => id === value)?.[0] ?? 'posix'
    this.copied = false
  }

  private async copy(line: string): Promise<void> {
    this.copied = await copyText(line)
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.leave()
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent('omni-left'))
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    css`
      form { max-width: none; margin-top: 8px; background: none; }
      h3:focus { outline: none; }
      .line { display: block; padding: 6px 8px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-panel-border))); border-radius: 4px; background: var(--vscode-editor-background); user-select: all; }
      select { max-width: 220px; }
    `,
  ]
}
