// Claude Code: environment variables in its user settings, shared by the command line tool and the editor extension. It knows no
// second provider, so there is nothing to add: either it uses the gateway or it doesn't.
import { say } from '../../core/sentence.ts'
import { valueAt } from '../edit/document.ts'
import { type Endpoint, findModel } from '../endpoint.ts'
import { joinAt, type Place, variable } from '../place.ts'
import { defineTool, type ToolNote } from '../tool.ts'

export const tool = defineTool({
  id: 'claude-code',
  name: 'Claude Code',
  website: 'https://claude.com/claude-code',
  means: 'files',
  wire: 'anthropic-messages',
  actions: ['default'],
  program: 'claude',
  extensions: ['anthropic.claude-code'],
  traces: (place) => [folder(place)],
  overrides: ['.claude/settings.json', '.claude/settings.local.json'],
  documents: (place) => ({ settings: { paths: [joinAt(place, folder(place), 'settings.json')], format: 'jsonc' } }),
  changes: (_, { endpoint }) =>
    Object.entries(environment(endpoint)).map(([name, value]) => ({
      document: 'settings',
      change: { kind: 'set', path: ['env', name], value },
    })),
  notes(_, { documents }) {
    const data = documents['settings']?.data
    const notes: ToolNote[] = [
      {
        kind: 'warning',
        says: say(
          'Every new session then goes to the gateway, also where a Claude subscription is signed in. A launch command changes one session only.',
        ),
      },
    ]
    const conflict = [['env', 'ANTHROPIC_API_KEY'], ['apiKeyHelper']].find((path) => valueAt(data, path) !== undefined)
    if (conflict)
      notes.push({
        kind: 'warning',
        says: say(
          '{0} is set in the same file. Claude Code complains about two ways to sign in; remove one.',
          conflict.at(-1) ?? '',
        ),
      })
    notes.push({ kind: 'next', says: say('Start a new session and ask for /status.') })
    return notes
  },
  launch: (endpoint) => ({
    program: 'claude',
    // A model in its settings wins over the environment's.
    arguments: ['--model', endpoint.model],
    environment: environment(endpoint),
  }),
  checked: { date: '2026-11-30', version: '2.1.330' },
})

function folder(place: Place): string {
  return variable(place, 'CLAUDE_CONFIG_DIR') ?? joinAt(place, place.home, '.claude')
}

function environment(endpoint: Endpoint): Record<string, string> {
  const { contextWindow } = findModel(endpoint, endpoint.model)
  return {
    // The root: the client appends /v1/messages.
    ANTHROPIC_BASE_URL: endpoint.origin,
    ANTHROPIC_AUTH_TOKEN: endpoint.key,
    ANTHROPIC_MODEL: endpoint.model,
    ANTHROPIC_DEFAULT_OPUS_MODEL: endpoint.model,
    ANTHROPIC_DEFAULT_SONNET_MODEL: endpoint.model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: endpoint.smallModel ?? endpoint.model,
    // Ids that it doesn't know are taken for a million tokens.
    ...(contextWindow === undefined ? {} : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(contextWindow) }),
  }
}
