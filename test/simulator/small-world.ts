// Small worlds for single scenes: a few accounts that answer at once unless a trouble says otherwise, times counted from the beginning.
import type { MethodInput } from '../../src/admin/contract.ts'
import type { GatewayConfig } from '../fakes/gateway.ts'
import { dialects } from '../server/dialects.ts'
import type { Route } from './fleet.ts'
import type { Trouble, UpstreamSpec } from './troubles.ts'
import { type Call, SimulatedWorld, type Wish } from './world.ts'

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const begin = Date.UTC(2026, 10, 24)

const key = 'omr-simulated-scene-0123456789abcdef'

/** A trouble with times since the beginning. */
export type Scene = Omit<Trouble, 'from' | 'to' | 'claims'> & {
  readonly from?: number
  readonly to?: number
  readonly claims?: number
}

export interface Cast extends Partial<UpstreamSpec> {
  readonly id: string
  readonly scenes?: readonly Scene[]
}

export interface Stage {
  readonly cast: readonly Cast[]
  readonly combos?: GatewayConfig['combos']
  readonly settings?: MethodInput<'settings.put'>
  readonly dataDirectory?: string
}

const world = new Set<SimulatedWorld>()

export async function openSmallWorld({ cast, combos = [], settings, dataDirectory }: Stage): Promise<SimulatedWorld> {
  const upstreams = cast.map(({ scenes = [], ...spec }) => ({
    spec: specOf(spec),
    troubles: scenes.map(({ from = 0, to = 1_000 * hour, claims, ...scene }) => ({
      ...scene,
      from: begin + from,
      to: begin + to,
      ...(claims === undefined ? {} : { claims: begin + claims }),
    })),
  }))
  const made = new SimulatedWorld({
    seed: 1,
    begin,
    upstreams,
    combos,
    keys: [{ name: 'scene', key }],
    ...(settings ? { settings } : {}),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  })
  world.add(made)
  await made.start()
  return made
}

/** For `afterEach`. */
export async function closeSmallWorlds(): Promise<void> {
  for (const one of world) await one.stop()
  world.clear()
}

function specOf(spec: Omit<Cast, 'scenes'>): UpstreamSpec {
  const wire = spec.wire ?? 'openai-chat'
  const dialect = dialects.find((one) => one.wire === wire)
  if (!dialect) throw new Error(`no dialect ${wire}`)
  return {
    wire,
    provider: dialect.provider,
    version: dialect.version,
    prefix: spec.id,
    tier: 'api-key',
    key: `key-${spec.id}`,
    models: ['m'],
    skewMs: 0,
    style: 'none',
    meters: [],
    isPrompt: true,
    ...spec,
  }
}

/** A request for a name; who may serve it doesn't matter to scenes. */
export function ask(to: SimulatedWorld, name: string, more: Partial<Wish> = {}): Promise<Call> {
  return to.ask(wish(name, more))
}

export function wish(name: string, more: Partial<Wish> = {}): Wish {
  const route: Route = { name, targets: [], isEven: false }
  return { route, wire: 'openai-chat', stream: false, key, ...more }
}

/** The accounts that were asked for a call, in order. */
export function asked(from: SimulatedWorld, call: Call): string[] {
  return from.exchangesOf(call).map(({ account }) => account)
}

/** Milliseconds from the request to the end of its answer. */
export function took({ at, endedAt = Number.NaN }: Call): number {
  return endedAt - at
}

export function pair(strategy: 'ordered' | 'round-robin' = 'ordered'): GatewayConfig['combos'] {
  return [{ name: 'pair', strategy, members: ['a/m', 'b/m'] }]
}
