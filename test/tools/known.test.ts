// What each tool says about itself: places by operating system, texts, and that the list is complete.
import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { inEnglish } from '../../src/core/sentence.ts'
import { tools } from '../../src/tools/known/registry.generated.ts'
import type { Place } from '../../src/tools/place.ts'
import { proofRequest } from '../../src/tools/verify.ts'
import { endpoint, makeWorld } from './world.ts'

const place = (change: Partial<Place>): Place => ({
  platform: 'linux',
  home: '/home/me',
  environment: {},
  workspaceFolders: [],
  extensionVersion: () => undefined,
  ...change,
})

function pathsOf(id: string, at: Place): string[] {
  const documents = tools.find((tool) => tool.id === id)?.documents?.(at) ?? {}
  return Object.values(documents).map(({ paths }) => paths[0] ?? '')
}

describe('the known tools', () => {
  it('are these', () => {
    assert.deepEqual(
      tools.map(({ id }) => id),
      [
        'aider',
        'claude-code',
        'cline',
        'codex',
        'continue',
        'cursor',
        'gemini-cli',
        'kilo-code',
        'openclaw',
        'opencode',
        'roo-code',
        'zed',
      ],
    )
  })

  it('can each be set up in a way, or say how a person does it', () => {
    for (const tool of tools) {
      if (tool.means === 'files') assert.ok(tool.documents && tool.changes && tool.actions.length > 0, tool.id)
      if (tool.means === 'editor-api') assert.ok(tool.editorProfile?.(endpoint).settings['openAiBaseUrl'], tool.id)
      if (tool.means === 'by-hand') assert.ok((tool.instructions?.(endpoint).length ?? 0) > 1, tool.id)
      assert.match(tool.website, /^https:\/\//)
      assert.match(tool.checked.date, /^20\d\d-\d\d-\d\d$/)
    }
  })

  it('keep their files where their operating system has them', () => {
    const windows = place({ platform: 'win32', home: 'C:\\Users\\me', environment: { APPDATA: 'D:\\Roaming' } })
    assert.deepEqual(pathsOf('zed', windows), ['D:\\Roaming\\Zed\\settings.json'])
    assert.deepEqual(pathsOf('claude-code', windows), ['C:\\Users\\me\\.claude\\settings.json'])
    assert.deepEqual(pathsOf('opencode', windows), ['C:\\Users\\me\\.config\\opencode\\opencode.jsonc'])
    const mac = place({ platform: 'darwin', home: '/Users/me', environment: { XDG_CONFIG_HOME: '/x' } })
    assert.deepEqual(pathsOf('zed', mac), ['/Users/me/.config/zed/settings.json'])
    const linux = place({
      environment: {
        XDG_CONFIG_HOME: '/x',
        CLAUDE_CONFIG_DIR: '/c',
        CLINE_DATA_DIR: '/d',
        CONTINUE_GLOBAL_DIR: '/e',
        OPENCLAW_STATE_DIR: '/o',
        GEMINI_CLI_HOME: '/g',
      },
    })
    assert.deepEqual(pathsOf('kilo-code', linux), ['/x/kilo/kilo.jsonc'])
    assert.deepEqual(pathsOf('claude-code', linux), ['/c/settings.json'])
    assert.equal(pathsOf('cline', linux)[0], '/d/settings/providers.json')
    assert.equal(pathsOf('continue', linux)[0], '/e/config.yaml')
    assert.deepEqual(pathsOf('openclaw', linux), ['/o/openclaw.json'])
    assert.deepEqual(pathsOf('gemini-cli', linux), ['/g/.gemini/.env', '/g/.gemini/settings.json'])
    assert.deepEqual(pathsOf('openclaw', place({ environment: { OPENCLAW_CONFIG_PATH: '/z.json' } })), ['/z.json'])
  })

  it('are found by their command, their extension or their folder', async () => {
    const folder = '/nowhere'
    const world = await makeWorld({
      environment: { PATH: `${folder}::` },
      extensionVersion: (id) => (id === 'saoudrizwan.claude-dev' ? '4.1.13' : undefined),
    })
    assert.deepEqual((await world.setup.inspect('cline', endpoint)).presence, {
      isFound: true,
      extension: { id: 'saoudrizwan.claude-dev', version: '4.1.13' },
      traces: [],
    })
    assert.equal((await world.setup.inspect('codex', endpoint)).presence.isFound, false)
    await world.put('.codex/auth.json', '{}')
    assert.deepEqual((await world.setup.inspect('codex', endpoint)).presence.traces, [join(world.home, '.codex')])
    const bin = join(world.home, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'gemini'), '')
    const withPath = await makeWorld({ environment: { PATH: `/nowhere:${bin}` } })
    assert.equal((await withPath.setup.inspect('gemini-cli', endpoint)).presence.isFound, false, 'not executable')
    await chmod(join(bin, 'gemini'), 0o755)
    assert.equal((await withPath.setup.inspect('gemini-cli', endpoint)).presence.program, join(bin, 'gemini'))
    await world.remove()
    await withPath.remove()
  })

  it('tell which files of the workspace win over them', async () => {
    const folder = await makeWorld()
    const world = await makeWorld({ workspaceFolders: [folder.home] })
    const warnings = async (): Promise<number> => {
      const shown = await world.setup.preview('claude-code', 'default', endpoint)
      return shown.kind === 'preview'
        ? shown.notes.filter(({ says }) => inEnglish(says).startsWith(folder.home)).length
        : -1
    }
    assert.equal(await warnings(), 0)
    await folder.put('.claude/settings.local.json', '{}')
    assert.equal(await warnings(), 1)
    await world.remove()
    await folder.remove()
  })

  it('are proved by a request in their own wire', () => {
    const urls = tools
      .map(({ wire }) => proofRequest(wire, endpoint))
      .map(({ url, headers, body }) => {
        assert.ok(JSON.stringify(headers).includes(endpoint.key))
        assert.equal(typeof JSON.parse(body), 'object')
        return url.slice(endpoint.origin.length)
      })
    assert.deepEqual([...new Set(urls)].sort(), [
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/responses',
      '/v1beta/models/auto:generateContent',
    ])
  })

  it('choose the file that has providers already', async () => {
    const world = await makeWorld()
    await world.put('.config/kilo/kilo.jsonc', '{}\n')
    await world.put('.config/kilo/kilo.json', '{ "provider": {} }\n')
    const shown = await world.setup.preview('kilo-code', 'add', endpoint)
    assert.deepEqual(shown.kind === 'preview' && shown.files.map(({ path }) => basename(path)), ['kilo.json'])
    await world.put('.config/kilo/config.json', '{ "provider": {"omniroute": {}} }\n')
    const other = await world.setup.preview('kilo-code', 'add', endpoint)
    assert.deepEqual(other.kind === 'preview' && other.files.map(({ path }) => basename(path)), ['config.json'])
    await world.remove()
  })
})
