// The Keys page: a key is shown once and never again, its default model is kept beside those of the others, revoking asks first.
import { strict as assert } from 'node:assert'
import type { Locator } from 'playwright-core'
import { launch, type Opened, open, quit, shown } from './harness.ts'
import { addRouting, makeFullWorld, type World } from './world.ts'

const secret = 'omr-test-key-that-is-shown-once-Zq3x'

for (const host of ['browser', 'editor'] as const) {
  describe(`dashboard in the ${host}: Keys`, function () {
    this.timeout(60_000)
    let opened: Opened

    before(launch)
    after(quit)

    async function start(world: World = addRouting(makeFullWorld())): Promise<Opened> {
      opened = await open(world, host === 'editor' ? { host, state: { hash: '#/keys' } } : { host, hash: '#/keys' })
      return opened
    }

    afterEach(async () => {
      await opened.close()
      opened.assertClean()
    })

    const card = (name: string): Locator => opened.page.getByRole('article', { name, exact: true })

    it('creates a key, shows it once with a warning, copies it, and forgets it', async () => {
      const { page } = await start()
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.keyboard.type('laptop')
      await page.keyboard.press('Enter')
      await shown(page).getByText('it is shown this once only').waitFor()
      await shown(page).getByText(secret).waitFor()
      await page.getByRole('button', { name: 'Copy key' }).click()
      await page.getByRole('status').getByText('Copied.').waitFor({ state: 'attached' })
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), secret)
      await page.getByRole('button', { name: 'Done, hide it' }).click()
      await card('laptop').getByText('…Zq3x').waitFor()
      assert.equal(await shown(page).getByText(secret).count(), 0)
      assert.equal(await page.evaluate(`JSON.stringify({ ...sessionStorage }).includes('shown-once')`), false)
    })

    it('forgets a key that was just created when another page is looked at', async () => {
      const { page } = await start()
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.keyboard.type('laptop')
      await page.keyboard.press('Enter')
      await shown(page).getByText(secret).waitFor()
      await page.getByRole('link', { name: 'Logs' }).click()
      await page.getByRole('link', { name: 'Keys' }).click()
      await card('laptop').waitFor()
      assert.equal(await shown(page).getByText(secret).count(), 0)
    })

    it('asks for a name, and shows at the field what the gateway refuses', async () => {
      const world = addRouting(makeFullWorld())
      const { page } = await start(world)
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.keyboard.press('Enter')
      await shown(page).getByText('Enter a name of at most 100 characters.').waitFor()
      world.plans.set('keys.create', {
        failure: { code: 'invalid_request', message: 'There is a key of this name.', parameter: 'name' },
      })
      await page.getByLabel('Name', { exact: true }).fill('codex')
      await page.keyboard.press('Enter')
      await page.locator('#key-name-note').getByText('There is a key of this name.').waitFor()
      assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'codex')
    })

    it('keeps the default model of one key without touching those of others, and takes it out again', async () => {
      const { page, backend } = await start()
      const field = card('default').getByLabel('Default model')
      await field.fill('qwen3')
      await page.getByRole('listbox').getByRole('option', { name: 'groq/qwen/qwen3-32b' }).click()
      await card('default').getByRole('button', { name: 'Save' }).click()
      await card('default').getByText('Saved').waitFor()
      assert.deepEqual(backend.world.settings.defaults.perKey, {
        'k-default': 'groq/qwen/qwen3-32b',
        'k-codex': 'team/shared',
      })
      assert.equal(backend.world.settings.defaults.model, 'best')
      await card('codex').getByLabel('Default model').fill('')
      await page.keyboard.press('Enter')
      await card('codex').getByText('Saved').waitFor()
      assert.deepEqual(backend.world.settings.defaults.perKey, { 'k-default': 'groq/qwen/qwen3-32b' })
    })

    it('revokes a key only after it has asked, and says when that fails', async () => {
      const world = addRouting(makeFullWorld())
      const { page, backend } = await start(world)
      await page.getByRole('button', { name: 'Revoke codex' }).click()
      const question = page.getByRole('alertdialog', { name: 'Revoke codex?' })
      await question.getByRole('button', { name: 'Keep' }).click()
      await question.waitFor({ state: 'detached' })
      world.plans.set('keys.revoke', { failure: { code: 'internal', message: 'The data is read-only.' } })
      await page.getByRole('button', { name: 'Revoke codex' }).click()
      await question.getByRole('button', { name: 'Revoke' }).click()
      await card('codex').getByText('The data is read-only.').waitFor()
      world.plans.delete('keys.revoke')
      await page.getByRole('button', { name: 'Revoke codex' }).click()
      await question.getByRole('button', { name: 'Revoke' }).click()
      await card('codex').waitFor({ state: 'detached' })
      assert.deepEqual(
        backend.world.keys.map(({ name }) => name),
        ['default'],
      )
    })
  })
}
