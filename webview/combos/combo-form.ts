// The form that adds or edits a combo: name, strategy, members. What the gateway refuses is shown at the field it refuses.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ComboView, RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { formStyles } from '../form.styles.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { emptyNames, type NameSpace, nameChoices } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { type Strategy, strategyName, strategyOrder, strategySentence } from '../strategy-words.ts'
import { sharedStyles } from '../styles.ts'
import {
  type ComboDraft,
  type ComboProblems,
  draftOf,
  emptyCombo,
  type MemberDraft,
  problemsOf,
  toInput,
} from './combo-draft.ts'
import '../name-field.ts'
import './member-editor.ts'

@customElement('omni-combo-form')
export class ComboForm extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) names: NameSpace = emptyNames
  /** The combo to edit; absent when one is added. */
  @property({ attribute: false }) combo: ComboView | undefined
  @state() private draft: ComboDraft = emptyCombo
  @state() private problems: ComboProblems = {}
  @state() private failure: RpcFailure | undefined
  @state() private busy = false
  /** As it was when editing began; what is typed outlives every newer view of it. */
  private edited: ComboView | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('combo') || this.combo?.id === this.edited?.id) return
    this.edited = this.combo
    this.draft = this.combo ? draftOf(this.combo) : emptyCombo
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('#name')?.focus()
  }

  protected override render(): TemplateResult {
    const { draft, problems } = this
    // A combo can't be its own member.
    const choices = nameChoices(this.names).filter(({ id }) => id !== this.edited?.name)
    return html`<form aria-labelledby="title" novalidate @submit=${this.save} @keydown=${this.useKey}>
      <h2 id="title">${this.edited ? t('Edit {0}', this.edited.name) : t('Add combo')}</h2>
      ${this.nameRow()} ${this.strategyRow()}
      <omni-member-editor
        .members=${draft.members}
        .names=${this.names}
        .choices=${choices}
        ?weighted=${draft.strategy === 'weighted'}
        problem=${problems.members ?? ''}
        .weightProblems=${problems.weights ?? new Map()}
        @omni-members=${this.takeMembers}
      ></omni-member-editor>
      ${this.failure ? failureNotice(this.failure) : nothing}
      <div class="buttons">
        <vscode-button type="submit" ?disabled=${this.busy}>${this.busy ? t('Saving…') : this.edited ? t('Save') : t('Add combo')}</vscode-button>
        <vscode-button secondary @click=${this.close}>${t('Cancel')}</vscode-button>
      </div>
    </form>`
  }

  private nameRow(): TemplateResult {
    const problem = this.problems.name
    const name = this.draft.name.trim()
    return html`<div class="row">
      <label for="name">${t('Name')}</label>
      <input id="name" class="field code" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="120" placeholder="best" aria-describedby="name-note" aria-invalid=${problem ? 'true' : 'false'} .value=${this.draft.name} @input=${this.typeName} />
      <p class="note" id="name-note">
        ${problem ? html`<span class="problem">${icon('error', 'bad')}<span>${problem}</span></span>` : nothing}
        ${t('Tools ask for it as the model')} <code>${name || 'best'}</code>
      </p>
    </div>`
  }

  private strategyRow(): TemplateResult {
    const { strategy } = this.draft
    return html`<div class="row">
      <label for="strategy">${t('Strategy')}</label>
      <select id="strategy" class="field" aria-describedby="strategy-note" @change=${this.pickStrategy}>
        ${strategyOrder.map((one) => html`<option value=${one} ?selected=${one === strategy}>${strategyName(one)}</option>`)}
      </select>
      <p class="note" id="strategy-note">${strategySentence(strategy)} ${t('All others stay behind it as fallbacks.')}</p>
      <details>
        <summary>${t('Compare the strategies')}</summary>
        <dl class="strategies">
          ${strategyOrder.map((one) => html`<div><dt>${strategyName(one)}</dt><dd>${strategySentence(one)}</dd></div>`)}
        </dl>
      </details>
    </div>`
  }

  private typeName(event: Event): void {
    this.draft = { ...this.draft, name: (event.target as HTMLInputElement).value }
    const { name: _, ...rest } = this.problems
    this.problems = rest
  }

  private pickStrategy(event: Event): void {
    this.draft = { ...this.draft, strategy: (event.target as HTMLSelectElement).value as Strategy }
  }

  private takeMembers(event: CustomEvent<readonly MemberDraft[]>): void {
    this.draft = { ...this.draft, members: event.detail }
    const { members: _, weights: __, ...rest } = this.problems
    this.problems = rest
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault()
    if (this.busy) return
    const drafted = toInput(this.draft, this.edited?.id)
    if ('problems' in drafted) return this.showProblems(drafted.problems)
    this.busy = true
    this.failure = undefined
    this.problems = {}
    try {
      const saved = await this.client.call('combos.put', drafted.input)
      this.dispatchEvent(new CustomEvent<ComboView>('omni-combo-saved', { detail: saved }))
    } catch (thrown) {
      const failure = toFailure(thrown)
      const problems = problemsOf(failure)
      if (problems) return await this.showProblems(problems)
      this.failure = failure
      announce([failure.message, failure.nextStep].filter(Boolean).join(' '))
    } finally {
      this.busy = false
    }
  }

  private async showProblems(problems: ComboProblems): Promise<void> {
    this.problems = problems
    announce([problems.name, problems.members, ...(problems.weights?.values() ?? [])].filter(Boolean).join(' '))
    await this.updateComplete
    const place = problems.name ? '#name' : 'omni-member-editor'
    this.renderRoot.querySelector<HTMLElement>(place)?.focus()
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent('omni-form-closed'))
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close()
    if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    event.target.form?.requestSubmit()
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    css`
      :host { scroll-margin-top: 12px; }
      .strategies { display: grid; gap: 4px; padding: 6px 0 2px; }
      .strategies div { display: grid; grid-template-columns: 130px minmax(0, 1fr); gap: 0 12px; }
      .strategies dt { font-weight: 600; }
      details { margin-top: 2px; }
      @media (max-width: 600px) { .strategies div { grid-template-columns: minmax(0, 1fr); } .strategies { gap: 8px; } }
    `,
  ]
}
