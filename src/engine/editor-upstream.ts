// The editor's own language models as an upstream: what the provider `vscode` is called through.
import type { EditorModel, EditorModels } from '../core/editor-models.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { InsideServer } from './inside-upstream.ts'

/** Without an editor every call fails and says so, as the account may have been added in one. */
export function editorServer(editor: EditorModels | undefined): InsideServer {
  const present = (): EditorModels => {
    if (editor) return editor
    throw new GatewayError(
      'editor_missing',
      'This gateway runs without an editor, whose models the account stands for.',
    )
  }
  return {
    models: async () => ({ object: 'list', data: (await present().list()).map(listed) }),
    reply: (request, signal) => present().chat(request, signal),
  }
}

/** In the words that lists of OpenAI's shape have for it. */
function listed({ id, name, maxInputTokens, tools, vision }: EditorModel): JsonObject {
  return {
    id,
    object: 'model',
    name,
    context_length: maxInputTokens,
    ...(vision === undefined ? {} : { architecture: { input_modalities: vision ? ['text', 'image'] : ['text'] } }),
    ...(tools === undefined ? {} : { supported_parameters: tools ? ['tools'] : [] }),
  }
}
