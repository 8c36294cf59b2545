// What is typed into the form of a combo, and how it becomes the input of a call. Pure; the contract's schemas are the rules.
import { type ComboView, comboInput, type MethodInput, type RpcFailure } from '../../src/admin/contract.ts'
import { formatNumber } from '../format.ts'
import { t } from '../l10n.ts'
import type { Strategy } from '../strategy-words.ts'

export type Overrides = NonNullable<ComboView['members'][number]['overrides']>

export interface MemberDraft {
  /** Tells rows apart while they are moved; the same model may be in twice. */
  readonly row: number
  readonly model: string
  /** As typed; empty is the usual weight. */
  readonly weight: string
  readonly enabled: boolean
  readonly overrides?: Overrides | undefined
}

export interface ComboDraft {
  readonly name: string
  readonly strategy: Strategy
  readonly enabled: boolean
  readonly members: readonly MemberDraft[]
}

export interface ComboProblems {
  readonly name?: string
  readonly members?: string
  /** By row. */
  readonly weights?: ReadonlyMap<number, string>
}

export const emptyCombo: ComboDraft = { name: '', strategy: 'ordered', enabled: true, members: [] }

let lastRow = 0

export function newMember(model: string): MemberDraft {
  return { row: ++lastRow, model, weight: '', enabled: true }
}

export function draftOf({ name, strategy, enabled, members }: ComboView): ComboDraft {
  return {
    name,
    strategy,
    enabled,
    members: members.map((member) => ({
      ...newMember(member.model),
      weight: member.weight === undefined ? '' : String(member.weight),
      enabled: member.enabled !== false,
      overrides: member.overrides,
    })),
  }
}

/** The input of `combos.put`, or what is wrong in words. */
export function toInput(
  draft: ComboDraft,
  id: string | undefined,
): { readonly input: MethodInput<'combos.put'> } | { readonly problems: ComboProblems } {
  const weighted = draft.strategy === 'weighted'
  const input = {
    name: draft.name.trim(),
    strategy: draft.strategy,
    enabled: draft.enabled,
    members: draft.members.map(({ model, weight, enabled, overrides }) => ({
      model,
      // A weight that another strategy doesn't show is kept for the day it is weighted again.
      ...(weight.trim() === '' || (!weighted && !isWeight(weight)) ? {} : { weight: Number(weight) }),
      ...(enabled ? {} : { enabled }),
      ...(overrides ? { overrides } : {}),
    })),
    ...(id === undefined ? {} : { id }),
  }
  const parsed = comboInput.safeParse(input)
  if (parsed.success) return { input }
  const fields = new Set(parsed.error.issues.map(({ path }) => path.join('.')))
  // The contract takes a member as a bare name too, so that it can only say which member is wrong, not why.
  const weights = new Map(
    draft.members.flatMap(({ row, weight }) =>
      weight.trim() === '' || isWeight(weight)
        ? []
        : [[row, t('A number from 0 to {0}.', formatNumber(1000))] as const],
    ),
  )
  return {
    problems: {
      ...(fields.has('name') ? { name: nameProblem(input.name) } : {}),
      ...(fields.has('members') ? { members: membersProblem(draft) } : {}),
      ...(weights.size > 0 ? { weights } : {}),
    },
  }
}

/** What the gateway refused, at the field it refused; undefined when it belongs to none. */
export function problemsOf({ parameter, message }: RpcFailure): ComboProblems | undefined {
  const field = parameter?.split('.')[0]
  return field === 'name' || field === 'members' ? { [field]: message } : undefined
}

export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const taken = list[from]
  if (taken === undefined) return list
  const rest = list.filter((_, at) => at !== from)
  return [...rest.slice(0, to), taken, ...rest.slice(to)]
}

function isWeight(text: string): boolean {
  const weight = Number(text)
  return Number.isFinite(weight) && weight >= 0 && weight <= 1000
}

function nameProblem(name: string): string {
  if (name === '') return t('Enter a name.')
  return t(
    'Use letters, digits, dot, dash, underscore and slash, starting with a letter or digit; 100 characters at most.',
  )
}

function membersProblem({ members }: ComboDraft): string {
  return members.length === 0 ? t('Add at least one member.') : t('A combo has 100 members at most.')
}
