// The Providers page: the list of accounts, the form to add or edit one, and the first step when there is none.
import '../no-eval.ts'
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type {
  AccountCheck,
  AccountView,
  ModelView,
  ProviderView,
  RpcFailure,
  StandingView,
} from '../../src/admin/contract.ts'
import { announce } from '../announce.ts'
import { formatNumber } from '../format.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { checkSentence, failureNotice } from '../notice.ts'
import { paced } from '../paced.ts'
import { pageStyles } from '../page.styles.ts'
import { getPageState, updatePageState } from '../page-state.ts'
import { type Form, navigate } from '../route.ts'
import { type RpcClient, toFailure } from '../rpc/client.ts'
import { StandingFeed } from '../standing-feed.ts'
import { sharedStyles } from '../styles.ts'
import type { AccountCard } from './account-card.ts'
import './account-card.ts'
import type { AccountSaved } from './account-form.ts'
import './account-form.ts'
import { firstStep } from './first-step.ts'
import { type AccountStanding, countsSeconds, standingById } from './quota-order.ts'

const clockPaceMs = 1000
/** Where nothing counts in seconds the words change less often. */
const slowClockPaceMs = 10_000
/** When upstreams fail in a row, accounts change many times a second. */
const changePaceMs = 1000

@customElement('omni-providers-page')
export class ProvidersPage extends LitElement {
  @property({ attribute: false }) client!: RpcClient
  @property({ attribute: false }) form: Form | undefined
  @state() private accounts: readonly AccountView[] | undefined
  @state() private providers: readonly ProviderView[] = []
  @state() private models: readonly ModelView[] | undefined
  @state() private failure: RpcFailure | undefined
  @state() private expanded: ReadonlySet<string> = new Set(getPageState().expanded)
  @state() private checks: ReadonlyMap<string, AccountCheck> = new Map()
  @state() private now = Date.now()
  @state() private addingDemo = false
  private readonly feed = new StandingFeed(this)
  private takenStanding: StandingView | undefined
  private standing: ReadonlyMap<string, AccountStanding> = new Map()
  private readonly ends: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const changed = paced(changePaceMs, () => void this.load())
    const clock = setInterval(() => this.tick(), clockPaceMs)
    this.ends.push(
      this.client.on('accounts.changed', changed.ask),
      this.client.on('models.changed', () => void this.loadModels()),
      this.client.onResync(() => void Promise.all([this.load(), this.loadModels()])),
      () => clearInterval(clock),
      changed.end,
    )
    void this.load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.ends.splice(0)) end()
  }

  protected override willUpdate(): void {
    this.takeStanding()
  }

  protected override render(): TemplateResult {
    // What was read once tells its age itself.
    const failure = this.failure ?? (this.feed.standing ? undefined : this.feed.failure)
    return html`
      <div class="page">
        <div class="top">
          <h1>${t('Providers')}</h1>
          ${this.accounts?.length ? html`<span class="quiet numbers">${t('Accounts: {0}', formatNumber(this.accounts.length))}</span>` : nothing}
          <vscode-button class="add" ?hidden=${this.form !== undefined || !this.accounts?.length} @click=${() => navigate({ page: 'providers', form: 'add' })}>${t('Add account')}</vscode-button>
        </div>
        ${failure ? failureNotice(failure, () => void this.load()) : nothing} ${this.formPanel()} ${this.list()}
      </div>
    `
  }

  private formPanel(): TemplateResult | typeof nothing {
    if (!this.form || !this.accounts) return nothing
    if (this.form === 'add') return this.accountForm(undefined)
    const { edit } = this.form
    const account = this.accounts.find(({ id }) => id === edit)
    if (account) return this.accountForm(account)
    return html`<div class="notice warned">${icon('warning')}<p class="body">${t('The account to edit is gone.')} <a href="#/providers">${t('Back to the list')}</a></p></div>`
  }

  private accountForm(account: AccountView | undefined): TemplateResult {
    // Keyed, so that going from one account's form to another's starts a fresh one.
    return html`${repeat(
      [account],
      (item) => item?.id ?? '',
      () => html`<omni-account-form
        .client=${this.client}
        .providers=${this.providers}
        .account=${account}
        @omni-account-saved=${this.saved}
        @omni-form-closed=${this.closeForm}
      ></omni-account-form>`,
    )}`
  }

  private list(): TemplateResult | typeof nothing {
    if (!this.accounts)
      return this.failure ? nothing : html`<p class="quiet loading" role="status">${t('Reading the accounts…')}</p>`
    if (this.accounts.length === 0) return this.form ? nothing : this.firstStep()
    return html`<ul class="list">
      ${repeat(
        this.accounts,
        ({ id }) => id,
        (account) => html`<li>
          <omni-account-card
            data-account=${account.id}
            .client=${this.client}
            .account=${account}
            .standing=${this.standing.get(account.id)}
            .models=${this.models?.filter(({ accountId }) => accountId === account.id)}
            .givenCheck=${this.checks.get(account.id)}
            .expanded=${this.expanded.has(account.id)}
            .now=${this.now}
            @omni-accounts-changed=${() => void this.load()}
            @omni-account-removed=${this.removed}
            @omni-models-toggled=${() => this.toggleModels(account.id)}
          ></omni-account-card>
        </li>`,
      )}
    </ul>`
  }

  private firstStep(): TemplateResult {
    return firstStep({
      demo: this.providers.find(({ builtIn }) => builtIn),
      busy: this.addingDemo,
      add: () => navigate({ page: 'providers', form: 'add' }),
      addDemo: (demo) => void this.addDemo(demo),
    })
  }

  private tick(): void {
    const now = Date.now()
    const resting = this.accounts?.filter(({ state }) => state.kind === 'resting') ?? []
    const isSlow = resting.length === 0 && ![...this.standing.values()].some((one) => countsSeconds(one, now))
    if (isSlow && (this.standing.size === 0 || Math.abs(now - this.now) < slowClockPaceMs)) return
    this.now = now
    // A rest that ran out is over at the gateway too; it need not say so by an event.
    if (resting.some(({ state }) => state.until !== undefined && state.until <= now)) void this.load()
  }

  /** Takes up what was read since, and keeps what has been reset meanwhile. */
  private takeStanding(): void {
    const { standing } = this.feed
    if (!standing || standing === this.takenStanding) return
    this.takenStanding = standing
    this.now = Date.now()
    this.standing = standingById(this.standing, standing, this.now)
  }

  private async load(): Promise<void> {
    try {
      const [accounts, providers] = await Promise.all([
        this.client.call('accounts.list', {}),
        this.providers.length > 0 ? this.providers : this.client.call('providers.list', {}),
        // Waited for, so that nothing moves when it comes.
        this.feed.load(),
      ])
      this.providers = providers
      this.accounts = accounts
      this.now = Date.now()
      this.failure = undefined
      if (this.expanded.size > 0 && !this.models) await this.loadModels()
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private async loadModels(): Promise<void> {
    // Lists can be long; they are read once something is unfolded, and kept up from then on.
    if (this.expanded.size === 0) {
      this.models = undefined
      return
    }
    try {
      this.models = await this.client.call('models.list', {})
    } catch (thrown) {
      this.failure = toFailure(thrown)
    }
  }

  private toggleModels(id: string): void {
    const expanded = new Set(this.expanded)
    if (!expanded.delete(id)) expanded.add(id)
    this.expanded = expanded
    updatePageState({ expanded: [...expanded] })
    if (!this.models) void this.loadModels()
  }

  private async addDemo(demo: ProviderView): Promise<void> {
    this.addingDemo = true
    try {
      await this.saveResult(await this.client.call('accounts.add', { provider: demo.id }))
    } catch (thrown) {
      this.failure = toFailure(thrown)
    } finally {
      this.addingDemo = false
    }
  }

  private async saved(event: CustomEvent<AccountSaved>): Promise<void> {
    navigate({ page: 'providers' })
    await this.saveResult(event.detail)
  }

  private async saveResult({ account, check, test }: AccountSaved): Promise<void> {
    if (check) this.checks = new Map(this.checks).set(account.id, check)
    const sentence = check ? checkSentence(check) : ''
    announce([t('{0} was saved.', account.label), sentence].filter(Boolean).join(' '))
    await this.load()
    await this.updateComplete
    const card = this.cardOf(account.id)
    card?.scrollIntoView({ block: 'nearest' })
    this.focusStart()
    if (test) await card?.test()
  }

  private cardOf(id: string): AccountCard | undefined {
    return [...this.renderRoot.querySelectorAll('omni-account-card')].find(
      (card): card is AccountCard => (card as AccountCard).account.id === id,
    )
  }

  private removed(): void {
    this.focusStart()
  }

  /** Where the focus goes when what had it is gone. By then the page has been drawn anew. */
  private focusStart(): void {
    setTimeout(() => this.renderRoot.querySelector<HTMLElement>('vscode-button:not([hidden])')?.focus())
  }

  private closeForm(): void {
    navigate({ page: 'providers' })
    this.focusStart()
  }

  static override styles = [...sharedStyles, pageStyles]
}
