// Notes every connection that our bundles open in this extension host, from when it is imported. Others' connections, those of the
// built-in extensions, are none of ours: the stack tells whose code opens one.
import { type NetConnectOpts, Socket } from 'node:net'
import { join } from 'node:path'
import { extension } from './window.ts'

export interface Opened {
  readonly host: string
  readonly port: number
}

export const opened: Opened[] = []

const ours = join(extension().extensionPath, 'dist')
const connect = Socket.prototype.connect

function noted(this: Socket, ...values: unknown[]): Socket {
  const stack: { stack?: string } = {}
  Error.captureStackTrace(stack)
  if (stack.stack?.includes(ours)) opened.push(readTarget(values))
  return Reflect.apply(connect, this, values)
}

/** Node hands its own callers' arguments on as one list. */
function readTarget(values: readonly unknown[]): Opened {
  const [first, second] = Array.isArray(values[0]) ? values[0] : values
  if (typeof first !== 'object' || first === null) {
    return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) }
  }
  const { host = 'localhost', port } = first as NetConnectOpts & { host?: string; port?: number }
  return { host, port: Number(port) }
}

Socket.prototype.connect = noted as typeof connect
