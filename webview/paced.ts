// Runs something at most once in a while however often it is asked for: at once, or else at the end of the pause.

export interface Paced {
  ask(): void
  /** Forgets what is still to come. */
  end(): void
}

export function paced(pauseMs: number, run: () => void): Paced {
  let pause: ReturnType<typeof setTimeout> | undefined
  let isAsked = false
  const start = () => {
    isAsked = false
    pause = setTimeout(() => {
      pause = undefined
      if (isAsked) start()
    }, pauseMs)
    run()
  }
  return {
    ask() {
      if (pause === undefined) start()
      else isAsked = true
    },
    end() {
      clearTimeout(pause)
      pause = undefined
      isAsked = false
    },
  }
}
