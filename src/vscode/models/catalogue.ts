// The models this window knows of, in memory. Refreshed when the gateway says that accounts, models or combos changed; kept
// across windows, so that the picker is filled before the gateway is up.
import type { Log } from '../../core/log.ts'
import { Listeners } from '../listeners.ts'
import type { Localizer } from '../localizer.ts'
import type { Session } from '../session.ts'
import { toInformation } from './information.ts'
import type { ModelInformation } from './run-time-api.ts'

const storageKey = 'models.v1'
const debounceMs = 250
const changingEvents: ReadonlySet<string> = new Set(['models.changed', 'accounts.changed', 'combos.changed'])

/** What is used of `vscode.Memento`. */
export interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

export class ModelCatalogue {
  readonly #session: Session
  readonly #memory: Memory
  readonly #log: Log
  readonly #l10n: Localizer
  readonly #changes: Listeners<void>
  readonly #subscriptions: readonly (() => void)[]
  #models: readonly ModelInformation[]
  #timer: NodeJS.Timeout | undefined
  #refreshing: Promise<void> | undefined
  #again = false
  /** Whether a gateway has told its models: from then on an empty list is the truth, and nothing to wait for. */
  #told = false

  constructor(session: Session, memory: Memory, log: Log, l10n: Localizer) {
    this.#session = session
    this.#memory = memory
    this.#log = log
    this.#l10n = l10n
    this.#changes = new Listeners(log)
    this.#models = readModels(memory.get(storageKey))
    this.#subscriptions = [
      session.onDidChangeState((state) => {
        if (state.kind === 'running') void this.refresh()
      }),
      session.onEvent(({ event }) => {
        if (changingEvents.has(event)) this.#refreshSoon()
      }),
    ]
  }

  get models(): readonly ModelInformation[] {
    return this.#models
  }

  /** Told when the list has become another one. */
  onDidChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** The models, waiting a moment for the gateway when none are known yet. */
  async modelsSoon(patienceMs: number): Promise<readonly ModelInformation[]> {
    if (this.#models.length > 0 || this.#told) return this.#models
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const stop = this.onDidChange(done)
      const timer = setTimeout(done, patienceMs)
    })
    return this.#models
  }

  /** Reads the list anew. Calls while one is running are answered by one more reading. */
  async refresh(): Promise<void> {
    if (this.#refreshing !== undefined) {
      this.#again = true
      return this.#refreshing
    }
    this.#refreshing = this.#read()
    try {
      await this.#refreshing
    } finally {
      this.#refreshing = undefined
    }
    if (this.#again) {
      this.#again = false
      await this.refresh()
    }
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#changes.clear()
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.refresh(), debounceMs)
  }

  async #read(): Promise<void> {
    const gateway = this.#session.gateway
    if (gateway === undefined) return
    try {
      const [models, accounts, combos] = await Promise.all([
        gateway.call('models.list', {}),
        gateway.call('accounts.list', {}),
        gateway.call('combos.list', {}),
      ])
      const next = toInformation(models, accounts, combos, this.#l10n)
      this.#told = true
      if (JSON.stringify(next) === JSON.stringify(this.#models)) return
      this.#models = next
      this.#log.info(`${next.length} models for the editor`)
      this.#changes.emit()
      await this.#memory.update(storageKey, next)
    } catch (error) {
      this.#log.warn(`The model list could not be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** What an earlier window stored; anything else than a list of models counts as none. */
function readModels(stored: unknown): readonly ModelInformation[] {
  if (!Array.isArray(stored)) return []
  return stored.filter(
    (model) =>
      typeof model?.id === 'string' &&
      typeof model.name === 'string' &&
      typeof model.family === 'string' &&
      typeof model.version === 'string' &&
      typeof model.maxInputTokens === 'number' &&
      typeof model.maxOutputTokens === 'number' &&
      typeof model.capabilities === 'object' &&
      model.capabilities !== null,
  )
}
