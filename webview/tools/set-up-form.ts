// The form on a tool's card: which models, what would change, and the button that does it. Owns the choice and the preview.
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ToolAction, ToolChoice, ToolPreview, ToolResult, ToolView } from '../../src/admin/contract-tools.ts'
import { ActionCard } from '../action-card.ts'
import { announce } from '../announce.ts'
import { askEditor, isInEditor } from '../editor.ts'
import { formStyles } from '../form.styles.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import type { NameChoice } from '../model-names.ts'
import { nameFieldStyles } from '../name-field.ts'
import { failureNotice } from '../notice.ts'
import type { RpcClient } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { changeList, changeListStyles } from './change-list.ts'
import { problemNotice } from './problem-notice.ts'
import { sentenceText } from './tool-words.ts'
import '../name-field.ts'

/** What is done: an action, or taking everything of ours back. */
export type Work = ToolAction | 'undo'
type Shown = Extract<ToolPreview, { kind: 'preview' }>

/** Told as `omni-done` when it was applied. */
export interface Done {
  readonly work: Work
  readonly next: readonly string[]
}

@customElement('omni-tool-form')
export class ToolForm extends ActionCard {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) tool!: ToolView
  @property({ attribute: false }) chosen!: ToolChoice
  @property({ attribute: false }) choices: readonly NameChoice[] = []
  @property() task: Work = 'add'
  @state() private model = ''
  @state() private models: readonly string[] = []
  @state() private preview: ToolPreview | undefined
  @state() private result: ToolResult | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.model = this.chosen.model
    this.models = this.chosen.models.filter((id) => id !== this.model)
    if (this.task === 'undo') void this.look()
    else void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('#model')?.focus())
  }

  protected override render(): TemplateResult {
    return html`<form aria-labelledby="what" novalidate @submit=${this.submit} @keydown=${this.useKey}>
      <h3 id="what" tabindex="-1">${this.heading()}</h3>
      ${this.task === 'undo' ? nothing : this.fields()}
      ${this.preview ? this.shown(this.preview) : nothing}
      ${this.failure ? failureNotice(this.failure) : nothing} ${this.result ? this.refused(this.result) : nothing}
      <div class="buttons">
        ${this.buttons()}
        <vscode-button secondary class="leave" @click=${this.leave}>${t('Cancel')}</vscode-button>
      </div>
    </form>`
  }

  private heading(): string {
    const { name } = this.tool
    if (this.task === 'undo') return t('Undo what OmniRoute wrote for {0}', name)
    return this.task === 'add' ? t('Add models to {0}', name) : t('Let {0} use OmniRoute by default', name)
  }

  private fields(): TemplateResult {
    const hasList = this.tool.actions.includes('add')
    return html`<div class="row">
        <label for="model">${this.task === 'default' || !hasList ? t('Model') : t('First model')}</label>
        <omni-name-field field-id="model" .choices=${this.choices} .value=${this.model} @omni-typed=${this.typeModel}></omni-name-field>
      </div>
      ${
        hasList
          ? html`<fieldset>
            <legend>${t('More models to choose from')}</legend>
            ${
              this.models.length > 0
                ? html`<ul class="chips">${this.models.map(
                    (id) => html`<li class="tag"><code>${id}</code>
                      <button type="button" class="icon-button" aria-label=${t('Remove {0}', id)} title=${t('Remove {0}', id)} @click=${() => this.removeModel(id)}>${icon('close')}</button>
                    </li>`,
                  )}</ul>`
                : nothing
            }
            <omni-name-field field-id="more" picks label=${t('Add a model')} placeholder=${t('Add a model or a combo…')} .choices=${this.choices} @omni-chosen=${this.addModel}></omni-name-field>
          </fieldset>`
          : nothing
      }`
  }

  private shown(preview: ToolPreview): TemplateResult {
    if (preview.kind === 'problem') return problemNotice(preview.problem)
    const warnings = preview.notes.filter(({ kind }) => kind === 'warning')
    const changing = preview.files.filter(({ effect }) => effect !== 'kept')
    return html`<section aria-labelledby="changes">
      <h4 id="changes" tabindex="-1">${changing.length > 0 ? t('This is what would change') : t('There is nothing to change')}</h4>
      ${warnings.map(({ says }) => html`<p class="remark">${icon('warning', 'waiting')}<span>${sentenceText(says)}</span></p>`)}
      ${changeList(preview.files)}
    </section>`
  }

  private refused(result: ToolResult): TemplateResult | typeof nothing {
    if (result.kind === 'done') return nothing
    if (result.kind === 'failed') return problemNotice({ kind: 'unreadable', path: result.path, says: result.reason })
    const message =
      result.kind === 'changed'
        ? t('{0} has changed in the meantime. Nothing was written.', result.path)
        : t('The preview was too old. Nothing was written.')
    return failureNotice({ code: result.kind, message, nextStep: t('Look at the changes again.') })
  }

  private buttons(): TemplateResult {
    const { preview } = this
    const look = html`<vscode-button class="look" ?disabled=${this.work !== undefined} @click=${this.look}>${t('Show changes')}</vscode-button>`
    if (preview?.kind !== 'preview') return look
    return html`<vscode-button class="apply" ?disabled=${this.work !== undefined} @click=${this.apply}>${this.work ? t('Writing…') : t('Apply')}</vscode-button>
      ${
        isInEditor() && preview.files.length > 0
          ? html`<vscode-button secondary class="diff" @click=${() => askEditor({ editor: 'diff', preview: preview.id })}>${t('Show diff')}</vscode-button>`
          : nothing
      }`
  }

  private typeModel(event: CustomEvent<string>): void {
    this.model = event.detail
    this.forget()
  }

  private addModel(event: CustomEvent<string>): void {
    const id = event.detail
    if (id === this.model || this.models.includes(id)) {
      announce(t('{0} is in the list already.', id))
      return
    }
    this.models = [...this.models, id]
    announce(t('{0} was added.', id))
    this.forget()
  }

  private removeModel(removed: string): void {
    this.models = this.models.filter((id) => id !== removed)
    announce(t('{0} was removed.', removed))
    this.renderRoot.querySelector<HTMLElement>('#more')?.focus()
    this.forget()
  }

  /** What was shown is not what would be written any more. */
  private forget(): void {
    this.preview = undefined
    this.result = undefined
    this.failure = undefined
  }

  private async look(): Promise<void> {
    const { tool, task } = this
    await this.run('working', async () => {
      this.result = undefined
      const model = this.model.trim()
      this.preview =
        task === 'undo'
          ? await this.client.call('tools.previewTakeBack', { tool: tool.id })
          : await this.client.call('tools.preview', { tool: tool.id, action: task, model, models: [...this.models] })
      await this.updateComplete
      const place = this.renderRoot.querySelector<HTMLElement>('#changes, .notice.failed')
      if (this.preview.kind === 'problem') announce(sentenceText(this.preview.problem.says))
      place?.focus()
    })
  }

  private async apply(): Promise<void> {
    const { preview } = this
    if (preview?.kind !== 'preview') return
    await this.run('working', async () => {
      this.result = await this.client.call('tools.apply', { id: preview.id })
      this.preview = undefined
      if (this.result.kind === 'done') this.tellDone(preview)
      else announce(t('Nothing was written.'))
    })
  }

  private tellDone({ notes }: Shown): void {
    const next = notes.filter(({ kind }) => kind === 'next').map(({ says }) => sentenceText(says))
    this.dispatchEvent(new CustomEvent<Done>('omni-done', { detail: { work: this.task, next } }))
  }

  private submit(event: Event): void {
    event.preventDefault()
    if (this.preview === undefined) void this.look()
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) this.leave()
    if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing) return
    if (!(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    if (this.preview === undefined) void this.look()
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent('omni-left'))
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    nameFieldStyles,
    changeListStyles,
    css`
      form { max-width: none; margin-top: 8px; background: none; }
      h3:focus, h4:focus { outline: none; }
      h4 { margin: 0 0 4px; font-size: 1em; font-weight: 600; }
      section { display: flex; flex-direction: column; gap: 6px; }
      .chips { display: flex; flex-wrap: wrap; gap: 4px; }
      .chips .tag { display: inline-flex; gap: 2px; align-items: center; white-space: normal; }
      .chips .icon-button { height: 20px; min-width: 24px; }
    `,
  ]
}
