// The log as a table of any length: only the rows in sight are in the document. Rows have one height, which is what makes that
// possible. The time of a row is its link; arrow keys go from row to row.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { RequestRow } from '../../src/admin/contract.ts'
import { formatDateTime, formatDay, formatDuration, formatNumber, formatTimeOfDay } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { hashOf } from '../route.ts'
import { sharedStyles } from '../styles.ts'
import { tableStyles } from './request-table.styles.ts'
import { outcomeWords, tokensIn } from './request-words.ts'

const rowHeight = 26
const headHeight = 28
/** Rows drawn beyond either edge, so that a quick scroll meets no gap. */
const spareRows = 12
const nearEndRows = 30

@customElement('omni-request-table')
export class RequestTable extends LitElement {
  @property({ attribute: false }) rows: readonly RequestRow[] = []
  @property({ type: Number }) total = 0
  @property() selected = ''
  @state() private firstShown = 0
  @state() private shownCount = 40
  @state() private activeId = ''
  @query('.scroll') private scroller!: HTMLElement
  private resizes: ResizeObserver | undefined
  private focusAfterUpdate = false

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.resizes?.disconnect()
    this.resizes = undefined
  }

  protected override firstUpdated(): void {
    this.resizes = new ResizeObserver(() => this.measure())
    this.resizes.observe(this.scroller)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') && this.hasUpdated) this.keepPlace(changed.get('rows') ?? [])
  }

  protected override updated(): void {
    // By the object model, not by an attribute: the page's policy refuses inline styles.
    for (const cell of this.renderRoot.querySelectorAll<HTMLElement>('.padding td')) {
      cell.style.height = `${Number(cell.dataset['rows']) * rowHeight}px`
    }
    if (!this.focusAfterUpdate) return
    this.focusAfterUpdate = false
    this.renderRoot.querySelector<HTMLElement>('a[tabindex="0"]')?.focus({ preventScroll: true })
  }

  protected override render(): TemplateResult {
    const first = Math.max(0, Math.min(this.firstShown, this.rows.length - 1))
    const end = Math.min(this.rows.length, first + this.shownCount)
    const shown = this.rows.slice(first, end)
    const tabStop = this.rows.some(({ id }) => id === this.activeId) ? this.activeId : (this.rows[0]?.id ?? '')
    // The row that Tab lands on has to be in the document; when it is out of sight, the first one in sight stands in.
    const stop = shown.some(({ id }) => id === tabStop) ? tabStop : (shown[0]?.id ?? '')
    return html`<div class="scroll" @scroll=${this.measure}>
      <table aria-label=${t('Requests, newest first')} aria-rowcount=${this.total + 1}>
        <thead>
          <tr aria-rowindex="1">
            <th scope="col" class="time">${t('Time')}</th>
            <th scope="col" class="client">${t('Client')}</th>
            <th scope="col" class="model">${t('Model')}</th>
            <th scope="col" class="account">${t('Account')}</th>
            <th scope="col" class="status">${t('Status')}</th>
            <th scope="col" class="number tokens" title=${t('Tokens read, cache included')}>${t('Tokens in')}</th>
            <th scope="col" class="number tokens" title=${t('Tokens written, reasoning included')}>${t('Tokens out')}</th>
            <th scope="col" class="number first">${t('First byte')}</th>
            <th scope="col" class="number total">${t('Total')}</th>
            <th scope="col" class="number tries">${t('Attempts')}</th>
          </tr>
        </thead>
        <tbody @keydown=${this.moveByKey}>
          ${this.padding(first)}
          ${repeat(
            shown,
            ({ id }) => id,
            (row, at) => this.row(row, first + at, row.id === stop),
          )}
          ${this.padding(this.rows.length - end)}
        </tbody>
      </table>
    </div>`
  }

  private padding(rows: number): TemplateResult | typeof nothing {
    if (rows <= 0) return nothing
    return html`<tr class="padding" aria-hidden="true"><td data-rows=${rows}></td></tr>`
  }

  private row(row: RequestRow, index: number, isTabStop: boolean): TemplateResult {
    const outcome = outcomeWords(row)
    const day = formatDay(row.at)
    const time = formatTimeOfDay(row.at)
    const name = t('{0}, {1}, {2}', [day, time].filter(Boolean).join(' '), row.modelAsked, outcome.text)
    return html`<tr
      class=${row.id === this.selected ? 'selected' : ''}
      aria-rowindex=${index + 2}
      data-request=${row.id}
      @click=${this.openByClick}
    >
      <td class="time numbers" title=${formatDateTime(row.at)}>
        <a href=${hashOf({ page: 'logs', request: row.id })} tabindex=${isTabStop ? 0 : -1} aria-current=${row.id === this.selected ? 'true' : nothing} aria-label=${name} @focus=${() => this.activate(row.id)}>${day ? html`<span class="day">${day} </span>` : nothing}${time}</a>
      </td>
      <td class="client" title=${row.client}>${row.client}</td>
      <td class="model" title=${modelTitle(row)}>${modelCell(row)}</td>
      <td class="account" title=${row.accountLabel ?? ''}>${row.accountLabel ?? '–'}</td>
      <td class="status" title=${`${row.status} ${outcome.text}`}>
        <span class="outcome">${icon(outcome.icon, outcome.color)}<span class="numbers">${row.status}</span> <span class="words">${outcome.text}</span></span>
      </td>
      <td class="number numbers tokens">${formatNumber(tokensIn(row))}</td>
      <td class="number numbers tokens">${formatNumber(row.usage.output)}</td>
      <td class="number numbers first">${formatDuration(row.firstByteMs)}</td>
      <td class="number numbers total">${formatDuration(row.totalMs)}</td>
      <td class="number numbers tries">${row.attempts > 1 ? html`<strong>${formatNumber(row.attempts)}</strong>` : formatNumber(row.attempts)}</td>
    </tr>`
  }

  private openByClick(event: MouseEvent): void {
    const fromLink = event.composedPath().some((element) => element instanceof HTMLAnchorElement)
    // A click that ends a text selection is meant for the text.
    if (fromLink || document.getSelection()?.type === 'Range') return
    const row = event.currentTarget as HTMLElement
    row.querySelector('a')?.click()
  }

  private activate(id: string): void {
    this.activeId = id
  }

  private moveByKey(event: KeyboardEvent): void {
    const from = this.rows.findIndex(({ id }) => id === this.activeId)
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - headHeight) / rowHeight) - 1)
    const last = this.rows.length - 1
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: last,
    }
    const wanted = targets[event.key]
    if (wanted === undefined || from < 0) return
    event.preventDefault()
    const target = this.rows[Math.max(0, Math.min(last, wanted))]
    if (!target) return
    this.activeId = target.id
    this.bringIntoSight(this.rows.indexOf(target))
    this.focusAfterUpdate = true
    this.requestUpdate()
  }

  private bringIntoSight(index: number): void {
    const top = index * rowHeight
    const visible = this.scroller.clientHeight - headHeight
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top
    else if (top + rowHeight > this.scroller.scrollTop + visible) this.scroller.scrollTop = top + rowHeight - visible
    this.measure()
  }

  /** Rows put on top must not push away what somebody is reading. */
  private keepPlace(before: readonly RequestRow[]): void {
    const { scrollTop } = this.scroller
    if (scrollTop < rowHeight) return
    const anchor = before[Math.floor(scrollTop / rowHeight)]
    const index = anchor ? this.rows.findIndex(({ id }) => id === anchor.id) : -1
    if (index < 0) return
    const wanted = index * rowHeight + (scrollTop % rowHeight)
    if (wanted === scrollTop) return
    void this.updateComplete.then(() => {
      this.scroller.scrollTop = wanted
    })
    this.firstShown = Math.max(0, index - spareRows)
  }

  private measure(): void {
    const { scrollTop, clientHeight } = this.scroller
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spareRows)
    // Steps of a few rows: a scroll by pixels then mostly changes nothing.
    this.firstShown = first - (first % 4)
    this.shownCount = Math.ceil(clientHeight / rowHeight) + 2 * spareRows + 4
    const lastSeen = Math.ceil((scrollTop + clientHeight) / rowHeight)
    this.dispatchEvent(
      new CustomEvent<ScrollPlace>('omni-scrolled', {
        detail: { atTop: scrollTop < rowHeight, nearEnd: lastSeen > this.rows.length - nearEndRows },
      }),
    )
  }

  static override styles = [...sharedStyles, tableStyles, css`:host { height: 100%; min-height: 0; }`]
}

export interface ScrollPlace {
  readonly atTop: boolean
  readonly nearEnd: boolean
}

function modelCell(row: RequestRow): TemplateResult | string {
  if (!row.modelServed || row.modelServed === row.modelAsked) return row.modelAsked
  return html`${row.modelAsked} <span class="arrow">${icon('arrow-right', 'quiet')}<span class="unseen">${t('served by')}</span></span> ${row.modelServed}`
}

function modelTitle(row: RequestRow): string {
  return row.modelServed && row.modelServed !== row.modelAsked
    ? `${row.modelAsked} → ${row.modelServed}`
    : row.modelAsked
}
