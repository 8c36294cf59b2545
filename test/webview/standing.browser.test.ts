// What is left of quotas, what rests, what is spent: shown as it was told, with its age, by the page's clock, and ended by hand.
import { strict as assert } from 'node:assert'
import type { Locator } from 'playwright-core'
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
import { addRouting, makeFullWorld, type World } from './world.ts'

const minute = 60_000

describe('dashboard: standing', function () {
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

  const card = (label: string): Locator => opened.page.getByRole('article', { name: label, exact: true })
  const quotas = (label: string): Locator => card(label).getByRole('list', { name: `Quotas of ${label}` })
  const calls = (method: string) => opened.backend.calls.filter((call) => call.method === method)
  const text = async (place: Locator) => (await place.innerText()).replaceAll(/\s+/g, ' ')

  it('shows the tightest window first, with name, share, numbers, reset, source and age', async () => {
    await start(makeFullWorld())
    const items = quotas('Claude (work)').getByRole('listitem')
    await items.first().waitFor()
    assert.match(await text(items.nth(0)), /^Plan, 5 hours 12% left resets in 2 hr from headers, 2 min ago$/)
    assert.match(await text(items.nth(1)), /^Plan, 7 days 63% left resets in 3 days from headers, 2 min ago$/)
    const gauge = items.nth(0).getByRole('meter', { name: 'Plan, 5 hours' })
    assert.equal(await gauge.getAttribute('aria-valuenow'), '12')
    assert.equal(await gauge.getAttribute('aria-valuetext'), '12% left')
  })

  it('names the model of a window, says what is used up and what is unknown, and unfolds more than four', async () => {
    const world = makeFullWorld()
    const box = world.accounts.find(({ id }) => id === 'a-box')
    assert.ok(box)
    box.tier = 'local'
    const openai = world.accounts.find(({ id }) => id === 'a-openai')
    assert.ok(openai)
    openai.hasKey = true
    const { page } = await start(world)
    const items = quotas('Groq').getByRole('listitem')
    await items.first().waitFor()
    assert.equal(await items.count(), 4)
    assert.match(
      await text(items.nth(0)),
      /^Requests per day qwen\/qwen3-32b Used up 0 of 1,000 left · resets in 3 hr from a refusal, 2 min ago$/,
    )
    assert.match(
      await text(items.nth(1)),
      /^Tokens per minute llama-3.3-70b-versatile 20% left 1,200 of 6,000 left · full in \d+ sec/,
    )
    await card('Groq').getByRole('button', { name: 'Show all 5 quotas' }).click()
    assert.match(await text(items.nth(4)), /^Tokens per minute qwen\/qwen3-32b Unknown limit of 6,000 · reset unknown/)
    assert.equal(await items.nth(4).getByRole('meter').count(), 0)
    assert.match(
      await text(quotas('Groq, second key')),
      /^Credits 4.2 left reset unknown asked of the vendor, just now$/,
    )
    await card('OpenAI').getByText('Quota unknown').waitFor()
    // A local server has no quota, and without key and server there is nobody who counts.
    assert.equal(await card('Box under the desk').getByText('Quota unknown').count(), 0)
    assert.equal(await card('Ollama').getByText('Quota unknown').count(), 0)
    assert.equal(await shown(page).getByText('undefined').count(), 0)
  })

  it('says of each rest why, until when and who says so', async () => {
    await start(makeFullWorld())
    const rests = card('Groq, second key')
      .getByRole('list', { name: 'Rests of Groq, second key' })
      .getByRole('listitem')
    await rests.first().waitFor()
    assert.match(
      await text(rests.nth(0)),
      /^Rate limited whole account · until \d\d:\d\d:\d\d \(in .+\) · named by the vendor Ask again now$/,
    )
    assert.match(await text(rests.nth(1)), /^Timed out llama-3.3-70b-versatile · until .+ \(in \d+ sec.*\) · our guess/)
  })

  it('ends a rest by hand, and keeps the focus near', async () => {
    const { page } = await start(makeFullWorld())
    const own = card('Groq, second key')
    await own.getByRole('button', { name: 'Ask again now: llama-3.3-70b-versatile' }).focus()
    await page.keyboard.press('Enter')
    await own.getByText('Timed out').waitFor({ state: 'detached' })
    assert.deepEqual(calls('standing.clear').at(-1)?.params, { accountId: 'a-groq2', model: 'llama-3.3-70b-versatile' })
    const whole = own.getByRole('button', { name: 'Ask again now: Groq, second key' })
    assert.ok(await whole.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button))
    await page.keyboard.press('Enter')
    await own.getByText('Ready').waitFor()
    await whole.waitFor({ state: 'detached' })
    assert.deepEqual(calls('standing.clear').at(-1)?.params, { accountId: 'a-groq2' })
    const test = page.getByRole('button', { name: 'Test Groq, second key' })
    assert.ok(await test.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button))
    await page
      .getByRole('status')
      .getByText('Groq, second key is asked again with the next request.')
      .waitFor({ state: 'attached' })
  })

  it('says that a rest counts for all accounts of a provider, and ends it for all of them', async () => {
    const world = makeFullWorld()
    const rest = { reason: 'overloaded (529)', until: Date.now() + 10 * minute, named: true, shared: true }
    for (const id of ['a-groq', 'a-groq2']) {
      world.standing.set(id, { quotas: [], rests: [rest] })
    }
    const { page } = await start(world)
    const rests = card('Groq').getByRole('list', { name: 'Rests of Groq' }).getByRole('listitem')
    await rests.first().waitFor()
    assert.match(await text(rests.first()), /^Overloaded all accounts of this provider · until/)
    const button = card('Groq').getByRole('button', { name: 'Ask again now: Groq' })
    assert.equal(
      await button.getAttribute('title'),
      'Forgets this rest for all accounts of this provider; the next request finds out anew.',
    )
    await button.click()
    await rests.first().waitFor({ state: 'detached' })
    await card('Groq, second key').getByText('Overloaded').waitFor({ state: 'detached' })
    assert.deepEqual(calls('standing.clear').at(-1)?.params, { accountId: 'a-groq' })
    await page
      .getByRole('status')
      .getByText('Groq and the other accounts of its provider are asked again with the next request.')
      .waitFor({ state: 'attached' })
  })

  it('says why a rest could not be ended, and shows the list where the standing cannot be read', async () => {
    const world = makeFullWorld()
    world.plans.set('standing.clear', { failure: { code: 'internal', message: 'The data is read-only.' } })
    const { page } = await start(world)
    await card('Groq').getByRole('button', { name: 'Ask again now: qwen/qwen3-32b' }).click()
    await card('Groq').getByText('The data is read-only.').waitFor()
    world.plans.set('standing.get', { result: { nonsense: true } })
    await page.reload()
    await shown(page).getByText('in a form this page does not know').waitFor()
    await card('Groq').getByText('Ready').waitFor()
    assert.equal(await card('OpenAI').getByText('Quota unknown').count(), 0)
  })

  it('counts down by its clock; past its reset a window is unknown and keeps its height', async () => {
    const { page, backend } = await start(makeFullWorld(), { clock: true })
    const items = quotas('Groq').getByRole('listitem')
    await items.first().waitFor()
    const height = async () => (await card('Groq').boundingBox())?.height
    const before = await height()
    await page.clock.runFor(20_000)
    await items
      .nth(1)
      .getByText(/full in 2\d sec/)
      .waitFor()
    // The gateway forgets a window at its reset.
    const groq = backend.world.standing.get('a-groq')
    assert.ok(groq)
    groq.quotas.splice(1, 1)
    await page.clock.runFor(minute)
    const all = card('Groq').getByRole('button', { name: 'Show all 5 quotas' })
    assert.equal(await height(), before)
    await all.click()
    const passed = items.filter({ hasText: 'Unknown since the reset' })
    await passed.first().waitFor()
    assert.match(await text(passed.filter({ hasText: 'llama' })), /limit of 6,000 · reset \d min ago from headers/)
    assert.equal(await passed.getByRole('meter').count(), 0)
  })

  it('is read once a minute, and at most once a second however often accounts change', async () => {
    const { page, backend } = await start(makeFullWorld(), { clock: true })
    await quotas('Groq').waitFor()
    assert.equal(calls('standing.get').length, 1)
    await page.clock.runFor(minute + 1_000)
    await waitFor(() => calls('standing.get').length === 2)
    for (let turn = 0; turn < 20; turn++) backend.emit('accounts.changed', {})
    await waitFor(() => calls('standing.get').length === 3)
    const groq = backend.world.standing.get('a-groq')
    assert.ok(groq)
    groq.rests = []
    await page.clock.runFor(1_100)
    await waitFor(() => calls('standing.get').length === 4)
    await card('Groq').getByText('Quota used up').waitFor({ state: 'detached' })
    await page.clock.runFor(5_000)
    assert.equal(calls('standing.get').length, 4)
  })

  it('fits 320 pixels', async () => {
    const { page } = await start(makeFullWorld(), { width: 320, height: 700 })
    await card('Groq').getByRole('button', { name: 'Show all 5 quotas' }).click()
    await picture(page, 'standing-320')
    assert.equal(await sidewaysScroll(page), 0)
    assert.deepEqual(await axeFindings(page), [])
  })

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
    it(`has nothing for axe to find with all unfolded: ${theme}`, async () => {
      const { page } = await start(makeFullWorld(), { host: 'editor', theme })
      await card('Groq').getByRole('button', { name: 'Show all 5 quotas' }).click()
      await picture(page, `standing-${theme}`)
      assert.deepEqual(await axeFindings(page), [])
    })
  }

  it('shows what is spent of a budget, as a meter and in words, and follows it', async () => {
    const world = addRouting(makeFullWorld())
    const { backend } = await start(world, { hash: '#/routing/budgets' })
    const entry = opened.page.locator('[data-group=budgets]').getByRole('group', { name: 'budget 1' })
    await entry.getByText('$16.40 of $20.00 spent').waitFor()
    await entry.getByText('Past the warning').waitFor()
    const gauge = entry.getByRole('meter', { name: 'Spent of budget 1' })
    assert.equal(await gauge.getAttribute('aria-valuenow'), '82')
    assert.match(
      await text(entry.locator('.spending')),
      /\$0\.12 held for running requests · Requests of unknown cost, not counted: 3 · starts anew/,
    )
    await entry.getByLabel('Sum').fill('40')
    const [first] = world.spending
    assert.ok(first)
    world.spending = [{ ...first, level: 'stop', spentUsd: 20.5 }]
    backend.emit('budget.reached', { id: 'b1', level: 'stop', spentUsd: 20.5, usd: 20, endsAt: first.endsAt })
    await entry.getByText('Used up: targets that cost money are left out').waitFor()
    assert.equal(await gauge.getAttribute('aria-valuenow'), '100')
    assert.equal(await entry.getByLabel('Sum').inputValue(), '40')
  })
})

async function waitFor(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isSo(); turn++) await new Promise((resolve) => setTimeout(resolve, 25))
  assert.ok(isSo())
}
