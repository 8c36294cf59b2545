// The Routing page: every setting has a control, groups are saved one by one, undone, put back; what is wrong stands at its field.
import { strict as assert } from 'node:assert'
import type { Locator } from 'playwright-core'
import { routingSettings } from '../../src/admin/routing-settings.ts'
import { launch, type Opened, open, quit, shown } from './harness.ts'
import { addRouting, makeFullWorld, type World } from './world.ts'

describe('dashboard: Routing', function () {
  this.timeout(60_000)
  let opened: Opened

  before(launch)
  after(quit)

  async function start(world: World, hash = '#/routing'): Promise<Opened> {
    opened = await open(world, { hash })
    return opened
  }

  afterEach(async () => {
    await opened.close()
    opened.assertClean()
  })

  const full = () => addRouting(makeFullWorld())
  const group = (id: string): Locator => opened.page.locator(`[data-group=${id}]`)
  const save = (id: string) => group(id).getByRole('button', { name: 'Save' }).click()
  const lastPut = () => opened.backend.calls.findLast(({ method }) => method === 'settings.put')?.params

  it('folds groups with what is set in them, by mouse and keyboard, and keeps them unfolded over a reload', async () => {
    const { page } = await start(full())
    await group('defaults').getByText('best · In order').waitFor()
    await group('retries').locator('summary').focus()
    await page.keyboard.press('Enter')
    await group('retries').getByLabel('Further tries').waitFor()
    await page.reload()
    await group('retries').getByLabel('Further tries').waitFor()
  })

  it('saves times in seconds as typed, with a comma too, and says that it is saved', async () => {
    const { backend } = await start(full(), '#/routing/timeouts')
    const field = group('timeouts').getByLabel('Until the answer begins')
    assert.equal(await field.inputValue(), '300')
    await field.fill('12,5')
    await group('timeouts').getByText('Not saved').waitFor()
    await save('timeouts')
    await group('timeouts').getByText('Saved', { exact: true }).waitFor()
    assert.equal(backend.world.settings.timeouts.firstByteMs, 12_500)
    assert.deepEqual(Object.keys(lastPut() as object), ['timeouts'])
    assert.equal(await field.inputValue(), '12.5')
  })

  it('undoes a save, and puts a group back to the default, which can be undone too', async () => {
    const { backend } = await start(full(), '#/routing/limits')
    const before = structuredClone(backend.world.settings.limits)
    await group('limits').getByLabel('Requests per minute').fill('5')
    await save('limits')
    await group('limits').getByRole('button', { name: 'Undo' }).click()
    await group('limits').getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' })
    assert.deepEqual(backend.world.settings.limits, before)
    await group('limits').getByRole('button', { name: 'Reset to default' }).click()
    await group('limits').getByText('No limits of your own.').waitFor()
    assert.deepEqual(backend.world.settings.limits, [])
    await group('limits').getByRole('button', { name: 'Undo' }).click()
    await group('limits').getByRole('button', { name: 'Remove limit 1' }).waitFor()
    assert.deepEqual(backend.world.settings.limits, before)
  })

  it('never touches the default models of keys, which belong to another page', async () => {
    const { backend } = await start(full(), '#/routing/defaults')
    await group('defaults').getByRole('button', { name: 'Remove workspace 1' }).click()
    backend.world.settings.defaults.perKey = { 'k-default': 'night' }
    backend.emit('settings.changed', {})
    await group('defaults').getByText('changed elsewhere in the meantime').waitFor()
    await save('defaults')
    await group('defaults').getByText('Saved', { exact: true }).waitFor()
    assert.deepEqual(backend.world.settings.defaults, {
      model: 'best',
      perKey: { 'k-default': 'night' },
      perWorkspace: {},
      accountStrategy: 'ordered',
    })
    await group('defaults').getByRole('button', { name: 'Reset to default' }).click()
    await group('defaults').getByRole('button', { name: 'Undo' }).waitFor()
    assert.deepEqual(backend.world.settings.defaults.perKey, { 'k-default': 'night' })
    assert.equal(backend.world.settings.defaults.model, '')
  })

  it('shows what an alias would do while it is typed', async () => {
    await start(full(), '#/routing/aliases')
    const aliases = group('aliases')
    await aliases.getByRole('list', { name: 'Preview' }).getByText('There is no model "openai/gpt-4o".').waitFor()
    await aliases.getByLabel('Target').fill('openai/gpt-5.1')
    await aliases.getByRole('list', { name: 'Preview' }).getByText('openai/gpt-5.1').first().waitFor()
    await aliases.getByRole('button', { name: 'Add alias' }).click()
    const name = aliases.getByLabel('Name a tool asks for').last()
    assert.ok(await name.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field))
  })

  it('says at each field what is wrong, in the unit of the field, and sends nothing', async () => {
    await start(full(), '#/routing/timeouts')
    const timeouts = group('timeouts')
    await timeouts.getByLabel('Silence within the answer').fill('0.01')
    await timeouts.getByLabel('One attempt as a whole').fill('soon')
    await save('timeouts')
    await timeouts.locator('#timeouts-idleMs-note').getByText('At least 0.1.').waitFor()
    await timeouts.locator('#timeouts-totalMs-note').getByText('Enter a number.').waitFor()
    assert.equal(await timeouts.getByLabel('One attempt as a whole').getAttribute('aria-invalid'), 'true')
    assert.equal(lastPut(), undefined)
    await timeouts.getByRole('button', { name: 'Discard changes' }).click()
    assert.equal(await timeouts.getByLabel('One attempt as a whole').inputValue(), '3600')
  })

  it('refuses entries that are not complete', async () => {
    const { page } = await start(full(), '#/routing/budgets')
    await page.getByRole('button', { name: 'Add budget' }).click()
    const entry = group('budgets').getByRole('group', { name: 'budget 2' })
    await entry.getByLabel('Counts').selectOption('key')
    await save('budgets')
    await entry.getByText('Enter a number.').waitFor()
    await entry.getByLabel('Sum').fill('5')
    await save('budgets')
    await entry.getByText('Fill this in.').waitFor()
    await entry.getByLabel('Key', { exact: true }).selectOption('k-codex')
    await entry.getByLabel('Warn from').fill('99')
    await save('budgets')
    await entry.getByText('The warning must not come after the rerouting.').waitFor()
    await entry.getByLabel('Warn from').fill('50')
    await save('budgets')
    await group('budgets').getByText('Saved', { exact: true }).waitFor()
    const { id: _, ...saved } = opened.backend.world.settings.budgets[1] ?? { id: '' }
    assert.deepEqual(saved, {
      scope: { kind: 'key', id: 'k-codex' },
      period: 'month',
      usd: 5,
      warnAt: 0.5,
      rerouteAt: 0.95,
    })
  })

  it('shows what the gateway refuses, at the field, and keeps what was typed', async () => {
    const world = full()
    world.plans.set('settings.put', {
      failure: { code: 'invalid_request', message: 'No such embeddings model.', parameter: 'cache.embeddingModel' },
    })
    await start(world, '#/routing/caches')
    const field = group('caches').getByLabel('Embeddings model')
    await field.fill('nobody/embed')
    await save('caches')
    await group('caches').locator('#cache-embeddingModel-note').getByText('No such embeddings model.').waitFor()
    assert.equal(await field.inputValue(), 'nobody/embed')
    await group('caches').getByText('Not saved').waitFor()
  })

  it('fits 320 pixels with a list of names open', async () => {
    opened = await open(full(), { hash: '#/routing/defaults', width: 320, height: 700 })
    await group('defaults').getByLabel('Default model', { exact: true }).fill('groq')
    await opened.page.getByRole('listbox').getByRole('option').first().waitFor()
    assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), 320)
  })

  it('has a control for every setting that there is', async () => {
    const world = full()
    const every = routingSettings.parse({
      aliases: [{ pattern: 'a', target: 'b' }],
      models: { hidden: ['h'], blocked: ['b'], names: { m: 'n' } },
      defaults: { perWorkspace: { w: 'm' } },
      systemPrompt: [{ position: 'append', text: 't', keyId: 'k-codex', workspace: 'w' }],
      reasoning: [
        { model: 'r', rule: { mode: 'level', level: 'low' } },
        { model: 's', rule: { mode: 'budget', tokens: 5 } },
      ],
      limits: [{ account: 'a-groq', model: 'm', requestsPerMinute: 1, tokensPerMinute: 1, concurrent: 1, gapMs: 1 }],
      timeouts: { perModel: [{ model: 'm', firstByteMs: 100, idleMs: 100, totalMs: 100 }] },
      budgets: [
        { id: 'b', scope: { kind: 'tier', tier: 'free' }, period: 'day', usd: 1 },
        { id: 'c', scope: { kind: 'workspace', id: 'w' }, period: 'day', usd: 1 },
      ],
      prices: [{ model: 'm', input: 1, cacheRead: 1, cacheWrite: 1, output: 1 }],
      network: { proxy: 'direct', perProvider: { groq: 'http://proxy.example:3128' } },
    })
    world.settings = every
    const { page } = await start(world)
    await page.getByRole('heading', { name: 'Caches' }).waitFor()
    for (const summary of await page.locator('omni-routing-group summary').all()) await summary.click()
    await shown(page).getByLabel('Similarity from').waitFor()
    const ids = await page.locator('omni-routing-group').locator('input[id], select[id], textarea[id]').all()
    const found = new Set(await Promise.all(ids.map((field) => field.getAttribute('id'))))
    // Switches have no id of their own; an id is no choice; keys have their defaults on their own page; a record is shown as rows.
    const elsewhere = /^(budgets-\d+-id|defaults-perKey|affinity-enabled|cache-(exact|semantic|coalesce))$/
    const wanted = leaves(every, []).filter((path) => !elsewhere.test(path))
    assert.deepEqual(
      wanted.filter((path) => !found.has(path)),
      [],
    )
    assert.equal(await page.locator('omni-routing-group').getByRole('switch').count(), 4)
  })
})

/** The paths of all settings, as fields are called by them. */
function leaves(value: unknown, path: readonly (string | number)[]): string[] {
  const key = path.join('-')
  if (/^(models-names|defaults-perWorkspace|network-perProvider)$/.test(key)) return [`${key}-0-name`, `${key}-0-value`]
  if (key === 'defaults-perKey') return [key]
  if (Array.isArray(value)) return value.flatMap((one, index) => leaves(one, [...path, index]))
  if (typeof value !== 'object' || value === null) return [key]
  return Object.entries(value).flatMap(([name, one]) => leaves(one, [...path, name]))
}
