// Setting tools up through the management contract: seen before it is applied, applied as it was seen, proved by a request, taken
// back to the byte. Secrets stay out of everything a page may get.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { MethodInput, MethodName } from '../../src/admin/contract.ts'
import { keyPlaceholder, type ToolPreview, type ToolView } from '../../src/admin/contract-tools.ts'
import { inEnglish } from '../../src/core/sentence.ts'
import { memorySecrets, newFolder, send, startWorld, type World } from '../server/world.ts'
import { treeOf } from '../tools/world.ts'

const demo = { accounts: [{ id: 'demo', provider: 'demo', prefix: 'demo' }] }
const auto = { model: 'auto', models: ['auto'] }
const theirs = 'sk-theirs-0123456789abcdef'
const openCode = `{
  // mine
  "model": "openai/gpt-5",
  "provider": { "openai": { "options": { "apiKey": "${theirs}" } } },
}
`

describe('tools over the management contract', () => {
  let home: string
  let world: World
  let key: string

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'omniroute-home-'))
    world = await startWorld(demo, { home, environment: {} })
    key = await world.gateway.defaultKey()
  })
  afterEach(async () => {
    await world.stop()
    await rm(home, { recursive: true, force: true })
  })

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  const text = (path: string): Promise<string> => readFile(join(home, path), 'utf8')

  async function view(tool: string): Promise<ToolView> {
    const { tools } = await world.rpc('tools.list', {})
    const found = tools.find(({ id }) => id === tool)
    assert.ok(found)
    return found
  }

  async function preview(input: MethodInput<'tools.preview'>): Promise<Extract<ToolPreview, { kind: 'preview' }>> {
    const shown = await world.rpc('tools.preview', input)
    assert.ok(shown.kind === 'preview', JSON.stringify(shown))
    return shown
  }

  async function apply(input: MethodInput<'tools.preview'>): Promise<void> {
    const { id } = await preview(input)
    assert.equal((await world.rpc('tools.apply', { id })).kind, 'done')
  }

  async function takeBack(tool: string, action?: 'add' | 'default'): Promise<void> {
    const shown = await world.rpc('tools.previewTakeBack', { tool, ...(action ? { action } : {}) })
    assert.ok(shown.kind === 'preview')
    assert.equal((await world.rpc('tools.apply', { id: shown.id })).kind, 'done')
  }

  it('lists every tool, and what is there of it', async () => {
    await put('.config/opencode/opencode.jsonc', openCode)
    await mkdir(join(home, '.claude'))
    const { tools, suggested, changedFiles } = await world.rpc('tools.list', {
      window: { extensions: { 'KiloCode.kilo-code': '5.2.0' } },
    })
    assert.equal(tools.length, 12)
    const states = Object.fromEntries(tools.map(({ id, state }) => [id, state]))
    assert.equal(states['opencode'], 'absent')
    assert.equal(states['claude-code'], 'absent')
    assert.equal(states['aider'], 'not-found')
    assert.equal(states['kilo-code'], 'problem')
    const kilo = tools.find(({ id }) => id === 'kilo-code')
    assert.match(kilo?.problem ? inEnglish(kilo.problem.says) : '', /Kilo Code 5\.2\.0 .* version 7/)
    assert.deepEqual(suggested, auto)
    assert.deepEqual(changedFiles, [])
  })

  it('shows what changes without a secret, applies it, proves it, and takes it back to the byte', async () => {
    await put('.config/opencode/opencode.jsonc', openCode)
    const before = await treeOf(home)
    const shown = await preview({ tool: 'opencode', action: 'default', model: 'demo/echo', models: ['auto'] })
    assert.deepEqual(
      shown.files.map(({ effect, keys }) => [effect, keys.map(({ path }) => path.join('.'))]),
      [['changed', ['model', 'provider.omniroute']]],
    )
    assert.deepEqual(shown.files[0]?.replaced, ['model'])
    const all = JSON.stringify(shown)
    assert.ok(!all.includes(key) && !all.includes(theirs), all)
    assert.match(all, /demo\/echo/)
    assert.deepEqual(await treeOf(home), before, 'a preview writes nothing')

    assert.deepEqual(await world.rpc('tools.apply', { id: shown.id }), {
      kind: 'done',
      paths: [join(home, '.config/opencode/opencode.jsonc')],
    })
    assert.ok((await text('.config/opencode/opencode.jsonc')).includes(key))
    const set = await view('opencode')
    assert.deepEqual([set.state, set.states], ['configured', { add: 'configured', default: 'configured' }])
    assert.deepEqual(set.chosen, { model: 'demo/echo', models: ['demo/echo', 'auto'] })
    assert.deepEqual([...set.ours].sort(), ['add', 'default'])

    const proof = await world.rpc('tools.verify', { tool: 'opencode' })
    assert.equal(proof.outcome, 'ok', proof.message)
    assert.deepEqual([proof.model, proof.servedBy], ['demo/echo', 'demo/echo'])
    const [row] = await world.logged(1)
    assert.deepEqual([row?.wire, row?.modelAsked], ['openai-chat', 'demo/echo'])

    await takeBack('opencode', 'default')
    assert.match(await text('.config/opencode/opencode.jsonc'), /"model": "openai\/gpt-5"/)
    assert.deepEqual((await view('opencode')).states, { add: 'configured', default: 'absent' })
    await takeBack('opencode')
    assert.deepEqual(await treeOf(home), before)
    const gone = await view('opencode')
    assert.deepEqual([gone.state, gone.chosen, gone.ours], ['absent', undefined, []])
  })

  for (const [tool, wire] of [
    ['claude-code', 'anthropic-messages'],
    ['codex', 'openai-responses'],
    ['gemini-cli', 'gemini-generate'],
    ['cline', 'openai-chat'],
  ] as const) {
    it(`proves ${tool} in its own wire`, async () => {
      await apply({ tool, action: 'default', model: 'demo/echo', models: [] })
      const proof = await world.rpc('tools.verify', { tool })
      assert.equal(proof.outcome, 'ok', proof.message)
      const [row] = await world.logged(1)
      assert.equal(row?.wire, wire)
      await takeBack(tool)
      assert.deepEqual(await treeOf(home), {})
    })
  }

  it('says why a request fails', async () => {
    await apply({ tool: 'aider', action: 'default', model: 'demo/echo', models: [] })
    await world.rpc('accounts.remove', { id: 'demo' })
    const proof = await world.rpc('tools.verify', { tool: 'aider' })
    assert.equal(proof.outcome, 'failed')
    assert.match(proof.message ?? '', /demo\/echo/)
  })

  it('tells when the key that tools have is revoked', async () => {
    await apply({ tool: 'aider', action: 'default', model: 'demo/echo', models: [] })
    await world.rpc('keys.revoke', { id: 'default' })
    const proof = await world.rpc('tools.verify', { tool: 'aider' })
    assert.equal(proof.outcome, 'failed')
    assert.match(proof.message ?? '', /key/)
    assert.ok(!JSON.stringify(proof).includes(key))
  })

  it('refuses what it was not shown any more: changed since, applied twice, not known', async () => {
    await put('.claude/settings.json', '{}')
    const shown = await preview({ tool: 'claude-code', action: 'default', ...auto })
    await put('.claude/settings.json', '{"theme":"dark"}')
    const path = join(home, '.claude/settings.json')
    assert.deepEqual(await world.rpc('tools.apply', { id: shown.id }), { kind: 'changed', path })
    assert.equal(await text('.claude/settings.json'), '{"theme":"dark"}')
    assert.deepEqual(await world.rpc('tools.apply', { id: shown.id }), { kind: 'expired' })
    assert.deepEqual(await world.rpc('tools.apply', { id: 'nonsense' }), { kind: 'expired' })
    await apply({ tool: 'claude-code', action: 'default', ...auto })
    await takeBack('claude-code')
    assert.equal(await text('.claude/settings.json'), '{"theme":"dark"}')
  })

  it('touches no malformed file, and says where the mistake is without quoting it', async () => {
    const broken = `{\n  "env": { "SECRET": "${theirs}",, }\n}`
    await put('.claude/settings.json', broken)
    const shown = await world.rpc('tools.preview', { tool: 'claude-code', action: 'default', ...auto })
    assert.ok(shown.kind === 'problem')
    const { kind, path, line, column, says } = shown.problem
    assert.deepEqual([kind, path, line], ['malformed', join(home, '.claude/settings.json'), 2])
    assert.ok((column ?? 0) > 30)
    assert.match(inEnglish(says), /line 2/)
    assert.ok(!JSON.stringify(shown).includes(theirs))
    const listed = await view('claude-code')
    assert.deepEqual([listed.state, listed.problem?.line], ['problem', 2])
    assert.equal(await text('.claude/settings.json'), broken)
  })

  it('names a file that can’t be written, and leaves everything as it was', async () => {
    await put('.gemini/.env', 'GEMINI_API_KEY=theirs\n')
    await put('.gemini/settings.json', '{}')
    await chmod(join(home, '.gemini/settings.json'), 0o400)
    const before = await treeOf(home)
    const { id } = await preview({ tool: 'gemini-cli', action: 'default', ...auto })
    const result = await world.rpc('tools.apply', { id })
    assert.ok(result.kind === 'failed')
    assert.equal(result.path, join(home, '.gemini/settings.json'))
    assert.match(inEnglish(result.reason), /read-only/)
    assert.deepEqual(await treeOf(home), before)
    assert.deepEqual((await view('gemini-cli')).ours, [])
  })

  it('tells of changes by others, and of a way to the gateway that is not ours', async () => {
    await put('.claude/settings.json', JSON.stringify({ env: { ANTHROPIC_BASE_URL: world.url } }))
    assert.equal((await view('claude-code')).state, 'foreign')
    await put('.claude/settings.json', '{}')
    await apply({ tool: 'claude-code', action: 'default', ...auto })
    await put('.claude/settings.json', (await text('.claude/settings.json')).replace(world.url, 'https://elsewhere'))
    assert.equal((await view('claude-code')).state, 'changed')
    const shown = await world.rpc('tools.previewTakeBack', { tool: 'claude-code' })
    assert.ok(shown.kind === 'preview')
    assert.deepEqual(shown.files[0]?.left, ['env.ANTHROPIC_BASE_URL'])
    assert.ok(!JSON.stringify(shown).includes(key))
  })

  it('refuses names that nothing answers to, and tools and actions that are not there', async () => {
    const call = <M extends MethodName>(method: M, input: MethodInput<M>) => world.rpc(method, input)
    const wrong: MethodInput<'tools.preview'> = { tool: 'codex', action: 'add', model: 'nowhere/nothing', models: [] }
    await assert.rejects(call('tools.preview', wrong), { code: 'unknown_model' })
    await assert.rejects(call('tools.preview', { ...wrong, ...auto, models: ['nowhere/x'] }), { code: 'unknown_model' })
    await assert.rejects(call('tools.preview', { ...wrong, ...auto, tool: 'nonsense' }), { code: 'invalid_request' })
    await assert.rejects(call('tools.verify', { tool: 'nonsense' }), { code: 'invalid_request' })
    await assert.rejects(call('tools.launch', { tool: 'zed' }), { code: 'invalid_request' })
    await assert.rejects(call('tools.profile', { tool: 'zed', ...auto }), { code: 'invalid_request' })
    for (const tool of ['cursor', 'roo-code', 'aider'])
      assert.equal((await call('tools.preview', { ...wrong, ...auto, tool })).kind, 'problem', tool)
    assert.deepEqual(await treeOf(home), {})
  })

  it('gives launch commands and profiles with a word in the place of the key', async () => {
    const launch = await world.rpc('tools.launch', { tool: 'claude-code', model: 'demo/echo' })
    assert.equal(launch.program, 'claude')
    assert.equal(launch.environment['ANTHROPIC_AUTH_TOKEN'], keyPlaceholder)
    assert.equal(launch.environment['ANTHROPIC_BASE_URL'], world.url)
    assert.match(launch.lines.posix ?? '', /ANTHROPIC_MODEL=demo\/echo .*claude --model demo\/echo$/)
    assert.deepEqual(Object.keys(launch.lines), ['posix', 'fish', 'powershell', 'cmd'])
    const { settings } = await world.rpc('tools.profile', { tool: 'roo-code', ...auto })
    assert.equal(settings['openAiApiKey'], keyPlaceholder)
    assert.ok(!JSON.stringify([launch, settings]).includes(key))
  })

  it('gives whole texts to other windows alone, and even those without the gateway’s key', async () => {
    await put('.config/opencode/opencode.jsonc', openCode)
    const { id } = await preview({ tool: 'opencode', action: 'add', ...auto })
    const call = (headers: Record<string, string>) =>
      send(`${world.url}/admin/rpc`, { headers, body: { id: 1, method: 'tools.texts', params: { id } } })
    const signedIn = await send(`${world.url}/admin/session`, { body: { token: world.token } })
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const page = await call({ cookie })
    assert.equal(page.json().error?.code, 'unknown_path', page.text)
    assert.ok(!page.text.includes(theirs))
    const { files } = (await call({ authorization: `Bearer ${world.token}` })).json().result
    assert.equal(files[0].before, openCode)
    assert.ok(files[0].after.includes(theirs) && files[0].after.includes('"omniroute"'))
    assert.ok(!files[0].after.includes(key))
    await assert.rejects(world.rpc('tools.texts', { id: 'nonsense' }), /look again/)
  })

  it('takes back after a restart what was applied before it', async () => {
    await put('.codex/config.toml', '# mine\nmodel = "gpt-5"\n')
    const before = await treeOf(home)
    await world.stop()
    const dataDirectory = await newFolder()
    const options = { home, environment: {}, dataDirectory, secrets: memorySecrets() }
    world = await startWorld(demo, options)
    await apply({ tool: 'codex', action: 'default', model: 'demo/echo', models: ['auto'] })
    await world.stop()
    world = await startWorld(demo, options)
    // Another port than before, and remembered choices.
    const { state, chosen } = await view('codex')
    assert.deepEqual([state, chosen?.model], ['outdated', 'demo/echo'])
    await takeBack('codex')
    assert.deepEqual(await treeOf(home), before)
    await rm(dataDirectory, { recursive: true })
  })

  it('keeps twenty previews at most', async () => {
    const first = await preview({ tool: 'aider', action: 'default', ...auto })
    for (let count = 0; count < 20; count++) await preview({ tool: 'aider', action: 'default', ...auto })
    assert.deepEqual(await world.rpc('tools.apply', { id: first.id }), { kind: 'expired' })
    assert.deepEqual(await treeOf(home), {})
  })

  it('says at every tool that its record is damaged, and changes nothing then', async () => {
    await mkdir(join(world.dataDirectory, 'tools'), { recursive: true })
    await writeFile(join(world.dataDirectory, 'tools/journal.json'), '{"version":7}')
    await put('.claude/settings.json', '{}')
    const { state, problem } = await view('claude-code')
    assert.deepEqual([state, problem?.path], ['problem', join(world.dataDirectory, 'tools/journal.json')])
    const shown = await world.rpc('tools.preview', { tool: 'claude-code', action: 'default', ...auto })
    assert.equal(shown.kind, 'problem')
  })
})
