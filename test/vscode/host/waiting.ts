// Waiting by looking again: every wait in these tests goes through here, so none lasts for ever and each says, when its
// time is over, what it waited for and what was there instead.

// Generous, since a machine may be busy with other suites; only a failure ever waits that long.
export const defaultTimeout = 90_000
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
