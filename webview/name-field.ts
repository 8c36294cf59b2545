// A text field that offers known names while one types: models, combos, routes. Any other text is allowed too, since a name may
// be known later. Draws into the tree of its parent, so that the parent's labels, notes and styles apply to the field.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { formatNumber } from './format.ts'
import { t } from './l10n.ts'
import type { NameChoice } from './model-names.ts'

const mostShown = 50

@customElement('omni-name-field')
export class NameField extends LitElement {
  @property({ attribute: 'field-id' }) fieldId = ''
  @property() value = ''
  /** For a field without a visible label. */
  @property() label = ''
  @property({ attribute: 'described-by' }) describedBy = ''
  @property({ type: Boolean }) invalid = false
  @property() placeholder = ''
  @property({ attribute: false }) choices: readonly NameChoice[] = []
  /** Empties itself once something is chosen, which `omni-chosen` tells; otherwise `omni-typed` tells every change. */
  @property({ type: Boolean }) picks = false
  @state() private shown: readonly NameChoice[] = []
  @state() private left = 0
  @state() private open = false
  @state() private active = -1
  @query('input') private input!: HTMLInputElement

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override focus(): void {
    this.input.focus()
  }

  protected override render(): TemplateResult {
    const list = `${this.fieldId}-list`
    const active = this.shown[this.active]
    return html`<input
        id=${this.fieldId}
        class="field code"
        role="combobox"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        maxlength="300"
        aria-label=${this.label || nothing}
        aria-autocomplete="list"
        aria-expanded=${this.open ? 'true' : 'false'}
        aria-controls=${this.open ? list : nothing}
        aria-activedescendant=${this.open && active ? `${list}-${this.active}` : nothing}
        aria-describedby=${this.describedBy || nothing}
        aria-invalid=${this.invalid ? 'true' : 'false'}
        placeholder=${this.placeholder}
        .value=${live(this.value)}
        @input=${this.type}
        @click=${this.show}
        @keydown=${this.useKey}
        @blur=${this.hide}
      />
      ${this.open ? this.popup(list) : nothing}`
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('active')) this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  private popup(list: string): TemplateResult {
    // The list must not take the focus from the field, or it would close before the click arrives.
    return html`<div class="names" @mousedown=${(event: Event) => event.preventDefault()}>
      <ul id=${list} role="listbox" aria-label=${t('Known names')}>
        ${this.shown.map(
          ({ id, hint }, index) => html`<li
            id="${list}-${index}"
            role="option"
            aria-selected=${index === this.active ? 'true' : 'false'}
            @click=${() => this.choose(id)}
          ><code>${id}</code><span class="hint">${hint}</span></li>`,
        )}
      </ul>
      ${this.left > 0 ? html`<p class="left">${t('{0} more; type to narrow', formatNumber(this.left))}</p>` : nothing}
    </div>`
  }

  private type(): void {
    this.value = this.input.value
    this.tell('omni-typed')
    this.show()
  }

  private show(): void {
    const words = this.value.toLowerCase().split(/\s+/).filter(Boolean)
    const fitting = this.choices.filter(({ id, hint }) => {
      const text = `${id} ${hint}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    this.shown = fitting.slice(0, mostShown)
    this.left = fitting.length - this.shown.length
    this.active = -1
    const settled = fitting.length === 1 && fitting[0]?.id === this.value
    this.open = this.shown.length > 0 && !settled
  }

  private hide(): void {
    this.open = false
    this.active = -1
  }

  private choose(id: string): void {
    this.hide()
    this.value = this.picks ? '' : id
    if (this.picks) this.tell('omni-chosen', id)
    else this.tell('omni-typed')
  }

  private useKey(event: KeyboardEvent): void {
    const { key } = event
    if (event.isComposing || event.altKey) return
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault()
      if (!this.open) this.show()
      const count = this.shown.length
      if (count > 0) this.active = (this.active + (key === 'ArrowDown' ? 1 : this.active < 0 ? 0 : -1) + count) % count
    } else if (key === 'Escape' && this.open) {
      event.stopPropagation()
      this.hide()
    } else if (key === 'Enter') {
      const name = (this.open && this.shown[this.active]?.id) || (this.picks && this.value.trim())
      if (!name) return
      event.preventDefault()
      event.stopPropagation()
      this.choose(name)
    }
  }

  private tell(name: 'omni-typed' | 'omni-chosen', text = this.value): void {
    this.dispatchEvent(new CustomEvent<string>(name, { detail: text }))
  }
}

/** For every component that draws such a field. */
export const nameFieldStyles = css`
  omni-name-field { display: block; position: relative; min-width: 0; }
  .names { position: absolute; z-index: 5; inset-inline: 0; top: calc(100% + 2px); border: 1px solid var(--vscode-settings-dropdownListBorder, var(--vscode-contrastBorder, var(--vscode-widget-border, #8888))); border-radius: 4px; background: var(--vscode-settings-dropdownBackground); color: var(--vscode-settings-dropdownForeground); box-shadow: 0 3px 10px #0005; }
  .names ul { max-height: 232px; padding: 2px; overflow: auto; }
  .names li { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; justify-content: space-between; padding: 3px 7px; border: 1px solid transparent; border-radius: 3px; cursor: pointer; }
  .names li:hover { background: var(--vscode-list-hoverBackground); border-color: var(--vscode-contrastActiveBorder, transparent); }
  .names li[aria-selected='true'] { background: var(--vscode-list-activeSelectionBackground); color: var(--vscode-list-activeSelectionForeground); border-color: var(--vscode-contrastActiveBorder, transparent); }
  .names .hint { font-size: 0.92em; opacity: 0.85; }
  .names .left { padding: 3px 9px 5px; color: var(--vscode-descriptionForeground); font-size: 0.92em; }
`
