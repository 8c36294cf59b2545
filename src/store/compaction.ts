// Decides when a compaction is due; what it does is the business of persistence.ts. Timers here never keep a process alive.

export interface CompactionPolicy {
  /** Below this many bytes a journal is left to grow while writes keep coming. */
  readonly minimumBytes: number
  /** It is compacted when it is this many times the size of the snapshot. */
  readonly ratio: number
  /** How long after the journal has outgrown the snapshot. */
  readonly delayMs: number
  /** A journal above this is compacted after the given time without a write, so that the next start is quick. */
  readonly quietBytes: number
  readonly quietMs: number
}

export const defaultCompaction: CompactionPolicy = {
  minimumBytes: 1_000_000,
  ratio: 1,
  delayMs: 250,
  quietBytes: 200_000,
  quietMs: 5_000,
}

const afterFailureMs = 30_000

export class CompactionSchedule {
  readonly #policy: CompactionPolicy
  readonly #compact: () => void
  #due: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  #notBefore = 0
  #stopped = false

  constructor(policy: CompactionPolicy, compact: () => void) {
    this.#policy = policy
    this.#compact = compact
  }

  /** To be told after every write how much has gathered since the last snapshot. */
  journalGrew(journalBytes: number, snapshotBytes: number): void {
    const { minimumBytes, ratio, quietBytes, quietMs } = this.#policy
    if (this.#stopped) return
    if (journalBytes > Math.max(minimumBytes, ratio * snapshotBytes)) this.soon()
    else if (journalBytes > quietBytes) {
      this.#quiet ??= setTimeout(() => this.soon(), quietMs).unref()
      this.#quiet.refresh()
    }
  }

  soon(): void {
    if (this.#stopped || this.#due) return
    const delay = Math.max(this.#policy.delayMs, this.#notBefore - performance.now())
    this.#due = setTimeout(() => {
      this.#due = undefined
      this.#compact()
    }, delay).unref()
  }

  /** After a failure, which is most likely a full disk. */
  postpone(): void {
    this.#notBefore = performance.now() + afterFailureMs
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#due)
    clearTimeout(this.#quiet)
  }
}
