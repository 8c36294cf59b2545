// How long what is told of a window can hold: whether it is short, has passed, or claims what can't be. Pure.
import type { QuotaWindow } from '../../core/quota.ts'

const shortMs = 120_000
const dayMs = 86_400_000

/** Of a window that names no reset, this long something is known. */
const unnamedLifeMs = 3_600_000

/** A window of minutes at most: the limiter waits for it, no plan skips for it. */
export function isShortWindow({ lengthMs, resetsAt, at }: QuotaWindow): boolean {
  if (lengthMs !== undefined) return lengthMs <= shortMs
  return resetsAt !== undefined && resetsAt - at <= shortMs
}

/** True when it has started anew since it was told of, or is too old to say anything. */
export function hasPassed({ resetsAt, lengthMs, at }: QuotaWindow, now: number): boolean {
  return resetsAt === undefined ? now - at >= (lengthMs ?? unnamedLifeMs) : resetsAt <= now
}

/** A window can't reset later than its own length from now, give or take, nor any later than a month. */
export function withinReason(window: QuotaWindow): QuotaWindow {
  const { resetsAt, lengthMs, at } = window
  if (resetsAt === undefined) return window
  const latest = at + (lengthMs === undefined ? 31 * dayMs : Math.min(31 * dayMs, lengthMs * 1.1 + 60_000))
  return resetsAt <= latest ? window : { ...window, resetsAt: Math.round(latest) }
}
