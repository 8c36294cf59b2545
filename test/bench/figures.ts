// From rounds to figures: medians over rounds, and the gateway beside the pass-through with the target, if there is one.
import type { Round } from './load.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** One round of one server. */
export interface Reading {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly firstByteMs: number
  readonly cpuMsPerRequest: number
}

export function readingOf(round: Round, cpuMs: number): Reading {
  return {
    requestsPerSecond: round.requests / round.seconds,
    p50Ms: percentile(round.latencyMs, 0.5),
    p95Ms: percentile(round.latencyMs, 0.95),
    p99Ms: percentile(round.latencyMs, 0.99),
    firstByteMs: percentile(round.firstByteMs, 0.5),
    cpuMsPerRequest: cpuMs / round.requests,
  }
}

export interface Target {
  readonly compare: 'ratio' | 'difference' | 'value'
  readonly bound: 'at most' | 'at least'
  readonly limit: number
}

export interface Figure {
  readonly subject: string
  readonly measure: string
  readonly unit: string
  readonly passThrough: number
  readonly gateway: number
  readonly ratio: number
  readonly difference: number
  readonly target?: Target
  readonly met?: boolean
}

/**
 * A figure from pairs of rounds that ran one right after the other. The ratio is the median of the pairs' ratios: what
 * disturbs the machine for a while disturbs both of a pair.
 */
export function figure(
  subject: string,
  measure: string,
  unit: string,
  pairs: readonly (readonly [passThrough: number, gateway: number])[],
  target?: Target,
): Figure {
  const result = {
    subject,
    measure,
    unit,
    passThrough: median(pairs.map(([passThrough]) => passThrough)),
    gateway: median(pairs.map(([, gateway]) => gateway)),
    ratio: median(pairs.map(([passThrough, gateway]) => gateway / passThrough)),
    difference: median(pairs.map(([passThrough, gateway]) => gateway - passThrough)),
  }
  if (target === undefined) return result
  const measured = { ratio: result.ratio, difference: result.difference, value: result.gateway }[target.compare]
  return { ...result, target, met: target.bound === 'at most' ? measured <= target.limit : measured >= target.limit }
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'n/a'
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3)
}

function targetText(figure: Figure): string {
  if (figure.target === undefined) return ''
  const { compare, bound, limit } = figure.target
  const sign = bound === 'at most' ? '≤' : '≥'
  if (compare === 'ratio') return `${sign} ${limit} ×`
  return `${sign} ${compare === 'difference' ? '+' : ''}${limit} ${figure.unit}`
}

/** All figures in one aligned table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [
    one.subject,
    one.measure,
    number(one.passThrough),
    number(one.gateway),
    Number.isNaN(one.ratio) ? 'n/a' : `${one.ratio.toFixed(2)} ×`,
    `${one.difference >= 0 ? '+' : ''}${number(one.difference)} ${one.unit}`,
    targetText(one),
    one.met === undefined ? '' : one.met ? 'met' : 'MISSED',
  ])
  const head = ['', '', 'pass-through', 'gateway', 'ratio', 'difference', 'target', '']
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const right = new Set([2, 3, 4, 5])
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
