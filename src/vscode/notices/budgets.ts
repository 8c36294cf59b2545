// Hears of budgets that came to a level and passes each on once for its level and period. Knows nothing of VS Code.
import type { EventData } from '../../admin/contract.ts'
import type { Memory } from '../models/catalogue.ts'
import type { Session } from '../session.ts'
import { isTeller, openToldBook } from './told.ts'

type Reached = EventData<'budget.reached'>

/** A level at which something happens. */
export type BudgetReached = Reached & { readonly level: Exclude<Reached['level'], 'ok'> }

export interface BudgetPorts {
  readonly memory: Memory
  readonly now: () => number
  readonly wants: () => boolean
  readonly show: (reached: BudgetReached) => void
}

/** Listens until the function that it returns is called. */
export function followBudgets(session: Session, { memory, now, wants, show }: BudgetPorts): () => void {
  const told = openToldBook(memory, 'budgets.told.v1', now)
  return session.onEvent(({ event, data }) => {
    if (event !== 'budget.reached' || !matters(data) || !isTeller(session) || !wants()) return
    const key = keyOf(data)
    if (told.has(key)) return
    told.add(key, data.endsAt)
    show(data)
  })
}

function matters(reached: Reached): reached is BudgetReached {
  return reached.level !== 'ok'
}

/** A budget whose sum the user has changed is another one: its levels are news again. */
function keyOf({ id, level, usd, endsAt }: BudgetReached): string {
  return JSON.stringify([id, level, usd, endsAt])
}
