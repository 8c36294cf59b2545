// Fields of the Routing page: each shows one setting of a draft, by its path, with label, unit, note and what is wrong with it.
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import type { NameChoice } from '../model-names.ts'
import '../name-field.ts'
import { getIn, keyOf, numberText, type Path, type TypedNumber } from './draft.ts'
import type { GroupForm } from './group.ts'

export type Choice = readonly [value: string, text: string]

interface FieldOptions {
  readonly note?: string
  /** An empty field takes the setting out. */
  readonly optional?: boolean
  readonly placeholder?: string
  /** Where a problem of this field may lie as well: the entry it is the deciding part of. */
  readonly also?: Path
}

export const seconds = 1000

export function textField(form: GroupForm, path: Path, label: string, options: FieldOptions = {}): TemplateResult {
  const value = String(getIn(form.draft, path) ?? '')
  return row(
    form,
    path,
    label,
    options,
    (attributes) => html`<input
    id=${attributes.id}
    class="field"
    autocomplete="off"
    maxlength="300"
    placeholder=${options.placeholder ?? ''}
    aria-describedby=${attributes.note}
    aria-invalid=${attributes.invalid}
    .value=${live(value)}
    @input=${(event: Event) => writeText(form, path, enteredText(event), options)}
  />`,
  )
}

export function areaField(form: GroupForm, path: Path, label: string, options: FieldOptions = {}): TemplateResult {
  const value = String(getIn(form.draft, path) ?? '')
  return row(
    form,
    path,
    label,
    options,
    (attributes) => html`<textarea
    id=${attributes.id}
    class="field"
    rows="4"
    aria-describedby=${attributes.note}
    aria-invalid=${attributes.invalid}
    .value=${live(value)}
    @input=${(event: Event) => writeText(form, path, enteredText(event), options)}
  ></textarea>`,
  )
}

/** A model, combo or alias, or a pattern of them. */
export function nameField(
  form: GroupForm,
  path: Path,
  label: string,
  choices: readonly NameChoice[],
  options: FieldOptions = {},
): TemplateResult {
  const value = String(getIn(form.draft, path) ?? '')
  return row(
    form,
    path,
    label,
    options,
    (attributes) => html`<omni-name-field
    field-id=${attributes.id}
    described-by=${attributes.note === nothing ? '' : attributes.note}
    ?invalid=${attributes.invalid === 'true'}
    placeholder=${options.placeholder ?? ''}
    .choices=${choices}
    .value=${value}
    @omni-typed=${(event: CustomEvent<string>) => writeText(form, path, event.detail, options)}
  ></omni-name-field>`,
  )
}

export function numberField(
  form: GroupForm,
  path: Path,
  label: string,
  unit: string,
  options: FieldOptions & { readonly scale?: number } = {},
): TemplateResult {
  const { scale = 1 } = options
  const write = (event: Event) => {
    const typed = enteredText(event)
    const value: TypedNumber | undefined = options.optional && typed.trim() === '' ? undefined : { typed, scale }
    form.set(path, value)
  }
  return row(
    form,
    path,
    html`${label}${unit ? html` <span class="unit">${unit}</span>` : nothing}`,
    options,
    (attributes) => html`<input
      id=${attributes.id}
      class="field numbers"
      inputmode="decimal"
      autocomplete="off"
      maxlength="16"
      placeholder=${options.placeholder ?? ''}
      aria-describedby=${attributes.note}
      aria-invalid=${attributes.invalid}
      .value=${live(numberText(getIn(form.draft, path), scale))}
      @input=${write}
    />`,
    scale,
  )
}

export function choiceField(
  form: GroupForm,
  path: Path,
  label: string,
  choices: readonly Choice[],
  options: FieldOptions & { readonly pick?: (value: string) => void } = {},
): TemplateResult {
  const value = String(getIn(form.draft, path) ?? '')
  return selectField(form, path, label, value, choices, options)
}

/** A list to choose from whose value isn't kept as it is. */
export function selectField(
  form: GroupForm,
  path: Path,
  label: string,
  value: string,
  choices: readonly Choice[],
  options: FieldOptions & { readonly pick?: (value: string) => void } = {},
): TemplateResult {
  // What was chosen once may be gone by now, and must not turn into something else unseen.
  const known = choices.some(([one]) => one === value)
  const all: readonly Choice[] = known || value === '' ? choices : [...choices, [value, t('{0} (gone)', value)]]
  const pick = options.pick ?? ((chosen: string) => writeText(form, path, chosen, options))
  return row(
    form,
    path,
    label,
    options,
    (attributes) => html`<select
    id=${attributes.id}
    class="field"
    aria-describedby=${attributes.note}
    aria-invalid=${attributes.invalid}
    @change=${(event: Event) => pick(enteredText(event))}
  >
    ${all.map(([one, text]) => html`<option value=${one} .selected=${live(one === value)}>${text}</option>`)}
  </select>`,
  )
}

export function toggleField(form: GroupForm, path: Path, label: string, note = ''): TemplateResult {
  const id = path.join('-')
  const on = getIn(form.draft, path) === true
  const write = (event: Event) => form.set(path, (event.target as HTMLInputElement).checked)
  return html`<div class="row switch">
    <vscode-checkbox toggle .checked=${live(on)} @change=${write}>${label}</vscode-checkbox>
    ${note ? html`<p class="note" id="${id}-note">${note}</p>` : nothing}
  </div>`
}

export interface RowsOptions {
  readonly legend: string
  /** The legend is the group's own title, which stands right above. */
  readonly alone?: boolean
  /** Entries of two or three fields, which get more room each. */
  readonly few?: boolean
  /** Stands where there is no entry. */
  readonly none: string
  readonly add: string
  readonly newRow: () => unknown
  /** The name of the n-th entry, for screen readers. */
  readonly name: (place: number) => string
  readonly entry: (path: Path, index: number) => TemplateResult
}

/** A list of entries, each of which can be removed, with a button that adds one. */
export function rowsField(form: GroupForm, path: Path, options: RowsOptions): TemplateResult {
  const rows = (getIn(form.draft, path) ?? []) as readonly unknown[]
  return html`<fieldset data-list=${keyOf(path)}>
    <legend class=${options.alone ? 'unseen' : ''}>${options.legend}</legend>
    ${rows.length === 0 ? html`<p class="quiet">${options.none}</p>` : nothing}
    ${rows.map((_, index) => {
      const place = [...path, index]
      const remove = t('Remove {0}', options.name(index + 1))
      return html`<div class="entry" role="group" aria-label=${options.name(index + 1)}>
        <div class="cells ${options.few ? 'few' : ''}">${options.entry(place, index)}</div>
        <button type="button" class="icon-button" aria-label=${remove} title=${remove} @click=${() => form.removeRow(path, index)}>${icon('trash')}</button>
        ${problemText(form, place, 1)}
      </div>`
    })}
    ${problemText(form, path, 1)}
    <div><button type="button" class="icon-button worded add-row" @click=${() => form.addRow(path, options.newRow())}>${icon('add')}${options.add}</button></div>
  </fieldset>`
}

interface Attributes {
  readonly id: string
  readonly note: string | typeof nothing
  readonly invalid: 'true' | 'false'
}

function row(
  form: GroupForm,
  path: Path,
  label: TemplateResult | string,
  { note = '', also }: FieldOptions,
  control: (attributes: Attributes) => TemplateResult,
  scale = 1,
): TemplateResult {
  const id = path.join('-')
  const problem = problemText(form, path, scale, also)
  const noted = problem !== nothing || note !== ''
  return html`<div class="row">
    <label for=${id}>${label}</label>
    ${control({ id, note: noted ? `${id}-note` : nothing, invalid: problem === nothing ? 'false' : 'true' })}
    ${noted ? html`<p class="note" id="${id}-note">${problem}${note}</p>` : nothing}
  </div>`
}

function problemText(form: GroupForm, path: Path, scale: number, also?: Path): TemplateResult | typeof nothing {
  const problem = form.problems.get(keyOf(path)) ?? (also && form.problems.get(keyOf(also)))
  return problem ? html`<span class="problem">${icon('error', 'bad')}<span>${problem(scale)}</span></span>` : nothing
}

function writeText(form: GroupForm, path: Path, text: string, { optional }: FieldOptions): void {
  form.set(path, optional && text.trim() === '' ? undefined : text)
}

function enteredText(event: Event): string {
  const target = event.target
  return target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
    ? target.value
    : ''
}
