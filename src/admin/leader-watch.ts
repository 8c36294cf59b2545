// Watches the leader from another window: one stream of its events is held open. Its end, or a silence in which the leader does
// not answer when asked, is how a lost leader is noticed. After a sleep of the machine the silence is long, so it is asked at once.
import { createSseParser } from '../wire/sse.ts'
import { requestLoopback } from './loopback.ts'

export type Loss = 'ended' | 'silent'

export interface LeaderWatch {
  readonly endpoint: string
  readonly headers: Record<string, string>
  /** Called with the text of each event. */
  readonly onEvent: (text: string) => void
  /** Called once. */
  readonly onLost: (loss: Loss) => void
  /** Asks the leader whether it is there. */
  readonly answers: () => Promise<boolean>
}

const roundMs = 1_000
/** A leader says something every four seconds. */
const silentAfterMs = 6_000

/** Returns a function that ends the watch without a word. */
export function watchLeader({ endpoint, headers, onEvent, onLost, answers }: LeaderWatch): () => void {
  const ending = new AbortController()
  let heardAt = Date.now()
  let isAsking = false
  let isDoubtful = false

  const lose = (loss: Loss): void => {
    if (ending.signal.aborted) return
    end()
    onLost(loss)
  }
  const end = (): void => {
    clearInterval(timer)
    ending.abort()
  }

  const hold = async (): Promise<void> => {
    try {
      const answer = await requestLoopback(endpoint, '/admin/events', {
        headers,
        signal: ending.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      if (answer.statusCode !== 200) throw new Error(`events answered ${answer.statusCode}`)
      const parser = createSseParser()
      for await (const chunk of answer.body) {
        heardAt = Date.now()
        isDoubtful = false
        for (const { data } of parser.feed(chunk as Buffer)) onEvent(data)
      }
    } catch {
      // The reason does not matter: whatever ended the stream, the leader has to be looked for anew.
    }
    lose('ended')
  }

  const ask = async (): Promise<void> => {
    if (isAsking || Date.now() - heardAt < silentAfterMs) return
    isAsking = true
    const isThere = await answers()
    isAsking = false
    if (!isThere) return lose('silent')
    // It lives, but this stream may not: a second silence is the end of the stream.
    if (isDoubtful) return lose('ended')
    isDoubtful = true
    heardAt = Date.now()
  }

  const timer = setInterval(() => void ask(), roundMs)
  timer.unref()
  void hold()
  return end
}
