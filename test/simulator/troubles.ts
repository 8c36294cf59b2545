// What a simulated account is, and what may befall it during a day.
import type { Tier } from '../../src/core/model.ts'
import type { WireId } from '../../src/core/wire-format.ts'
import type { HintStyle } from './hints.ts'
import type { MeterRule } from './meter.ts'

export const troubleKinds = [
  'error',
  'refused',
  'reset',
  'silent',
  'silent-after-head',
  'silent-midway',
  'loris',
  'cut',
  'cut-early',
  'error-in-200',
  'error-midway',
  'empty',
  'html',
  'bad-key',
  'no-model',
  'limited',
] as const
export type TroubleKind = (typeof troubleKinds)[number]

/** From an instant until before another. */
export interface Trouble {
  readonly kind: TroubleKind
  readonly from: number
  readonly to: number
  /** Absent for all models. */
  readonly model?: string
  readonly status?: number
  /** Of `limited`: how it tells, and until when it says so where that isn't the truth. */
  readonly style?: HintStyle
  readonly claims?: number
  /** The share of requests that are hit; all when absent. */
  readonly share?: number
}

export interface UpstreamSpec {
  readonly id: string
  readonly wire: WireId
  readonly provider: string
  readonly version: string
  readonly prefix: string
  readonly tier: Tier
  readonly key: string
  readonly models: readonly string[]
  /** How far its clock is ahead of the true one, in whole seconds. */
  readonly skewMs: number
  /** Its answers have no `date`, so that nobody can see by how much its clock goes wrong. */
  readonly isDateless?: boolean
  readonly style: HintStyle
  readonly meters: readonly MeterRule[]
  /** Refuses requests marked as long. */
  readonly isSmall?: boolean
  /** Answers at once; otherwise at a pace of its own. */
  readonly isPrompt?: boolean
  /** The size of its models' window, where the user has told it. */
  readonly contextWindow?: number
}

/** A trouble that says something of the account as a whole, whatever the model. */
export function isAccountWide(kind: string): boolean {
  return kind === 'bad-key' || kind === 'refused'
}
