// Roo Code (ended in May 2026) and its successor Zoo Code keep profiles in VS Code's secret storage: only their exported API reaches
// them, so the editor does it. `upsertProfile(name, settings, activate)` is both actions.
import { contextWindowOf, findModel, maxOutputOf, providerName, versionedUrl } from '../endpoint.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'roo-code',
  name: 'Roo Code / Zoo Code',
  website: 'https://github.com/Zoo-Code-Org/Zoo-Code',
  means: 'editor-api',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  extensions: ['ZooCodeOrganization.zoo-code', 'RooVeterinaryInc.roo-cline'],
  editorProfile(endpoint) {
    const model = findModel(endpoint, endpoint.model)
    return {
      name: providerName,
      settings: {
        apiProvider: 'openai',
        openAiBaseUrl: versionedUrl(endpoint),
        openAiApiKey: endpoint.key,
        openAiModelId: endpoint.model,
        openAiCustomModelInfo: {
          contextWindow: contextWindowOf(model),
          maxTokens: maxOutputOf(model),
          supportsImages: model.vision ?? false,
          supportsPromptCache: false,
        },
      },
    }
  },
  checked: { date: '2026-11-22', version: '3.54' },
})
