// Zed: an OpenAI-compatible provider in its settings. Its key never stands there: Zed takes it from the environment or the keychain.
import { say } from '../../core/sentence.ts'
import { contextWindowOf, maxOutputOf, offeredModels, providerName, type ToolModel, versionedUrl } from '../endpoint.ts'
import { configHome, joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'zed',
  name: 'Zed',
  website: 'https://zed.dev',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'zed',
  traces: (place) => folders(place),
  documents: (place) => ({
    settings: {
      paths: folders(place).map((each) => joinAt(place, each, 'settings.json')),
      format: 'jsonc',
      // Nothing secret is written into it.
      mode: 0o644,
    },
  }),
  changes(action, { endpoint }) {
    const document = 'settings'
    if (action === 'default') {
      const value = { provider: providerName, model: endpoint.model }
      return [{ document, change: { kind: 'set', path: ['agent', 'default_model'], value } }]
    }
    const value = { api_url: versionedUrl(endpoint), available_models: offeredModels(endpoint).map(entry) }
    return [{ document, change: { kind: 'set', path: ['language_models', 'openai_compatible', providerName], value } }]
  },
  notes: () => [
    {
      kind: 'next',
      says: say('Paste the OmniRoute key in Zed, under Agent Settings, or start Zed with OMNIROUTE_API_KEY set to it.'),
    },
  ],
  checked: { date: '2026-11-22' },
})

/** The folder of its settings; below Linux also that of the Flatpak, if it is there. */
function folders(place: Place): readonly string[] {
  if (place.platform === 'win32') {
    const roaming = variable(place, 'APPDATA') ?? joinAt(place, place.home, 'AppData', 'Roaming')
    return [joinAt(place, roaming, 'Zed')]
  }
  if (place.platform === 'darwin') return [joinAt(place, place.home, '.config', 'zed')]
  return [
    joinAt(place, configHome(place), 'zed'),
    joinAt(place, place.home, '.var', 'app', 'dev.zed.Zed', 'config', 'zed'),
  ]
}

function entry(model: ToolModel) {
  return {
    name: model.id,
    display_name: model.name,
    max_tokens: contextWindowOf(model),
    max_output_tokens: maxOutputOf(model),
    capabilities: {
      tools: model.tools ?? true,
      images: model.vision ?? false,
      parallel_tool_calls: model.tools ?? true,
      prompt_cache_key: false,
      chat_completions: true,
    },
  }
}
