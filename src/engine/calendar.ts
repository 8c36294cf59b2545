// Calendar periods of local time: days, weeks from Monday, months. Days of a clock change are 23 or 25 hours long here.

export type Period = 'day' | 'week' | 'month'

export interface Span {
  /** Epoch milliseconds; the start is in it, the end is the next one's start. */
  readonly startsAt: number
  readonly endsAt: number
}

/** The period that an instant lies in. */
export function periodAt(period: Period, at: number): Span {
  const date = new Date(at)
  const year = date.getFullYear()
  const month = date.getMonth()
  const day = date.getDate()
  switch (period) {
    case 'day':
      return span(new Date(year, month, day), new Date(year, month, day + 1))
    case 'week': {
      const monday = day - ((date.getDay() + 6) % 7)
      return span(new Date(year, month, monday), new Date(year, month, monday + 7))
    }
    case 'month':
      return span(new Date(year, month, 1), new Date(year, month + 1, 1))
  }
}

function span(start: Date, end: Date): Span {
  return { startsAt: start.getTime(), endsAt: end.getTime() }
}
