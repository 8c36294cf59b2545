// One gateway key of the list: its end, its age, the model it gets when a request names none, and its revocation.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { KeyView, MethodOutput } from '../../src/admin/contract.ts'
import { ActionCard } from '../action-card.ts'
import { announce } from '../announce.ts'
import { formatDateTime } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import type { NameChoice } from '../model-names.ts'
import { nameFieldStyles } from '../name-field.ts'
import { failureNotice } from '../notice.ts'
import { cardStyles } from '../providers/account-card.styles.ts'
import type { RpcClient } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import '../name-field.ts'

type Settings = MethodOutput<'settings.get'>

@customElement('omni-key-card')
export class KeyCard extends ActionCard {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) key!: KeyView
  @property({ attribute: false }) settings!: Settings
  @property({ attribute: false }) choices: readonly NameChoice[] = []
  /** What is typed as the default model, while it differs from what is kept. */
  @state() private typed: string | undefined
  @state() private saved = false
  protected override readonly opener = '.revoke'

  private get kept(): string {
    return this.settings.defaults.perKey[this.key.id] ?? ''
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('settings') && this.typed?.trim() === this.kept) this.typed = undefined
  }

  protected override render(): TemplateResult {
    const { key } = this
    return html`<article class="card" aria-labelledby="name">
      <div class="head">
        <div class="title">
          <h2 id="name">${key.name}</h2>
          <code class="quiet">…${key.tail}</code>
          <span class="quiet">${t('Created {0}', formatDateTime(key.createdAt))}</span>
        </div>
        <div class="actions">
          <button class="icon-button worded revoke" aria-label=${t('Revoke {0}', key.name)} aria-disabled=${this.work ? 'true' : 'false'} @click=${this.ask}>${icon('trash')}${t('Revoke')}</button>
        </div>
      </div>
      ${this.defaultModel()} ${this.confirming ? this.confirmation() : nothing}
      <div class="results">${this.failure ? failureNotice(this.failure) : nothing}</div>
    </article>`
  }

  private defaultModel(): TemplateResult {
    const changed = this.typed !== undefined && this.typed.trim() !== this.kept
    const placeholder = this.settings.defaults.model
      ? t('As for all keys: {0}', this.settings.defaults.model)
      : t('None: a request has to name a model')
    return html`<form class="default" novalidate @submit=${this.save}>
      <label for="model">${t('Default model')}</label>
      <omni-name-field
        field-id="model"
        described-by="model-note"
        placeholder=${placeholder}
        .choices=${this.choices}
        .value=${this.typed ?? this.kept}
        @omni-typed=${this.type}
        @keydown=${this.saveOnEnter}
      ></omni-name-field>
      ${
        changed
          ? html`<vscode-button class="save" type="submit" ?disabled=${this.work !== undefined}>${t('Save')}</vscode-button>`
          : this.saved
            ? html`<span class="saved">${icon('pass-filled', 'good')}${t('Saved')}</span>`
            : nothing
      }
      <p class="unseen" id="model-note">${t('For requests of this key that name no model, or the model "default".')}</p>
    </form>`
  }

  private confirmation(): TemplateResult {
    return html`<div class="notice warned confirm" role="alertdialog" aria-labelledby="question" aria-describedby="outcome" @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && this.cancel()}>
      ${icon('warning')}
      <div class="body">
        <p class="cause" id="question">${t('Revoke {0}?', this.key.name)}</p>
        <p id="outcome">${t('Whatever uses this key is refused from now on. It can’t be brought back.')}</p>
        <div class="buttons">
          <vscode-button class="confirm-revocation" ?disabled=${this.work !== undefined} @click=${this.revoke}>${this.work ? t('Revoking…') : t('Revoke')}</vscode-button>
          <vscode-button secondary @click=${this.cancel}>${t('Keep')}</vscode-button>
        </div>
      </div>
    </div>`
  }

  private type(event: CustomEvent<string>): void {
    this.typed = event.detail
    this.saved = false
  }

  private saveOnEnter(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.defaultPrevented && !event.isComposing) void this.save(event)
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault()
    const model = (this.typed ?? this.kept).trim()
    if (model === this.kept) return
    await this.run('working', async () => {
      // Read anew, so that what was changed elsewhere in the meantime stays.
      const { defaults } = await this.client.call('settings.get', {})
      const { [this.key.id]: _, ...others } = defaults.perKey
      const perKey = model === '' ? others : { ...others, [this.key.id]: model }
      this.settings = await this.client.call('settings.put', { defaults: { ...defaults, perKey } })
      this.typed = undefined
      this.saved = true
      announce(t('Saved'))
    })
  }

  private async revoke(): Promise<void> {
    await this.run('working', async () => {
      await this.client.call('keys.revoke', { id: this.key.id })
      announce(t('{0} was revoked.', this.key.name))
      this.dispatchEvent(new CustomEvent('omni-key-revoked'))
    })
    this.confirming = false
  }

  static override styles = [
    ...sharedStyles,
    cardStyles,
    nameFieldStyles,
    css`
      .default { display: grid; grid-template-columns: auto minmax(0, 420px) auto; gap: 4px 10px; align-items: center; justify-content: start; padding: 4px 0; }
      .saved { display: inline-flex; gap: 4px; align-items: center; }
      @media (max-width: 600px) { .default { grid-template-columns: minmax(0, 1fr); justify-content: stretch; } }
    `,
  ]
}
