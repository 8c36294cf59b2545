// OpenCode: our provider in its global configuration, where objects of several files are merged.
import { say } from '../../core/sentence.ts'
import { openCodeChanges, openCodeContent, openCodePreferences } from '../open-code-shape.ts'
import { configHome, joinAt, type Place, variable } from '../place.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'opencode',
  name: 'OpenCode',
  website: 'https://opencode.ai',
  means: 'files',
  wire: 'openai-chat',
  actions: ['add', 'default'],
  program: 'opencode',
  extensions: ['sst-dev.opencode'],
  traces: (place) => [folder(place), joinAt(place, place.home, '.opencode')],
  overrides: ['opencode.json', 'opencode.jsonc', '.opencode/opencode.json'],
  documents: (place) => ({
    config: {
      paths: ['opencode.jsonc', 'opencode.json', 'config.json'].map((name) => joinAt(place, folder(place), name)),
      prefers: openCodePreferences,
      format: 'jsonc',
    },
  }),
  changes: (action, facts) => openCodeChanges(action, facts, [[['$schema'], 'https://opencode.ai/config.json']]),
  notes: (_, { place }) => [
    ...['OPENCODE_CONFIG_CONTENT', 'OPENCODE_CONFIG', 'OPENCODE_CONFIG_DIR']
      .filter((name) => variable(place, name) !== undefined)
      .map((name) => ({ kind: 'warning', says: say('{0} is set: what it names wins over this file.', name) }) as const),
    { kind: 'next', says: say('Start OpenCode anew.') },
  ],
  launch: (endpoint) => ({
    program: 'opencode',
    arguments: [],
    environment: { OPENCODE_CONFIG_CONTENT: openCodeContent(endpoint) },
  }),
  checked: { date: '2026-11-30', version: '1.18.33' },
})

function folder(place: Place): string {
  return joinAt(place, configHome(place), 'opencode')
}
