// The editor around the page, if there is one: what only a window can do is asked of it.
import type { EditorRequest } from '../src/admin/contract-editor.ts'
import type { EditorApi } from './rpc/editor-transport.ts'

let editor: EditorApi | undefined

export function connectEditor(api: EditorApi | undefined): void {
  editor = api
}

export function isInEditor(): boolean {
  return editor !== undefined
}

export function askEditor(request: EditorRequest): void {
  editor?.postMessage(request)
}
