// The Providers page, driven as a person would: each action of it, in a plain browser and in the editor's webview.
import { strict as assert } from 'node:assert'
import type { Locator } from 'playwright-core'
import { launch, type Opened, type OpenOptions, open, picture, quit, shown, until } from './harness.ts'
import { makeFullWorld, makeWorld, type World } from './world.ts'

for (const host of ['browser', 'editor'] as const) {
  describe(`dashboard in the ${host}: Providers`, function () {
    this.timeout(60_000)
    let opened: Opened

    before(launch)
    after(quit)

    async function start(world: World, options: OpenOptions = {}): Promise<Opened> {
      opened = await open(world, { host, ...options })
      return opened
    }

    afterEach(async () => {
      await opened.close()
      opened.assertClean()
    })

    const card = (label: string): Locator => opened.page.getByRole('article', { name: label, exact: true })

    it('shows each account with provider, tier, prefix, state in words, models and the end of its key', async () => {
      await start(makeFullWorld())
      const claude = card('Claude (work)')
      await claude.getByText('Ready').waitFor()
      const text = await claude.innerText()
      for (const part of ['Anthropic', 'API key', 'anthropic/', 'Models: 3', '…AQ7f'])
        assert.ok(text.includes(part), part)
      opened.backend.world.standing.clear()
      opened.backend.emit('accounts.changed', {})
      await card('Groq, second key')
        .getByText(/Resting until \d\d:\d\d:\d\d \(in .*\)/)
        .waitFor()
      await card('Groq, second key').getByText('Rate limited by Groq (429).').waitFor()
      await card('OpenAI').getByText('Needs a key').waitFor()
      await card('Ollama').getByText('Off', { exact: true }).waitFor()
      assert.equal(await shown(opened.page).getByText('sk-ant').count(), 0)
    })

    it('explains the first step and adds the demo provider', async () => {
      const { page, backend } = await start(makeWorld())
      await shown(page).getByText('Add the first account').waitFor()
      await page.getByRole('button', { name: 'Try the demo provider' }).click()
      await card('Demo').getByText('It works.').waitFor()
      assert.deepEqual(backend.calls.find(({ method }) => method === 'accounts.add')?.params, { provider: 'demo' })
      assert.equal(await shown(page).getByText('Add the first account').count(), 0)
    })

    it('adds an account: asks what the provider needs, tests it first, shows cause and next step', async () => {
      const { page, backend } = await start(makeWorld())
      await page.getByRole('button', { name: 'Add account' }).first().click()
      await page.getByLabel('Provider').selectOption('groq')
      const link = page.getByRole('link', { name: 'Get a key' })
      assert.equal(await link.getAttribute('href'), 'https://groq.example/keys')
      await page.getByRole('button', { name: 'Add account' }).click()
      await shown(page).getByText('Enter the key of this account.').waitFor()
      const key = page.getByLabel('Key', { exact: true })
      assert.equal(await key.getAttribute('aria-invalid'), 'true')
      assert.equal(await key.getAttribute('type'), 'password')
      await key.fill('gsk_bad')
      await page.getByRole('button', { name: 'Test first' }).click()
      await shown(page).getByText('Groq refused the key (401: Invalid API Key).').waitFor()
      await shown(page).getByText('Check or replace the key of this account in OmniRoute.').waitFor()
      assert.equal(backend.world.accounts.length, 0)
      await picture(page, `${host}-add-failed-check`)
      await key.fill('gsk_good_1234')
      await page.getByLabel('Name', { exact: true }).fill('Groq at home')
      await page.getByLabel('Prefix', { exact: true }).fill('home')
      await shown(page).getByText('home/…').waitFor()
      await shown(page).getByText('More options').click()
      await page.getByLabel('Tier').selectOption('cheap')
      await page.getByRole('button', { name: 'Add account' }).click()
      await card('Groq at home').getByText('It works.').waitFor()
      assert.deepEqual(backend.calls.findLast(({ method }) => method === 'accounts.add')?.params, {
        provider: 'groq',
        label: 'Groq at home',
        prefix: 'home',
        tier: 'cheap',
        apiKey: 'gsk_good_1234',
      })
      assert.equal(
        await page.evaluate(
          `document.body.innerHTML.includes('gsk_good') || JSON.stringify({ ...sessionStorage }).includes('gsk_good')`,
        ),
        false,
      )
    })

    it('adds an account all the same when its check fails, and says why on its card', async () => {
      const { page } = await start(makeWorld())
      await page.getByRole('button', { name: 'Add account' }).first().click()
      await page.getByLabel('Provider').selectOption('groq')
      await page.getByLabel('Key', { exact: true }).fill('gsk_bad')
      await page.getByRole('button', { name: 'Add account' }).click()
      await card('Groq').getByText('Groq refused the key (401: Invalid API Key).').waitFor()
      await card('Groq').getByText('Check or replace the key of this account in OmniRoute.').waitFor()
    })

    it('asks a generic server for its address and headers, and refuses what the contract refuses', async () => {
      const { page, backend } = await start(makeWorld())
      await page.getByRole('button', { name: 'Add account' }).first().click()
      await page.getByLabel('Provider').selectOption('openai-compatible')
      await page.getByRole('button', { name: 'Add account' }).click()
      await shown(page).getByText('Enter the address of the server.').waitFor()
      await page.getByLabel('Base URL').fill('ftp://nowhere')
      await page.getByLabel('Prefix', { exact: true }).fill('Not Allowed')
      await page.getByRole('button', { name: 'Add header' }).click()
      await page.getByLabel('Header 1, name').fill('bad name')
      await page.getByRole('button', { name: 'Add account' }).click()
      await shown(page).getByText('Enter a full address that starts with http:// or https://.').waitFor()
      await shown(page)
        .getByText(/Use lower-case letters/)
        .waitFor()
      await shown(page)
        .getByText(/A header name has letters/)
        .waitFor()
      await page.getByLabel('Base URL').fill('http://127.0.0.1:9999/v1')
      await page.getByLabel('Prefix', { exact: true }).fill('box')
      await page.getByLabel('Header 1, name').fill('x-team')
      await page.getByLabel('Header 1, value').fill('blue')
      await page.getByRole('button', { name: 'Add header' }).click()
      await page.getByRole('button', { name: 'Remove header 2' }).click()
      await page.getByRole('button', { name: 'Add account' }).click()
      await card('OpenAI-compatible server').getByText('http://127.0.0.1:9999/v1').waitFor()
      assert.deepEqual(backend.calls.findLast(({ method }) => method === 'accounts.add')?.params, {
        provider: 'openai-compatible',
        prefix: 'box',
        baseUrl: 'http://127.0.0.1:9999/v1',
        headers: { 'x-team': 'blue' },
      })
    })

    it('keeps what was typed and says so when adding fails', async () => {
      const world = makeWorld()
      world.plans.set('accounts.add', {
        failure: { code: 'internal', message: 'The disk is full.', nextStep: 'Make room.' },
      })
      const { page } = await start(world)
      await page.getByRole('button', { name: 'Add account' }).first().click()
      await page.getByLabel('Provider').selectOption('groq')
      await page.getByLabel('Key', { exact: true }).fill('gsk_good')
      await page.getByRole('button', { name: 'Add account' }).click()
      await shown(page).getByText('The disk is full.').waitFor()
      await shown(page).getByText('Make room.').waitFor()
      assert.equal(await page.getByLabel('Key', { exact: true }).inputValue(), 'gsk_good')
    })

    it('tests an account: shows that it is on the way, then the result, which can be dismissed', async () => {
      const world = makeFullWorld()
      world.plans.set('accounts.test', { delayMs: 300 })
      const { page } = await start(world)
      await page.getByRole('button', { name: 'Test Groq', exact: true }).click()
      await card('Groq').getByText('Testing…').waitFor()
      await card('Groq').getByText('Answered in 142ms').waitFor()
      assert.match((await page.getByRole('status').allTextContents()).join(' '), /It works\. The server answered/)
      await card('Groq').getByRole('button', { name: 'Dismiss result' }).click()
      assert.equal(await card('Groq').getByText('It works.').count(), 0)
    })

    it('edits an account: sends only what changed, tests it when the key changed', async () => {
      const { page, backend } = await start(makeFullWorld())
      await page.getByRole('button', { name: 'Edit Groq', exact: true }).click()
      await page.getByRole('heading', { name: 'Edit Groq' }).waitFor()
      assert.equal(await page.getByLabel('Key', { exact: true }).inputValue(), '')
      await page.getByLabel('Name', { exact: true }).fill('Groq renamed')
      await page.getByLabel('Key', { exact: true }).fill('gsk_new_9999')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('Groq renamed').getByText('It works.').waitFor()
      assert.deepEqual(backend.calls.find(({ method }) => method === 'accounts.update')?.params, {
        id: 'a-groq',
        label: 'Groq renamed',
        apiKey: 'gsk_new_9999',
      })
      assert.deepEqual(backend.calls.find(({ method }) => method === 'accounts.test')?.params, { id: 'a-groq' })
      await card('Groq renamed').getByText('…9999').waitFor()
    })

    it('shows the proxy that applies, and changes the proxy of an account', async () => {
      const world = makeFullWorld()
      const groq = world.accounts.find(({ id }) => id === 'a-groq')
      assert.ok(groq)
      const host = '10.0.0.1:3128'
      Object.assign(groq, { proxy: `http://••••@${host}`, route: { via: 'account', host } })
      const { page, backend } = await start(world)
      await card('Groq').getByText(`via proxy ${host} (account)`).waitFor()
      await page.getByRole('button', { name: 'Edit Groq', exact: true }).click()
      await page.getByText('More options').click()
      const field = page.getByLabel('Proxy', { exact: true })
      assert.equal(await field.inputValue(), `http://••••@${host}`)
      await field.fill('socks4://elsewhere')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.locator('#proxy-note').getByText('Enter http://, https:// or socks5://').waitFor()
      await field.fill('socks5://elsewhere:1080')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('Groq').getByText('It works.').waitFor()
      assert.deepEqual(backend.calls.find(({ method }) => method === 'accounts.update')?.params, {
        id: 'a-groq',
        proxy: 'socks5://elsewhere:1080',
      })
    })

    it('keeps what is being typed when the account changes meanwhile', async () => {
      const { page, backend } = await start(makeFullWorld())
      await page.getByRole('button', { name: 'Edit Groq', exact: true }).click()
      await page.getByLabel('Key', { exact: true }).fill('gsk_new_9999')
      const groq = backend.world.accounts.find(({ id }) => id === 'a-groq')
      assert.ok(groq)
      Object.assign(groq, { prefix: 'groq-moved' })
      backend.emit('accounts.changed', {})
      await card('Groq').getByText('groq-moved/').waitFor()
      assert.equal(await page.getByLabel('Key', { exact: true }).inputValue(), 'gsk_new_9999')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('Groq').getByText('It works.').waitFor()
      assert.deepEqual(backend.calls.find(({ method }) => method === 'accounts.update')?.params, {
        id: 'a-groq',
        apiKey: 'gsk_new_9999',
      })
    })

    it('gives an account its missing key by the link beside its state', async () => {
      const { page } = await start(makeFullWorld())
      await card('OpenAI').getByRole('link', { name: 'Enter the key' }).click()
      await page.getByLabel('Key', { exact: true }).fill('sk-proj-abcd')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('OpenAI').getByText('Ready').waitFor()
    })

    it('leaves an account as it was when the form is cancelled', async () => {
      const { page, backend } = await start(makeFullWorld())
      await page.getByRole('button', { name: 'Edit Groq', exact: true }).click()
      await page.getByLabel('Name', { exact: true }).fill('Something else')
      await page.keyboard.press('Escape')
      await page.getByRole('heading', { name: 'Edit Groq' }).waitFor({ state: 'detached' })
      await card('Groq').waitFor()
      assert.equal(
        backend.calls.some(({ method }) => method === 'accounts.update'),
        false,
      )
    })

    it('turns an account off and on again', async () => {
      const { page, backend } = await start(makeFullWorld())
      const toggle = page.getByRole('switch', { name: 'Use Groq', exact: true })
      await toggle.focus()
      await page.keyboard.press('Space')
      await card('Groq').getByText('Off', { exact: true }).waitFor()
      assert.equal(backend.world.accounts.find(({ id }) => id === 'a-groq')?.enabled, false)
      await page.keyboard.press('Space')
      await card('Groq').getByText('Ready').waitFor()
      assert.equal(await toggle.getAttribute('aria-checked'), 'true')
    })

    it('puts the switch back when the gateway refuses', async () => {
      const world = makeFullWorld()
      world.plans.set('accounts.update', { failure: { code: 'internal', message: 'The data is read-only.' } })
      const { page } = await start(world)
      const toggle = page.getByRole('switch', { name: 'Use Groq', exact: true })
      await toggle.focus()
      await page.keyboard.press('Space')
      await card('Groq').getByText('The data is read-only.').waitFor()
      await until(
        page,
        `!!document.querySelector('omni-dashboard').shadowRoot.querySelector('omni-providers-page').shadowRoot.querySelector('[data-account=a-groq]').shadowRoot.querySelector('vscode-checkbox').checked`,
      )
    })

    it('refreshes and shows the models of an account, with a filter when there are many', async () => {
      const { page, backend } = await start(makeFullWorld())
      await card('Box under the desk').getByRole('button', { name: 'Models: 30' }).click()
      const models = page.getByRole('region', { name: 'Models of Box under the desk' })
      await models.getByText('box/local-model-30').waitFor()
      await page.getByLabel('Filter models of Box under the desk').fill('model-2')
      await shown(page).getByText('11 of 30').waitFor()
      await page.getByRole('button', { name: 'Refresh models of Groq', exact: true }).click()
      await page.getByRole('status').getByText('Groq: 4 models.').waitFor({ state: 'attached' })
      assert.ok(backend.calls.some(({ method }) => method === 'accounts.refreshModels'))
    })

    it('asks inside the page before it removes an account', async () => {
      const { page, backend } = await start(makeFullWorld())
      await page.getByRole('button', { name: 'Remove Ollama' }).click()
      const question = page.getByRole('alertdialog', { name: 'Remove Ollama?' })
      await question.getByRole('button', { name: 'Keep' }).click()
      await question.waitFor({ state: 'detached' })
      assert.equal(backend.world.accounts.length, 6)
      await page.getByRole('button', { name: 'Remove Ollama' }).click()
      await question.getByRole('button', { name: 'Remove' }).click()
      await card('Ollama').waitFor({ state: 'detached' })
      assert.equal(
        backend.world.accounts.some(({ id }) => id === 'a-ollama'),
        false,
      )
    })

    it('follows accounts that change elsewhere', async () => {
      const { backend } = await start(makeFullWorld())
      await card('Groq').waitFor()
      const account = backend.world.accounts.find(({ id }) => id === 'a-groq')
      assert.ok(account)
      account.label = 'Renamed in another window'
      backend.emit('accounts.changed', {})
      await card('Renamed in another window').waitFor()
    })

    it('says what is wrong when the list cannot be read, and tries again', async () => {
      const world = makeFullWorld()
      world.plans.set('accounts.list', {
        failure: { code: 'internal', message: 'The database is busy.', nextStep: 'Wait a moment.' },
      })
      const { page } = await start(world)
      await shown(page).getByText('The database is busy.').waitFor()
      await shown(page).getByText('Wait a moment.').waitFor()
      world.plans.delete('accounts.list')
      await page.getByRole('button', { name: 'Try again' }).click()
      await card('Groq').waitFor()
    })

    it('keeps the form and unfolded models over a reload', async () => {
      const { page } = await start(makeFullWorld())
      await card('Groq').getByRole('button', { name: 'Models: 4' }).click()
      await page.getByRole('region', { name: 'Models of Groq' }).waitFor()
      await page.getByRole('button', { name: 'Edit Ollama' }).click()
      await page.getByRole('heading', { name: 'Edit Ollama' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Edit Ollama' }).waitFor()
      await page.getByRole('region', { name: 'Models of Groq' }).waitFor()
    })
  })
}
