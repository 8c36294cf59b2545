// Names that stand for models, as choices of a field and with how well they are connected. Pure.
import type { AccountView, ComboView, ModelView } from '../src/admin/contract.ts'
import type { IconColor, IconName } from './icon.ts'
import { t } from './l10n.ts'
import { stateWords } from './providers/account-words.ts'

export interface NameChoice {
  readonly id: string
  /** What else is known, in a few words. */
  readonly hint: string
}

/** What a name may stand for. */
export interface NameSpace {
  readonly models: readonly ModelView[]
  readonly accounts: readonly AccountView[]
  readonly combos: readonly ComboView[]
  readonly aliases: readonly { readonly pattern: string; readonly target: string }[]
}

export const emptyNames: NameSpace = { models: [], accounts: [], combos: [], aliases: [] }

export interface NameState {
  readonly icon: IconName
  readonly color: IconColor
  readonly text: string
}

/** Routes that need no setting up. */
export const automaticRoutes = ['auto', 'auto/fast', 'auto/cheap', 'auto/coding'] as const

export function routeSentence(route: (typeof automaticRoutes)[number]): string {
  switch (route) {
    case 'auto':
      return t('Goes through your accounts by tier: subscriptions first, then keys, low cost, free and local ones.')
    case 'auto/fast':
      return t('Asks the account whose answers began soonest lately.')
    case 'auto/cheap':
      return t('Asks the account with the lowest price.')
    case 'auto/coding':
      return t('Like auto, with models that can reason and have room for a code base first.')
  }
}

/** Everything that may be chosen: routes, combos, models. */
export function nameChoices({ models, accounts, combos }: NameSpace): NameChoice[] {
  const labels = new Map(accounts.map(({ id, label }) => [id, label]))
  const routes = automaticRoutes.map((id) => ({ id, hint: t('Built in') }))
  const named = combos.map(({ name }) => ({ id: name, hint: t('Combo') }))
  const known = new Set([...routes, ...named].map(({ id }) => id))
  const rest = models
    .filter(({ id }) => !known.has(id))
    .map(({ id, accountId, kind }) => ({
      id,
      hint: kind === 'combo' ? t('Combo') : ((accountId && labels.get(accountId)) ?? ''),
    }))
  return withoutRepeats([...routes, ...named, ...rest])
}

/** Models alone, without routes and combos. */
export function modelChoices({ models, accounts }: NameSpace): NameChoice[] {
  const labels = new Map(accounts.map(({ id, label }) => [id, label]))
  const all = models
    .filter(({ kind }) => kind === 'model')
    .map(({ id, accountId }) => ({ id, hint: (accountId && labels.get(accountId)) ?? '' }))
  return withoutRepeats(all)
}

/** A model that two accounts serve is one choice. */
function withoutRepeats(choices: readonly NameChoice[]): NameChoice[] {
  const seen = new Set<string>()
  return choices.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** Whether what the name stands for could answer now. */
export function nameState(name: string, space: NameSpace, now: number): NameState {
  if (automaticRoutes.some((route) => route === name)) return { icon: 'compass', color: 'quiet', text: t('Built in') }
  const combo = space.combos.find((candidate) => candidate.name === name)
  if (combo) {
    return combo.enabled
      ? { icon: 'layers', color: 'quiet', text: t('Combo') }
      : { icon: 'circle-slash', color: 'quiet', text: t('Combo, turned off') }
  }
  const model = space.models.find(({ id, kind }) => kind === 'model' && id === name)
  const owner = space.accounts.find(({ id }) => id === model?.accountId)
  const serving = space.accounts.filter(({ prefix }) =>
    owner ? prefix === owner.prefix : name.startsWith(`${prefix}/`),
  )
  const account = serving.find(({ state }) => state.kind === 'ready') ?? serving[0]
  if (account && (model || account.state.kind !== 'ready')) {
    const { icon, color, text } = stateWords(account, now)
    return { icon, color, text }
  }
  const alias = space.aliases.find(({ pattern }) => matches(pattern, name))
  if (alias) return { icon: 'arrow-right', color: 'quiet', text: t('Alias of {0}', alias.target) }
  return {
    icon: 'warning',
    color: 'waiting',
    text: account ? t('Not in the account’s list') : t('No account offers it'),
  }
}

/** Whether a pattern, in which `*` stands for any run of characters, covers a name. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  if (others.length === 0) return pattern === name
  const last = others.pop() ?? ''
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const piece of others) {
    const at = name.indexOf(piece, from)
    if (at < 0) return false
    from = at + piece.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
