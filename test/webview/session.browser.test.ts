// What holds for the whole page: signing in and out, a gateway that goes and comes back, answers it can't understand.
import { strict as assert } from 'node:assert'
import { adminKey } from './backend.ts'
import { launch, type Opened, type OpenOptions, open, quit, shown } from './harness.ts'
import { makeFullWorld, makeRequest, type World } from './world.ts'

describe('dashboard: session and connection', function () {
  this.timeout(60_000)
  let opened: Opened

  before(launch)
  after(quit)

  async function start(world: World, options: OpenOptions = {}): Promise<Opened> {
    opened = await open(world, options)
    return opened
  }

  afterEach(async () => {
    await opened.close()
    opened.assertClean()
  })

  it('asks a browser for the admin key, refuses a wrong one in words, and opens with the right one', async () => {
    const { page, backend } = await start(makeFullWorld(), { signedIn: false, hash: '#/logs' })
    const key = page.getByLabel('Admin key')
    await key.waitFor()
    assert.equal(await page.getByRole('navigation').count(), 0)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shown(page).getByText('Enter the admin key.').first().waitFor()
    await key.fill('omr-a-gateway-key')
    await page.keyboard.press('Enter')
    await shown(page).getByText('That is not the admin key of this gateway.').first().waitFor()
    await key.fill(adminKey)
    await page.keyboard.press('Enter')
    await shown(page).getByText('Showing 100 of 260').waitFor()
    assert.equal(backend.calls.length > 0, true)
    assert.equal(await page.evaluate('document.cookie'), '')
    assert.equal(await page.evaluate(`JSON.stringify({ ...sessionStorage, ...localStorage }).includes('omra-')`), false)
  })

  it('shows at once what a server says that refuses before it reads the call, or that is none of ours', async () => {
    const { page, backend } = await start(makeFullWorld(), { signedIn: false })
    const failure = { code: 'rate_limited', message: 'Too many wrong keys.', nextStep: 'Wait a minute.' }
    backend.refusal = { status: 429, body: JSON.stringify({ error: failure }) }
    await page.getByLabel('Admin key').fill(adminKey)
    await page.keyboard.press('Enter')
    await shown(page).getByText('Too many wrong keys. Wait a minute.').waitFor()
    backend.refusal = undefined
    await page.keyboard.press('Enter')
    await page.getByRole('article').first().waitFor()
    backend.refusal = { status: 413, body: JSON.stringify({ error: { code: 'body_too_large', message: 'Too much.' } }) }
    await page.getByRole('button', { name: 'Test Groq', exact: true }).click()
    await shown(page).getByText('Too much.').waitFor()
    backend.refusal = { status: 200, body: '<html>another program</html>' }
    await page.getByRole('button', { name: 'Test Groq', exact: true }).click()
    await shown(page).getByText('The gateway answered with status 200 and nothing this page can read.').waitFor()
  })

  it('receives events after signing in', async () => {
    const { page, backend } = await start(makeFullWorld(), { signedIn: false, hash: '#/logs' })
    await page.getByLabel('Admin key').fill(adminKey)
    await page.keyboard.press('Enter')
    await shown(page).getByText('Showing 100 of 260').waitFor()
    await waitUntil(() => backend.eventStreams === 1)
    backend.addRequest({ ...makeRequest(0, Date.now()), id: 'after_sign_in' })
    await page.locator('tr[data-request=after_sign_in]').waitFor()
  })

  it('signs out, and stays out after a reload', async () => {
    const { page } = await start(makeFullWorld())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Admin key').waitFor()
    await page.reload()
    await page.getByLabel('Admin key').waitFor()
  })

  it('comes back to the sign-in when the session ends at the gateway', async () => {
    const { page, backend } = await start(makeFullWorld())
    await shown(page).getByText('Running').waitFor()
    await waitUntil(() => backend.eventStreams === 1)
    backend.endSessions()
    await page.getByLabel('Admin key').waitFor()
  })

  it('says that the connection is lost, and catches up when it is back', async () => {
    const { page, backend } = await start(makeFullWorld())
    await shown(page).getByText('Running').waitFor()
    await waitUntil(() => backend.eventStreams === 1)
    await backend.stop()
    await shown(page).getByText('Connection lost, trying again…').first().waitFor()
    const account = backend.world.accounts[1]
    assert.ok(account)
    account.label = 'Changed while away'
    await backend.start()
    await shown(page).getByText('Running').waitFor()
    await page.getByRole('article', { name: 'Changed while away' }).waitFor()
  })

  it('copies the endpoint, shows counts, and follows them', async () => {
    const { page, backend } = await start(makeFullWorld())
    await page.getByRole('button', { name: 'Copy endpoint' }).click()
    await page.getByRole('status').getByText('Copied.').waitFor({ state: 'attached' })
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'http://127.0.0.1:20128')
    const counts = async () => (await page.locator('omni-status-strip dl').innerText()).replace(/\s+/g, ' ')
    assert.equal(await counts(), 'Active 2 Accounts 6 Models 74 Served 231 Failed 29')
    backend.emit('gateway.changed', {
      ...backend.world.status,
      activeRequests: 7,
      requests: { served: 1204, failed: 0 },
    })
    await page.locator('omni-status-strip').getByText('1,204').waitFor()
    assert.match(await counts(), /^Active 7 .* Served 1,204 Failed 0$/)
  })

  it('reads everything anew when another gateway has taken over', async () => {
    const { page, backend } = await start(makeFullWorld(), { host: 'editor' })
    await page.getByRole('article', { name: 'Groq', exact: true }).waitFor()
    const account = backend.world.accounts[1]
    assert.ok(account)
    account.label = 'Known to the new gateway'
    backend.world.status.startedAt += 60_000
    backend.emit('gateway.changed', backend.world.status)
    await page.getByRole('article', { name: 'Known to the new gateway' }).waitFor()
  })

  it('goes where the editor opens it, and nowhere else for what is no route', async () => {
    const { page } = await start(makeFullWorld(), { host: 'editor', state: { hash: '#/logs' } })
    const tell = (message: unknown) => page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`)
    await shown(page).getByText('Showing 100 of 260').waitFor()
    for (const nonsense of [{ navigate: 7 }, { navigate: 'https://example.invalid' }, null, 'x']) await tell(nonsense)
    await tell({ navigate: '#/routing' })
    await page.getByRole('heading', { level: 1, name: 'Routing' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Routing', exact: true }).getAttribute('aria-current'), 'page')
  })

  it('shows what the gateway has to say about its storage', async () => {
    const world = makeFullWorld()
    world.status.storageNotice = 'A damaged file was set aside; the state of yesterday is used.'
    const { page } = await start(world)
    await shown(page).getByText('A damaged file was set aside; the state of yesterday is used.').waitFor()
  })

  for (const host of ['browser', 'editor'] as const) {
    it(`refuses an answer that is not of the contract's form (${host})`, async () => {
      const world = makeFullWorld()
      world.plans.set('accounts.list', { result: [{ id: 'x', label: 5 }] })
      const { page } = await start(world, { host })
      await shown(page).getByText('The gateway answered in a form this page does not know.').waitFor()
      await shown(page).getByText('Reload the page; it may be older than the gateway.').waitFor()
    })

    it(`is not moved by messages it does not know, and reads anew after a broken event (${host})`, async () => {
      const { page, backend } = await start(makeFullWorld(), { host })
      await page.getByRole('article', { name: 'Groq', exact: true }).waitFor()
      if (host === 'browser') await waitUntil(() => backend.eventStreams === 1)
      for (const message of [null, 'text', 7, [], { id: 'x' }, { id: 9e9, result: 1 }, { event: 'made.up', data: {} }])
        backend.emitRaw(message)
      const before = backend.calls.filter(({ method }) => method === 'accounts.list').length
      const account = backend.world.accounts[1]
      assert.ok(account)
      account.label = 'Read anew'
      backend.emitRaw({ event: 'requests.added', data: { nonsense: true } })
      await page.getByRole('article', { name: 'Read anew' }).waitFor()
      assert.equal(backend.calls.filter(({ method }) => method === 'accounts.list').length, before + 1)
    })
  }

  it('says so when the extension does not answer in time', async () => {
    const world = makeFullWorld()
    world.plans.set('accounts.list', { delayMs: 3_600_000 })
    opened = await open(world, { host: 'editor', clock: true })
    await shown(opened.page).getByText('Reading the accounts…').waitFor()
    await opened.page.clock.fastForward(21_000)
    await shown(opened.page).getByText('The gateway did not answer in time.').waitFor()
  })
})

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 25))
  assert.ok(condition(), 'waited ten seconds in vain')
}
