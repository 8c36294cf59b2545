// Which part this window has among all that share one gateway: it leads, follows, looks for the next leader, or has stopped.
// Whatever happens to a leader comes in here; there is one change at a time.
import { contractVersion } from './admin/contract.ts'
import { createRemoteClient, type RemoteClient } from './admin/remote.ts'
import { GatewayError, toGatewayError } from './core/errors.ts'
import type { EditorProxy } from './core/proxy.ts'
import { compareVersions } from './core/version.ts'
import type { GatewayOptions, GatewaySettings, GatewayState } from './gateway.ts'
import { type Following, type LastWord, type Lead, leadOrFollow } from './lead.ts'
import { wasStoppedSince } from './server/leader-file.ts'
import { probe } from './server/probe.ts'

export type Part = Lead | { readonly role: 'follower'; readonly remote: RemoteClient }

export interface MembershipOptions {
  readonly gateway: GatewayOptions
  readonly settings: () => GatewaySettings
  readonly adminToken: string
  readonly defaultKey: string
  /** Called when the part has changed, before the state is. */
  readonly onPart: () => void
  readonly onState: (state: GatewayState) => void
  /** Another leader than before: whatever was known of it may be old. */
  readonly onNewLeader: () => void
}

export interface Membership {
  readonly part: Part | undefined
  readonly stopped: boolean
  /** Leads or follows. Rejects with a `GatewayError`, unless there is a leader to wait for. */
  start(): Promise<void>
  /** To the port of the settings. */
  move(): Promise<void>
  stop(how: { readonly everywhere: boolean }): Promise<void>
}

const noEditorProxy: EditorProxy = {}

/** How long a leader that is to hand over goes on serving while it waits for a quiet moment. */
const handOverWithinMs = 20_000
/** A lost leader's port is free at once; several followers try at random instants so that one wins quietly. */
const takeoverWaitMs = { least: 20, spread: 180 }
/** How long windows of an older version leave it to those of a newer one. */
const headStartMs = 1_500
/** How long a leader that has said nothing may take to answer before it counts as silent. */
const answerWithinMs = 4_000

const stoppedByUser: LastWord = { event: 'gateway.stopped', data: {} }

export function createMembership({
  gateway: options,
  settings,
  adminToken,
  defaultKey,
  onPart,
  onState,
  onNewLeader,
}: MembershipOptions): Membership {
  const { log } = options
  const mayMove = options.whenTaken !== 'fail'
  let part: Part | undefined
  let stopped = false
  let isLooking = false
  /** The version that this one, or its leader, makes way for. */
  let successor: string | undefined
  /** When it last began to lead or follow. */
  let since = Date.now()
  let turn: Promise<void> = Promise.resolve()

  async function join(): Promise<void> {
    const found = await leadOrFollow({
      ...options,
      port: settings().port,
      adminToken,
      mayMove,
      bodyLimit: () => settings().bodyLimitMb * 1024 * 1024,
      logRows: settings().logRows,
      editorProxy: () => settings().editorProxy ?? noEditorProxy,
      environment: options.environment ?? process.env,
      defaultKey,
      windows: { handOver, stopForAll: () => inBackground(stopForAll) },
    })
    if ('role' in found) lead(found)
    else follow(found)
  }

  function lead(won: Lead): void {
    take(won)
    const { endpoint, movedFrom, heldBy } = won
    const moved = movedFrom === undefined ? {} : { movedFrom, ...(heldBy ? { heldBy } : {}) }
    onState({ kind: 'running', role: 'leader', endpoint, ...moved })
  }

  function take(next: Part): void {
    part = next
    successor = undefined
    isLooking = false
    since = Date.now()
    onPart()
  }

  function follow({ port, version, contract }: Following): void {
    const endpoint = `http://127.0.0.1:${port}`
    if (!mayMove) throw new GatewayError('port_taken', `OmniRoute already runs with this data at ${endpoint}.`)
    const isNewer = compareVersions(options.version, version) > 0
    const remote = createRemoteClient({
      endpoint,
      adminToken,
      answers: async () => (await probe(port, adminToken, answerWithinMs)).kind !== 'silent',
      onLost: (loss) => void takeOver(loss === 'silent' ? 'silent' : 'gone'),
      onLeaving: (version) => {
        successor = version
      },
    })
    take({ role: 'follower', remote })
    if (contract !== contractVersion && !isNewer) onState({ kind: 'outdated', endpoint, version })
    else onState({ kind: 'running', role: 'follower', endpoint })
    if (isNewer) void askToLead(remote, version)
  }

  async function askToLead(remote: RemoteClient, version: string): Promise<void> {
    try {
      const accepted = await remote.askToLead(options.version)
      log.info(`the leader of version ${version} ${accepted ? 'hands over' : 'stays'}`)
    } catch (error) {
      // A leader that goes at this moment is lost like any other.
      log.info(`the leader of version ${version} was not asked to hand over: ${toGatewayError(error).message}`)
    }
  }

  /** Goes on serving until nothing is in flight, or for a while; then the newer window gets port and data. */
  function handOver(version: string): boolean {
    const current = part
    if (!mayMove || stopped || current?.role !== 'leader') return false
    if (compareVersions(version, options.version) <= 0) return false
    if (successor !== undefined) return true
    successor = version
    log.info(`handing over to version ${version}`)
    const makeWay = async (): Promise<void> => {
      if (part !== current || stopped) return
      isLooking = true
      onState({ kind: 'reconnecting', because: 'gone' })
      try {
        await leave({ event: 'gateway.leaving', data: { successor: version } })
      } finally {
        void takeOver('gone')
      }
    }
    void current.idle(handOverWithinMs).then(() => inBackground(makeWay))
    return true
  }

  async function leave(last?: LastWord): Promise<void> {
    const current = part
    part = undefined
    if (current?.role === 'follower') current.remote.close()
    if (current?.role === 'leader') await current.leave(last)
  }

  /** The user stopped it in another window. */
  async function stopForAll(): Promise<void> {
    if (stopped || part?.role !== 'leader') return
    stopped = true
    try {
      await leave(stoppedByUser)
    } finally {
      onState({ kind: 'stopped', byUser: true })
    }
  }

  /** One change at a time: a takeover and a changed port must not both join. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  /** For what nobody waits for. */
  function inBackground(work: () => Promise<void>): void {
    inTurn(work).catch((error: unknown) => log.error(`leaving: ${toGatewayError(error).message}`))
  }

  async function joinUnlessStopped(): Promise<void> {
    if (stopped) return
    if (isLooking && (await wasStoppedSince(options.dataDirectory, since))) {
      stopped = true
      onState({ kind: 'stopped', byUser: true })
      return
    }
    await join()
    // The gateway may have been stopped while it was joining.
    if (!stopped) return
    await leave()
    onState({ kind: 'stopped' })
  }

  /** To the port of the settings. While a takeover is under way, that finds the new port itself. */
  async function move(): Promise<void> {
    if (isLooking) return
    try {
      await leave()
      await joinUnlessStopped()
    } catch (error) {
      onState({ kind: 'stopped' })
      throw error
    }
  }

  /** Tries until it leads or has found the new leader. */
  async function takeOver(because: 'gone' | 'silent'): Promise<void> {
    if (stopped) return
    part = undefined
    isLooking = true
    onState({ kind: 'reconnecting', because })
    const isOlder = successor !== undefined && compareVersions(successor, options.version) > 0
    if (isOlder) await wait(headStartMs)
    let isTold = false
    while (!stopped && part === undefined) {
      await wait(takeoverWaitMs.least + Math.random() * takeoverWaitMs.spread)
      if (stopped) return
      try {
        await inTurn(joinUnlessStopped)
        if (!stopped) onNewLeader()
      } catch (thrown) {
        const error = toGatewayError(thrown)
        if (!isTold) log.warn(`taking over: ${error.message}`)
        isTold = true
        if (error.code === 'leader_silent') onState({ kind: 'reconnecting', because: 'silent' })
        await wait(1_000)
      }
    }
  }

  /** Here, and with `everywhere` in whichever window it runs. */
  async function stop({ everywhere }: { readonly everywhere: boolean }): Promise<void> {
    stopped = true
    try {
      if (everywhere && part?.role === 'follower') await part.remote.stopLeader()
    } catch (error) {
      log.warn(`the gateway of the other window was not stopped: ${toGatewayError(error).message}`)
    }
    try {
      await leave(everywhere ? stoppedByUser : undefined)
    } finally {
      onState({ kind: 'stopped', byUser: everywhere })
    }
  }

  return {
    get part() {
      return part
    },
    get stopped() {
      return stopped
    },
    async start() {
      try {
        await join()
      } catch (thrown) {
        // The data is in the hands of a window that hangs: whatever becomes of it, this one is ready to go on.
        if (!mayMove || toGatewayError(thrown).code !== 'leader_silent') throw thrown
        log.warn(toGatewayError(thrown).message)
        void takeOver('silent')
      }
    },
    move: () => inTurn(move),
    stop,
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
