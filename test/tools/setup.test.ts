// Setting tools up over a zoo of existing files: what is applied twice changes nothing, what is taken back is as before, and
// whatever isn't ours is left alone.
import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import JSON5 from 'json5'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { inEnglish } from '../../src/core/sentence.ts'
import { fileJournal, type ToolJournal } from '../../src/tools/journal.ts'
import { tools } from '../../src/tools/known/registry.generated.ts'
import { createToolSetup, type ToolSetup } from '../../src/tools/setup.ts'
import type { ToolAction } from '../../src/tools/tool.ts'
import { endpoint, later, makeWorld, treeOf, type World } from './world.ts'
import { type Animal, zoo } from './zoo.ts'

const writable = tools.filter(({ means }) => means === 'files')
const nothing: Animal = { name: 'no file at all', files: {} }

let world: World
beforeEach(async () => {
  world = await makeWorld()
})
afterEach(async () => {
  await world.remove()
})

async function fill(animal: Animal): Promise<void> {
  for (const [path, text] of Object.entries(animal.files)) await world.put(path, text)
}

describe('setting up every tool', () => {
  for (const tool of writable) {
    for (const animal of [nothing, ...(zoo[tool.id] ?? [])]) {
      for (const action of tool.actions) {
        it(`${tool.name}, ${animal.name}: ${action} and take back`, async () => {
          await fill(animal)
          const before = await world.tree()
          const shown = await world.apply(tool.id, action)
          assert.ok(shown.files.length > 0)
          for (const { path, after } of shown.files) assert.equal(await readFile(path, 'utf8'), after)
          const once = await world.tree()
          world.tick(60_000)

          const again = await world.setup.preview(tool.id, action, endpoint)
          assert.equal(again.kind, 'preview')
          assert.deepEqual(again.kind === 'preview' && again.files, [], 'a second time there is nothing to do')
          const journal = await readFile(join(world.data, 'journal.json'), 'utf8')
          await world.setup.apply(again)
          assert.equal(await readFile(join(world.data, 'journal.json'), 'utf8'), journal)
          assert.deepEqual(await world.tree(), once)
          const report = await world.setup.inspect(tool.id, endpoint)
          assert.equal(report.states[action], 'configured')

          const back = await world.takeBack(tool.id)
          assert.ok(back.files.every(({ isWhole, left }) => isWhole && left.length === 0))
          assert.deepEqual(await world.tree(), before)
          assert.deepEqual(await world.setup.changedFiles(), [])
          assert.deepEqual(await readdir(join(world.data, 'backups')).catch(() => []), [], 'no backup is left behind')
        })
      }

      it(`${tool.name}, ${animal.name}: the same when the gateway has moved in between`, async () => {
        await fill(animal)
        const before = await world.tree()
        const action = tool.actions.at(-1) ?? 'default'
        await world.apply(tool.id, action)
        assert.equal((await world.setup.inspect(tool.id, later)).states[action], 'outdated')
        await world.apply(tool.id, action, later)
        const text = JSON.stringify(await world.tree())
        assert.ok(text.includes(later.origin))
        if (tool.id !== 'zed') assert.ok(text.includes(later.key))
        assert.ok(!text.includes(endpoint.key) && !text.includes(endpoint.origin), 'nothing of before is left')
        await world.takeBack(tool.id)
        assert.deepEqual(await world.tree(), before)
      })

      it(`${tool.name}, ${animal.name}: key by key when someone else has written since`, async () => {
        await fill(animal)
        const dataBefore = await parsedTree()
        const action = tool.actions.at(-1) ?? 'default'
        await world.apply(tool.id, action)
        // Another program appends to every file that can have a remark.
        const touched: string[] = []
        for (const { path, format } of await world.setup.changedFiles()) {
          if (format === undefined || format === 'json') continue
          const remark = format === 'jsonc' || format === 'json5' ? '// theirs\n' : '# theirs\n'
          const text = await readFile(path, 'utf8')
          await writeFile(path, text.endsWith('\n') ? text + remark : `${text}\n${remark}`)
          touched.push(path)
        }
        const back = await world.takeBack(tool.id)
        assert.deepEqual(
          back.files.filter(({ left }) => left.length > 0),
          [],
        )
        for (const path of touched) assert.match(await readFile(path, 'utf8'), /^(\/\/|#) theirs$/m)
        assert.deepEqual(withoutEmpty(await parsedTree()), withoutEmpty(dataBefore))
        assert.deepEqual(await world.setup.changedFiles(), [])
      })
    }
  }
})

/** The data of every file, by parsers that aren't ours. */
async function parsedTree(): Promise<Record<string, unknown>> {
  const tree = await treeOf(world.home)
  const parsed: Record<string, unknown> = {}
  for (const path of Object.keys(tree)) {
    if (path.endsWith('/')) continue
    const text = (await readFile(join(world.home, path), 'utf8')).replace(/^\uFEFF/, '')
    const bare = text.replace(/^[ \t]*(\/\/|#).*$/gm, '').trim()
    if (path.endsWith('.env')) parsed[path] = bare
    else if (/\.ya?ml$/.test(path)) parsed[path] = parseYaml(text) ?? {}
    else if (path.endsWith('.toml')) parsed[path] = parseToml(text)
    else parsed[path] = bare === '' ? {} : JSON5.parse(text)
  }
  return parsed
}

/** A file that was made for us and that someone wrote a remark into stays, with nothing in it. */
function withoutEmpty(tree: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tree).filter(([, data]) => JSON.stringify(data) !== '{}' && data !== ''))
}

describe('what belongs to others', () => {
  it('leaves a key that someone else has changed, and says so', async () => {
    await world.put('.claude/settings.json', '{\n  "env": {\n    "ANTHROPIC_MODEL": "opus"\n  }\n}\n')
    await world.apply('claude-code', 'default')
    const text = await world.text('.claude/settings.json')
    await world.put(
      '.claude/settings.json',
      text.replace('"ANTHROPIC_AUTH_TOKEN": "omr-test-key"', '"ANTHROPIC_AUTH_TOKEN": "theirs"'),
    )
    assert.equal((await world.setup.inspect('claude-code', endpoint)).states.default, 'changed')
    const back = await world.takeBack('claude-code')
    assert.deepEqual(
      back.files.flatMap(({ left }) => left),
      ['env.ANTHROPIC_AUTH_TOKEN'],
    )
    assert.equal(
      await world.text('.claude/settings.json'),
      '{\n  "env": {\n    "ANTHROPIC_MODEL": "opus",\n    "ANTHROPIC_AUTH_TOKEN": "theirs"\n  }\n}\n',
    )
    assert.deepEqual((await world.setup.inspect('claude-code', endpoint)).ours, [])
    assert.equal((await readdir(join(world.data, 'backups'))).length, 1, 'the backup is kept for the person')
  })

  it('does not write over what changed after the preview', async () => {
    await world.put('.claude/settings.json', '{}\n')
    const shown = await world.setup.preview('claude-code', 'default', endpoint)
    await world.put('.claude/settings.json', '{"model":"opus"}\n')
    const before = await world.tree()
    assert.deepEqual(await world.setup.apply(shown), {
      kind: 'changed',
      path: join(world.home, '.claude/settings.json'),
    })
    assert.deepEqual(await world.tree(), before)
    assert.deepEqual(await world.setup.changedFiles(), [])
  })

  it('does not take back over what changed after the preview', async () => {
    await world.apply('claude-code', 'default')
    const shown = await world.setup.previewTakeBack('claude-code')
    await world.put('.claude/settings.json', '{"model":"opus"}\n')
    assert.equal((await world.setup.takeBack(shown)).kind, 'changed')
    assert.equal(await world.text('.claude/settings.json'), '{"model":"opus"}\n')
  })

  it('never touches a malformed file, and says where it is wrong', async () => {
    const malformed: readonly (readonly [tool: string, path: string, text: string, line: number])[] = [
      ['claude-code', '.claude/settings.json', '{\n  "env": {\n}\n', 3],
      ['codex', '.codex/config.toml', 'a = 1\nb = ?\n', 2],
      ['aider', '.aider.conf.yml', 'a: [1\nb: 2\n', 2],
      ['cline', '.cline/data/settings/providers.json', '{"version":1,}', 1],
      ['openclaw', '.openclaw/openclaw.json', '{\n  a: ,\n}', 2],
      ['opencode', '.config/opencode/opencode.json', '[]', 1],
      ['kilo-code', '.config/kilo/kilo.json', '{', 1],
      ['continue', '.continue/config.yaml', 'a: b: c\n', 1],
      ['gemini-cli', '.gemini/settings.json', '{"a" 1}', 1],
      ['zed', '.config/zed/settings.json', '{"a": 1} 2', 1],
    ]
    for (const [tool, path, text, line] of malformed) {
      await world.put(path, text)
      const before = await world.tree()
      const action = tools.find(({ id }) => id === tool)?.actions.at(-1) ?? 'default'
      for (const shown of [
        await world.setup.preview(tool, action, endpoint),
        await world.setup.inspect(tool, endpoint),
      ]) {
        const problem = 'problem' in shown ? shown.problem : undefined
        assert.equal(problem?.kind, 'malformed', tool)
        assert.equal(problem?.path, join(world.home, path))
        assert.equal(problem?.line, line, tool)
        assert.ok((problem?.column ?? 0) > 0)
      }
      assert.deepEqual(await world.tree(), before)
    }
  })

  it('refuses files of a shape that Cline would read as empty', async () => {
    for (const text of [
      '{"version":2}',
      '{"version":1,"providers":[]}',
      '{"version":1,"providers":{"x":{"settings":{}}}}',
    ]) {
      await world.put('.cline/data/settings/providers.json', text)
      const shown = await world.setup.preview('cline', 'add', endpoint)
      assert.equal(shown.kind === 'problem' && shown.problem.kind, 'unreadable')
    }
  })

  it('says what a change would replace', async () => {
    await fill(zoo['cline']?.[0] ?? nothing)
    const shown = await world.setup.preview('cline', 'default', endpoint)
    assert.ok(shown.kind === 'preview')
    assert.deepEqual(
      shown.files.map(({ replaced }) => replaced),
      [['providers.openai-compatible', 'lastUsedProvider'], ['actModeApiProvider', 'planModeApiProvider'], []],
    )
    assert.ok(
      shown.notes.some(({ kind, says }) => kind === 'warning' && inEnglish(says).includes('http://127.0.0.1:1234/v1')),
    )
  })

  it('tells another hand that pointed the tool to the gateway', async () => {
    await world.put('.claude/settings.json', '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:20128"}}')
    assert.equal((await world.setup.inspect('claude-code', endpoint)).states.default, 'foreign')
    await world.put('.codex/config.toml', 'model = "x"\n')
    assert.deepEqual((await world.setup.inspect('codex', endpoint)).states, { add: 'absent', default: 'absent' })
  })

  it('is not found where nothing of it is', async () => {
    for (const { id, name } of writable) {
      const { presence, states } = await world.setup.inspect(id, endpoint)
      assert.equal(presence.isFound, false, name)
      assert.ok(Object.values(states).every((state) => state === 'absent'))
    }
    await mkdir(join(world.home, '.codex'))
    assert.equal((await world.setup.inspect('codex', endpoint)).presence.isFound, true)
  })
})

describe('files as they lie', () => {
  it('follows a link to its target and keeps mode and link', async () => {
    await world.put('dotfiles/claude.json', '{}\n', 0o640)
    await chmod(join(world.home, 'dotfiles/claude.json'), 0o640)
    await mkdir(join(world.home, '.claude'))
    await symlink('../dotfiles/claude.json', join(world.home, '.claude/settings.json'))
    const before = await world.tree()
    await world.apply('claude-code', 'default')
    const tree = await world.tree()
    assert.equal(tree['.claude/settings.json'], '-> ../dotfiles/claude.json')
    assert.match(tree['dotfiles/claude.json'] ?? '', /^640 .*ANTHROPIC_BASE_URL/s)
    await world.takeBack('claude-code')
    assert.deepEqual(await world.tree(), before)
  })

  it('writes to where a link points, though nothing is there yet, and takes only that away', async () => {
    await mkdir(join(world.home, '.codex'))
    await mkdir(join(world.home, 'dotfiles'))
    await symlink(join(world.home, 'dotfiles/codex.toml'), join(world.home, '.codex/config.toml'))
    const before = await world.tree()
    await world.apply('codex', 'default')
    assert.match(await world.text('dotfiles/codex.toml'), /model_provider = "omniroute"/)
    await world.takeBack('codex')
    assert.deepEqual(await world.tree(), before)
  })

  it('makes files with keys for the owner alone, in folders for the owner alone', async () => {
    await world.apply('claude-code', 'default')
    assert.equal((await stat(join(world.home, '.claude/settings.json'))).mode & 0o777, 0o600)
    assert.equal((await stat(join(world.home, '.claude'))).mode & 0o777, 0o700)
    assert.equal((await stat(join(world.data, 'journal.json'))).mode & 0o777, 0o600)
  })

  it('keeps what else came into a folder that was made', async () => {
    await world.apply('claude-code', 'default')
    await world.put('.claude/history.jsonl', 'x')
    await world.takeBack('claude-code')
    assert.deepEqual(Object.keys(await world.tree()), ['.claude/', '.claude/history.jsonl'])
  })

  it('refuses a read-only file', async () => {
    await world.put('.claude/settings.json', '{}', 0o444)
    const shown = await world.setup.preview('claude-code', 'default', endpoint)
    const result = await world.setup.apply(shown)
    assert.equal(result.kind === 'failed' && /read-only/.test(inEnglish(result.reason)), true)
    assert.equal(await world.text('.claude/settings.json'), '{}')
    assert.deepEqual(await world.setup.changedFiles(), [])
  })

  it('puts the first file back when the second can not be written', async () => {
    await world.put('.gemini/.env', 'A=1\n')
    await world.put('.gemini/settings.json', '{}', 0o644)
    const shown = await world.setup.preview('gemini-cli', 'default', endpoint)
    await chmod(join(world.home, '.gemini/settings.json'), 0o644)
    assert.ok(shown.kind === 'preview')
    // The folder of the second file becomes a file between the look and the writing.
    const [first, second] = shown.files
    assert.ok(first && second)
    const moved = {
      ...second,
      content: {
        ...second.content,
        path: join(world.home, '.gemini/.env/x'),
        target: join(world.home, '.gemini/.env/x'),
        hash: 'absent',
      },
    }
    const { bytes: _, mode: __, ...absent } = moved.content
    const result = await world.setup.apply({ ...shown, files: [first, { ...moved, content: absent }] })
    assert.equal(result.kind, 'failed')
    assert.equal(await world.text('.gemini/.env'), 'A=1\n')
    assert.deepEqual(await world.setup.changedFiles(), [])
  })

  it('refuses what is not text, is a folder, or leads in a circle', async () => {
    await mkdir(join(world.home, '.claude/settings.json'), { recursive: true })
    await mkdir(join(world.home, '.codex'))
    await writeFile(join(world.home, '.codex/config.toml'), Buffer.from([0xff, 0xfe, 0x61, 0]))
    await symlink('.aider.conf.yml', join(world.home, '.aider.conf.yml'))
    for (const tool of ['claude-code', 'codex', 'aider']) {
      const shown = await world.setup.preview(tool, 'default', endpoint)
      assert.equal(shown.kind === 'problem' && shown.problem.kind, 'unreadable', tool)
    }
  })

  it('leaves no temporary file', async () => {
    for (const { id, actions } of writable) await world.apply(id, actions.at(-1) ?? 'default')
    assert.deepEqual(
      Object.keys(await world.tree()).filter((path) => path.includes('.omniroute-')),
      [],
    )
  })
})

describe('the two actions', () => {
  const both = writable.filter(({ actions }) => actions.length === 2)
  for (const { id, name } of both) {
    it(`${name}: being the default goes, our models stay`, async () => {
      await fill(zoo[id]?.[0] ?? nothing)
      const before = await world.tree()
      await world.apply(id, 'add')
      const added = await world.tree()
      await world.apply(id, 'default')
      assert.notDeepEqual(await world.tree(), added)
      await world.takeBack(id, 'default')
      const states = (await world.setup.inspect(id, endpoint)).states
      assert.deepEqual(states, { add: 'configured', default: 'absent' })
      assert.deepEqual(await world.tree(), added)
      await world.takeBack(id, 'add')
      assert.deepEqual(await world.tree(), before)
    })
  }

  it('take each other along: default adds, and taking the models back takes the default back', async () => {
    await world.apply('opencode', 'default')
    assert.deepEqual((await world.setup.inspect('opencode', endpoint)).states, {
      add: 'configured',
      default: 'configured',
    })
    await world.takeBack('opencode', 'add')
    assert.deepEqual(await world.tree(), {})
  })
})

function setupWith(journal: ToolJournal): ToolSetup {
  const { home } = world
  const place = {
    platform: 'linux',
    home,
    environment: {},
    workspaceFolders: [],
    extensionVersion: () => undefined,
  } as const
  return createToolSetup({ tools, place, journal, now: () => 0 })
}

describe('the journal', () => {
  it('takes back what was done before a restart', async () => {
    await world.put('.claude/settings.json', '{ "model": "opus" }')
    await world.apply('claude-code', 'default')
    const anew = setupWith(fileJournal(world.data))
    const shown = await anew.previewTakeBack('claude-code')
    assert.deepEqual(await anew.takeBack(shown), { kind: 'done', paths: [join(world.home, '.claude/settings.json')] })
    assert.equal(await world.text('.claude/settings.json'), '{ "model": "opus" }')
  })

  for (const text of [undefined, '{ "model": "opus" }']) {
    it(`knows what to do after a crash between it and the file, with ${text ? 'a' : 'no'} file before`, async () => {
      if (text) await world.put('.claude/settings.json', text)
      const before = await world.tree()
      const journal = fileJournal(world.data)
      const dying = setupWith({
        ...journal,
        write: async (files) => {
          await journal.write(files)
          throw new Error('killed')
        },
      })
      await assert.rejects(dying.apply(await dying.preview('claude-code', 'default', endpoint)), /killed/)
      assert.deepEqual(await world.tree(), before)
      assert.equal((await world.setup.changedFiles()).length, 1)
      const anew = setupWith(journal)
      await anew.takeBack(await anew.previewTakeBack('claude-code'))
      assert.deepEqual(await world.tree(), before)
      assert.deepEqual(await anew.changedFiles(), [])

      await assert.rejects(dying.apply(await dying.preview('claude-code', 'default', endpoint)), /killed/)
      await world.apply('claude-code', 'default')
      const back = await world.takeBack('claude-code')
      assert.ok(back.files.every(({ isWhole }) => isWhole))
      assert.deepEqual(await world.tree(), before)
    })
  }

  it('is never written over when it is damaged', async () => {
    await mkdir(world.data)
    await writeFile(join(world.data, 'journal.json'), '{"version":')
    const shown = await world.setup.preview('claude-code', 'default', endpoint)
    assert.equal(shown.kind === 'problem' && shown.problem.path, join(world.data, 'journal.json'))
    assert.equal(await readFile(join(world.data, 'journal.json'), 'utf8'), '{"version":')
  })

  it('goes key by key when the backup is gone or altered', async () => {
    await world.put('.claude/settings.json', '{\n  "model": "opus"\n}\n')
    await world.apply('claude-code', 'default')
    await rm(join(world.data, 'backups'), { recursive: true })
    const back = await world.takeBack('claude-code')
    assert.deepEqual(
      back.files.map(({ isWhole }) => isWhole),
      [false],
    )
    assert.equal(await world.text('.claude/settings.json'), '{\n  "model": "opus"\n}\n')
  })

  it('forgets what somebody has deleted', async () => {
    await world.apply('claude-code', 'default')
    await rm(join(world.home, '.claude'), { recursive: true })
    await world.takeBack('claude-code')
    assert.deepEqual(await world.tree(), {})
    assert.deepEqual(await world.setup.changedFiles(), [])
  })
})

describe('what tools are told', () => {
  const actions = (id: string): readonly ToolAction[] => tools.find((tool) => tool.id === id)?.actions ?? []

  it('is the gateway key, in the form of address that each wants', async () => {
    for (const { id } of writable) await world.apply(id, actions(id).at(-1) ?? 'default')
    const parsed = await parsedTree()
    const at = (path: string, ...keys: string[]): unknown =>
      keys.reduce<unknown>((data, key) => (data as Record<string, unknown> | undefined)?.[key], parsed[path])
    assert.equal(at('.claude/settings.json', 'env', 'ANTHROPIC_BASE_URL'), 'http://127.0.0.1:20128')
    assert.equal(at('.codex/config.toml', 'model_providers', 'omniroute', 'base_url'), 'http://127.0.0.1:20128/v1')
    assert.equal(at('.codex/omniroute.config.toml', 'model_providers', 'omniroute', 'wire_api'), 'responses')
    assert.equal(at('.codex/omniroute.config.toml', 'model'), 'auto')
    assert.equal(at('.config/opencode/opencode.jsonc', 'model'), 'omniroute/auto')
    assert.equal(at('.config/kilo/kilo.jsonc', 'provider', 'omniroute', 'options', 'apiKey'), 'omr-test-key')
    assert.match(String(parsed['.gemini/.env']), /^GOOGLE_GEMINI_BASE_URL=http:\/\/127\.0\.0\.1:20128$/m)
    assert.equal(at('.openclaw/openclaw.json', 'agents', 'defaults', 'model', 'primary'), 'omniroute/auto')
    assert.equal(at('.aider.conf.yml', 'model'), 'openai/auto')
    assert.equal(at('.continue/models/omniroute-groq-openai-gpt-oss-120b.yaml', 'schema'), 'v1')
    assert.equal(at('.cline/data/settings/providers.json', 'lastUsedProvider'), 'openai-compatible')
    const zed = (await world.text('.config/zed/settings.json')) satisfies string
    assert.ok(!zed.includes(endpoint.key), 'Zed keeps keys elsewhere')
  })

  it('follows the variables that move a tool', async () => {
    const other = await makeWorld({
      environment: {
        CODEX_HOME: join(world.home, 'codex'),
        XDG_CONFIG_HOME: join(world.home, 'xdg'),
        CLINE_DIR: join(world.home, 'c'),
      },
    })
    for (const tool of ['codex', 'opencode', 'zed', 'cline']) await other.apply(tool, 'add')
    assert.deepEqual(
      Object.keys(await world.tree()).filter((path) => !path.endsWith('/')),
      [
        'c/data/settings/providers.json',
        'codex/omniroute.config.toml',
        'xdg/opencode/opencode.jsonc',
        'xdg/zed/settings.json',
      ],
    )
    await other.remove()
  })

  it('refuses extensions of a time when settings lay elsewhere', async () => {
    const old = await makeWorld({ extensionVersion: () => '3.9.1' })
    for (const tool of ['cline', 'kilo-code']) {
      const shown = await old.setup.preview(tool, 'add', endpoint)
      assert.equal(shown.kind === 'problem' && shown.problem.kind, 'unsupported', tool)
    }
    await old.put('.continue/config.json', '{}')
    const shown = await old.setup.preview('continue', 'add', endpoint)
    assert.equal(shown.kind === 'problem' && shown.problem.kind, 'unsupported')
    await old.remove()
  })

  it('takes away the block files of models that are offered no more', async () => {
    await world.apply('continue', 'add')
    await world.apply('continue', 'add', { ...endpoint, models: [] })
    assert.deepEqual(await readdir(join(world.home, '.continue/models')), ['omniroute-auto.yaml'])
    await world.takeBack('continue')
    assert.deepEqual(await world.tree(), {})
  })
})
