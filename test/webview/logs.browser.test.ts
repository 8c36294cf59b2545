// The Logs page, driven as a person would: live rows, paging, filters, the detail with its trace.
import { strict as assert } from 'node:assert'
import { launch, type Opened, type OpenOptions, open, picture, quit, shown, until } from './harness.ts'
import { makeFullWorld, makeRequest, makeRequests, makeWorld, type World } from './world.ts'

for (const host of ['browser', 'editor'] as const) {
  describe(`dashboard in the ${host}: Logs`, function () {
    this.timeout(60_000)
    let opened: Opened

    before(launch)
    after(quit)

    async function start(world: World, options: OpenOptions = {}): Promise<Opened> {
      opened = await open(world, { host, width: 1400, ...options })
      await opened.page.getByRole('link', { name: 'Logs' }).click()
      return opened
    }

    afterEach(async () => {
      await opened.close()
      opened.assertClean()
    })

    const row = (id: string) => opened.page.locator(`tr[data-request="${id}"]`)
    const scroller =
      'document.querySelector("omni-dashboard").shadowRoot.querySelector("omni-logs-page").shadowRoot.querySelector("omni-request-table").shadowRoot.querySelector(".scroll")'

    it('shows a request with all its columns, unknown numbers as a dash', async () => {
      const { page } = await start(makeFullWorld())
      await row('req_00003').waitFor()
      const headers = await page.getByRole('columnheader').allInnerTexts()
      assert.deepEqual(headers, [
        'Time',
        'Client',
        'Model',
        'Account',
        'Status',
        'Tokens in',
        'Tokens out',
        'First byte',
        'Total',
        'Attempts',
      ])
      const rescued = (await row('req_00003').getByRole('cell').allInnerTexts()).map((text) =>
        text.replace(/\s+/g, ' ').trim(),
      )
      assert.deepEqual(rescued.slice(1), [
        'OpenAI/JS 6.9',
        'auto served by anthropic/claude-sonnet-4-5',
        'Claude (work)',
        '200 Served',
        '20,958',
        '812',
        '1.48s',
        '6.32s',
        '3',
      ])
      const failed = (await row('req_00004').getByRole('cell').allInnerTexts()).map((text) => text.trim())
      assert.deepEqual(failed.slice(5, 8), ['–', '–', '–'])
      assert.match(failed[4] ?? '', /^401\s+Account refused$/)
    })

    it('puts a new request on top as it happens, and counts it', async () => {
      const { page, backend } = await start(makeFullWorld())
      await row('req_00000').waitFor()
      backend.addRequest({ ...makeRequest(1, Date.now()), id: 'req_new', client: 'brand-new' })
      await row('req_new').waitFor()
      assert.equal(await page.locator('tbody tr[data-request]').first().getAttribute('data-request'), 'req_new')
      await shown(page).getByText('Showing 101 of 261').waitFor()
    })

    it('does not push away what is being read, and keeps the document small', async () => {
      const world = makeWorld()
      world.requests = makeRequests(3000)
      const { page, backend } = await start(world)
      await row('req_00000').waitFor()
      for (let turn = 0; turn < 8; turn++) {
        await page.evaluate(`${scroller}.scrollTop = 1e6`)
        await until(page, `${scroller}.scrollHeight > ${(turn + 2) * 100 * 26}`)
      }
      await page.evaluate(`${scroller}.scrollTop = 400 * 26`)
      await row('req_00405').waitFor()
      const before = (await row('req_00405').boundingBox())?.y
      for (let index = 0; index < 20; index++)
        backend.addRequest({ ...makeRequest(1, Date.now()), id: `live_${index}` })
      await until(page, `${scroller}.scrollTop === 420 * 26`)
      assert.equal((await row('req_00405').boundingBox())?.y, before)
      assert.ok((await page.locator('tbody tr').count()) < 120)
    })

    it('reads older requests on scrolling and by the button, each once', async () => {
      const { page, backend } = await start(makeFullWorld())
      await shown(page).getByText('Showing 100 of 260').waitFor()
      await page.getByRole('button', { name: 'Load older' }).click()
      await shown(page).getByText('Showing 200 of 260').waitFor()
      await page.evaluate(`${scroller}.scrollTop = 1e6`)
      await shown(page).getByText('Showing 260 of 260').waitFor()
      await page.evaluate(`${scroller}.scrollTop = 1e6`)
      await row('req_00259').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Load older' }).count(), 0)
      const cursors = backend.calls
        .filter(({ method }) => method === 'requests.page')
        .map(({ params }) => (params as { cursor?: string }).cursor)
      assert.deepEqual(cursors, [undefined, 'req_00099', 'req_00199'])
    })

    it('pauses and resumes: counts what came in meanwhile, then shows it', async () => {
      const { page, backend } = await start(makeFullWorld())
      await row('req_00000').waitFor()
      const pause = page.getByRole('button', { name: 'Pause' })
      await pause.click()
      assert.equal(await pause.getAttribute('aria-pressed'), 'true')
      backend.addRequest({ ...makeRequest(1, Date.now()), id: 'while_paused' })
      await shown(page).getByText('1 new').waitFor()
      assert.equal(await row('while_paused').count(), 0)
      await pause.click()
      await row('while_paused').waitFor()
    })

    it('filters by text and outcome, lets the gateway judge live rows, and clears the filter', async () => {
      const { page, backend } = await start(makeFullWorld())
      await row('req_00000').waitFor()
      await page.getByRole('button', { name: 'Failed', exact: true }).click()
      await row('req_00000').waitFor({ state: 'detached' })
      await row('req_00004').waitFor()
      backend.addRequest({ ...makeRequest(1, Date.now()), id: 'live_served' })
      backend.addRequest({ ...makeRequest(4, Date.now()), id: 'live_failed' })
      await row('live_failed').waitFor()
      assert.equal(await row('live_served').count(), 0)
      await page.getByLabel('Filter requests').fill('no such thing')
      await shown(page).getByText('No request matches the filter').waitFor()
      await page.getByRole('button', { name: 'Clear filter' }).click()
      await row('live_served').waitFor()
      assert.equal(await page.getByLabel('Filter requests').inputValue(), '')
      await page.getByLabel('Filter requests').fill('copilot')
      await shown(page).getByText('Showing 66 of 66').waitFor()
    })

    it('opens a request: trace in words and bars, warnings, facts; copies it as JSON; closes', async () => {
      const { page, backend } = await start(makeFullWorld())
      await row('req_00003').getByText('OpenAI/JS 6.9').click()
      const steps = page.locator('omni-trace-steps li')
      await steps.first().waitFor()
      assert.deepEqual(
        (await steps.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
        [
          'Decided the combo "best" goes through its members in order',
          'Skipped ollama/local-model-1 via Ollama The account is turned off.',
          'Skipped groq/qwen/qwen3-32b via Groq, second key Resting for 95 s after a rate limit.',
          'Failed groq/llama-3.3-70b-versatile via Groq 237ms 429 Rate limited · Groq asks to wait 95 s: tokens per minute are used up.',
          'Waited box/local-model-1 via Box under the desk 180ms for the limit of 2 requests at the same time',
          'Tried again box/local-model-1 via Box under the desk 400ms after a connection that was reset',
          'Key renewed anthropic/claude-sonnet-4-5 via Claude (work) 90ms the token had run out',
          'Failed box/local-model-1 via Box under the desk 739ms Unreachable · No connection to 192.168.1.20:8080 (ECONNREFUSED).',
          'Served anthropic/claude-sonnet-4-5 via Claude (work) 5.34s, first byte 496ms',
        ],
      )
      const bars: (string | null)[][] = []
      for (const bar of await steps.nth(8).locator('rect').all()) {
        bars.push(await Promise.all(['class', 'x', 'width'].map((name) => bar.getAttribute(name))))
      }
      assert.deepEqual(bars, [
        ['wait', '15.57%', '7.85%'],
        ['answer', '23.42%', '76.58%'],
        ['edge', '15.57%', '2'],
      ])
      assert.equal(await steps.nth(0).locator('rect').count(), 0)
      await shown(page).getByText('Anthropic has no such parameter; it was left out.').waitFor()
      await shown(page).getByText('Written to cache').waitFor()
      await page.getByRole('button', { name: 'Copy as JSON' }).click()
      await page.getByRole('status').getByText('Copied.').waitFor({ state: 'attached' })
      const copied = JSON.parse((await page.evaluate('navigator.clipboard.readText()')) as string) as unknown
      assert.deepEqual(copied, backend.world.requests[3])
      await shown(page).getByText('$0.025, by list prices').waitFor()
      await page.getByRole('button', { name: 'Copy the explanation' }).click()
      const told = page.getByRole('region', { name: 'Explanation' })
      await told.getByText('Answered in 6.3 s with 812 tokens.').waitFor()
      assert.match((await page.evaluate('navigator.clipboard.readText()')) as string, /429 rate_limited.*\nAsked for/)
      await picture(page, `${host}-log-detail`)
      await page.getByRole('link', { name: 'Close details' }).click()
      await steps.first().waitFor({ state: 'detached' })
    })

    it('says for a failed request what happened and what to do next', async () => {
      const { page } = await start(makeFullWorld())
      await row('req_00004').getByText('Account refused').click()
      await page
        .getByText('OpenAI refused the key of the account "OpenAI" (401: Incorrect API key provided).')
        .waitFor()
      await shown(page).getByText('Check or replace the key of this account in OmniRoute.').waitFor()
    })

    it('comes back to the same request after a reload', async () => {
      const { page } = await start(makeFullWorld())
      await row('req_00003').getByText('OpenAI/JS 6.9').click()
      await page.getByRole('heading', { name: 'Trace' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Trace' }).waitFor()
      if (host === 'browser') assert.equal(new URL(page.url()).hash, '#/logs/req_00003')
    })

    it('says so when a request is gone, and when the log cannot be read', async () => {
      const world = makeFullWorld()
      const { page } = await start(world)
      await row('req_00003').waitFor()
      world.plans.set('requests.get', { failure: { code: 'unknown_path', message: 'This request was deleted.' } })
      await row('req_00003').getByText('OpenAI/JS 6.9').click()
      await shown(page).getByText('This request was deleted.').waitFor()
      world.plans.set('requests.page', { failure: { code: 'internal', message: 'The log is damaged.' } })
      await page.getByRole('button', { name: 'Served', exact: true }).click()
      await shown(page).getByText('The log is damaged.').waitFor()
      world.plans.clear()
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await shown(page).getByText('The log is damaged.').waitFor({ state: 'detached' })
    })

    it('clears the log after asking', async () => {
      const { page, backend } = await start(makeFullWorld())
      await row('req_00000').waitFor()
      await page.getByRole('button', { name: 'Clear log' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Keep' }).click()
      await row('req_00000').waitFor()
      await page.getByRole('button', { name: 'Clear log' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
      await shown(page).getByText('No requests yet').waitFor()
      assert.equal(backend.world.requests.length, 0)
    })

    it('shows the detail instead of the list where there is no room for both', async () => {
      const { page } = await start(makeFullWorld(), { width: 600 })
      await row('req_00003').getByRole('link').click()
      await page.getByRole('heading', { name: 'Trace' }).waitFor()
      assert.equal(await page.getByRole('table').count(), 0)
      await page.getByRole('link', { name: 'Back to the list' }).click()
      await row('req_00003').waitFor()
    })
  })
}
