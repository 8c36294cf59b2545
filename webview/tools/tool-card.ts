// One tool of the list: what was found of it, how it stands, and what can be done: set it up, check it, undo it, start it.
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ToolAction, ToolChoice, ToolProof, ToolView } from '../../src/admin/contract-tools.ts'
import { ActionCard } from '../action-card.ts'
import { announce } from '../announce.ts'
import { askEditor, isInEditor } from '../editor.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { outsideLink } from '../links.ts'
import type { NameChoice } from '../model-names.ts'
import { failureNotice } from '../notice.ts'
import { cardStyles } from '../providers/account-card.styles.ts'
import type { RpcClient } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { problemNotice } from './problem-notice.ts'
import type { Done, Work } from './set-up-form.ts'
import { actionWords, doneWords, proofWords, sentenceText, stateWords } from './tool-words.ts'
import './launch-command.ts'
import './set-up-form.ts'

@customElement('omni-tool-card')
export class ToolCard extends ActionCard<'check'> {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) tool!: ToolView
  @property({ attribute: false }) suggested!: ToolChoice
  @property({ attribute: false }) choices: readonly NameChoice[] = []
  @state() private open: Work | 'launch' | undefined
  @state() private done: Done | undefined
  @state() private proof: ToolProof | undefined

  protected override render(): TemplateResult {
    const { tool } = this
    const { icon: sign, color, word, detail } = stateWords(tool)
    return html`<article class="card" aria-labelledby="name">
      <div class="head">
        <div class="title">
          <h2 id="name">${tool.name}</h2>
          <span class="small">${outsideLink(tool.website, t('Website'))}</span>
        </div>
        <div class="actions">${this.buttons()}</div>
      </div>
      <p class="state">${icon(sign, color)}<span><span class="word">${word}</span> ${doneWords(tool)} ${detail}</span></p>
      ${this.found()} ${this.byOtherMeans()}
      ${tool.problem && tool.state === 'problem' ? problemNotice(tool.problem) : nothing}
      ${this.form()}
      <div class="results">${this.results()}</div>
    </article>`
  }

  private found(): TemplateResult | typeof nothing {
    const { presence, paths, chosen } = this.tool
    const places = presence.isFound ? paths : []
    if (!presence.program && !presence.extension && places.length === 0) return nothing
    return html`<p class="meta quiet small">
      ${presence.program ? html`<span>${t('Program')} <code>${presence.program}</code></span>` : nothing}
      ${presence.extension ? html`<span>${t('Extension')} <code>${presence.extension.id} ${presence.extension.version}</code></span>` : nothing}
      ${places.length > 0 ? html`<span>${t('Files')} ${places.map((path, index) => html`${index > 0 ? ', ' : ''}<code>${path}</code>`)}</span>` : nothing}
      ${chosen ? html`<span>${t('Model')} <code>${chosen.model}</code></span>` : nothing}
    </p>`
  }

  private byOtherMeans(): TemplateResult | typeof nothing {
    const { means, instructions } = this.tool
    if (means === 'by-hand')
      return html`<ol class="steps">${instructions.map((step) => html`<li>${sentenceText(step)}</li>`)}</ol>`
    if (means === 'files' || isInEditor()) return nothing
    return html`<p class="quiet">${t('Only VS Code reaches it. Run "OmniRoute: Set Up Tool…" there.')}</p>`
  }

  private buttons(): TemplateResult {
    const { tool } = this
    const isReachable = tool.means === 'files' || (tool.means === 'editor-api' && isInEditor())
    const actions = isReachable && tool.state !== 'problem' ? tool.actions : []
    const isSetUp = Object.values(tool.states).some((state) => state === 'configured' || state === 'outdated')
    return html`${actions.map((action) => this.button(action === 'add' ? 'add' : 'check', actionWords(action), () => this.setUp(action), action))}
    ${isSetUp ? this.button('beaker', this.work ? t('Checking…') : t('Check'), () => void this.check()) : nothing}
    ${tool.ours.length > 0 && isReachable ? this.button('discard', t('Undo'), () => this.undo(), 'undo') : nothing}
    ${tool.canLaunch ? this.button('copy', t('Launch command'), () => this.launch(), 'launch') : nothing}`
  }

  private button(
    sign: 'add' | 'check' | 'beaker' | 'discard' | 'copy',
    text: string,
    act: () => void,
    work = '',
  ): TemplateResult {
    return html`<button class="icon-button worded" data-work=${work} aria-label="${text}: ${this.tool.name}" @click=${act}>${icon(sign)}${text}</button>`
  }

  private form(): TemplateResult | typeof nothing {
    const { open, tool } = this
    if (open === undefined) return nothing
    if (open === 'launch')
      return html`<omni-launch-command .client=${this.client} .tool=${tool} @omni-left=${this.close}></omni-launch-command>`
    return html`<omni-tool-form
      .client=${this.client}
      .tool=${tool}
      .chosen=${tool.chosen ?? this.suggested}
      .choices=${this.choices}
      .task=${open}
      @omni-done=${this.finish}
      @omni-left=${this.close}
    ></omni-tool-form>`
  }

  private results(): TemplateResult {
    const { done, proof, failure, tool } = this
    const failed = proof?.outcome === 'failed'
    return html`${
      done || proof
        ? html`<div class="notice ${failed ? 'failed' : 'told'}">
          ${icon(failed ? 'error' : 'pass-filled')}
          <div class="body">
            ${done ? html`<p class="cause" id="done" tabindex="-1">${doneSentence(done.work, tool.name)}</p>` : nothing}
            ${this.work ? html`<p>${t('Sending a request…')}</p>` : nothing}
            ${proof ? html`<p data-outcome=${proof.outcome}>${proofWords(proof)}</p>` : nothing}
            ${done?.next.map((step) => html`<p>${step}</p>`)}
          </div>
          <button class="icon-button close" aria-label=${t('Dismiss result')} title=${t('Dismiss result')} @click=${this.dismiss}>${icon('close')}</button>
        </div>`
        : nothing
    }
    ${failure ? failureNotice(failure) : nothing}`
  }

  private setUp(action: ToolAction): void {
    if (this.tool.means === 'editor-api') askEditor({ editor: 'set-up', tool: this.tool.id, action })
    else void this.show(action)
  }

  private undo(): void {
    if (this.tool.means === 'editor-api') askEditor({ editor: 'undo', tool: this.tool.id })
    else void this.show('undo')
  }

  private launch(): void {
    if (isInEditor()) askEditor({ editor: 'launch', tool: this.tool.id })
    else void this.show('launch')
  }

  /** Another action is another form. */
  private async show(work: Work | 'launch'): Promise<void> {
    this.dismiss()
    this.open = undefined
    await this.updateComplete
    this.open = work
  }

  private async close(): Promise<void> {
    const opener = `.actions [data-work="${this.open}"]`
    this.open = undefined
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(opener)?.focus()
  }

  private async finish(event: CustomEvent<Done>): Promise<void> {
    this.open = undefined
    this.done = event.detail
    announce(doneSentence(this.done.work, this.tool.name))
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('#done')?.focus()
    if (this.done.work !== 'undo') await this.check()
  }

  private async check(): Promise<void> {
    await this.run('check', async () => {
      this.proof = await this.client.call('tools.verify', { tool: this.tool.id })
      announce(proofWords(this.proof))
    })
  }

  private dismiss(): void {
    this.done = undefined
    this.proof = undefined
    this.failure = undefined
  }

  static override styles = [
    ...sharedStyles,
    cardStyles,
    css`
      .small { font-size: 0.92em; }
      .steps { padding-inline-start: 20px; list-style: decimal; }
      .notice { margin-top: 6px; }
      #done:focus { outline: none; }
    `,
  ]
}

function doneSentence(work: Work, name: string): string {
  return work === 'undo' ? t('{0} is as it was before.', name) : t('{0} is set up.', name)
}
