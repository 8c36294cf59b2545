// Continue (2.0.0 was its last; the project is frozen). Each model is a block file of ours, which every configuration of the editor
// extension takes in; the command line tool `cn` reads config.yaml alone.
import { stringify } from 'yaml'
import { say } from '../../core/sentence.ts'
import { type Endpoint, offeredModels, providerId, providerName, type ToolModel, versionedUrl } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'continue',
  name: 'Continue',
  website: 'https://continue.dev',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'cn',
  extensions: ['Continue.continue'],
  traces: (place) => [folder(place)],
  documents: (place) => ({
    config: { paths: [joinAt(place, folder(place), 'config.yaml')], format: 'yaml' },
    older: { paths: [joinAt(place, folder(place), 'config.json')], format: 'jsonc' },
  }),
  refusal: ({ documents }) =>
    documents['older']?.isThere && !documents['config']?.isThere
      ? say(
          'Continue still uses config.json here. It would ignore that file once there is a config.yaml, and it reads no blocks without one. Convert it in Continue first.',
        )
      : undefined,
  changes(action, { endpoint, place, documents }) {
    if (action === 'add') {
      const names = new Set<string>()
      return offeredModels(endpoint).map((model) => ({
        path: joinAt(place, folder(place), 'models', `${fileName(model, names)}.yaml`),
        text: blockFile(model, endpoint),
      }))
    }
    const present = documents['config']?.data ?? {}
    const [model] = offeredModels(endpoint)
    if (!model) return []
    const item = { ...entry(model, endpoint), name: providerName }
    const frame = Object.entries({ name: 'Local Config', version: '1.0.0', schema: 'v1', models: [] }).map(
      ([key, value]) =>
        ({
          document: 'config',
          change: { kind: 'set', path: [key], value: present[key] ?? value, isFrame: true },
        }) as const,
    )
    return [
      ...frame,
      { document: 'config', change: { kind: 'include', path: ['models'], item, at: 'start', by: 'name' } },
    ]
  },
  notes: (action) => [
    action === 'add'
      ? { kind: 'next', says: say('Reload the window, then choose a model in Continue.') }
      : {
          kind: 'next',
          says: say('Continue takes the first model of the list unless another was chosen in it before.'),
        },
  ],
  checked: { date: '2026-11-30', version: 'cn 1.5.47' },
})

function folder(place: Place): string {
  return variable(place, 'CONTINUE_GLOBAL_DIR') ?? joinAt(place, place.home, '.continue')
}

/** A name for the block file of a model; ids that differ only in signs get numbers. */
function fileName(model: ToolModel, taken: Set<string>): string {
  const plain = model.id
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80)
  let name = `${providerId}-${plain || 'model'}`
  for (let number = 2; taken.has(name); number++) name = `${providerId}-${plain || 'model'}-${number}`
  taken.add(name)
  return name
}

function blockFile(model: ToolModel, endpoint: Endpoint): string {
  const block = {
    name: `${model.name} (${providerName})`,
    version: '1.0.0',
    schema: 'v1',
    models: [entry(model, endpoint)],
  }
  return `# Written by ${providerName}, which also takes it away again.\n${stringify(block, { lineWidth: 0 })}`
}

function entry(model: ToolModel, endpoint: Endpoint) {
  return {
    name: `${model.name} (${providerName})`,
    provider: 'openai',
    model: model.id,
    // Some of its paths are made with `new URL`, which drops a last segment without a slash.
    apiBase: `${versionedUrl(endpoint)}/`,
    apiKey: endpoint.key,
    roles: ['chat', 'edit', 'apply', 'summarize', 'subagent'],
    // Without this it guesses from the name, and agent mode may be off.
    capabilities: [...(model.tools === false ? [] : ['tool_use']), ...(model.vision ? ['image_input'] : [])],
    ...(model.contextWindow === undefined && model.maxOutput === undefined
      ? {}
      : {
          defaultCompletionOptions: {
            ...(model.contextWindow === undefined ? {} : { contextLength: model.contextWindow }),
            ...(model.maxOutput === undefined ? {} : { maxTokens: model.maxOutput }),
          },
        }),
  }
}
