// From the gateway's model list to what the model picker shows. Pure.
import type { AccountView, ComboView, ModelView } from '../../admin/contract.ts'
import type { Localizer } from '../localizer.ts'
import { reasoningEffortSchema } from './reasoning-effort.ts'
import type { ModelInformation } from './run-time-api.ts'

/** Taken for a context window that nobody knows: what most current models have at least. */
export const defaultContextWindow = 128_000
/** Taken for an output limit that nobody knows. */
export const defaultMaxOutput = 16_384
/** Copilot Chat silently cuts the user's own words when it is told less than about this. */
export const inputFloor = 16_000

/** The combo that chooses by tier. */
const automaticId = 'auto'

type Strategy = ComboView['strategy']

/** Every enabled model and combo as the picker takes them: ids and names are distinct. */
export function toInformation(
  models: readonly ModelView[],
  accounts: readonly AccountView[],
  combos: readonly ComboView[],
  l10n: Localizer,
): ModelInformation[] {
  const accountsById = new Map(accounts.map((account) => [account.id, account]))
  const strategies = new Map(combos.map(({ name, strategy }) => [name, strategy]))
  const seen = new Set<string>()
  const unique = models
    .filter((model) => !seen.has(model.id) && seen.add(model.id))
    // VS Code has an "Auto" of its own in the same list.
    .map((model) => (model.id === automaticId ? { ...model, name: l10n.t('OmniRoute Auto') } : model))
  const nameCounts = new Map<string, number>()
  for (const model of unique) nameCounts.set(model.name, (nameCounts.get(model.name) ?? 0) + 1)
  return unique.map((model) => {
    const account = model.accountId === undefined ? undefined : accountsById.get(model.accountId)
    const limits = tokenLimits(model)
    return {
      id: model.id,
      name: (nameCounts.get(model.name) ?? 0) > 1 ? `${model.name} (${model.id})` : model.name,
      family: familyOf(model.id),
      version: '1.0.0',
      detail: detailOf(model, account, l10n),
      tooltip: tooltipOf(model, strategies.get(model.id), l10n),
      ...limits,
      capabilities: { toolCalling: model.tools !== false, imageInput: model.vision === true },
      isUserSelectable: true,
      ...(model.reasoning === true ? { configurationSchema: reasoningEffortSchema(l10n) } : {}),
    }
  })
}

/**
 * Limits as VS Code adds them up: input + output = context window. Vendors that give the whole window as the output limit would
 * leave no room for input, so output yields first.
 */
export function tokenLimits(model: Pick<ModelView, 'contextWindow' | 'maxOutput'>): {
  maxInputTokens: number
  maxOutputTokens: number
} {
  const window = model.contextWindow ?? defaultContextWindow
  const wanted = model.maxOutput ?? Math.min(defaultMaxOutput, Math.floor(window / 4))
  const maxOutputTokens = Math.max(1, Math.min(wanted, Math.max(window - inputFloor, Math.floor(window / 4))))
  return { maxInputTokens: Math.max(inputFloor, window - maxOutputTokens), maxOutputTokens }
}

/** The vendor's own name of the model: Copilot Chat picks its prompts by it. */
function familyOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

function detailOf(model: ModelView, account: AccountView | undefined, l10n: Localizer): string {
  if (model.kind === 'combo') return l10n.t('Combo')
  if (account === undefined) return 'OmniRoute'
  return account.label === account.providerName ? account.label : `${account.providerName} · ${account.label}`
}

function tooltipOf(model: ModelView, strategy: Strategy | undefined, l10n: Localizer): string {
  if (model.kind === 'combo') {
    if (strategy !== undefined) return comboText(model.id, strategy, l10n)
    // A combo of the user's own by this name is in the list of combos.
    return model.id === automaticId
      ? l10n.t('Chooses among all accounts, the preferred tier first.')
      : l10n.t('OmniRoute combo "{0}".', model.id)
  }
  return model.contextWindow === undefined
    ? l10n.t('{0} through OmniRoute. Its context window is not known.', model.id)
    : l10n.t('{0} through OmniRoute.', model.id)
}

/** Which of its models is asked first. The others always stay behind it as fallbacks. */
function comboText(name: string, strategy: Strategy, l10n: Localizer): string {
  switch (strategy) {
    case 'ordered':
      return l10n.t('OmniRoute combo "{0}": its models are tried in order.', name)
    case 'weighted':
      return l10n.t('OmniRoute combo "{0}": requests are shared out among its models by weight.', name)
    case 'round-robin':
      return l10n.t('OmniRoute combo "{0}": its models take turns.', name)
    case 'random':
      return l10n.t('OmniRoute combo "{0}": one of its models is drawn by chance.', name)
    case 'power-of-two':
      return l10n.t('OmniRoute combo "{0}": of two models drawn by chance, the less busy one is asked.', name)
    case 'least-used':
      return l10n.t('OmniRoute combo "{0}": the least used of its models is asked.', name)
    case 'cheapest':
      return l10n.t('OmniRoute combo "{0}": the cheapest of its models is asked first.', name)
    case 'fastest':
      return l10n.t('OmniRoute combo "{0}": the model that began to answer soonest of late is asked first.', name)
    case 'use-before-reset':
      return l10n.t('OmniRoute combo "{0}": the model whose quota starts anew soonest is asked first.', name)
  }
}
