// The page a plain browser sees before it has a session: asks for the admin key, once. The key is sent and forgotten.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import type { RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { signIn } from '../rpc/browser-transport.ts'
import { sharedStyles } from '../styles.ts'

@customElement('omni-sign-in')
export class SignIn extends LitElement {
  @state() private busy = false
  @state() private failure: RpcFailure | undefined
  @query('#admin-key') private input!: HTMLInputElement

  protected override firstUpdated(): void {
    this.input.focus()
  }

  protected override render(): TemplateResult {
    return html`
      <main>
        <form @submit=${this.submit} novalidate>
          <h1>${t('Sign in to OmniRoute')}</h1>
          <p class="quiet">${t('This page manages the gateway, so it asks for its admin key. It was printed where the gateway was started; in VS Code, the command that opened this page has copied it.')}</p>
          <label for="admin-key">${t('Admin key')}</label>
          <input
            id="admin-key"
            class="field code"
            type="password"
            autocomplete="current-password"
            spellcheck="false"
            required
            aria-invalid=${this.failure ? 'true' : 'false'}
            aria-describedby="sign-in-problem"
          />
          <div id="sign-in-problem">
            ${
              this.failure
                ? html`<p class="problem">${icon('error', 'bad')}<span>${this.failure.message} ${this.failure.nextStep ?? ''}</span></p>`
                : nothing
            }
          </div>
          <vscode-button type="submit" block ?disabled=${this.busy}>${this.busy ? t('Signing in…') : t('Sign in')}</vscode-button>
          <p class="quiet small">${t('An OmniRoute key for your tools does not open this page.')}</p>
        </form>
      </main>
    `
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault()
    if (this.busy) return
    const token = this.input.value.trim()
    if (!token) return this.refuse({ code: 'missing_key', message: t('Enter the admin key.') })
    this.busy = true
    this.failure = undefined
    const failure = await signIn(token)
    this.busy = false
    if (failure) return this.refuse(failure)
    this.input.value = ''
    this.dispatchEvent(new CustomEvent('omni-signed-in', { bubbles: true, composed: true }))
  }

  private refuse(failure: RpcFailure): void {
    this.failure = failure
    announce([failure.message, failure.nextStep].filter(Boolean).join(' '))
    this.input.select()
  }

  static override styles = [
    ...sharedStyles,
    css`
      main { display: grid; place-items: center; min-height: 100vh; padding: 24px 12px; background: var(--vscode-sideBar-background); }
      form { display: flex; flex-direction: column; gap: 8px; width: min(400px, 100%); padding: 24px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); border-radius: 8px; background: var(--vscode-editor-background); }
      label { margin-top: 8px; font-weight: 600; }
      .problem { display: flex; gap: 6px; }
      vscode-button { margin-top: 4px; }
      .small { font-size: 0.92em; }
    `,
  ]
}
