// Reads a provider's quirks for one wire: what the wire's own defaults say, then facts known of the model, then what the provider
// file says in general, then what it says of models like this one. Worked out once for each provider and model.
import { LRUCache } from 'lru-cache'
import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import type { TargetModel } from '../core/wire-format.ts'

export type QuirkTarget = Pick<TargetModel, 'id' | 'provider' | 'quirks' | 'capabilities'>

/** What a provider file or a fact says; what it does not say stays. */
export type Said<Quirks> = { readonly [Name in keyof Quirks]?: Quirks[Name] | undefined }

/** `match` is a regular expression held against the model's id without regard to case. */
type SaidOfModels<Quirks> = readonly { readonly match: string; readonly quirks: Said<Quirks> }[]

/** Quirks that every wire reads. */
export const commonFields = {
  /**
   * Optional text arguments that the model fills with nothing (`pages: ""`) are taken out of its calls, since clients refuse them
   * (rule 99). Calls to tools that have any are then told in one piece.
   */
  dropEmptyArguments: z.boolean(),
}

export const commonDefaults = { dropEmptyArguments: false }

/** Of one provider: names of models come from clients, too. */
const mostModels = 1_000

export interface QuirkRules<Quirks> {
  /** All quirks optional, and `perModel`. Names of other wires must pass: a provider may serve several. */
  readonly schema: z.ZodType<Said<Quirks> & { readonly perModel?: SaidOfModels<Quirks> | undefined }>
  readonly defaults: Quirks
  readonly facts?: (target: QuirkTarget) => Said<Quirks>
  /** How one saying comes on top of another; the later one replaces by default. */
  readonly merge?: (quirks: Quirks, more: Said<Quirks>) => Quirks
}

export function createQuirkReader<Quirks extends object>(rules: QuirkRules<Quirks>): (target: QuirkTarget) => Quirks {
  const { defaults, facts, merge = (quirks, more) => Object.assign({}, quirks, more) } = rules
  const known = new WeakMap<object, LRUCache<string, Quirks>>()

  function workOut(target: QuirkTarget): Quirks {
    const parsed = rules.schema.safeParse(target.quirks)
    if (!parsed.success) {
      throw new GatewayError(
        'internal',
        `The quirks of provider "${target.provider}" are invalid: ${parsed.error.message}`,
      )
    }
    const { perModel = [], ...general } = parsed.data
    const specific = perModel.filter(({ match }) => new RegExp(match, 'i').test(target.id)).map(({ quirks }) => quirks)
    const sayings = [...(facts ? [facts(target)] : []), general as Said<Quirks>, ...specific]
    return sayings.reduce<Quirks>(merge, defaults)
  }

  return (target) => {
    const byModel = known.get(target.quirks) ?? new LRUCache<string, Quirks>({ max: mostModels })
    const key = keyOf(target)
    const remembered = byModel.get(key)
    if (remembered) return remembered
    const quirks = workOut(target)
    known.set(target.quirks, byModel.set(key, quirks))
    return quirks
  }
}

/** All that facts may depend on. */
function keyOf({ provider, id, capabilities }: QuirkTarget): string {
  const { tools, vision, reasoning, structuredOutput } = capabilities
  return `${provider} ${id} ${tools} ${vision} ${reasoning} ${structuredOutput}`
}
