// OpenClaw: our provider in its one configuration file, which is JSON5 and refused as a whole if a key in it is unknown.
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { say } from '../../core/sentence.ts'
import type { Change } from '../changes.ts'
import { valueAt } from '../edit/document.ts'
import { contextWindowOf, maxOutputOf, offeredModels, providerId, type ToolModel, versionedUrl } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

/** Its allow-list; until 2026.9 the keys of the models that it knows by name were one. */
const allowed = ['agents', 'defaults', 'modelPolicy', 'allow']
const named = ['agents', 'defaults', 'models']
const isMigrated = ['meta', 'migrations', 'modelPolicyAllowlist']
const chosen = ['agents', 'defaults', 'model']

export const tool = defineTool({
  id: 'openclaw',
  name: 'OpenClaw',
  website: 'https://openclaw.ai',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'openclaw',
  traces: (place) => [folder(place)],
  documents: (place) => ({
    config: {
      paths: [variable(place, 'OPENCLAW_CONFIG_PATH') ?? joinAt(place, folder(place), 'openclaw.json')],
      format: 'json5',
    },
  }),
  refusal: ({ place }) =>
    ['OPENCLAW_CONFIG_READONLY', 'OPENCLAW_NIX_MODE'].some((name) => place.environment[name] === '1')
      ? say('OpenClaw is told that another program manages its configuration.')
      : undefined,
  changes(action, { endpoint, documents }) {
    const document = 'config'
    const data = documents[document]?.data ?? {}
    if (action === 'default') {
      const path = typeof valueAt(data, chosen) === 'string' ? chosen : [...chosen, 'primary']
      return [{ document, change: { kind: 'set', path, value: `${providerId}/${endpoint.model}` } }]
    }
    const models = offeredModels(endpoint)
    const provider = {
      baseUrl: versionedUrl(endpoint),
      apiKey: endpoint.key,
      api: 'openai-completions',
      models: models.map(entry),
    }
    const names = models.map(({ id }) => `${providerId}/${id}`)
    return [
      {
        document,
        change: { kind: 'set', path: ['models', 'mode'], value: valueAt(data, ['models', 'mode']) ?? 'merge' },
      },
      { document, change: { kind: 'set', path: ['models', 'providers', providerId], value: provider } },
      ...allowances(data, names).map((change) => ({ document, change })),
    ]
  },
  notes: () => [{ kind: 'next', says: say('Restart its gateway: openclaw gateway restart.') }],
  checked: { date: '2026-11-30', version: '2026.9.6' },
})

function folder(place: Place): string {
  return variable(place, 'OPENCLAW_STATE_DIR') ?? joinAt(place, place.home, '.openclaw')
}

/** Where there is an allow-list, only what is in it can be chosen. */
function allowances(data: JsonObject, names: readonly string[]): readonly Change[] {
  if (Array.isArray(valueAt(data, allowed))) return names.map((item) => ({ kind: 'include', path: allowed, item }))
  if (valueAt(data, isMigrated) === true || !isJsonObject(valueAt(data, named))) return []
  return names.map((name) => {
    const path = [...named, name]
    return { kind: 'set', path, value: valueAt(data, path) ?? {} }
  })
}

function entry(model: ToolModel) {
  return {
    id: model.id,
    name: model.name,
    reasoning: model.reasoning ?? false,
    input: model.vision ? ['text', 'image'] : ['text'],
    // The gateway counts what a request costs.
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: contextWindowOf(model),
    maxTokens: maxOutputOf(model),
  }
}
