// Windows that stopped together start together: after the user has stopped the gateway, a window looks now and then whether one
// runs again with the same data, and joins it. Knows nothing of VS Code.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from './session.ts'

const lookEveryMs = 3_000

/** Returns a function that ends it. */
export function followRevival(session: Session, dataDirectory: string, everyMs = lookEveryMs): () => void {
  let timer: NodeJS.Timeout | undefined
  let leader = ''
  const stopLooking = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const look = async (): Promise<void> => {
    const now = await readLeaderText(dataDirectory)
    // The record of the one that was stopped may stand for a moment, or for good if it was killed.
    if (timer === undefined || now === '' || now === leader) return
    stopLooking()
    await session.start().catch(() => undefined)
  }
  const unsubscribe = session.onDidChangeState((state) => {
    if (state.kind === 'running') void readLeaderText(dataDirectory).then((text) => (leader = text))
    if (state.kind === 'stopped' && state.byUser) timer ??= setInterval(() => void look(), everyMs).unref()
    else stopLooking()
  })
  return () => {
    unsubscribe()
    stopLooking()
  }
}

/** The file that names who leads; it is compared and not read. */
async function readLeaderText(dataDirectory: string): Promise<string> {
  try {
    return await readFile(join(dataDirectory, 'leader.json'), 'utf8')
  } catch {
    // Nobody leads.
    return ''
  }
}
