// Entry of the dashboard: finds out where it runs, picks the transport, restores what was kept, shows the frame.
import './no-eval.ts'
import '@vscode-elements/elements/dist/vscode-button/index.js'
import '@vscode-elements/elements/dist/vscode-checkbox/index.js'
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js'
import { connectEditor } from './editor.ts'
import { loadBundle } from './l10n.ts'
import { restorePageState } from './page-state.ts'
import { startRouting } from './route.ts'
import { browserTransport } from './rpc/browser-transport.ts'
import { RpcClient } from './rpc/client.ts'
import { acquireEditorApi, editorTransport } from './rpc/editor-transport.ts'
import { Dashboard } from './shell/app.ts'
import { applyTheme } from './theme.ts'

const editor = acquireEditorApi()

connectEditor(editor)
loadBundle()
applyTheme(editor ? 'editor' : 'browser')
restorePageState(editor)
startRouting({ addressBar: editor === undefined })

const dashboard = new Dashboard()
dashboard.host = editor ? 'editor' : 'browser'
dashboard.client = new RpcClient(editor ? editorTransport(editor) : browserTransport())
document.body.append(dashboard)
