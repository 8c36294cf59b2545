// What the filters say of a target: why it is not called, or why it is called later than its place would have it.

/** Stands in the trace beside the words. */
export type SkipCode =
  | 'disabled'
  | 'no-wire'
  | 'no-key'
  | 'elsewhere'
  | 'context-window'
  | 'vision'
  | 'tools'
  | 'schema'
  | 'budget'
  | 'resting'
  | 'no-quota'

export interface Demotion {
  /** Lower is called sooner. */
  readonly rank: number
  /** Among those of one rank, lower is called sooner. */
  readonly within: number
  readonly reason: string
}

/** A guess of ours that is over in seconds, mostly. */
export const guessedRest = 1
/** Its host failed several times in a row: called only when there is nobody else. */
export const openBreaker = 2
/** The model will probably refuse the request or cut its answer. */
export const doubtful = 3

/** Of a target that is called. */
export interface Verdict {
  readonly demotion?: Demotion
  readonly reroute?: string
}
