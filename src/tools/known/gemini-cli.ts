// Gemini CLI: its environment file and the way to sign in. It knows one endpoint only, so there is nothing to add beside another.
import { say } from '../../core/sentence.ts'
import { valueAt } from '../edit/document.ts'
import type { Endpoint } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool, type ToolNote } from '../tool.ts'

const signIn = ['security', 'auth', 'selectedType']
const withKey = 'gemini-api-key'

export const tool = defineTool({
  id: 'gemini-cli',
  name: 'Gemini CLI',
  website: 'https://github.com/google-gemini/gemini-cli',
  means: 'files',
  wire: 'gemini-generate',
  actions: ['default'],
  program: 'gemini',
  traces: (place) => [folder(place)],
  overrides: ['.gemini/.env', '.env', '.gemini/settings.json'],
  documents: (place) => ({
    environment: { paths: [joinAt(place, folder(place), '.env')], format: 'dotenv' },
    settings: { paths: [joinAt(place, folder(place), 'settings.json')], format: 'jsonc' },
  }),
  changes: (_, { endpoint }) => [
    ...Object.entries(environment(endpoint)).map(
      ([name, value]) => ({ document: 'environment', change: { kind: 'set', path: [name], value } }) as const,
    ),
    { document: 'settings', change: { kind: 'set', path: signIn, value: withKey } },
  ],
  notes(_, { documents }) {
    const before = valueAt(documents['settings']?.data, signIn)
    const notes: ToolNote[] = []
    if (before !== undefined && before !== withKey)
      notes.push({
        kind: 'warning',
        says: say('Gemini CLI is signed in by "{0}" and would use a key instead.', String(before)),
      })
    notes.push({
      kind: 'next',
      says: say(
        'Start Gemini CLI anew. It reads this file only in folders that it trusts, and the .env file of a project in its place.',
      ),
    })
    return notes
  },
  launch: (endpoint) => ({
    program: 'gemini',
    arguments: ['-m', endpoint.model],
    environment: { ...environment(endpoint), GEMINI_DEFAULT_AUTH_TYPE: withKey },
    // The way to sign in that its settings name wins over the environment.
    note: say('Gemini CLI goes on using the account that it is signed in with. It must be set to sign in with a key.'),
  }),
  checked: { date: '2026-11-30', version: '0.61.0' },
})

function folder(place: Place): string {
  return joinAt(place, variable(place, 'GEMINI_CLI_HOME') ?? place.home, '.gemini')
}

function environment(endpoint: Endpoint): Record<string, string> {
  return {
    // The root: the client appends /v1beta/models.
    GOOGLE_GEMINI_BASE_URL: endpoint.origin,
    GEMINI_API_KEY: endpoint.key,
    GEMINI_MODEL: endpoint.model,
  }
}
