// What carries messages between a page and the gateway. The client above it neither knows nor cares which one it has.
import type { RpcCall } from '../../src/admin/contract.ts'

/** `open`: messages get through. `lost`: they don't, for now. `signed-out`: the browser has no valid session. */
export type Connection = 'open' | 'lost' | 'signed-out'

export interface Listener {
  /** Anything that came in; it is validated by the receiver. */
  message(message: unknown): void
  connection(connection: Connection): void
}

export interface Transport {
  /** Sends one call. The answer arrives through the listener; a call that can't be sent is answered with a failure. */
  send(call: RpcCall): void
  /** Starts listening; returns a function that stops it. */
  listen(listener: Listener): () => void
}
