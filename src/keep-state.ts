// What the engine has learned of the world (rests, quotas, budgets, who keeps which response) outlives a restart: taken up at the start, written when it has
// changed and a moment has passed, and once more at the end.
import type { EnginePorts } from './engine/ports.ts'
import type { EngineState } from './store/engine-state.ts'

export interface StateKeeper {
  /** Something has changed that is worth keeping. */
  saveSoon(): void
  /** Writes what there is and keeps nothing further. */
  close(): void
}

const saveAfterMs = 1_000
/** Numbers of quotas change with every answer: they are kept at this pace. */
const saveEveryMs = 60_000

export function keepState(
  state: EngineState,
  {
    clock,
    health,
    quotas,
    budgets,
    responses,
    now,
  }: Pick<EnginePorts, 'clock' | 'health' | 'quotas' | 'budgets' | 'responses' | 'now'>,
  readOnly: boolean,
): StateKeeper {
  health.restore(state.get('health'), now())
  quotas.restore(state.get('quotas'))
  budgets.restore(state.get('budgets'))
  responses.restore(state.get('responses'))
  let cancelSave: (() => void) | undefined
  let cancelRound: (() => void) | undefined
  let closed = false

  function save(): void {
    cancelSave?.()
    cancelSave = undefined
    if (readOnly || closed) return
    state.put('health', health.snapshot(now()))
    state.put('quotas', quotas.snapshot())
    state.put('budgets', budgets.snapshot())
    const kept = responses.snapshot()
    if (kept !== undefined) state.put('responses', kept)
  }

  function round(): void {
    save()
    cancelRound = clock.after(saveEveryMs, round)
  }

  cancelRound = clock.after(saveEveryMs, round)
  return {
    saveSoon() {
      cancelSave ??= clock.after(saveAfterMs, save)
    },
    close() {
      save()
      cancelRound?.()
      closed = true
    },
  }
}
