// Waiting by looking again: every wait in these tests goes through here, so none lasts for ever and each says, when its
// time is over, what it waited for and what was there instead.

export const defaultTimeout = 30_000
const pollInterval = 50

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

export interface WaitOptions {
  timeout?: number
  /** Called once when time is over; its text becomes part of the message. */
  describe?: () => Promise<string>
}

/** Looks until `look` gives something other than undefined, false or null. What it throws counts as "not yet". */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  { timeout = defaultTimeout, describe }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeout
  let lastError: unknown
  do {
    try {
      const found = await look()
      if (found !== undefined && found !== false && found !== null) return found
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    await pause(pollInterval)
  } while (Date.now() < deadline)
  const because = lastError instanceof Error ? `\nLast error: ${lastError.message}` : ''
  const seen = describe ? `\n${await describe().catch((error) => `(nothing to show: ${String(error)})`)}` : ''
  throw new Error(`Waited ${timeout / 1000} s for ${what}, in vain.${because}${seen}`)
}

/** Gives up on a promise that may never settle; the promise itself goes on. */
export async function within<T>(what: string, promise: Promise<T>, { timeout = defaultTimeout, describe }: WaitOptions = {}): Promise<T> {
  const late = Symbol('late')
  let timer: NodeJS.Timeout | undefined
  const alarm = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), timeout)
  })
  try {
    const result = await Promise.race([promise, alarm])
    if (result !== late) return result as T
  } finally {
    clearTimeout(timer)
  }
  const seen = describe ? `\n${await describe().catch((error) => `(nothing to show: ${String(error)})`)}` : ''
  throw new Error(`Waited ${timeout / 1000} s for ${what}, in vain.${seen}`)
}
