// The Tools page: what is told of each tool, what would change before it does, and the whole way with a real gateway and files.
import { strict as assert } from 'node:assert'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Locator, type Page } from 'playwright-core'
import { startWorld } from '../server/world.ts'
import { treeOf } from '../tools/world.ts'
import {
  axeFindings,
  launch,
  type Opened,
  type OpenOptions,
  open,
  picture,
  quit,
  shown,
  sidewaysScroll,
} from './harness.ts'
import { list, preview, problem, says, toolsWorld } from './tools-world.ts'

for (const host of ['browser', 'editor'] as const) {
  describe(`dashboard in the ${host}: Tools`, function () {
    this.timeout(60_000)
    let opened: Opened

    before(launch)
    after(quit)

    async function start(world = toolsWorld(), more: OpenOptions = {}): Promise<Opened> {
      const place = host === 'editor' ? { host, state: { hash: '#/tools' } } : { host, hash: '#/tools' }
      opened = await open(world, { ...place, ...more })
      return opened
    }

    afterEach(async () => {
      await opened.close()
      opened.assertClean()
    })

    const card = (name: string): Locator => opened.page.getByRole('article', { name, exact: true })

    it('says of each tool how it stands, and what is in the way', async () => {
      const { page } = await start()
      await card('Claude Code').getByText('It uses OmniRoute by default.').waitFor()
      await card('OpenCode').getByText('Not set up').waitFor()
      await card('Broken').getByText('It breaks the rules of its format at line 3, column 7.').waitFor()
      await card('Broken').getByText('/home/me/.broken/config.json:3:7').waitFor()
      assert.equal(await card('Broken').getByRole('button', { name: 'Add models' }).count(), 0)
      await card('Old one').getByText('Outdated').waitFor()
      await card('Changed one').getByText('Changed by someone else').waitFor()
      await card('Foreign one').getByText('Set up by someone else').waitFor()
      await card('Cursor').getByText('Own keys need a paid plan of Cursor.').waitFor()
      await shown(page).getByText('Not found on this machine: 1').click()
      await card('Zed').getByRole('button', { name: 'Make default: Zed' }).waitFor()
      await shown(page).getByText('Files that OmniRoute has changed: 1').waitFor()
    })

    it('shows what would change, by keyboard, and applies exactly that, then checks it', async () => {
      const { page, backend } = await start()
      await card('OpenCode').getByRole('button', { name: 'Make default: OpenCode' }).focus()
      await page.keyboard.press('Enter')
      const field = card('OpenCode').getByLabel('Model', { exact: true })
      await field.waitFor()
      assert.equal(await field.inputValue(), 'auto')
      // Escape closes the form and goes back to the button.
      await page.keyboard.press('Escape')
      await field.waitFor({ state: 'detached' })
      await page.keyboard.press('Enter')
      await field.waitFor()
      await page.keyboard.press('Enter')
      await card('OpenCode').getByText('This is what would change').waitFor()
      await card('OpenCode').getByText('wins over this wherever it says something else.').waitFor()
      await card('OpenCode').getByText('Replaces what you have now: model').waitFor()
      await card('OpenCode').getByText('"omniroute/auto"').waitFor()
      const asked = backend.calls.findLast(({ method }) => method === 'tools.preview')
      assert.deepEqual(asked?.params && { ...asked.params, window: undefined }, {
        tool: 'opencode',
        action: 'default',
        model: 'auto',
        models: ['best'],
        window: undefined,
      })
      assert.equal(backend.calls.filter(({ method }) => method === 'tools.apply').length, 0)
      await card('OpenCode').getByRole('button', { name: 'Apply' }).click()
      await card('OpenCode').getByText('OpenCode is set up.').waitFor()
      await card('OpenCode')
        .getByText(/groq\/x answered for auto in 1\.2/)
        .waitFor()
      await card('OpenCode').getByText('Start OpenCode anew.').waitFor()
      assert.deepEqual(backend.calls.findLast(({ method }) => method === 'tools.apply')?.params, { id: 'p1' })
    })

    it('forgets the preview when other models are chosen', async () => {
      const { backend } = await start()
      await card('OpenCode').getByRole('button', { name: 'Add models: OpenCode' }).click()
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByText('This is what would change').waitFor()
      await card('OpenCode').getByRole('button', { name: 'Remove best' }).click()
      await card('OpenCode').getByText('This is what would change').waitFor({ state: 'detached' })
      await card('OpenCode').getByLabel('Add a model', { exact: true }).fill('fast')
      await card('OpenCode').getByRole('option', { name: 'auto/fast' }).click()
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByText('This is what would change').waitFor()
      const asked = backend.calls.findLast(({ method }) => method === 'tools.preview')?.params
      assert.deepEqual((asked as { models?: unknown }).models, ['auto/fast'])
    })

    it('says what went wrong, at each step', async () => {
      const world = toolsWorld()
      await start(world)
      world.plans.set('tools.preview', { result: { kind: 'problem', problem } })
      await card('OpenCode').getByRole('button', { name: 'Make default: OpenCode' }).click()
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByText('/home/me/.broken/config.json:3:7').waitFor()
      world.plans.set('tools.preview', { result: preview })
      world.plans.set('tools.apply', { result: { kind: 'changed', path: '/home/me/x' } })
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByRole('button', { name: 'Apply' }).click()
      await card('OpenCode').getByText('/home/me/x has changed in the meantime. Nothing was written.').waitFor()
      world.plans.set('tools.apply', {
        result: { kind: 'failed', path: '/home/me/x', reason: says('The disk is full.') },
      })
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByRole('button', { name: 'Apply' }).click()
      await card('OpenCode').getByText('The disk is full.').waitFor()
      world.plans.set('tools.apply', { result: { kind: 'done', paths: [] } })
      world.plans.set('tools.verify', {
        result: { outcome: 'failed', model: 'auto', latencyMs: 5, message: 'No key.' },
      })
      await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
      await card('OpenCode').getByRole('button', { name: 'Apply' }).click()
      await card('OpenCode').getByText('A request to auto failed: No key.').waitFor()
    })

    it('takes back what it did, after showing that', async () => {
      const { backend } = await start()
      await card('Claude Code').getByRole('button', { name: 'Undo: Claude Code' }).click()
      await card('Claude Code').getByText('This is what would change').waitFor()
      await card('Claude Code').getByRole('button', { name: 'Apply' }).click()
      await card('Claude Code').getByText('Claude Code is as it was before.').waitFor()
      assert.equal(backend.calls.filter(({ method }) => method === 'tools.verify').length, 0)
    })

    it('is read anew when something has changed', async () => {
      const world = toolsWorld()
      const { backend } = await start(world)
      await card('OpenCode').getByText('Not set up').waitFor()
      const tools = list.tools.map((each) => (each.id === 'opencode' ? { ...each, state: 'changed' as const } : each))
      world.plans.set('tools.list', { result: { ...list, tools } })
      backend.emit('tools.changed', {})
      await card('OpenCode').getByText('Changed by someone else').waitFor()
    })

    if (host === 'editor') {
      it('asks the editor for what only it can do', async () => {
        const { page, backend } = await start()
        await card('OpenCode').getByRole('button', { name: 'Make default: OpenCode' }).click()
        await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
        await card('OpenCode').getByRole('button', { name: 'Show diff' }).click()
        await card('Claude Code').getByRole('button', { name: 'Launch command: Claude Code' }).click()
        await card('Roo Code').getByRole('button', { name: 'Make default: Roo Code' }).click()
        await card('Broken').getByRole('button', { name: 'Open File' }).click()
        await page.waitForTimeout(0)
        assert.deepEqual(backend.requests, [
          { editor: 'diff', preview: 'p1' },
          { editor: 'launch', tool: 'claude-code' },
          { editor: 'set-up', tool: 'roo-code', action: 'default' },
          { editor: 'open', path: '/home/me/.broken/config.json', line: 3, column: 7 },
        ])
      })
    } else {
      it('shows the launch command with a word in the place of the key, for the shell of one’s choice', async () => {
        const { page } = await start()
        await card('Claude Code').getByRole('button', { name: 'Launch command: Claude Code' }).click()
        await card('Claude Code').getByText('KEY=YOUR_OMNIROUTE_KEY claude').waitFor()
        await card('Claude Code').getByText('Say /login first.').waitFor()
        await card('Claude Code').getByLabel('Shell').selectOption('PowerShell')
        await card('Claude Code').getByText("$env:KEY = 'YOUR_OMNIROUTE_KEY'; claude").waitFor()
        await card('Claude Code').getByRole('button', { name: 'Copy', exact: true }).click()
        await page.getByRole('status').getByText('Copied.').waitFor({ state: 'attached' })
        assert.match(String(await page.evaluate('navigator.clipboard.readText()')), /YOUR_OMNIROUTE_KEY/)
        await card('Roo Code').getByText('Only VS Code reaches it.').waitFor()
        assert.equal(await card('Roo Code').getByRole('button').count(), 0)
      })
    }

    for (const [width, theme] of [
      [320, 'light'],
      [1280, 'dark'],
    ] as const) {
      it(`is accessible and fits into ${width} px, in the ${theme} theme`, async () => {
        const { page } = await start(toolsWorld(), { width, theme, colorScheme: theme })
        await shown(page).getByText('Not found on this machine: 1').click()
        await card('OpenCode').getByRole('button', { name: 'Make default: OpenCode' }).click()
        await card('OpenCode').getByRole('button', { name: 'Show changes' }).click()
        await card('OpenCode').getByText('This is what would change').waitFor()
        assert.deepEqual(await axeFindings(page), [])
        assert.equal(await sidewaysScroll(page), 0)
        await picture(page, `tools-${host}-${width}`)
      })
    }

    it('says that a model is needed first', async () => {
      const world = toolsWorld()
      world.models = []
      const { page } = await start(world)
      await shown(page).getByText('There is no model yet that a tool could use.').waitFor()
    })
  })
}

describe('the Tools page of a real gateway', function () {
  this.timeout(60_000)
  let home: string
  const before = '{\n  // mine\n  "model": "openai/gpt-5",\n  "secret": "sk-theirs-0123456789"\n}\n'

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'omniroute-home-'))
    await mkdir(path.join(home, '.config/opencode'), { recursive: true })
    await writeFile(path.join(home, '.config/opencode/opencode.jsonc'), before)
  })
  afterEach(() => rm(home, { recursive: true }))

  it('sets a tool up, proves it and takes it back, headless', async () => {
    const world = await startWorld(
      { accounts: [{ id: 'demo', provider: 'demo', prefix: 'demo' }] },
      { home, environment: {} },
    )
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const untouched = await treeOf(home)
      const page: Page = await browser.newPage()
      page.setDefaultTimeout(15_000)
      const received: string[] = []
      page.on('response', (response) => {
        if (response.url().includes('/admin/'))
          void response.text().then(
            (text) => received.push(text),
            () => undefined,
          )
      })
      await page.request.post(`${world.url}/admin/session`, { data: { token: world.token } })
      await page.goto(`${world.url}/#/tools`)
      const card = page.getByRole('article', { name: 'OpenCode', exact: true })
      await card.getByRole('button', { name: 'Make default: OpenCode' }).click()
      await card.getByLabel('Model', { exact: true }).fill('demo/echo')
      await card.getByRole('button', { name: 'Show changes' }).click()
      await card.getByText('"omniroute/demo/echo"').waitFor()
      await card.getByRole('button', { name: 'Apply' }).click()
      await card.getByText(/demo\/echo answered in/).waitFor()
      await card.getByText('It uses OmniRoute by default.').waitFor()
      const key = await world.gateway.defaultKey()
      assert.ok((await readFile(path.join(home, '.config/opencode/opencode.jsonc'), 'utf8')).includes(key))
      await card.getByRole('button', { name: 'Undo: OpenCode' }).click()
      await card.getByRole('button', { name: 'Apply' }).click()
      await card.getByText('OpenCode is as it was before.').waitFor()
      assert.deepEqual(await treeOf(home), untouched)
      const all = received.join('\n')
      assert.ok(
        all.includes('demo/echo') && !all.includes(key) && !all.includes('sk-theirs'),
        'no secret reached the page',
      )
    } finally {
      await browser.close()
      await world.stop()
    }
  })
})
