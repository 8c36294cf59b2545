// One request in full: how it ended and what to do, its trace, what translation dropped, and the facts.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ExplanationView, RequestDetail, RpcFailure } from '../../src/admin/contract.ts'
import { copyText } from '../clipboard.ts'
import { formatDateTime, formatDuration, formatNumber, yesNo } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { detailStyles } from './request-detail.styles.ts'
import { cacheWords, costWords, outcomeWords, wireName } from './request-words.ts'
import './trace-steps.ts'

type Fact = readonly [string, unknown]

@customElement('omni-request-detail')
export class RequestDetailView extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property() request = ''
  @state() private detail: RequestDetail | undefined
  @state() private failure: RpcFailure | undefined
  @state() private copied = false
  @state() private explanation: ExplanationView | undefined
  @state() private explanationCopied = false

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('request')) void this.load()
  }

  protected override render(): TemplateResult {
    return html`
      <section aria-labelledby="title">
        <div class="head">
          <a class="icon-button back" href="#/logs" aria-label=${t('Back to the list')} title=${t('Back to the list')}>${icon('arrow-left')}</a>
          <h2 id="title" tabindex="-1">${t('Request')}</h2>
          <div class="actions">
            ${
              this.detail
                ? html`<button class="icon-button worded" @click=${this.copyJson}>${icon(this.copied ? 'check' : 'json')}${t('Copy as JSON')}</button>`
                : nothing
            }
            <a class="icon-button closer" href="#/logs" aria-label=${t('Close details')} title=${t('Close details')}>${icon('close')}</a>
          </div>
        </div>
        ${this.failure ? failureNotice(this.failure, () => void this.load()) : nothing}
        ${this.detail ? this.body(this.detail) : this.failure ? nothing : html`<p class="quiet">${t('Reading the request…')}</p>`}
      </section>
    `
  }

  /** Puts the focus where reading begins. */
  focusTitle(): void {
    this.renderRoot.querySelector<HTMLElement>('#title')?.focus()
  }

  private body(detail: RequestDetail): TemplateResult {
    const outcome = outcomeWords(detail)
    return html`
      <div class="outcome">
        ${icon(outcome.icon, outcome.color)}
        <p><strong>${outcome.text}</strong> <span class="numbers">${detail.status}</span> · ${modelLine(detail)}</p>
      </div>
      ${
        detail.message
          ? html`<div class="notice ${detail.code === 'client_left' ? '' : 'failed'}">
            ${icon(outcome.icon)}
            <div class="body">
              <p class="cause">${detail.message}</p>
              ${detail.nextStep ? html`<p>${t(detail.nextStep)}</p>` : nothing}
            </div>
          </div>`
          : nothing
      }
      <section aria-labelledby="trace">
        <h3 id="trace">${t('Trace')}</h3>
        <omni-trace-steps .steps=${detail.trace} .totalMs=${detail.totalMs}></omni-trace-steps>
      </section>
      ${this.explanation ? this.explain(this.explanation) : nothing}
      ${detail.warnings.length > 0 ? this.warnings(detail) : nothing}
      <section aria-labelledby="facts">
        <h3 id="facts">${t('Facts')}</h3>
        ${factList(facts(detail))}
      </section>
      <section aria-labelledby="tokens">
        <h3 id="tokens">${t('Tokens')}</h3>
        ${factList(tokenFacts(detail))}
      </section>
    `
  }

  private explain({ story, lines }: ExplanationView): TemplateResult {
    return html`<section aria-labelledby="explanation">
      <div class="titled">
        <h3 id="explanation">${t('Explanation')}</h3>
        <button class="icon-button worded" aria-label=${t('Copy the explanation')} @click=${() => void this.copyExplanation([story, ...lines])}>${icon(this.explanationCopied ? 'check' : 'copy')}${t('Copy')}</button>
      </div>
      <p class="story">${story}</p>
      <ul class="lines">${lines.map((line) => html`<li>${line}</li>`)}</ul>
    </section>`
  }

  private warnings(detail: RequestDetail): TemplateResult {
    return html`<section aria-labelledby="warnings">
      <h3 id="warnings">${t('Warnings')}</h3>
      <ul class="warnings">
        ${detail.warnings.map(
          ({ kind, subject, message }) =>
            html`<li>${icon('warning', 'waiting')}<span><code>${subject}</code> <span class="quiet">${kind}</span> ${message}</span></li>`,
        )}
      </ul>
    </section>`
  }

  private async load(): Promise<void> {
    const wanted = this.request
    this.failure = undefined
    if (this.detail?.id !== wanted) {
      this.detail = undefined
      this.explanation = undefined
    }
    try {
      const detail = await this.client.call('requests.get', { id: wanted })
      if (wanted !== this.request) return
      this.detail = detail
      await this.loadExplanation(wanted)
    } catch (thrown) {
      if (wanted === this.request) this.failure = toFailure(thrown)
    }
  }

  private async loadExplanation(wanted: string): Promise<void> {
    try {
      const explanation = await this.client.call('requests.explain', { id: wanted })
      if (wanted === this.request) this.explanation = explanation
    } catch {
      // The trace above says the same, step by step.
    }
  }

  private async copyExplanation(lines: readonly string[]): Promise<void> {
    this.explanationCopied = await copyText(lines.join('\n'))
    setTimeout(() => {
      this.explanationCopied = false
    }, 1500)
  }

  private async copyJson(): Promise<void> {
    if (!this.detail) return
    this.copied = await copyText(JSON.stringify(this.detail, null, 2))
    setTimeout(() => {
      this.copied = false
    }, 1500)
  }

  static override styles = [...sharedStyles, detailStyles, css`:host { height: 100%; overflow: auto; }`]
}

function modelLine(detail: RequestDetail): TemplateResult {
  if (!detail.modelServed || detail.modelServed === detail.modelAsked) return html`<code>${detail.modelAsked}</code>`
  return html`<code>${detail.modelAsked}</code> ${icon('arrow-right', 'quiet')}<span class="unseen">${t('served by')}</span> <code>${detail.modelServed}</code>`
}

function facts(detail: RequestDetail): Fact[] {
  return [
    [t('Time'), formatDateTime(detail.at)],
    [t('Client'), detail.client],
    [t('Key'), detail.keyName ?? '–'],
    [t('Wire'), wireName(detail.wire)],
    [t('Model asked'), html`<code>${detail.modelAsked}</code>`],
    [t('Model served'), detail.modelServed ? html`<code>${detail.modelServed}</code>` : '–'],
    [t('Account'), detail.accountLabel ?? '–'],
    [t('Streamed'), yesNo(detail.stream)],
    [t('First byte'), formatDuration(detail.firstByteMs)],
    [t('Total'), formatDuration(detail.totalMs)],
    [t('Attempts'), formatNumber(detail.attempts)],
    ...(detail.cost ? [[t('Cost'), costWords(detail.cost)] as const] : []),
    ...(detail.cache ? [[t('Cache'), cacheWords(detail.cache)] as const] : []),
    ...(detail.workspace === undefined ? [] : [[t('Workspace'), detail.workspace] as const]),
    [t('Request id'), html`<code>${detail.id}</code>`],
  ]
}

function tokenFacts({ usage }: RequestDetail): Fact[] {
  return [
    [t('Input'), formatNumber(usage.input)],
    [t('Read from cache'), formatNumber(usage.cacheRead)],
    [t('Written to cache'), formatNumber(usage.cacheWrite)],
    ...(usage.cacheWrite1h === undefined ? [] : [[t('Of it for an hour'), formatNumber(usage.cacheWrite1h)] as const]),
    [t('Output'), formatNumber(usage.output)],
    [t('Of it reasoning'), formatNumber(usage.reasoning)],
  ]
}

function factList(list: readonly Fact[]): TemplateResult {
  return html`<dl class="facts">
    ${list.map(([name, value]) => html`<div><dt>${name}</dt><dd class="numbers">${value}</dd></div>`)}
  </dl>`
}
