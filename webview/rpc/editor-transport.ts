// postMessage to the extension, inside a webview panel of the editor.
import type { RpcCall } from '../../src/admin/contract.ts'
import type { Listener, Transport } from './transport.ts'

/** The object the editor gives a webview, once per page. */
export interface EditorApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

/** The editor's object, or undefined in a plain browser. May be called once only: the editor refuses a second time. */
export function acquireEditorApi(): EditorApi | undefined {
  const acquire = (globalThis as { acquireVsCodeApi?: () => EditorApi }).acquireVsCodeApi
  return acquire?.()
}

export function editorTransport(api: EditorApi): Transport {
  return {
    send(call: RpcCall) {
      api.postMessage(call)
    },
    listen(listener: Listener) {
      const receive = (event: MessageEvent<unknown>) => listener.message(event.data)
      window.addEventListener('message', receive)
      listener.connection('open')
      return () => window.removeEventListener('message', receive)
    },
  }
}
