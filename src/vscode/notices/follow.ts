// Looks at accounts and quotas whenever they may have changed, and passes on what the user has not been told yet. Knows nothing of
// VS Code.
import type { Clock } from '../../core/clock.ts'
import type { Memory } from '../models/catalogue.ts'
import { atMostEvery } from '../paced.ts'
import type { Session } from '../session.ts'
import { type AccountTrouble, accountTroubles, isMended } from './accounts.ts'
import { type QuotaReached, quotasReached } from './quotas.ts'
import { isTeller, openToldBook } from './told.ts'

export interface StandingPorts {
  readonly memory: Memory
  readonly clock: Clock
  /** What is off counts as never told, so that it is news once it is on again. */
  readonly wants: (kind: 'quotas' | 'accounts') => boolean
  readonly showQuota: (reached: QuotaReached) => void
  /** All of one kind that came up together. */
  readonly showAccounts: (troubles: readonly AccountTrouble[]) => void
}

/** Answers change quotas; this is how often they are looked at. */
const pauseMs = 5_000

/** Listens until the function that it returns is called. */
export function followStanding(session: Session, ports: StandingPorts): () => void {
  const { memory, clock, wants } = ports
  const toldQuotas = openToldBook(memory, 'quotas.told.v1', clock.now)
  const toldAccounts = openToldBook(memory, 'accounts.told.v1', clock.now)
  let served = new Set<string>()

  const look = async () => {
    const { gateway } = session
    if (gateway === undefined || !isTeller(session)) return
    const servedSince = served
    served = new Set()
    const [standing, accounts] = await Promise.all([
      gateway.call('standing.get', {}),
      gateway.call('accounts.list', {}),
    ])
    const now = clock.now()
    if (wants('quotas')) {
      for (const reached of quotasReached(standing, now)) {
        if (toldQuotas.has(reached.key)) continue
        for (const key of [reached.key, ...reached.below]) toldQuotas.add(key, reached.until)
        ports.showQuota(reached)
      }
    }
    if (wants('accounts')) {
      toldAccounts.forget((key) => isMended(key, accounts, servedSince))
      const news = accountTroubles(accounts, standing, now).filter(({ key }) => !toldAccounts.has(key))
      for (const { key } of news) toldAccounts.add(key, Number.POSITIVE_INFINITY)
      for (const kind of ['refused', 'needs-key'] as const) {
        const those = news.filter((trouble) => trouble.kind === kind)
        if (those.length > 0) ports.showAccounts(those)
      }
    }
  }
  // A gateway that goes away meanwhile says so by its state.
  const paced = atMostEvery(pauseMs, clock, () => void look().catch(() => undefined))
  const stops = [
    session.onDidChangeState(({ kind }) => {
      if (kind === 'running') paced.ask()
    }),
    session.onEvent(({ event, data }) => {
      if (event === 'requests.added' && data.status < 400 && data.accountLabel !== undefined) {
        served.add(data.accountLabel)
      }
      if (event === 'requests.added' || event === 'accounts.changed') paced.ask()
    }),
  ]
  return () => {
    paced.dispose()
    for (const stop of stops) stop()
  }
}
