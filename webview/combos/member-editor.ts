// The members of a combo in their order: added by name, moved by buttons, Alt and arrow keys or dragging, weighed, switched, removed.
// Owns nothing; every change goes out as a new list.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import { announce } from '../announce.ts'
import { formStyles } from '../form.styles.ts'
import { type IconName, icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { emptyNames, type NameChoice, type NameSpace, nameState } from '../model-names.ts'
import { nameFieldStyles } from '../name-field.ts'
import { sharedStyles } from '../styles.ts'
import { type MemberDraft, moved, newMember } from './combo-draft.ts'
import { overridesWords } from './overrides-words.ts'

@customElement('omni-member-editor')
export class MemberEditor extends LitElement {
  @property({ attribute: false }) members: readonly MemberDraft[] = []
  @property({ attribute: false }) names: NameSpace = emptyNames
  @property({ attribute: false }) choices: readonly NameChoice[] = []
  @property({ type: Boolean }) weighted = false
  @property() problem = ''
  @property({ attribute: false }) weightProblems: ReadonlyMap<number, string> = new Map()
  @state() private dragged: number | undefined
  @state() private over: number | undefined

  /** Where the form puts the focus when the members are wrong. */
  override focus(): void {
    const wrong = this.renderRoot.querySelector<HTMLElement>('.weight[aria-invalid="true"]')
    const field = wrong ?? this.renderRoot.querySelector<HTMLElement>('#add-member')
    field?.focus()
  }

  protected override render(): TemplateResult {
    return html`<fieldset aria-describedby="members-note">
      <legend>${t('Members')}</legend>
      ${this.members.length > 0 ? this.rows() : nothing}
      <omni-name-field
        field-id="add-member"
        picks
        label=${t('Add a member')}
        described-by="members-note"
        ?invalid=${this.problem !== ''}
        placeholder=${t('Add a model, an alias or another combo…')}
        .choices=${this.choices}
        @omni-chosen=${this.add}
      ></omni-name-field>
      <p class="note" id="members-note">
        ${this.problem ? html`<span class="problem">${icon('error', 'bad')}<span>${this.problem}</span></span>` : nothing}
        ${t('Type to filter, Enter adds. Alt with arrow up or down moves the member that has the focus.')}
      </p>
    </fieldset>`
  }

  private rows(): TemplateResult {
    return html`<ol>
      ${repeat(
        this.members,
        ({ row }) => row,
        (member, index) => this.row(member, index),
      )}
    </ol>`
  }

  private row(member: MemberDraft, index: number): TemplateResult {
    const { model, enabled } = member
    const words = enabled
      ? nameState(model, this.names, Date.now())
      : { icon: 'circle-slash' as const, color: 'quiet' as const, text: t('Off') }
    return html`<li
      data-row=${member.row}
      class="${enabled ? '' : 'off'} ${this.over === index ? ((this.dragged ?? 0) > index ? 'before' : 'after') : ''}"
      @keydown=${(event: KeyboardEvent) => this.useKey(event, index)}
      @dragover=${(event: DragEvent) => this.dragOver(event, index)}
      @drop=${(event: DragEvent) => this.drop(event, index)}
    >
      <span class="grip" draggable="true" title=${t('Drag to move')} @dragstart=${(event: DragEvent) => this.drag(event, index)} @dragend=${this.endDrag}>${icon('gripper', 'quiet')}</span>
      <span class="place numbers quiet">${index + 1}</span>
      <span class="what">
        <code>${model}</code>
        <span class="state">${icon(words.icon, words.color)}<span>${words.text}</span></span>
        ${member.overrides ? html`<span class="quiet">${overridesWords(member.overrides)}</span>` : nothing}
      </span>
      <span class="tools">
        ${this.weighted ? this.weight(member) : nothing}
        <vscode-checkbox toggle .checked=${live(enabled)} title=${enabled ? t('Turn {0} off', model) : t('Turn {0} on', model)} @change=${(event: Event) => this.change(member, { enabled: (event.target as HTMLInputElement).checked })}><span class="unseen">${t('Use {0}', model)}</span></vscode-checkbox>
        ${this.button('arrow-up', t('Move {0} up', model), index === 0, () => void this.move(index, index - 1, 'up'), 'up')}
        ${this.button('arrow-down', t('Move {0} down', model), index === this.members.length - 1, () => void this.move(index, index + 1, 'down'), 'down')}
        ${this.button('trash', t('Remove {0}', model), false, () => void this.removeMember(member), 'remove')}
      </span>
    </li>`
  }

  private button(name: IconName, label: string, off: boolean, run: () => void, kind: string): TemplateResult {
    return html`<button type="button" class="icon-button ${kind}" aria-label=${label} title=${label} aria-disabled=${off ? 'true' : 'false'} @click=${run}>${icon(name)}</button>`
  }

  private weight(member: MemberDraft): TemplateResult {
    const problem = this.weightProblems.get(member.row)
    const id = `weight-${member.row}`
    return html`<span class="weigh">
      <label for=${id}>${t('Weight')}</label>
      <input id=${id} class="field weight numbers" inputmode="decimal" autocomplete="off" placeholder="1" aria-label=${t('Weight of {0}', member.model)} aria-describedby=${problem ? `${id}-problem` : nothing} aria-invalid=${problem ? 'true' : 'false'} .value=${live(member.weight)} @input=${(event: Event) => this.change(member, { weight: (event.target as HTMLInputElement).value })} />
      ${problem ? html`<span class="problem" id="${id}-problem">${icon('error', 'bad')}<span>${problem}</span></span>` : nothing}
    </span>`
  }

  private add(event: CustomEvent<string>): void {
    this.tell([...this.members, newMember(event.detail)])
    announce(t('{0} was added.', event.detail))
  }

  private change(member: MemberDraft, change: Partial<MemberDraft>): void {
    this.tell(this.members.map((one) => (one.row === member.row ? { ...one, ...change } : one)))
  }

  private async removeMember({ row, model }: MemberDraft): Promise<void> {
    const index = this.members.findIndex((one) => one.row === row)
    this.tell(this.members.filter((one) => one.row !== row))
    announce(t('{0} was removed.', model))
    await this.drawn()
    const next = this.renderRoot.querySelectorAll<HTMLElement>('.remove')
    const focus = next[Math.min(index, next.length - 1)] ?? this.renderRoot.querySelector<HTMLElement>('#add-member')
    focus?.focus()
  }

  /** Moves a member and brings the focus along, which the move of its row would lose. */
  private async move(from: number, to: number, focus: 'up' | 'down' | undefined): Promise<void> {
    const member = this.members[from]
    if (!member || to < 0 || to >= this.members.length || from === to) return
    this.tell(moved(this.members, from, to))
    announce(t('{0} is now {1} of {2}.', member.model, to + 1, this.members.length))
    await this.drawn()
    if (focus) this.renderRoot.querySelector<HTMLElement>(`[data-row="${member.row}"] .${focus}`)?.focus()
  }

  private useKey(event: KeyboardEvent, index: number): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const up = event.key === 'ArrowUp'
    void this.move(index, index + (up ? -1 : 1), up ? 'up' : 'down')
  }

  private drag(event: DragEvent, index: number): void {
    const row = (event.currentTarget as HTMLElement).closest('li')
    if (row) event.dataTransfer?.setDragImage(row, 12, 12)
    event.dataTransfer?.setData('text/plain', this.members[index]?.model ?? '')
    this.dragged = index
  }

  private dragOver(event: DragEvent, index: number): void {
    if (this.dragged === undefined) return
    event.preventDefault()
    this.over = index === this.dragged ? undefined : index
  }

  private drop(event: DragEvent, index: number): void {
    if (this.dragged === undefined) return
    event.preventDefault()
    void this.move(this.dragged, index, undefined)
    this.endDrag()
  }

  private endDrag(): void {
    this.dragged = undefined
    this.over = undefined
  }

  /** The new list comes back by way of the form. */
  private async drawn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve))
    await this.updateComplete
  }

  private tell(members: readonly MemberDraft[]): void {
    this.dispatchEvent(new CustomEvent<readonly MemberDraft[]>('omni-members', { detail: members }))
  }

  static override styles = [
    ...sharedStyles,
    formStyles,
    nameFieldStyles,
    css`
      ol { display: flex; flex-direction: column; border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border))); border-radius: 4px; }
      ol > li { position: relative; display: grid; grid-template-columns: 16px minmax(14px, auto) minmax(0, 1fr) auto; gap: 2px 8px; align-items: center; padding: 4px 4px 4px 6px; }
      ol > li + li { border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border))); }
      li.before { box-shadow: inset 0 2px var(--vscode-focusBorder); }
      li.after { box-shadow: inset 0 -2px var(--vscode-focusBorder); }
      .grip { display: inline-flex; cursor: grab; }
      .place { text-align: end; }
      .what { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: center; min-width: 0; }
      .off .what code { color: var(--vscode-descriptionForeground); }
      .state { display: inline-flex; gap: 4px; align-items: center; }
      .state .icon { width: 14px; height: 14px; font-size: 14px; }
      .tools { display: inline-flex; flex-wrap: wrap; gap: 2px; align-items: center; justify-content: flex-end; }
      .tools vscode-checkbox { margin-inline: 4px 0; }
      .weigh { display: inline-flex; flex-wrap: wrap; gap: 2px 6px; align-items: center; }
      .weigh label { font-weight: normal; color: var(--vscode-descriptionForeground); }
      .weigh .field { width: 64px; height: 24px; }
      @media (max-width: 600px) {
        ol > li { grid-template-columns: 16px minmax(14px, auto) minmax(0, 1fr); }
        .tools { grid-column: 2 / -1; justify-content: flex-start; }
        .weigh { flex-basis: 100%; }
      }
    `,
  ]
}
