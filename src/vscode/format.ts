// Sums, shares and instants in the user's language, for the few places where the editor itself shows numbers. Pure.

/** Cents; a sum below ten of them gets as many figures as it takes to tell it from nothing. */
export function formatDollars(usd: number, language: string): string {
  const digits = usd !== 0 && Math.abs(usd) < 0.1 ? ({ maximumSignificantDigits: 2 } as const) : {}
  const options = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...digits } as const
  return new Intl.NumberFormat(language, options).format(usd)
}

/** A share from 0 to 1 in whole percent, rounded down: what is left is never made more than it is. */
export function formatShare(share: number, language: string): string {
  // Sums of binary fractions miss by less than this: 0.29 * 100 is 28.999….
  const percent = Math.floor(share * 100 + 1e-9)
  return new Intl.NumberFormat(language, { style: 'percent' }).format(percent / 100)
}

/** The time of day, with the date when it is another day than `now`. */
export function formatInstant(at: number, now: number, language: string): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
  const options = sameDay ? ({ timeStyle: 'short' } as const) : ({ dateStyle: 'medium', timeStyle: 'short' } as const)
  return new Intl.DateTimeFormat(language, options).format(at)
}
