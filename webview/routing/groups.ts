// The groups of the Routing page in their order: what is named, what is chosen, what is changed, what protects, what saves, and the way out.
import type { Group } from './group.ts'
import { aliases } from './groups/aliases.ts'
import { budgets } from './groups/budgets.ts'
import { caches } from './groups/caches.ts'
import { defaults } from './groups/defaults.ts'
import { limits } from './groups/limits.ts'
import { models } from './groups/models.ts'
import { network } from './groups/network.ts'
import { prices } from './groups/prices.ts'
import { prompts } from './groups/prompts.ts'
import { reasoning } from './groups/reasoning.ts'
import { retries } from './groups/retries.ts'
import { timeouts } from './groups/timeouts.ts'

export const groups: readonly Group[] = [
  aliases,
  defaults,
  models,
  prompts,
  reasoning,
  limits,
  timeouts,
  retries,
  budgets,
  prices,
  caches,
  network,
]
