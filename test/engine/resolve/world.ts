// What the tests of resolving share: settings with chosen sections, and trees written as short text.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import type { Alias, Combo, ComboMember, Origin } from '../../../src/core/routing.ts'
import { toComboMember } from '../../../src/core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../../src/core/settings.ts'
import type { Catalogue } from '../../../src/engine/catalogue.ts'
import type { Choice } from '../../../src/engine/resolution.ts'

export function settings(
  more: {
    aliases?: Readonly<Record<string, string>>
    models?: Partial<RoutingSettings['models']>
    defaults?: Partial<RoutingSettings['defaults']>
  } = {},
): RoutingSettings {
  const aliases: Alias[] = Object.entries(more.aliases ?? {}).map(([pattern, target]) => ({ pattern, target }))
  return {
    ...defaultRoutingSettings,
    aliases,
    models: { ...defaultRoutingSettings.models, ...more.models },
    defaults: { ...defaultRoutingSettings.defaults, ...more.defaults },
  }
}

export function combo(name: string, members: readonly (string | ComboMember)[], more: Partial<Combo> = {}): Combo {
  return { id: name, name, strategy: 'ordered', members: members.map(toComboMember), enabled: true, ...more }
}

/** `strategy name[…]` for a group; a public id for a model. */
export function shape(choice: Choice): string {
  if (choice.kind === 'model') return choice.publicId
  return `${choice.strategy} ${choice.name}[${choice.choices.map(shape).join(', ')}]`
}

export function found(catalogue: Catalogue, name: string, origin?: Origin): string {
  return shape(catalogue.find(name, origin).root)
}

export function refusal(catalogue: Catalogue, name: string, origin?: Origin): GatewayError {
  try {
    catalogue.find(name, origin)
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    return error
  }
  throw new Error(`${name} was found`)
}
