// The clients of the soak: each asks, reads its answer to the end, judges it, and asks again. All four dialects, streams and whole
// replies; a few leave in the middle.
import { Agent } from 'node:http'
import { dialects } from '../server/dialects.ts'
import { send } from '../server/world.ts'
import { endingOf } from '../simulator/endings.ts'
import { routes, soakKey } from './programs.ts'

export interface Tally {
  requests: number
  lost: number
  /** Begun, and told in the stream that it broke: what an upstream that breaks in mid-answer leads to. */
  broken: number
  fellBack: number
  left: number
  /** The first few that were lost, in words. */
  readonly stories: string[]
}

export interface Clients {
  readonly tally: Tally
  /** Lets everyone finish. */
  stop(): Promise<void>
}

const leaving = 0.02

export function startClients(url: string, count: number): Clients {
  const tally: Tally = { requests: 0, lost: 0, broken: 0, fellBack: 0, left: 0, stories: [] }
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  let stopped = false

  async function ask(number: number): Promise<void> {
    const dialect = pick(dialects)
    const model = pick(routes)
    const stream = Math.random() < 0.6
    const left = Math.random() < leaving ? AbortSignal.timeout(Math.ceil(Math.random() * 400)) : undefined
    const asked = { wire: dialect.wire, model, stream, includeUsage: false }
    try {
      const answer = await send(url + dialect.path(model, stream), {
        headers: { authorization: `Bearer ${soakKey}`, 'content-type': 'application/json' },
        body: dialect.body(model, stream, `Question ${number}`),
        agent,
        ...(left ? { signal: left } : {}),
      })
      const ending = endingOf(asked, answer, false)
      if (Number(answer.headers['x-omniroute-attempts']) > 1) tally.fellBack += 1
      if (ending.kind === 'broken' && ending.afterText) tally.broken += 1
      else if (ending.kind !== 'whole') lose(`${dialect.wire} ${model}: ${answer.status} ${JSON.stringify(ending)}`)
    } catch (thrown) {
      if (left?.aborted) tally.left += 1
      else lose(`${dialect.wire} ${model}: ${String(thrown)}`)
    }
  }

  function lose(story: string): void {
    tally.lost += 1
    if (tally.stories.length < 5) tally.stories.push(story.slice(0, 1_500))
  }

  const running = Array.from({ length: count }, async () => {
    // They must not all begin in the same instant.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000))
    while (!stopped) await ask(++tally.requests)
  })
  return {
    tally,
    async stop() {
      stopped = true
      await Promise.all(running)
      agent.destroy()
    },
  }
}

function pick<T>(list: readonly T[]): T {
  const item = list[Math.floor(Math.random() * list.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
