// At the end everything is taken back by the journal alone, and the journal is found where VS Code and its kin keep an extension's
// data.
import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inEnglish } from '../../src/core/sentence.ts'
import { listSetUpTools, takeBackAll } from '../../src/tools/take-back-all.ts'
import { journalFolders, userFolders } from '../../src/tools/uninstalled.ts'
import { makeWorld, type World } from './world.ts'

describe('taking everything back', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
  })
  afterEach(() => world.remove())

  it('leaves every file as it was before the first tool was set up', async () => {
    await world.put('.codex/config.toml', '# mine\nmodel = "gpt-5"\n')
    await world.put('.claude/settings.json', '{\n  "theme": "dark"\n}\n')
    const before = await world.tree()
    for (const [tool, action] of [
      ['codex', 'default'],
      ['claude-code', 'default'],
      ['opencode', 'add'],
    ] as const) {
      await world.apply(tool, action)
    }
    const listed = await listSetUpTools(world.data)
    assert.deepEqual(listed.map(({ name }) => name).sort(), ['Claude Code', 'Codex', 'OpenCode'])
    assert.ok(listed.some(({ paths }) => paths.includes(join(world.home, '.codex/config.toml'))))
    const results = await takeBackAll(world.data)
    assert.equal(results.length, 3)
    for (const { name, trouble } of results) assert.equal(trouble, undefined, name)
    assert.deepEqual(await world.tree(), before)
    assert.deepEqual(await listSetUpTools(world.data), [])
    assert.deepEqual(await takeBackAll(world.data), [])
  })

  it('leaves what its user has changed since', async () => {
    await world.apply('codex', 'default')
    const file = '.codex/config.toml'
    await world.put(file, `${await world.text(file)}\n[tui]\nnotifications = true\n`)
    await takeBackAll(world.data)
    const text = await world.text(file)
    assert.match(text, /notifications = true/)
    assert.doesNotMatch(text, /127\.0\.0\.1:20128/)
  })

  it('tells of a file that it may not write, goes on with the others, and can be tried again', async () => {
    await world.put('.codex/config.toml', 'model = "gpt-5"\n')
    await world.apply('codex', 'default')
    await world.apply('opencode', 'add')
    const locked = join(world.home, '.codex/config.toml')
    await chmod(locked, 0o444)
    const results = await takeBackAll(world.data)
    const { trouble, paths } = results.find(({ name }) => name === 'Codex') ?? {}
    assert.match(trouble === undefined ? '' : inEnglish(trouble), /read-only/)
    assert.deepEqual(paths, [locked])
    assert.equal(results.find(({ name }) => name === 'OpenCode')?.trouble, undefined)
    await chmod(locked, 0o644)
    assert.equal((await takeBackAll(world.data))[0]?.trouble, undefined)
    assert.equal(await readFile(locked, 'utf8'), 'model = "gpt-5"\n')
  })

  it('touches nothing by a damaged journal, and says so', async () => {
    await world.apply('codex', 'default')
    const before = await world.tree()
    await writeFile(join(world.data, 'journal.json'), '{"version":1,"files":[{"path":"/etc/passwd"}]}')
    const [result, ...others] = await takeBackAll(world.data)
    assert.deepEqual(others, [])
    assert.match(result?.trouble === undefined ? '' : inEnglish(result.trouble), /damaged/)
    assert.deepEqual(await world.tree(), before)
  })

  it('finds the journal beside the extensions, and only one of the same extension', async () => {
    const extension = join(world.home, 'server/extensions/omniroute.omniroute-0.1.0')
    const folder = join(world.home, 'server/data/User/globalStorage/omniroute.omniroute/tools')
    await mkdir(extension, { recursive: true })
    await mkdir(folder, { recursive: true })
    const machine = { platform: 'linux', home: world.home, environment: {} } as const
    await writeFile(join(folder, 'journal.json'), '{}')
    assert.deepEqual(await journalFolders(extension, machine), [])
    await writeFile(join(extension, 'package.json'), '{"publisher":"omniroute","name":"omniroute"}')
    assert.deepEqual(await journalFolders(extension, machine), [folder])
    await writeFile(join(extension, 'package.json'), '{"publisher":"other","name":"omniroute"}')
    assert.deepEqual(await journalFolders(extension, machine), [])
  })
})

describe('where editors keep their data', () => {
  const home = '/home/me'

  it('is known of the usual ones, on each system', () => {
    const at = (platform: NodeJS.Platform, environment = {}) =>
      userFolders(join(home, '.vscode'), { platform, home, environment })
    assert.ok(at('linux').includes('/home/me/.config/Code/User'))
    assert.ok(at('linux', { XDG_CONFIG_HOME: '/config' }).includes('/config/Code/User'))
    assert.ok(at('darwin').includes('/home/me/Library/Application Support/Code/User'))
    assert.ok(at('linux', { VSCODE_PORTABLE: '/stick/data' }).includes('/stick/data/user-data/User'))
    const server = userFolders(join(home, '.vscode-server'), { platform: 'linux', home, environment: {} })
    assert.ok(server.includes('/home/me/.vscode-server/data/User'))
  })

  it('is not guessed of a folder that only is called like one of them', () => {
    const found = userFolders('/elsewhere/.vscode', { platform: 'linux', home, environment: {} })
    assert.ok(
      found.every((folder) => folder.startsWith('/elsewhere/.vscode/')),
      found.join(),
    )
  })
})
