// Puts the wrappers of an attempt around the call itself, and says in which order. Outermost first:
// retry – each further try goes through everything below it anew;
// refresh – its second call counts for the limits like any other;
// limiter – a request waits here for its turn;
// breaker – asked last, so that a request that waited does not run into a host that failed meanwhile.
import type { Attempt, AttemptWrapper } from './attempt.ts'

export interface AttemptParts {
  readonly retry: AttemptWrapper
  readonly refresh: AttemptWrapper
  readonly limiter: AttemptWrapper
  readonly breaker: AttemptWrapper
}

/** The attempt of a gateway, made once. */
export function createAttempt({ retry, refresh, limiter, breaker }: AttemptParts): Attempt {
  return composeAttempt([retry, refresh, limiter, breaker])
}

/** The first wrapper is the outermost; innermost is the journey's own call. */
export function composeAttempt(wrappers: readonly AttemptWrapper[]): Attempt {
  return wrappers.reduceRight<Attempt>(
    (next, wrap) => wrap(next),
    (candidate, context) => context.journey.call(candidate, context.attempts),
  )
}
