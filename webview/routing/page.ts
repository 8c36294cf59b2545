// The Routing page: every setting the engine reads, in groups that fold and are saved one by one.
import '../no-eval.ts'
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { RpcFailure } from '../../src/admin/contract.ts'
import { t } from '../l10n.ts'
import { failureNotice } from '../notice.ts'
import { pageStyles } from '../page.styles.ts'
import { getPageState, updatePageState } from '../page-state.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { StandingFeed } from '../standing-feed.ts'
import { sharedStyles } from '../styles.ts'
import type { Settings } from './draft.ts'
import type { RoutingSpace } from './group.ts'
import type { GroupEditor } from './group-editor.ts'
import './group-editor.ts'
import { groups } from './groups.ts'

@customElement('omni-routing-page')
export class RoutingPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  /** The group of the address: unfolded and brought into view. */
  @property({ attribute: false }) group: string | undefined
  @state() private settings: Settings | undefined
  @state() private space: RoutingSpace | undefined
  @state() private failure: RpcFailure | undefined
  @state() private unfolded: ReadonlySet<string> = new Set(getPageState().routingGroups)
  private readonly feed = new StandingFeed(this)
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const load = () => void this.load()
    this.ends.push(
      this.client.on('settings.changed', load),
      this.client.on('models.changed', load),
      this.client.on('combos.changed', load),
      this.client.on('accounts.changed', load),
      this.client.on('keys.changed', load),
      this.client.on('budget.reached', () => void this.feed.load()),
      this.client.onResync(load),
    )
    load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('group') && this.group) this.fold(this.group, true)
    const spending = this.feed.standing?.budgets
    if (this.space && spending && spending !== this.space.spending) this.space = { ...this.space, spending }
  }

  protected override render(): TemplateResult {
    const { settings, space } = this
    return html`<div class="page">
      <div class="top"><h1>${t('Routing')}</h1></div>
      <p class="quiet">${t('How requests find their model. A change applies to the next request, without a restart.')}</p>
      ${this.failure ? failureNotice(this.failure, () => void this.load()) : ''}
      ${
        settings && space
          ? html`<div class="list">
            ${groups.map(
              (group) => html`<omni-routing-group
                data-group=${group.id}
                .client=${this.client}
                .group=${group}
                .settings=${settings}
                .space=${space}
                .open=${this.unfolded.has(group.id)}
                @omni-settings-saved=${(event: CustomEvent<Settings>) => this.take(event.detail)}
                @omni-group-toggled=${(event: CustomEvent<boolean>) => this.fold(group.id, event.detail)}
              ></omni-routing-group>`,
            )}
          </div>`
          : this.failure
            ? ''
            : html`<p class="quiet" role="status">${t('Reading the settings…')}</p>`
      }
    </div>`
  }

  private take(settings: Settings): void {
    this.settings = settings
  }

  private fold(id: string, open: boolean): void {
    const others = [...this.unfolded].filter((one) => one !== id)
    this.unfolded = new Set(open ? [...others, id] : others)
    updatePageState({ routingGroups: [...this.unfolded] })
  }

  private async load(): Promise<void> {
    try {
      const [settings, models, combos, accounts, keys] = await Promise.all([
        this.client.call('settings.get', {}),
        this.client.call('models.list', {}),
        this.client.call('combos.list', {}),
        this.client.call('accounts.list', {}),
        this.client.call('keys.list', {}),
        // Without it the settings can be edited all the same.
        this.feed.load(),
      ])
      const isFirst = this.settings === undefined
      this.settings = settings
      const spending = this.feed.standing?.budgets ?? []
      this.space = { client: this.client, models, combos, accounts, keys, aliases: settings.aliases, spending }
      this.failure = undefined
      if (isFirst && this.group) await this.showGroup(this.group)
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private async showGroup(id: string): Promise<void> {
    await this.updateComplete
    const editors = [...this.renderRoot.querySelectorAll<GroupEditor>('omni-routing-group')]
    const editor = editors.find(({ group }) => group.id === id)
    await editor?.updateComplete
    editor?.scrollIntoView({ block: 'start' })
  }

  static override styles = [...sharedStyles, pageStyles, css`.list { gap: 8px; } .page { gap: 10px; }`]
}
