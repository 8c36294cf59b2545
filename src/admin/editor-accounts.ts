// Keeps the model lists of accounts that stand for the editor's own models: extensions bring and take models as they like.
import type { Account } from '../core/account.ts'
import type { EditorModels } from '../core/editor-models.ts'
import type { ModelInfo } from '../core/model.ts'
import { fetchModels } from '../engine/model-list.ts'
import type { AdminContext } from './context.ts'

/** Extensions come up one after another. */
const settleMs = 1_000

type Needs = Pick<AdminContext, 'store' | 'providers' | 'serverCall' | 'rebuild' | 'emit' | 'log'>

/** Until the function that it gives is called. */
export function followEditorModels(context: Needs, editor: EditorModels | undefined): () => void {
  if (!editor) return () => undefined
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      turn = turn.then(() => refresh(context))
    }, settleMs)
  }
  soon()
  const unsubscribe = editor.onDidChange(soon)
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}

async function refresh(context: Needs): Promise<void> {
  for (const account of context.store.accounts.list()) {
    if (!account.enabled || !context.providers.get(account.provider)?.editor) continue
    try {
      await refreshOne(context, account)
    } catch (error) {
      context.log.info(`model list of ${account.label}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** Tells nobody where nothing has changed: our own models are models of the editor too, and it would ask round and round. */
async function refreshOne({ store, serverCall, rebuild, emit }: Needs, account: Account): Promise<void> {
  const models = (await fetchModels(serverCall(account, undefined))) ?? []
  const known = store.models.list(account.id).filter(({ source }) => source === 'live')
  if (asText(models) === asText(known)) return
  await store.models.replaceLive(account.id, models)
  rebuild()
  emit({ event: 'accounts.changed', data: {} })
  emit({ event: 'models.changed', data: {} })
}

function asText(models: readonly ModelInfo[]): string {
  const facts = models.map(({ id, name, limits, capabilities }) => [
    id,
    name,
    limits.contextWindow,
    limits.maxOutput,
    capabilities.tools,
    capabilities.vision,
    capabilities.reasoning,
  ])
  return JSON.stringify(facts.toSorted(([left], [right]) => String(left).localeCompare(String(right))))
}
