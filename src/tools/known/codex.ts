// Codex: a profile file of our own (since 0.134 profiles are files), or our provider in config.toml to be the default. It refuses to
// start at fields that it doesn't know, so only documented ones are written.
import type { JsonObject } from '../../core/json.ts'
import { say } from '../../core/sentence.ts'
import { editDocument } from '../edit/document.ts'
import { type Endpoint, findModel, providerId, providerName, versionedUrl } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

const keyVariable = 'OMNIROUTE_API_KEY'

export const tool = defineTool({
  id: 'codex',
  name: 'Codex',
  website: 'https://developers.openai.com/codex',
  means: 'files',
  wire: 'openai-responses',
  actions: ['add', 'default'],
  program: 'codex',
  extensions: ['openai.chatgpt'],
  traces: (place) => [folder(place)],
  documents: (place) => ({ config: { paths: [joinAt(place, folder(place), 'config.toml')], format: 'toml' } }),
  changes(action, { endpoint, place }) {
    if (action === 'add') {
      return [{ path: joinAt(place, folder(place), `${providerId}.config.toml`), text: profile(endpoint) }]
    }
    const document = 'config'
    return [
      ...Object.entries(topLevel(endpoint)).map(
        ([key, value]) => ({ document, change: { kind: 'set', path: [key], value: value ?? '' } }) as const,
      ),
      { document, change: { kind: 'set', path: ['model_providers', providerId], value: provider(endpoint) } },
    ]
  },
  notes: (action) =>
    action === 'add'
      ? [
          {
            kind: 'next',
            says: say('Start it with "codex --profile {0}". The editor extension knows no profiles.', providerId),
          },
        ]
      : [
          {
            kind: 'warning',
            says: say('Codex hides conversations with other providers for as long as this is the default.'),
          },
          { kind: 'next', says: say('Start Codex anew.') },
        ],
  launch: (endpoint) => ({
    program: 'codex',
    // Values that aren't TOML are taken as text, so no quotation marks are needed, which not every shell would let through.
    arguments: Object.entries({
      model_provider: providerId,
      model: endpoint.model,
      [`model_providers.${providerId}.name`]: providerName,
      [`model_providers.${providerId}.base_url`]: versionedUrl(endpoint),
      [`model_providers.${providerId}.env_key`]: keyVariable,
      [`model_providers.${providerId}.wire_api`]: 'responses',
    }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    environment: { [keyVariable]: endpoint.key },
  }),
  checked: { date: '2026-11-30', version: '0.169.0' },
})

function folder(place: Place): string {
  return variable(place, 'CODEX_HOME') ?? joinAt(place, place.home, '.codex')
}

function topLevel(endpoint: Endpoint): JsonObject {
  const { contextWindow } = findModel(endpoint, endpoint.model)
  return {
    model: endpoint.model,
    model_provider: providerId,
    // For a model that it doesn't know it would guess.
    ...(contextWindow === undefined ? {} : { model_context_window: contextWindow }),
  }
}

function provider(endpoint: Endpoint): JsonObject {
  return {
    name: providerName,
    base_url: versionedUrl(endpoint),
    wire_api: 'responses',
    experimental_bearer_token: endpoint.key,
    supports_websockets: false,
  }
}

function profile(endpoint: Endpoint): string {
  const start = `# Written by ${providerName}, which also takes it away again. Use: codex --profile ${providerId}\n`
  const whole = { ...topLevel(endpoint), model_providers: undefined }
  let text = start
  for (const [key, value] of Object.entries(whole))
    if (value !== undefined) text = editDocument('toml', text, { kind: 'set', path: [key], value })
  return editDocument('toml', text, { kind: 'set', path: ['model_providers', providerId], value: provider(endpoint) })
}
