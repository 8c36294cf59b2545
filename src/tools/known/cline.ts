// Cline 4: editor extension, command line tool and SDK share a data folder. Of custom provider ids the command line tool wants
// nothing to know (3.0.65), so ours is its `openai-compatible` entry; one that the user has there is kept in the journal.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type Sentence, say } from '../../core/sentence.ts'
import { valueAt } from '../edit/document.ts'
import { contextWindowOf, type Endpoint, findModel, maxOutputOf, versionedUrl } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool, type ToolNote, type WantedChange } from '../tool.ts'

const entryId = 'openai-compatible'
const entryPath = ['providers', entryId]
/** Each run of the command line tool dates the entry anew, and choosing another model in Cline changes it. */
const entrySigns = ['apiKey', 'baseUrl'].map((name) => ['settings', name])

export const tool = defineTool({
  id: 'cline',
  name: 'Cline',
  website: 'https://cline.bot',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'cline',
  extensions: ['saoudrizwan.claude-dev'],
  traces: (place) => [folder(place)],
  documents: (place) => ({
    providers: {
      paths: [joinAt(place, folder(place), 'settings', 'providers.json')],
      format: 'json',
      check: checkProviders,
    },
    state: { paths: [joinAt(place, folder(place), 'globalState.json')], format: 'json' },
    secrets: { paths: [joinAt(place, folder(place), 'secrets.json')], format: 'json' },
  }),
  refusal: ({ place }) => {
    const version = place.extensionVersion('saoudrizwan.claude-dev')
    return version !== undefined && Number.parseInt(version, 10) < 4
      ? say('Cline {0} keeps its settings where no other extension can write. Update it to version 4.', version)
      : undefined
  },
  changes(action, { endpoint, documents, now }) {
    const providers = documents['providers']?.data ?? {}
    if (action === 'add') return entryChanges(providers, endpoint, now)
    const state = documents['state']
    const changes: WantedChange[] = [set('providers', ['lastUsedProvider'], entryId)]
    // The extension goes by its older files once a provider was chosen in it.
    const isChosen = state?.data['actModeApiProvider'] !== undefined || state?.data['planModeApiProvider'] !== undefined
    if (!state?.isThere || !isChosen) return changes
    const info = modelInfo(endpoint)
    for (const mode of ['act', 'plan']) {
      changes.push(set('state', [`${mode}ModeApiProvider`], 'openai'))
      changes.push(set('state', [`${mode}ModeOpenAiModelId`], endpoint.model))
      changes.push(set('state', [`${mode}ModeOpenAiModelInfo`], info))
    }
    changes.push(set('state', ['openAiBaseUrl'], versionedUrl(endpoint)))
    changes.push(set('secrets', ['openAiApiKey'], endpoint.key))
    return changes
  },
  notes(action, { documents, endpoint }) {
    const notes: ToolNote[] = []
    const url = valueAt(documents['providers']?.data, [...entryPath, 'settings', 'baseUrl'])
    if (typeof url === 'string' && !url.startsWith(endpoint.origin))
      notes.push({
        kind: 'warning',
        says: say(
          'Cline has one OpenAI-compatible provider. It points to {0} now and would point to the gateway instead.',
          url,
        ),
      })
    if (action === 'default' && documents['state']?.isThere)
      notes.push({
        kind: 'warning',
        says: say(
          'A Cline that is open in a window would write its own state over this. Reload every window right afterwards.',
        ),
      })
    notes.push({
      kind: 'next',
      says: say('Reload the window. The command line tool takes it up with its next run.'),
    })
    return notes
  },
  checked: { date: '2026-11-30', version: 'extension 4.1.13, CLI 3.0.65' },
})

function folder(place: Place): string {
  const data = variable(place, 'CLINE_DATA_DIR')
  if (data !== undefined) return data
  const base = variable(place, 'CLINE_DIR')
  return joinAt(place, base ?? joinAt(place, place.home, '.cline'), 'data')
}

/** Cline reads a file that isn't of this shape as empty, which logs the user out. */
function checkProviders(data: JsonObject): Sentence | undefined {
  const { version, providers } = data
  if (version !== 1) return say('It is not of version 1, which is the one we know.')
  if (providers !== undefined && !isJsonObject(providers)) return say('"providers" is not an object.')
  const wrong = Object.entries(providers ?? {}).find(
    ([, entry]) => !isJsonObject(entry) || !isJsonObject(entry['settings']) || typeof entry['updatedAt'] !== 'string',
  )
  return wrong ? say('The entry "{0}" is not of the shape that Cline reads.', wrong[0]) : undefined
}

function entryChanges(present: JsonObject, endpoint: Endpoint, now: number): readonly WantedChange[] {
  const model = findModel(endpoint, endpoint.model)
  const settings = {
    provider: entryId,
    apiKey: endpoint.key,
    model: endpoint.model,
    baseUrl: versionedUrl(endpoint),
    contextWindow: contextWindowOf(model),
    maxTokens: maxOutputOf(model),
  }
  const entry = valueAt(present, entryPath)
  const written = isJsonObject(entry) ? entry['updatedAt'] : undefined
  // The date of the last change, so that writing the same again changes nothing.
  const isSame = isJsonObject(entry) && isDeepStrictEqual(entry['settings'], settings) && typeof written === 'string'
  const updatedAt = isSame ? written : new Date(now).toISOString()
  return [
    frame('version', 1),
    frame('modes', present['modes'] ?? {}),
    frame('providers', present['providers'] ?? {}),
    {
      document: 'providers',
      change: {
        kind: 'set',
        path: entryPath,
        value: { settings, updatedAt, tokenSource: 'manual' },
        signs: entrySigns,
      },
    },
  ]
}

/** Without one of these Cline reads the whole file as empty. */
function frame(key: string, value: JsonValue): WantedChange {
  return { document: 'providers', change: { kind: 'set', path: [key], value, isFrame: true } }
}

function modelInfo(endpoint: Endpoint): JsonObject {
  const model = findModel(endpoint, endpoint.model)
  return {
    contextWindow: contextWindowOf(model),
    maxTokens: maxOutputOf(model),
    supportsImages: model.vision ?? false,
    supportsPromptCache: false,
  }
}

function set(document: string, path: readonly string[], value: JsonValue): WantedChange {
  return { document, change: { kind: 'set', path, value } }
}
