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
}

export interface ReadyContext {
  readonly ports: EnginePorts
  readonly keys: KeyRing
  readonly client: GatewayClient
}

/** Requests in flight, so that a stop can end them. */
export interface Activity {
  begin(): () => void
  readonly active: number
}

export function createActivity(): Activity {
  let active = 0
  return {
    begin() {
      active++
      let open = true
      return () => {
        if (open) active--
        open = false
      }
    },
    get active() {
      return active
    },
  }
}
