// An engine as a gateway runs it, over targets of the test's choosing and with a clock that the test holds.
import type { Clock } from '../../src/core/clock.ts'
import type { Combo } from '../../src/core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/settings.ts'
import type { WireId } from '../../src/core/wire-format.ts'
import type { Catalogue, Target } from '../../src/engine/catalogue.ts'
import { createEngine } from '../../src/engine/engine.ts'
import type { EngineInput, EnginePorts } from '../../src/engine/ports.ts'
import type { RequestFacts } from '../../src/engine/request-facts.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { silentLog } from '../store/workspace.ts'
import { createManualClock } from './manual-clock.ts'

export interface EngineOptions extends Partial<EngineInput> {
  readonly targets?: readonly Target[]
  readonly routing?: Partial<RoutingSettings>
  readonly combos?: readonly Combo[]
}

/** Any name means all of the targets, in order. */
export function runningEngine({ targets = [], routing = {}, ...more }: EngineOptions): EnginePorts {
  const settings: RoutingSettings = {
    ...defaultRoutingSettings,
    retry: { ...defaultRoutingSettings.retry, attempts: 0 },
    ...routing,
  }
  const clock: Clock = more.clock ?? createManualClock(1_000)
  return createEngine({
    clock,
    random: () => 0.5,
    settings: () => settings,
    catalogue: () => catalogueOf(targets),
    media: { load: () => Promise.reject(new Error('no files here')) },
    wireOf: (id: WireId) => wireFormats[id],
    credential: () => 'key',
    dispatcher: () => {
      throw new Error('no network here')
    },
    record: () => undefined,
    log: silentLog,
    userAgent: 'omniroute/test',
    loadPrices: () => Promise.reject(new Error('no prices here')),
    spent: () => 0,
    onHealth: () => undefined,
    onBudget: () => undefined,
    ...more,
  })
}

function catalogueOf(targets: readonly Target[]): Catalogue {
  return {
    accounts: targets.map(({ account }) => account),
    entries: [],
    combos: [],
    resolve: () => targets,
    find: (asked) => ({
      asked,
      steps: [],
      root: {
        kind: 'group',
        name: asked,
        strategy: 'ordered',
        weight: 1,
        choices: targets.map((one) => ({ kind: 'model', publicId: one.publicId, targets: [one], weight: 1 })),
      },
    }),
  }
}

/** A small request without anything that a target could lack. */
export const plainFacts: RequestFacts = {
  bytes: 100,
  textBytes: () => 100,
  inputTokens: () => 20,
  usesTools: () => false,
  hasImages: () => false,
  wantsSchema: () => false,
  maxOutputTokens: () => undefined,
  continues: () => undefined,
  conversation: () => undefined,
}
