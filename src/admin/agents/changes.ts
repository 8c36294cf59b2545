// The changes that an agent may ask for: what `default` stands for, and a combo on or off. Each is read from the input, checked
// against what there is, and made only after a person has agreed, which is the caller's part.
import type { AgentClient, AgentInput } from './tools.ts'

export type AgentChange =
  | { readonly kind: 'default'; readonly model: string }
  | { readonly kind: 'combo'; readonly combo: string; readonly enabled: boolean }

export function readDefaultChange({ model }: AgentInput): AgentChange | undefined {
  return typeof model === 'string' && model !== '' ? { kind: 'default', model } : undefined
}

export function readComboChange({ combo, enabled }: AgentInput): AgentChange | undefined {
  return typeof combo === 'string' && combo !== '' && typeof enabled === 'boolean'
    ? { kind: 'combo', combo, enabled }
    : undefined
}

/** What stands against the change, in words for the agent. */
export async function checkChange(
  client: AgentClient,
  change: AgentChange,
): Promise<{ readonly error: string; readonly nextStep: string } | undefined> {
  if (change.kind === 'default') {
    const models = await client.call('models.list', {})
    if (models.some(({ id }) => id === change.model)) return undefined
    return missing(`There is no model or combo "${change.model.slice(0, 300)}".`)
  }
  const combos = await client.call('combos.list', {})
  if (combos.some(({ name }) => name === change.combo)) return undefined
  return missing(`There is no combo "${change.combo.slice(0, 300)}".`)
}

/** Makes the change and says how it stands now. */
export async function makeChange(client: AgentClient, change: AgentChange): Promise<object> {
  const refusal = await checkChange(client, change)
  if (refusal !== undefined) return refusal
  if (change.kind === 'default') {
    await setDefaultModel(client, change.model)
    return { default: change.model }
  }
  const combos = await client.call('combos.list', {})
  const combo = combos.find(({ name }) => name === change.combo)
  if (combo !== undefined) await client.call('combos.put', { ...combo, enabled: change.enabled })
  return { combo: change.combo, enabled: change.enabled }
}

/** Leaves the other defaults as they are. */
export async function setDefaultModel(client: AgentClient, model: string): Promise<void> {
  const { defaults } = await client.call('settings.get', {})
  await client.call('settings.put', { defaults: { ...defaults, model } })
}

function missing(error: string): { error: string; nextStep: string } {
  return { error, nextStep: 'Call omniroute_models for the names there are.' }
}
