// Kilo Code 7 and its command line tool, both an OpenCode server at heart that reads a folder of Kilo's own.
import { say } from '../../core/sentence.ts'
import { openCodeChanges, openCodeContent, openCodePreferences } from '../open-code-shape.ts'
import { configHome, joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

const extension = 'kilocode.Kilo-Code'

export const tool = defineTool({
  id: 'kilo-code',
  name: 'Kilo Code',
  website: 'https://kilo.ai',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'kilo',
  extensions: [extension],
  traces: (place) => [folder(place), joinAt(place, place.home, '.kilocode'), joinAt(place, place.home, '.kilo')],
  overrides: ['kilo.json', 'kilo.jsonc', 'opencode.json', 'opencode.jsonc', '.kilo/kilo.json', '.kilocode/kilo.json'],
  documents: (place) => ({
    config: {
      // The first is made if none is there; of those that are, the one that has providers already.
      paths: ['kilo.jsonc', 'kilo.json', 'opencode.jsonc', 'opencode.json', 'config.json'].map((name) =>
        joinAt(place, folder(place), name),
      ),
      prefers: openCodePreferences,
      format: 'jsonc',
    },
  }),
  refusal({ place }) {
    const version = place.extensionVersion(extension)
    return version !== undefined && Number.parseInt(version, 10) < 7
      ? say('Kilo Code {0} keeps its settings where no other extension can write. Update it to version 7.', version)
      : undefined
  },
  changes: (action, facts) =>
    openCodeChanges(action, facts, [
      [['$schema'], 'https://app.kilo.ai/config.json'],
      // At its first start Kilo takes a configuration without this for one of its earlier days, and then allows every command unasked.
      [['permission', 'bash'], {}],
    ]),
  notes: (_, { place }) => [
    ...['KILO_CONFIG_CONTENT', 'KILO_CONFIG', 'KILO_CONFIG_DIR']
      .filter((name) => variable(place, name) !== undefined)
      .map((name) => ({ kind: 'warning', says: say('{0} is set: what it names wins over this file.', name) }) as const),
    {
      kind: 'next',
      says: say('Reload the window. Saving in the settings of Kilo Code may rewrite the file; look here again then.'),
    },
  ],
  launch: (endpoint) => ({
    program: 'kilo',
    arguments: [],
    environment: { KILO_CONFIG_CONTENT: openCodeContent(endpoint) },
  }),
  checked: { date: '2026-11-30', version: 'CLI 7.7.7' },
})

function folder(place: Place): string {
  return joinAt(place, configHome(place), 'kilo')
}
