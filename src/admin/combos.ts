// Management of combos and the list of everything a client may ask for.
import { randomUUID } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import { type Combo, toComboMember } from '../core/routing.ts'
import { automaticRoute } from '../engine/catalogue.ts'
import type { AdminContext } from './context.ts'
import type { ComboView, MethodParsed, ModelView } from './contract.ts'

/** Combos first, then models: the order in which a picker shows them. */
export function listModels(context: AdminContext): ModelView[] {
  const catalogue = context.catalogue()
  const combos: ModelView[] = catalogue.combos
    .filter((combo) => combo.enabled)
    .map((combo) => ({ ...comboFacts(context, combo.name), id: combo.name, name: combo.name, kind: 'combo' }))
  if (catalogue.entries.length > 0 && !combos.some((combo) => combo.id === automaticRoute)) {
    combos.unshift({ ...comboFacts(context, automaticRoute), id: automaticRoute, name: 'Auto', kind: 'combo' })
  }
  const listed = catalogue.entries.filter((entry) => entry.listed)
  const models = listed.map(({ publicId, name, targets }): ModelView => {
    const [first] = targets
    const facts = first?.model
    return {
      id: publicId,
      name,
      kind: 'model',
      ...(first ? { accountId: first.account.id } : {}),
      ...facts?.limits,
      ...pick(facts?.capabilities ?? {}),
      ...(facts && 'source' in facts ? { source: facts.source as NonNullable<ModelView['source']> } : {}),
    }
  })
  return [...combos, ...models]
}

export function listCombos(context: AdminContext): ComboView[] {
  return context.store.combos.list().map((combo) => ({ ...combo, members: [...combo.members] }))
}

export async function putCombo(context: AdminContext, input: MethodParsed<'combos.put'>): Promise<ComboView> {
  const others = context.store.combos.list().filter((combo) => combo.id !== input.id)
  if (others.some((combo) => combo.name === input.name)) {
    throw new GatewayError('invalid_request', `There is already a combo "${input.name}".`, { parameter: 'name' })
  }
  const taken = context.catalogue().entries.some((entry) => entry.publicId === input.name)
  const isPrefix = context.store.accounts.list().some((account) => account.prefix === input.name)
  if (taken || isPrefix) {
    throw new GatewayError('invalid_request', `"${input.name}" is already the name of a model or a prefix.`, {
      parameter: 'name',
    })
  }
  const combo: Combo = {
    id: input.id ?? randomUUID(),
    name: input.name,
    strategy: input.strategy,
    members: input.members.map(toComboMember),
    enabled: input.enabled,
  }
  refuseCycle(combo, others)
  await context.store.combos.put(combo)
  changed(context)
  return { ...combo, members: [...combo.members] }
}

export async function removeCombo(context: AdminContext, id: string): Promise<void> {
  await context.store.combos.remove(id)
  changed(context)
}

/** A combo that contains itself by way of others would promise members it hasn't. */
export function refuseCycle(combo: Combo, others: readonly Combo[]): void {
  const byName = new Map([...others, combo].map((each) => [each.name, each]))
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new GatewayError('invalid_request', `The combo would contain itself: ${[...path, name].join(' → ')}.`, {
        parameter: 'members',
      })
    }
    for (const member of byName.get(name)?.members ?? []) {
      if (byName.has(member.model)) visit(member.model, [...path, name])
    }
  }
  visit(combo.name, [])
}

/** What every member of a route can do: its smallest window, and a capability only if no member is known to lack it. */
function comboFacts(context: AdminContext, name: string): Partial<ModelView> {
  const targets = resolveQuietly(context, name)
  const windows = targets.flatMap((target) => target.model.limits.contextWindow ?? [])
  const outputs = targets.flatMap((target) => target.model.limits.maxOutput ?? [])
  const all = (capability: 'tools' | 'vision' | 'reasoning'): boolean =>
    targets.length > 0 && targets.every((target) => target.model.capabilities[capability] ?? capability === 'tools')
  return {
    ...(windows.length > 0 ? { contextWindow: Math.min(...windows) } : {}),
    ...(outputs.length > 0 ? { maxOutput: Math.min(...outputs) } : {}),
    tools: all('tools'),
    vision: all('vision'),
    reasoning: all('reasoning'),
  }
}

function resolveQuietly(
  context: AdminContext,
  name: string,
): ReturnType<ReturnType<AdminContext['catalogue']>['resolve']> {
  try {
    return context.catalogue().resolve(name)
  } catch {
    // A combo none of whose members is connected: it is listed, and asking it gets the full explanation.
    return []
  }
}

function pick(capabilities: {
  readonly tools?: boolean
  readonly vision?: boolean
  readonly reasoning?: boolean
}): Partial<ModelView> {
  const { tools, vision, reasoning } = capabilities
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(vision === undefined ? {} : { vision }),
    ...(reasoning === undefined ? {} : { reasoning }),
  }
}

function changed(context: AdminContext): void {
  context.rebuild()
  context.emit({ event: 'combos.changed', data: {} })
  context.emit({ event: 'models.changed', data: {} })
}
