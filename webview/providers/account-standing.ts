// What an account rests for, with a button that ends it, and what is left of its quotas. Tells only what vendors told, and when.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { RpcFailure } from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { meter, meterStyles } from '../meter.ts'
import { failureNotice } from '../notice.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { sharedStyles } from '../styles.ts'
import { standingStyles } from './account-standing.styles.ts'
import {
  type AccountStanding,
  currentRests,
  type Quota,
  quotaKey,
  type Rest,
  restKey,
  shareLeft,
  tightestFirst,
} from './quota-order.ts'
import {
  leftWords,
  numberWords,
  reasonWords,
  resetWords,
  saidByWords,
  sourceWords,
  untilWords,
  windowName,
} from './standing-words.ts'

/** More of either is unfolded on demand. */
const most = 4
/** From here on little is left. */
const lowShare = 0.2

type List = 'rests' | 'quotas'

@customElement('omni-account-standing')
export class AccountStandingView extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) standing!: AccountStanding
  @property({ type: Number }) now = Date.now()
  @state() private unfolded: ReadonlySet<List> = new Set()
  @state() private busy = false
  @state() private failure: RpcFailure | undefined
  private hadFocus = false

  protected override willUpdate(): void {
    this.hadFocus = this.shadowRoot?.activeElement?.classList.contains('ask') === true
  }

  protected override updated(_changed: PropertyValues<this>): void {
    if (!this.hadFocus || this.shadowRoot?.activeElement) return
    // The rest whose button had the focus is over.
    const next = this.renderRoot.querySelector<HTMLElement>('.ask')
    if (next) next.focus()
    else this.dispatchEvent(new CustomEvent('omni-focus-lost'))
  }

  protected override render(): TemplateResult {
    const { label } = this.standing
    const rests = currentRests(this.standing.rests, this.now)
    const quotas = tightestFirst(this.standing.quotas, this.now)
    return html`
      ${
        rests.length === 0
          ? nothing
          : html`<ul class="rests" id="rests" aria-label=${t('Rests of {0}', label)}>
            ${repeat(this.shown('rests', rests), restKey, (rest) => this.rest(rest))}
          </ul>`
      }
      ${this.more('rests', rests.length)} ${this.failure ? failureNotice(this.failure) : nothing}
      ${
        quotas.length === 0
          ? nothing
          : html`<ul class="quotas" id="quotas" aria-label=${t('Quotas of {0}', label)}>
            ${repeat(this.shown('quotas', quotas), quotaKey, (quota) => this.quota(quota))}
          </ul>`
      }
      ${this.more('quotas', quotas.length)}
    `
  }

  private rest(rest: Rest): TemplateResult {
    const { now } = this
    const words = t('Ask again now')
    return html`<li class="rest">
      <p class="what">${icon('watch', 'waiting')}<span><span class="why">${reasonWords(rest)}</span> ${
        rest.model === undefined
          ? html`<span class="quiet">${rest.shared ? t('all accounts of this provider') : t('whole account')}</span>`
          : html`<code>${rest.model}</code>`
      }<span class="quiet numbers"> · ${untilWords(rest, now)} · ${saidByWords(rest)}</span></span></p>
      <button
        class="icon-button worded ask"
        aria-label=${`${words}: ${rest.model ?? this.standing.label}`}
        title=${
          rest.shared
            ? t('Forgets this rest for all accounts of this provider; the next request finds out anew.')
            : t('Forgets this rest; the next request finds out anew.')
        }
        aria-disabled=${this.busy ? 'true' : 'false'}
        @click=${() => void this.askAgain(rest)}
      >${icon('refresh')}${words}</button>
    </li>`
  }

  private quota(quota: Quota): TemplateResult {
    const { now } = this
    const share = shareLeft(quota, now)
    const name = windowName(quota)
    const left = leftWords(quota, now)
    const facts = [numberWords(quota, now), resetWords(quota, now)].filter((part) => part !== undefined).join(' · ')
    const isOut = share === 0
    return html`<li class="quota">
      <p class="line">
        <span class="name">${name}${quota.model === undefined ? nothing : html` <code class="quiet">${quota.model}</code>`}</span>
        <span class="left numbers ${isOut ? 'out' : ''}">${left}</span>
      </p>
      ${meter({
        name: quota.model === undefined ? name : `${name}, ${quota.model}`,
        share,
        text: left,
        tone: isOut ? 'out' : share !== undefined && share < lowShare ? 'low' : 'plain',
      })}
      <p class="facts quiet numbers"><span>${facts}</span><span>${sourceWords(quota, now)}</span></p>
    </li>`
  }

  private shown<T>(list: List, all: readonly T[]): readonly T[] {
    return this.unfolded.has(list) ? all : all.slice(0, most)
  }

  private more(list: List, count: number): TemplateResult | typeof nothing {
    if (count <= most) return nothing
    const isOpen = this.unfolded.has(list)
    const words =
      list === 'rests' ? t('Show all {0} rests', formatNumber(count)) : t('Show all {0} quotas', formatNumber(count))
    return html`<button class="icon-button worded all" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls=${list} @click=${() => this.fold(list)}>${icon('chevron-right')}<span class="numbers">${words}</span></button>`
  }

  private fold(list: List): void {
    const unfolded = new Set(this.unfolded)
    if (!unfolded.delete(list)) unfolded.add(list)
    this.unfolded = unfolded
  }

  private async askAgain({ model, shared }: Rest): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    const { id, label } = this.standing
    try {
      await this.client.call('standing.clear', { accountId: id, ...(model === undefined ? {} : { model }) })
      announce(
        shared
          ? t('{0} and the other accounts of its provider are asked again with the next request.', label)
          : t('{0} is asked again with the next request.', model ?? label),
      )
      this.dispatchEvent(new CustomEvent('omni-standing-cleared'))
    } catch (thrown) {
      this.failure = toFailure(thrown)
      announce([this.failure.message, this.failure.nextStep].filter(Boolean).join(' '))
    } finally {
      this.busy = false
    }
  }

  static override styles = [...sharedStyles, meterStyles, standingStyles]
}
