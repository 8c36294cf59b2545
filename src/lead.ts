// Leading: the socket, what stands behind it, and the way out, in the order that keeps the data in one hand.
import type { GatewayEvent } from './admin/client.ts'
import { GatewayError } from './core/errors.ts'
import { type Leader, type LeaderOptions, openLeader } from './leader.ts'
import { createApp } from './server/app.ts'
import { type Activity, createActivity, type ReadyContext, type ServerContext } from './server/context.ts'
import { markStopped } from './server/leader-file.ts'
import { type Lease, type LeaseOptions, takeLease } from './server/lease.ts'
import type { Listening } from './server/listen.ts'

export interface Lead {
  readonly role: 'leader'
  readonly leader: Leader
  readonly endpoint: string
  readonly movedFrom?: number
  readonly heldBy?: 'omniroute' | 'program'
  /** Resolves when nothing is in flight, but no later than after `atMostMs`. */
  idle(atMostMs: number): Promise<void>
  /** Takes on nothing new, ends what is in flight, gives data and port back. `last` is said to all windows and pages first. */
  leave(last?: LastWord): Promise<void>
}

/** The user stopped it for all windows, or it makes way for a newer version. */
export type LastWord = Extract<GatewayEvent, { event: 'gateway.stopped' | 'gateway.leaving' }>

export type Following = Extract<Lease, { kind: 'follower' }>

export interface LeadOptions
  extends Omit<LeaseOptions, 'handler'>,
    Omit<LeaderOptions, 'endpoint' | 'activity' | 'dataDirectory'>,
    Pick<ServerContext, 'bodyLimit' | 'windows'> {}

/** How long answers in flight may take when the gateway stops, and how long their ends may take once they are cut. */
const graceMs = 1_000
const interruptMs = 150
const cutMs = 150

/** Leads, or tells who does. Requests that come before the data is open wait until it is. */
export async function leadOrFollow(options: LeadOptions): Promise<Lead | Following> {
  const activity = createActivity()
  let open: (context: ReadyContext) => void = () => undefined
  let refuse: (error: unknown) => void = () => undefined
  const ready = new Promise<ReadyContext>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  ready.catch(() => undefined)
  const lease = await takeLease({ ...options, handler: createApp({ ...options, ready, activity }) })
  if (lease.kind === 'follower') return lease
  const { listening, release } = lease
  const endpoint = `http://127.0.0.1:${listening.port}`
  try {
    const leader = await openLeader({ ...options, endpoint, activity })
    open(leader)
    return {
      role: 'leader',
      leader,
      endpoint,
      ...(lease.movedFrom === undefined ? {} : { movedFrom: lease.movedFrom }),
      ...(lease.heldBy === undefined ? {} : { heldBy: lease.heldBy }),
      idle: (atMostMs) => activity.idle(atMostMs),
      leave: (last) => leave({ leader, listening, activity, release, dataDirectory: options.dataDirectory }, last),
    }
  } catch (error) {
    refuse(error)
    await letGo(release, listening)
    throw error
  }
}

interface Held {
  readonly leader: Leader
  readonly listening: Listening
  readonly activity: Activity
  readonly release: () => Promise<void>
  readonly dataDirectory: string
}

/** The port is given back last: whoever gets it next opens the same files, and they have one writer at a time. */
async function leave({ leader, listening, activity, release, dataDirectory }: Held, last?: LastWord): Promise<void> {
  activity.close()
  if (last?.event === 'gateway.stopped') await markStopped(dataDirectory)
  if (last) leader.announce(last)
  await activity.idle(graceMs)
  if (activity.active > 0) {
    await leader.interrupt(new GatewayError('shutting_down', 'The gateway was stopped in mid-answer.'))
    await activity.idle(interruptMs)
  }
  if (activity.active > 0) {
    listening.cut()
    await activity.idle(cutMs)
  }
  // What ended in this turn is written to the log in the next.
  await new Promise((resolve) => setImmediate(resolve))
  try {
    await leader.close()
  } finally {
    await letGo(release, listening)
  }
}

/** Both, whatever becomes of the first: a port that stays bound keeps every later gateway out. */
async function letGo(release: () => Promise<void>, listening: Listening): Promise<void> {
  try {
    await release()
  } finally {
    await listening.close()
  }
}
