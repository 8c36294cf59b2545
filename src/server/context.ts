// What the routes are given.
import type { GatewayClient } from '../admin/client.ts'
import type { Log } from '../core/log.ts'
import type { EnginePorts } from '../engine/ports.ts'
import type { KeyRing } from './admission.ts'

export interface ServerContext {
  /** Set once the store is open; requests that come sooner wait for it. */
  readonly ready: Promise<ReadyContext>
  readonly version: string
  readonly log: Log
  /** Bytes. Read anew for each request, since the setting may change. */
  readonly bodyLimit: () => number
  /** Opens `/admin`. */
  readonly adminToken: string
  readonly assetDirectory: string
  readonly activity: Activity
  readonly windows: OtherWindows
}

/** What other windows may ask of the one that leads. */
export interface OtherWindows {
  /** To let a window of that version lead. True when it will, once its requests have ended. */
  handOver(version: string): boolean
  /** To end for all of them, because the user said so in one. */
  stopForAll(): void
}

export interface ReadyContext {
  readonly ports: EnginePorts
  readonly keys: KeyRing
  readonly client: GatewayClient
}

/** Requests in flight, so that a stop can let them end. */
export interface Activity {
  begin(): () => void
  readonly active: number
  /** True once the gateway is stopping: nothing new is taken on. */
  readonly closing: boolean
  close(): void
  /** Resolves when nothing is in flight any more, but no later than after `atMostMs`. */
  idle(atMostMs: number): Promise<void>
}

export function createActivity(): Activity {
  let active = 0
  let closing = false
  let waiting: (() => void)[] = []
  return {
    begin() {
      active++
      let open = true
      return () => {
        if (!open) return
        open = false
        active--
        if (active > 0) return
        for (const resolve of waiting.splice(0)) resolve()
      }
    },
    get active() {
      return active
    },
    get closing() {
      return closing
    },
    close() {
      closing = true
    },
    async idle(atMostMs) {
      if (active === 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs)
        waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
      waiting = []
    },
  }
}
