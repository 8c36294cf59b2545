// Usage of streams that pass through untouched: where a client didn't ask for it, it is asked for in the client's place, and what the
// vendor adds to the stream for that is taken out again, so that the client gets the bytes it would have got. Only for servers of
// which it is known exactly what they add (the quirk `addsForUsage`).
import type { TargetModel, UsageAsking } from '../../core/wire-format.ts'
import { parseJsonObject } from '../json-text.ts'
import { quirksOf } from './quirks.ts'

const field = '"stream_options"'
const insert = `${field}:{"include_usage":true},`

const usageMark = '"usage":{'
/** As a key: quotes within what the model says are escaped. */
const usageOfNothing = ',"usage":null'

const askings: Readonly<Record<'event' | 'event-and-nulls', UsageAsking>> = {
  event: { field, insert, takeOut: withoutUsageEvent },
  'event-and-nulls': {
    field,
    insert,
    takeOut(events) {
      const others = withoutUsageEvent(events)
      return others.includes(usageOfNothing) ? others.replaceAll(usageOfNothing, '') : others
    },
  },
}

export function usageAsking(target: TargetModel): UsageAsking | undefined {
  const adds = quirksOf(target).addsForUsage
  return adds === 'unknown' ? undefined : askings[adds]
}

/** The events without one that holds nothing but the usage. */
function withoutUsageEvent(events: string): string {
  const at = events.lastIndexOf(usageMark)
  if (at < 0) return events
  const choices = parseJsonObject(lineAround(events, at).replace(/^data: ?/, ''))?.['choices']
  if (!Array.isArray(choices) || choices.length > 0) return events
  return events.slice(0, startOfEvent(events, at)) + events.slice(endOfEvent(events, at))
}

function lineAround(events: string, at: number): string {
  const start = Math.max(events.lastIndexOf('\n', at), events.lastIndexOf('\r', at)) + 1
  const length = events.slice(at).search(/[\r\n]/)
  return events.slice(start, length < 0 ? undefined : at + length)
}

const boundaries = ['\n\n', '\r\n\r\n', '\r\r'] as const

function startOfEvent(events: string, at: number): number {
  const starts = boundaries.map((boundary) => {
    const before = events.lastIndexOf(boundary, at)
    return before < 0 ? 0 : before + boundary.length
  })
  return Math.max(...starts)
}

function endOfEvent(events: string, at: number): number {
  const ends = boundaries.map((boundary) => {
    const after = events.indexOf(boundary, at)
    return after < 0 ? events.length : after + boundary.length
  })
  return Math.min(...ends)
}
