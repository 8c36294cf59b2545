// The trace of a request: one line a target, in words, with a bar that shows when it was tried and how long it took.
import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { formatDuration } from '../format.ts'
import { type IconColor, type IconName, icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { sharedStyles } from '../styles.ts'
import { codeWords, type TraceStep } from './request-words.ts'

@customElement('omni-trace-steps')
export class TraceSteps extends LitElement {
  @property({ attribute: false }) steps: readonly TraceStep[] = []
  @property({ type: Number }) totalMs = 0

  protected override render(): TemplateResult {
    if (this.steps.length === 0)
      return html`<p class="quiet">${t('No target was looked at: the request ended before routing.')}</p>`
    const scale = Math.max(this.totalMs, 1, ...this.steps.map(({ endedAt }) => endedAt ?? 0))
    return html`
      <ol>
        ${this.steps.map((step) => this.step(step, scale))}
      </ol>
      <div class="axis numbers quiet" aria-hidden="true"><span>0</span><span>${formatDuration(scale)}</span></div>
    `
  }

  private step(step: TraceStep, scale: number): TemplateResult {
    const words = kindWords(step.kind)
    const why = [step.status, step.code ? codeWords(step.code) : undefined]
      .filter((part) => part !== undefined)
      .join(' ')
    return html`<li class=${step.kind}>
      <p class="line">
        ${icon(words.icon, words.color)}
        <span class="words"><span class="what"><strong>${words.text}</strong> ${step.target === undefined ? nothing : html`<code>${step.target}</code>`} ${step.account === undefined ? nothing : html`<span class="quiet">${t('via {0}', step.account)}</span>`}</span>
        <span class="took numbers">${timing(step)}</span></span>
      </p>
      ${why || step.message || step.reason ? html`<p class="why">${[why, step.message ?? step.reason].filter(Boolean).join(' · ')}</p>` : nothing}
      ${this.bar(step, scale)}
    </li>`
  }

  private bar(step: TraceStep, scale: number): TemplateResult | typeof nothing {
    if (step.startedAt === undefined || step.endedAt === undefined) return nothing
    const percent = (milliseconds: number) => `${Math.round((Math.max(0, milliseconds) / scale) * 10_000) / 100}%`
    const wait = (step.firstByteAt ?? step.endedAt) - step.startedAt
    const answer = step.firstByteAt === undefined ? 0 : step.endedAt - step.firstByteAt
    return html`<svg class="bar" width="100%" height="10" aria-hidden="true">
      ${svg`<line x1="0" x2="100%" y1="9.5" y2="9.5" class="ground" />`}
      ${svg`<rect class="wait" x=${percent(step.startedAt)} y="1" height="7" rx="1.5" width=${percent(wait)} />`}
      ${answer > 0 ? svg`<rect class="answer" x=${percent(step.firstByteAt ?? 0)} y="1" height="7" rx="1.5" width=${percent(answer)} />` : nothing}
      ${svg`<rect class="edge" x=${percent(step.startedAt)} y="1" height="7" width="2" />`}
    </svg>`
  }

  static override styles = [
    ...sharedStyles,
    css`
      ol { display: flex; flex-direction: column; gap: 10px; }
      .line { display: flex; gap: 0 6px; align-items: flex-start; }
      .words { display: flex; flex: 1; flex-wrap: wrap; gap: 0 12px; min-width: 0; }
      .line .icon { margin-top: 1px; }
      .what { flex: 1 1 150px; min-width: 0; overflow-wrap: anywhere; }
      .took { flex: none; margin-inline-start: auto; white-space: nowrap; }
      .why { padding-inline-start: 22px; overflow-wrap: anywhere; }
      .skipped .why, .waited .why, .retried .why, .refreshed .why, .decided .why { color: var(--vscode-descriptionForeground); }
      .bar { display: block; margin: 3px 0 0; overflow: visible; }
      .bar:dir(rtl) { transform: scaleX(-1); }
      .ground { stroke: var(--vscode-contrastBorder, var(--vscode-panel-border)); }
      .wait { opacity: 0.4; }
      .served rect { fill: var(--vscode-charts-green); }
      .failed rect { fill: var(--vscode-charts-red); }
      .axis { display: flex; justify-content: space-between; font-size: 0.85em; margin-top: 2px; }
      @media (forced-colors: active) { .served rect, .failed rect { fill: CanvasText; } }
    `,
  ]
}

interface KindWords {
  readonly icon: IconName
  readonly color: IconColor
  readonly text: string
}

function kindWords(kind: TraceStep['kind']): KindWords {
  switch (kind) {
    case 'served':
      return { icon: 'pass-filled', color: 'good', text: t('Served') }
    case 'failed':
      return { icon: 'error', color: 'bad', text: t('Failed') }
    case 'skipped':
      return { icon: 'debug-step-over', color: 'quiet', text: t('Skipped') }
    case 'waited':
      return { icon: 'watch', color: 'waiting', text: t('Waited') }
    case 'retried':
      return { icon: 'refresh', color: 'quiet', text: t('Tried again') }
    case 'refreshed':
      return { icon: 'key', color: 'quiet', text: t('Key renewed') }
    case 'decided':
      return { icon: 'compass', color: 'quiet', text: t('Decided') }
  }
}

function timing(step: TraceStep): string {
  if (step.ms !== undefined) return formatDuration(step.ms)
  if (step.startedAt === undefined || step.endedAt === undefined) return ''
  const took = formatDuration(step.endedAt - step.startedAt)
  if (step.firstByteAt === undefined) return took
  return t('{0}, first byte {1}', took, formatDuration(step.firstByteAt - step.startedAt))
}
