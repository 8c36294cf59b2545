// Two jobs at a time, in their order: tools wait for themselves a good part of their time, and a machine of two cores has no room for
// more.

export interface Lanes<Job, Result> {
  /** The result of a job; fails as the job did. */
  readonly resultOf: (job: Job) => Promise<Result>
  /** Once all have ended, however. */
  readonly settled: () => Promise<void>
}

export function runInLanes<Job, Result>(jobs: readonly Job[], work: (job: Job) => Promise<Result>): Lanes<Job, Result> {
  const waiting = jobs.map((job) => {
    let start = (): void => undefined
    const started = new Promise<void>((done) => {
      start = done
    })
    return { job, start, result: started.then(() => work(job)) }
  })
  const results = new Map(waiting.map(({ job, result }) => [job, result]))
  const queue = waiting.values()
  const lane = async (): Promise<void> => {
    for (const { start, result } of queue) {
      start()
      // A job that fails is told by its own test.
      await result.catch(() => undefined)
    }
  }
  const ended = Promise.all([lane(), lane()])
  return {
    resultOf: (job) => results.get(job) ?? Promise.reject(new Error('this job was never given')),
    settled: async () => {
      await ended
    },
  }
}
