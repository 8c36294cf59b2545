// Hears of budgets that came to a level and passes each on once for its level and period, in the window that leads only, so that
// many windows don't say the same. What was told is remembered across windows and restarts. Knows nothing of VS Code.
import type { EventData } from '../../admin/contract.ts'
import type { Memory } from '../models/catalogue.ts'
import type { Session } from '../session.ts'

type Reached = EventData<'budget.reached'>

/** A level at which something happens. */
export type BudgetReached = Reached & { readonly level: Exclude<Reached['level'], 'ok'> }

export interface BudgetPorts {
  readonly memory: Memory
  readonly now: () => number
  readonly show: (reached: BudgetReached) => void
}

const storageKey = 'budgets.told.v1'

/** Listens until the function that it returns is called. */
export function followBudgets(session: Session, { memory, now, show }: BudgetPorts): () => void {
  // Kept here as well: what the memory holds may be written later than the next event comes.
  let told: Readonly<Record<string, number>> = {}
  return session.onEvent(({ event, data }) => {
    if (event !== 'budget.reached' || !matters(data)) return
    const { state } = session
    if (state.kind !== 'running' || state.role !== 'leader') return
    const key = keyOf(data)
    const known = { ...readTold(memory.get(storageKey)), ...told }
    if (Object.hasOwn(known, key)) return
    const current = Object.entries(known).filter(([, endsAt]) => endsAt > now())
    told = { ...Object.fromEntries(current), [key]: data.endsAt }
    void memory.update(storageKey, told)
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

/** Key to the end of the period; anything else that is stored counts as nothing told. */
function readTold(stored: unknown): Readonly<Record<string, number>> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {}
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
