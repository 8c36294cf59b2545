// One group of routing settings: folded with what is set, unfolded with its fields. Saved on its own; a save can be undone, and
// everything put back to the default. What is typed outlives changes from elsewhere, which are told.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { formStyles } from '../form.styles.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { meterStyles } from '../meter.ts'
import { nameFieldStyles } from '../name-field.ts'
import { failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import {
  defaultSettings,
  getIn,
  type Path,
  type Problems,
  pick,
  problemsIn,
  type Settings,
  same,
  setIn,
  toDraft,
  toPatch,
} from './draft.ts'
import type { Group, GroupForm, RoutingSpace } from './group.ts'
import { groupStyles } from './group-editor.styles.ts'

const noProblems: Problems = new Map()

@customElement('omni-routing-group')
export class GroupEditor extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) group!: Group
  @property({ attribute: false }) settings!: Settings
  @property({ attribute: false }) space!: RoutingSpace
  @property({ type: Boolean }) open = false
  @state() private draft: unknown
  @state() private problems: Problems = noProblems
  @state() private failure: RpcFailure | undefined
  @state() private busy = false
  @state() private saved = false
  @state() private overtaken = false
  /** What the draft began from, and what stood there before the last save. */
  private base: Settings | undefined
  @state() private earlier: Settings | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('settings')) return
    const { sections } = this.group
    if (this.base && same(pick(this.base, sections), pick(this.settings, sections))) return
    if (this.base && this.isChanged) this.overtaken = true
    else this.start(this.settings)
  }

  private get isChanged(): boolean {
    return this.base !== undefined && !same(this.draft, toDraft(this.base, this.group.sections))
  }

  private get isDefault(): boolean {
    const { sections } = this.group
    const { perKey } = this.settings.defaults
    const usual = { ...defaultSettings, defaults: { ...defaultSettings.defaults, perKey } }
    return same(pick(this.settings, sections), pick(usual, sections))
  }

  protected override render(): TemplateResult {
    const { group } = this
    return html`<details id=${group.id} ?open=${this.open} @toggle=${this.toggle}>
      <summary>
        ${icon('chevron-right', 'quiet')}
        <h2>${group.title()}</h2>
        <span class="quiet sum">${group.summary(this.settings)}</span>
        ${this.isChanged ? html`<span class="tag">${t('Not saved')}</span>` : nothing}
      </summary>
      ${this.open ? this.body() : nothing}
    </details>`
  }

  private body(): TemplateResult {
    const form: GroupForm = {
      draft: this.draft,
      problems: this.problems,
      space: this.space,
      set: (path, value) => this.set(path, value),
      addRow: (path, row) => void this.addRow(path, row),
      removeRow: (path, index) => void this.removeRow(path, index),
    }
    return html`<form novalidate aria-label=${this.group.title()} @submit=${this.submit} @keydown=${this.useKey}>
      <p class="quiet">${this.group.purpose()}</p>
      ${this.group.fields(form)}
      ${
        this.overtaken
          ? html`<div class="notice warned">${icon('warning')}<p class="body">${t('These settings were changed elsewhere in the meantime. Saving replaces that; discarding shows it.')}</p></div>`
          : nothing
      }
      ${this.failure ? failureNotice(this.failure) : nothing}
      <div class="buttons">
        <vscode-button type="submit" ?disabled=${this.busy || !this.isChanged}>${this.busy ? t('Saving…') : t('Save')}</vscode-button>
        ${this.isChanged ? html`<vscode-button secondary class="discard" @click=${this.discard}>${t('Discard changes')}</vscode-button>` : nothing}
        ${this.outcome()}
        ${
          this.isDefault
            ? nothing
            : html`<button type="button" class="icon-button worded reset" aria-disabled=${this.busy ? 'true' : 'false'} @click=${this.reset}>${icon('history')}${t('Reset to default')}</button>`
        }
      </div>
    </form>`
  }

  private outcome(): TemplateResult | typeof nothing {
    if (!this.saved || this.isChanged) return nothing
    return html`<span class="saved">${icon('pass-filled', 'good')}${t('Saved')}</span>
      ${this.earlier ? html`<button type="button" class="icon-button worded undo" @click=${this.undo}>${icon('discard')}${t('Undo')}</button>` : nothing}`
  }

  private start(settings: Settings): void {
    this.base = settings
    this.draft = toDraft(settings, this.group.sections)
    this.problems = noProblems
    this.overtaken = false
  }

  private set(path: Path, value: unknown): void {
    this.draft = setIn(this.draft, path, value)
    this.saved = false
    this.failure = undefined
    // What was wrong is looked at again when saving; until then what one is mending isn't called wrong any more.
    if (this.problems.size > 0) this.problems = noProblems
  }

  private async addRow(path: Path, row: unknown): Promise<void> {
    this.set(path, [...((getIn(this.draft, path) ?? []) as unknown[]), row])
    await this.updateComplete
    const entries = this.list(path)?.querySelectorAll('.entry')
    const field = entries?.[entries.length - 1]?.querySelector<HTMLElement>('omni-name-field, input, select')
    field?.focus()
  }

  private async removeRow(path: Path, index: number): Promise<void> {
    const rows = (getIn(this.draft, path) ?? []) as unknown[]
    this.set(
      path,
      rows.filter((_, at) => at !== index),
    )
    announce(t('Removed.'))
    await this.updateComplete
    this.list(path)?.querySelector<HTMLElement>('.add-row')?.focus()
  }

  private list(path: Path): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-list="${path.join('.')}"]`)
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault()
    if (this.busy || !this.isChanged) return
    const problems = problemsIn(this.draft, this.settings)
    if (problems.size === 0) return await this.save(toPatch(this.draft, this.settings))
    await this.showProblems(problems)
  }

  private async save(patch: ReturnType<typeof toPatch>): Promise<void> {
    const before = this.settings
    this.busy = true
    this.failure = undefined
    try {
      this.settings = await this.client.call('settings.put', patch)
      this.start(this.settings)
      this.earlier = before
      this.saved = true
      announce(t('{0}: saved.', this.group.title()))
      this.dispatchEvent(new CustomEvent<Settings>('omni-settings-saved', { detail: this.settings }))
    } catch (thrown) {
      const failure = toFailure(thrown)
      this.failure = failure
      announce([failure.message, failure.nextStep].filter(Boolean).join(' '))
      if (failure.parameter) await this.showProblems(new Map([[failure.parameter, () => failure.message]]))
    } finally {
      this.busy = false
    }
  }

  private async showProblems(problems: Problems): Promise<void> {
    this.problems = problems
    await this.updateComplete
    announce([...this.renderRoot.querySelectorAll('.problem')].map((one) => one.textContent.trim()).join(' '))
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  private discard(): void {
    this.start(this.settings)
    this.failure = undefined
    announce(t('The changes were discarded.'))
    this.focusSummary()
  }

  private async reset(): Promise<void> {
    if (this.busy) return
    await this.save(toPatch(toDraft(defaultSettings, this.group.sections), this.settings))
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.undo')?.focus()
  }

  private async undo(): Promise<void> {
    if (!this.earlier || this.busy) return
    await this.save(toPatch(toDraft(this.earlier, this.group.sections), this.settings))
    this.earlier = undefined
    this.focusSummary()
  }

  private focusSummary(): void {
    this.renderRoot.querySelector<HTMLElement>('summary')?.focus()
  }

  private toggle(event: Event): void {
    const open = (event.currentTarget as HTMLDetailsElement).open
    if (open === this.open) return
    this.open = open
    this.dispatchEvent(new CustomEvent<boolean>('omni-group-toggled', { detail: open }))
  }

  private useKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented) return
    if (!(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    event.target.form?.requestSubmit()
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    nameFieldStyles,
    meterStyles,
    groupStyles,
    css`:host { scroll-margin-top: 12px; }`,
  ]
}
