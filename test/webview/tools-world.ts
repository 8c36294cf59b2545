// What the tests' gateway says of tools: one in each state, and a preview. Answers are fixed; tests change them as they go.
import type { MethodOutput } from '../../src/admin/contract.ts'
import type { ToolPreview, ToolView } from '../../src/admin/contract-tools.ts'
import { makeFullWorld, type World } from './world.ts'

export const says = (text: string, ...values: string[]) => ({ text, values })

function tool(id: string, name: string, change: Partial<ToolView> = {}): ToolView {
  return {
    id,
    name,
    website: `https://${id}.example`,
    means: 'files',
    wire: 'openai-chat',
    actions: ['add', 'default'],
    presence: { isFound: true, program: `/usr/bin/${id}`, traces: [] },
    paths: [`/home/me/.${id}/config.json`],
    state: 'absent',
    states: { add: 'absent', default: 'absent' },
    ours: [],
    canLaunch: false,
    instructions: [],
    checked: { date: '2026-11-22' },
    ...change,
  }
}

export const problem = {
  kind: 'malformed' as const,
  says: says('It breaks the rules of its format at line {0}, column {1}.', '3', '7'),
  path: '/home/me/.broken/config.json',
  line: 3,
  column: 7,
}

export const list: MethodOutput<'tools.list'> = {
  tools: [
    tool('claude-code', 'Claude Code', {
      actions: ['default'],
      state: 'configured',
      states: { default: 'configured' },
      ours: ['default'],
      canLaunch: true,
      chosen: { model: 'auto', models: ['auto'] },
    }),
    tool('opencode', 'OpenCode'),
    tool('broken', 'Broken', { state: 'problem', problem }),
    tool('old', 'Old one', { state: 'outdated', states: { add: 'outdated', default: 'absent' }, ours: ['add'] }),
    tool('changed', 'Changed one', { state: 'changed', states: { add: 'changed', default: 'absent' }, ours: ['add'] }),
    tool('foreign', 'Foreign one', { state: 'foreign', states: { add: 'foreign', default: 'foreign' } }),
    tool('cursor', 'Cursor', {
      means: 'by-hand',
      actions: [],
      state: 'by-hand',
      states: {},
      instructions: [says('Open Cursor Settings, Models, API Keys.'), says('Own keys need a paid plan of Cursor.')],
    }),
    tool('roo-code', 'Roo Code', {
      means: 'editor-api',
      presence: { isFound: true, extension: { id: 'a.roo', version: '3.54.0' }, traces: [] },
      paths: [],
    }),
    tool('zed', 'Zed', { presence: { isFound: false, traces: [] }, state: 'not-found' }),
  ],
  suggested: { model: 'auto', models: ['auto', 'best'] },
  changedFiles: ['/home/me/.claude/settings.json'],
}

export const preview: Extract<ToolPreview, { kind: 'preview' }> = {
  kind: 'preview',
  id: 'p1',
  tool: 'opencode',
  action: 'default',
  files: [
    {
      path: '/home/me/.config/opencode/opencode.jsonc',
      effect: 'changed',
      keys: [
        { path: ['model'], before: '"openai/gpt-5"', after: '"omniroute/auto"' },
        { path: ['provider', 'omniroute'], after: '{\n  "options": {\n    "apiKey": "omr-••••abcd"\n  }\n}' },
      ],
      replaced: ['model'],
      left: [],
    },
    { path: '/home/me/made.yaml', effect: 'made', keys: [], text: 'name: Auto\n', replaced: [], left: [] },
  ],
  notes: [
    { kind: 'warning', says: says('{0} wins over this wherever it says something else.', '/work/opencode.json') },
    { kind: 'next', says: says('Start OpenCode anew.') },
  ],
}

export function toolsWorld(): World {
  const world = makeFullWorld()
  world.plans.set('tools.list', { result: list })
  world.plans.set('tools.preview', { result: preview })
  world.plans.set('tools.previewTakeBack', { result: { ...preview, notes: [], files: preview.files.slice(0, 1) } })
  world.plans.set('tools.apply', { result: { kind: 'done', paths: [] } })
  world.plans.set('tools.verify', { result: { outcome: 'ok', model: 'auto', servedBy: 'groq/x', latencyMs: 1200 } })
  const lines = { posix: 'KEY=YOUR_OMNIROUTE_KEY claude', powershell: "$env:KEY = 'YOUR_OMNIROUTE_KEY'; claude" }
  world.plans.set('tools.launch', {
    result: { program: 'claude', arguments: [], environment: {}, lines, note: says('Say {0} first.', '/login') },
  })
  return world
}
