// Aider: keys of its configuration in the home folder. They take the place of its real OpenAI endpoint, so there is nothing to add
// beside it; a launch command is the gentler way.
import { say } from '../../core/sentence.ts'
import { contextWindowOf, type Endpoint, findModel, maxOutputOf, versionedUrl } from '../endpoint.ts'
import { joinAt } from '../place.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'aider',
  name: 'Aider',
  website: 'https://aider.chat',
  means: 'files',
  wire: 'openai-chat',
  actions: ['default'],
  program: 'aider',
  traces: (place) => ['.aider.conf.yml', '.aider'].map((name) => joinAt(place, place.home, name)),
  overrides: ['.aider.conf.yml'],
  documents: (place) => ({
    config: { paths: [joinAt(place, place.home, '.aider.conf.yml')], format: 'yaml' },
    models: { paths: [joinAt(place, place.home, '.aider.model.metadata.json')], format: 'json', mode: 0o644 },
  }),
  changes(_, { endpoint }) {
    const model = findModel(endpoint, endpoint.model)
    const limits = {
      max_input_tokens: contextWindowOf(model),
      max_output_tokens: maxOutputOf(model),
      litellm_provider: 'openai',
      mode: 'chat',
    }
    return [
      ...Object.entries(options(endpoint)).map(
        ([key, value]) => ({ document: 'config', change: { kind: 'set', path: [key], value } }) as const,
      ),
      // Models without limits are warned about at every start.
      { document: 'models', change: { kind: 'set', path: [modelName(endpoint)], value: limits } },
    ]
  },
  notes: () => [
    { kind: 'warning', says: say('These keys replace the OpenAI endpoint that Aider uses otherwise.') },
    { kind: 'next', says: say('Start Aider anew.') },
  ],
  launch: (endpoint) => ({
    program: 'aider',
    arguments: ['--model', modelName(endpoint)],
    environment: { OPENAI_API_BASE: versionedUrl(endpoint), OPENAI_API_KEY: endpoint.key },
  }),
  checked: { date: '2026-11-22' },
})

function modelName(endpoint: Endpoint): string {
  return `openai/${endpoint.model}`
}

function options(endpoint: Endpoint): Record<string, string> {
  return {
    'openai-api-base': versionedUrl(endpoint),
    'openai-api-key': endpoint.key,
    model: modelName(endpoint),
  }
}
