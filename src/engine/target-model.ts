// A target in the words of the wire formats.
import type { TargetModel } from '../core/wire-format.ts'
import type { Target } from './catalogue.ts'

/** One and the same object, since what is worked out from quirks is remembered by it. */
const noQuirks = {}

export function toTargetModel({ model, provider }: Target): TargetModel {
  return {
    id: model.id,
    provider: provider.id,
    limits: model.limits,
    capabilities: model.capabilities,
    quirks: provider.quirks ?? noQuirks,
  }
}
