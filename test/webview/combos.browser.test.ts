// The Combos page, driven as a person would: adding by name, moving by keyboard, what the gateway refuses, switching, removing.
import { strict as assert } from 'node:assert'
import type { Locator } from 'playwright-core'
import { launch, type Opened, type OpenOptions, open, quit, shown } from './harness.ts'
import { addRouting, makeFullWorld, makeWorld, type World } from './world.ts'

for (const host of ['browser', 'editor'] as const) {
  describe(`dashboard in the ${host}: Combos`, function () {
    this.timeout(60_000)
    let opened: Opened

    before(launch)
    after(quit)

    async function start(world: World, hash = '#/combos', options: OpenOptions = {}): Promise<Opened> {
      const way = host === 'editor' ? { state: { hash } } : { hash }
      opened = await open(world, { host, ...way, ...options })
      return opened
    }

    afterEach(async () => {
      await opened.close()
      opened.assertClean()
    })

    const full = () => addRouting(makeFullWorld())
    const card = (name: string): Locator => opened.page.getByRole('article', { name, exact: true })
    const put = () => opened.backend.calls.findLast(({ method }) => method === 'combos.put')?.params
    const order = async () =>
      (await opened.page.locator('omni-member-editor ol > li code').allTextContents()).map((text) => text.trim())

    it('shows each combo with its strategy in words and how its members are connected', async () => {
      await start(full())
      const best = await card('best').innerText()
      for (const part of ['In order', 'anthropic/claude-sonnet-4-5', 'Ready', 'Needs a key', 'Off', 'Reasoning: high'])
        assert.ok(best.includes(part), `${part} in ${best}`)
      const team = await card('team/shared').innerText()
      for (const part of ['By weight', 'Weight 3', 'Combo', 'No account offers it'])
        assert.ok(team.includes(part), `${part} in ${team}`)
      await shown(opened.page).getByText('auto/coding').waitFor()
    })

    it('says what a combo is for when there is none, and adds the first', async () => {
      const { page } = await start({ ...makeFullWorld(), combos: [] })
      await shown(page).getByText('A combo is a name for several models').waitFor()
      await page.getByRole('button', { name: 'Add combo' }).click()
      await page.getByRole('heading', { name: 'Add combo' }).waitFor()
      await page.keyboard.type('quick')
      await page.getByLabel('Strategy').selectOption('fastest')
      await shown(page).getByText('The one whose answers began soonest lately is asked. All others').waitFor()
      const field = page.getByRole('combobox', { name: 'Add a member' })
      await field.fill('gpt-oss')
      await page.getByRole('listbox').getByRole('option', { name: 'groq/openai/gpt-oss-120b' }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await field.fill('an-alias')
      await page.keyboard.press('Enter')
      assert.deepEqual(await order(), ['groq/openai/gpt-oss-120b', 'an-alias'])
      await page.getByRole('button', { name: 'Add combo' }).last().click()
      await card('quick').waitFor()
      assert.deepEqual(put(), {
        name: 'quick',
        strategy: 'fastest',
        enabled: true,
        members: [{ model: 'groq/openai/gpt-oss-120b' }, { model: 'an-alias' }],
      })
    })

    it('moves members by keyboard, keeps the focus on the one that moves and says its place', async () => {
      const { page } = await start(full(), '#/combos/edit/c-best')
      const up = page.getByRole('button', { name: 'Move openai/gpt-5.1 up' })
      await up.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('status').getByText('openai/gpt-5.1 is now 2 of 4.').waitFor({ state: 'attached' })
      assert.equal((await order())[1], 'openai/gpt-5.1')
      assert.ok(await up.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button))
      await page.keyboard.press('Alt+ArrowUp')
      assert.equal((await order())[0], 'openai/gpt-5.1')
      await page.keyboard.press('Alt+ArrowUp')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'Edit best' }).waitFor({ state: 'detached' })
      assert.deepEqual(
        (put() as { members: { model: string }[] }).members.map(({ model }) => model),
        ['openai/gpt-5.1', 'anthropic/claude-sonnet-4-5', 'groq/llama-3.3-70b-versatile', 'auto/cheap'],
      )
    })

    it('keeps what the form does not show: overrides, and a member that is off', async () => {
      const { page, backend } = await start(full(), '#/combos/edit/c-best')
      const before = structuredClone(backend.world.combos[0])
      await page.getByLabel('Name', { exact: true }).fill('better')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('better').waitFor()
      assert.deepEqual(backend.world.combos[0], { ...before, name: 'better' })
    })

    it('moves a member by dragging it', async () => {
      const { page } = await start(full(), '#/combos/edit/c-best')
      const rows = page.locator('omni-member-editor ol > li')
      await rows.nth(2).locator('.grip').dragTo(rows.nth(0))
      assert.equal((await order())[0], 'openai/gpt-5.1')
    })

    it('asks for weights only where they count, and refuses what is none', async () => {
      const { page } = await start(full(), '#/combos/edit/c-best')
      await page.getByRole('heading', { name: 'Edit best' }).waitFor()
      assert.equal(await page.getByLabel(/^Weight of/).count(), 0)
      await page.getByLabel('Strategy').selectOption('weighted')
      await page.getByLabel('Weight of openai/gpt-5.1').fill('-2')
      await page.getByRole('button', { name: 'Save' }).click()
      await shown(page).getByText('A number from 0 to 1,000.').waitFor()
      assert.equal(await page.getByLabel('Weight of openai/gpt-5.1').getAttribute('aria-invalid'), 'true')
      assert.equal(put(), undefined)
      await page.getByLabel('Weight of openai/gpt-5.1').fill('2')
      await page.getByRole('button', { name: 'Save' }).click()
      await card('best').getByText('Weight 2').waitFor()
    })

    it('says at the fields what is missing', async () => {
      const { page } = await start(full(), '#/combos/add')
      await page.getByRole('button', { name: 'Add combo' }).last().click()
      await shown(page).getByText('Enter a name.').waitFor()
      await shown(page).getByText('Add at least one member.').waitFor()
      assert.equal(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid'), 'true')
    })

    it('shows what the gateway refuses at the field it refuses, and keeps what was typed', async () => {
      const world = full()
      const failure = { code: 'invalid_request', message: 'There is already a combo "night".', parameter: 'name' }
      world.plans.set('combos.put', { failure })
      const { page } = await start(world, '#/combos/edit/c-best')
      const name = page.getByLabel('Name', { exact: true })
      await name.fill('night')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.locator('#name-note').getByText('There is already a combo "night".').waitFor()
      assert.equal(await name.inputValue(), 'night')
      assert.equal(await name.getAttribute('aria-invalid'), 'true')
      world.plans.set('combos.put', {
        failure: { ...failure, message: 'The combo would contain itself: best → best.', parameter: 'members.0' },
      })
      await page.getByRole('button', { name: 'Save' }).click()
      await page.locator('#members-note').getByText('The combo would contain itself').waitFor()
      world.plans.set('combos.put', {
        failure: { code: 'internal', message: 'The disk is full.', nextStep: 'Make room.' },
      })
      await page.getByRole('button', { name: 'Save' }).click()
      await shown(page).getByText('Make room.').waitFor()
    })

    it('copies a name, turns a combo off, and puts the switch back when the gateway refuses', async () => {
      const world = full()
      const { page, backend } = await start(world)
      await page.getByRole('button', { name: 'Copy the name team/shared' }).click()
      await page.getByRole('status').getByText('Copied.').waitFor({ state: 'attached' })
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'team/shared')
      const toggle = page.getByRole('switch', { name: 'Use best', exact: true })
      await toggle.focus()
      await page.keyboard.press('Space')
      await page.getByRole('status').getByText('best is off.').waitFor({ state: 'attached' })
      assert.equal(backend.world.combos[0]?.enabled, false)
      world.plans.set('combos.put', { failure: { code: 'internal', message: 'The data is read-only.' } })
      await page.keyboard.press('Space')
      await card('best').getByText('The data is read-only.').waitFor()
      assert.equal(await toggle.getAttribute('aria-checked'), 'false')
    })

    it('asks before it removes a combo', async () => {
      const { page, backend } = await start(full())
      await page.getByRole('button', { name: 'Remove night' }).click()
      const question = page.getByRole('alertdialog', { name: 'Remove night?' })
      await page.keyboard.press('Escape')
      await question.waitFor({ state: 'detached' })
      assert.equal(backend.world.combos.length, 3)
      await page.getByRole('button', { name: 'Remove night' }).click()
      await question.getByRole('button', { name: 'Remove' }).click()
      await card('night').waitFor({ state: 'detached' })
      assert.equal(backend.world.combos.length, 2)
    })

    it('follows combos that change elsewhere, and says when the one in the form is gone', async () => {
      const { page, backend } = await start(full(), '#/combos/edit/c-off')
      await page.getByRole('heading', { name: 'Edit night' }).waitFor()
      backend.world.combos = backend.world.combos.filter(({ id }) => id !== 'c-off')
      backend.emit('combos.changed', {})
      await shown(page).getByText('The combo to edit is gone.').waitFor()
    })

    it('says what is wrong when the list cannot be read, and tries again', async () => {
      const world = makeWorld()
      world.plans.set('combos.list', { failure: { code: 'internal', message: 'The database is busy.' } })
      const { page } = await start(world)
      await shown(page).getByText('The database is busy.').waitFor()
      world.plans.delete('combos.list')
      await page.getByRole('button', { name: 'Try again' }).click()
      await shown(page).getByText('Put models behind one name').waitFor()
    })
  })
}
