// How the dashboard looks and can be used: axe in every theme, narrow and zoomed, by keyboard only, translated, right to left,
// and with hostile text in every field. Pictures of all of it go to test-results/dashboard.
import { strict as assert } from 'node:assert'
import type { Page } from 'playwright-core'
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
import { toolsWorld } from './tools-world.ts'
import { addRouting, makeAccount, makeFullWorld, makeRequest, makeWorld, type World } from './world.ts'

interface Scene {
  readonly name: string
  readonly world: () => World
  readonly hash: string
  readonly ready: (page: Page) => Promise<unknown>
}

const scenes: readonly Scene[] = [
  {
    name: 'providers',
    world: makeFullWorld,
    hash: '#/providers',
    async ready(page) {
      await page.getByRole('button', { name: 'Test Groq', exact: true }).click()
      await shown(page).getByText('It works.').waitFor()
      await page.getByRole('button', { name: 'Models: 3' }).first().click()
      await page.getByRole('region', { name: 'Models of Claude (work)' }).waitFor()
      await page.getByRole('button', { name: 'Remove Ollama' }).click()
    },
  },
  {
    name: 'providers-empty',
    world: makeWorld,
    hash: '#/providers',
    ready: (page) => shown(page).getByText('Add the first account').waitFor(),
  },
  {
    name: 'providers-form',
    world: makeFullWorld,
    hash: '#/providers/add',
    async ready(page) {
      await page.getByLabel('Provider').selectOption('openai-compatible')
      await shown(page).getByText('More options').click()
      await page.getByRole('button', { name: 'Add header' }).click()
      await page.getByRole('button', { name: 'Add account' }).last().click()
      await shown(page).getByText('Enter the address of the server.').first().waitFor()
    },
  },
  {
    name: 'logs',
    world: makeFullWorld,
    hash: '#/logs',
    ready: (page) => page.locator('tr[data-request=req_00005]').waitFor(),
  },
  {
    name: 'logs-empty',
    world: makeWorld,
    hash: '#/logs',
    ready: (page) => shown(page).getByText('No requests yet').waitFor(),
  },
  {
    name: 'logs-detail',
    world: makeFullWorld,
    hash: '#/logs/req_00003',
    ready: (page) => shown(page).getByText('Request id').waitFor(),
  },
  {
    name: 'logs-detail-failed',
    world: makeFullWorld,
    hash: '#/logs/req_00004',
    ready: (page) => shown(page).getByText('Request id').waitFor(),
  },
  {
    name: 'combos',
    world: routingWorld,
    hash: '#/combos',
    async ready(page) {
      await page.getByRole('article', { name: 'best' }).waitFor()
      await page.getByRole('button', { name: 'Remove night' }).click()
    },
  },
  {
    name: 'combos-empty',
    world: makeWorld,
    hash: '#/combos',
    ready: (page) => shown(page).getByText('Put models behind one name').waitFor(),
  },
  {
    name: 'combos-form',
    world: routingWorld,
    hash: '#/combos/edit/c-team',
    async ready(page) {
      await page.getByLabel('Weight of best').fill('lots')
      await page.getByLabel('Name', { exact: true }).fill('not a name')
      await page.getByRole('button', { name: 'Save' }).click()
      await shown(page).getByText('A number from 0 to 1,000.').waitFor()
      await page.getByRole('combobox', { name: 'Add a member' }).fill('groq')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
      await page.keyboard.press('ArrowDown')
    },
  },
  {
    name: 'routing',
    world: routingWorld,
    hash: '#/routing',
    ready: (page) => page.getByRole('heading', { name: 'Caches' }).waitFor(),
  },
  ...['aliases', 'defaults', 'models', 'prompts', 'reasoning', 'limits'].map((group) => routingScene(group)),
  ...['timeouts', 'retries', 'budgets', 'prices', 'caches'].map((group) => routingScene(group)),
  {
    name: 'routing-wrong',
    world: routingWorld,
    hash: '#/routing/budgets',
    async ready(page) {
      await page.getByRole('button', { name: 'Add budget' }).click()
      await page.getByLabel('Counts').last().selectOption('key')
      await page.getByRole('button', { name: 'Save' }).click()
      await shown(page).getByText('Enter a number.').waitFor()
    },
  },
  {
    name: 'keys',
    world: routingWorld,
    hash: '#/keys',
    async ready(page) {
      await page.getByRole('article', { name: 'codex' }).waitFor()
      await page.getByRole('button', { name: 'Revoke codex' }).click()
    },
  },
  {
    name: 'keys-created',
    world: routingWorld,
    hash: '#/keys',
    async ready(page) {
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByLabel('Name', { exact: true }).fill('laptop')
      await page.keyboard.press('Enter')
      await shown(page).getByText('it is shown this once only').waitFor()
    },
  },
  {
    name: 'keys-empty',
    world: makeWorld,
    hash: '#/keys',
    ready: (page) => shown(page).getByText('Create the first key').waitFor(),
  },
  {
    name: 'tools',
    world: toolsWorld,
    hash: '#/tools',
    async ready(page) {
      await page.getByRole('button', { name: 'Make default: OpenCode' }).click()
      await page.getByRole('button', { name: 'Show changes' }).click()
      await shown(page).getByText('This is what would change').waitFor()
    },
  },
  {
    name: 'error',
    hash: '#/providers',
    world() {
      const world = makeFullWorld()
      const failure = { code: 'internal', message: 'The gateway is stopped.', nextStep: 'Run "OmniRoute: Start".' }
      world.plans.set('gateway.status', { failure })
      world.plans.set('accounts.list', { failure })
      return world
    },
    ready: (page) => shown(page).getByText('Run "OmniRoute: Start".').first().waitFor(),
  },
]

function routingWorld(): World {
  return addRouting(makeFullWorld())
}

function routingScene(group: string): Scene {
  return {
    name: `routing-${group}`,
    world: routingWorld,
    hash: `#/routing/${group}`,
    ready: (page) => page.locator(`[data-group=${group}]`).getByRole('button', { name: 'Save' }).waitFor(),
  }
}

const looks: readonly { readonly name: string; readonly options: OpenOptions }[] = [
  { name: 'browser-light', options: { host: 'browser', colorScheme: 'light' } },
  { name: 'browser-dark', options: { host: 'browser', colorScheme: 'dark' } },
  { name: 'editor-light', options: { host: 'editor', theme: 'light' } },
  { name: 'editor-dark', options: { host: 'editor', theme: 'dark' } },
  { name: 'editor-high-contrast', options: { host: 'editor', theme: 'high-contrast' } },
  { name: 'editor-high-contrast-light', options: { host: 'editor', theme: 'high-contrast-light' } },
]

const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>\${alert(3)}{{l10n}}{0}'`

describe('dashboard: looks', function () {
  this.timeout(120_000)
  let opened: Opened

  before(launch)
  after(quit)

  /** In the editor there is no address bar; the route comes from the kept state. */
  async function start(world: World, options: OpenOptions): Promise<Opened> {
    const { hash = '#/providers', ...rest } = options
    opened = await open(world, rest.host === 'editor' ? { ...rest, state: { hash } } : { ...rest, hash })
    return opened
  }

  afterEach(async () => {
    await opened.close()
    opened.assertClean()
  })

  for (const look of looks) {
    for (const scene of scenes) {
      it(`has nothing for axe to find: ${scene.name}, ${look.name}`, async () => {
        const { page } = await start(scene.world(), { ...look.options, hash: scene.hash, width: 1400 })
        await scene.ready(page)
        await picture(page, `${scene.name}-${look.name}`)
        assert.deepEqual(await axeFindings(page), [])
      })
    }
  }

  it('lets axe look into the components: a nameless button there is found', async () => {
    const { page } = await start(makeFullWorld(), { host: 'editor' })
    await page.getByRole('article').first().waitFor()
    await page.evaluate(`document.querySelector('omni-dashboard').shadowRoot.querySelector('omni-providers-page').shadowRoot
      .querySelector('omni-account-card').shadowRoot.querySelector('.actions').append(document.createElement('button'))`)
    assert.match((await axeFindings(page)).join('\n'), /^button-name /)
  })

  it('has nothing for axe to find: sign-in', async () => {
    const { page } = await start(makeWorld(), { signedIn: false, colorScheme: 'light' })
    await page.getByLabel('Admin key').fill('wrong')
    await page.keyboard.press('Enter')
    await shown(page).getByText('That is not the admin key').first().waitFor()
    await picture(page, 'sign-in')
    assert.deepEqual(await axeFindings(page), [])
  })

  // 640 wide is a 1280 window at 200 %.
  for (const [width, height] of [
    [300, 700],
    [640, 360],
  ] as const) {
    for (const scene of scenes) {
      it(`fits ${width} pixels: ${scene.name}`, async () => {
        const { page } = await start(scene.world(), { host: 'editor', hash: scene.hash, width, height })
        await scene.ready(page)
        await picture(page, `${scene.name}-${width}`)
        assert.equal(await sidewaysScroll(page), 0)
        assert.deepEqual(await axeFindings(page), [])
      })
    }
  }

  it('shows hostile text as text, in every field, and runs none of it', async () => {
    const { page } = await start(hostileWorld(), { host: 'browser', hash: '#/providers' })
    await page.getByRole('article').getByRole('heading', { name: hostile }).waitFor()
    await page
      .getByRole('button', { name: /^Models:/ })
      .first()
      .click()
    await shown(page).getByText(`x/${hostile}`).first().waitFor()
    await page.getByRole('button', { name: `Test ${hostile}` }).click()
    await shown(page).getByText(hostile).first().waitFor()
    await page.getByRole('button', { name: 'Add account' }).first().click()
    await page.getByLabel('Provider').selectOption('hostile')
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0)
    await page.getByRole('link', { name: 'Logs' }).click()
    await page.locator('tr[data-request]').first().click()
    await page.getByRole('heading', { name: 'Trace' }).waitFor()
    await shown(page).getByText(hostile).first().waitFor()
    await picture(page, 'hostile-detail')
    assert.equal(await page.locator('img').count(), 0)
    assert.equal(await page.evaluate('document.scripts.length'), 2)
  })

  it('shows hostile text in a hash, a failure and a translation as text too', async () => {
    const world = makeFullWorld()
    world.plans.set('requests.get', { failure: { code: hostile, message: hostile, nextStep: hostile } })
    const { page, backend } = await start(world, { host: 'browser', hash: `#/logs/${encodeURIComponent(hostile)}` })
    await shown(page).getByText(hostile).first().waitFor()
    backend.l10n = { Logs: `</script>${hostile}` }
    await page.reload()
    await page.getByRole('link', { name: `</script>${hostile}` }).waitFor()
    assert.equal(await page.locator('img').count(), 0)
  })

  it('speaks the language it is handed, with its numbers', async () => {
    const { page, backend } = await start(makeFullWorld(), { host: 'browser', hash: '#/logs' })
    backend.l10n = { Logs: 'Protokoll', 'Showing {0} of {1}': '{1} gesamt, {0} gezeigt', 'Tokens in': 'Token ein' }
    backend.language = 'de'
    await page.reload()
    await page.getByRole('link', { name: 'Protokoll' }).waitFor()
    await shown(page).getByText('260 gesamt, 100 gezeigt').waitFor()
    await page.getByRole('columnheader', { name: 'Token ein' }).waitFor()
    await page.getByRole('cell', { name: '19.004' }).first().waitFor()
  })

  it('holds up from right to left', async () => {
    for (const scene of scenes.filter(({ name }) => ['providers', 'providers-form', 'logs-detail'].includes(name))) {
      const { page, backend } = await start(scene.world(), { host: 'browser', hash: scene.hash, width: 700 })
      backend.language = 'ar'
      backend.direction = 'rtl'
      await page.reload()
      await scene.ready(page)
      await picture(page, `${scene.name}-rtl`)
      assert.equal(await sidewaysScroll(page), 0)
      if (scene.name !== 'logs-detail') await opened.close()
      else {
        const first = await page.locator('omni-trace-steps .edge').first().boundingBox()
        assert.ok((first?.x ?? 0) > 600, 'time runs from the right')
      }
    }
  })

  it('can be used by keyboard alone, with the focus always in sight', async () => {
    const { page, backend } = await start(makeWorld(), { host: 'editor', hash: '#/providers', theme: 'dark' })
    await shown(page).getByText('Add the first account').waitFor()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const tabTo = async (name: string) => {
      for (let turn = 0; turn < 40; turn++) {
        const focused = await focusedThing(page)
        if (focused.name.includes(name)) {
          assert.ok(focused.visible, `the focus shows on ${name}`)
          return
        }
        await page.keyboard.press('Tab')
      }
      assert.fail(`Tab never reached ${name}`)
    }
    await tabTo('Add account')
    await press('Enter')
    await page.getByRole('heading', { name: 'Add account' }).waitFor()
    assert.equal((await focusedThing(page)).name, 'Provider')
    await page.keyboard.type('Groq')
    await tabTo('Key')
    await page.keyboard.type('gsk_by_keyboard')
    await press('Enter')
    await shown(page).getByText('It works.').waitFor()
    await tabTo('Test Groq')
    await press('Space')
    await page.getByRole('button', { name: 'Dismiss result' }).waitFor()
    await tabTo('Remove Groq')
    await press('Enter')
    await page.getByRole('alertdialog').waitFor()
    assert.equal((await focusedThing(page)).name, 'Keep')
    await press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    assert.equal((await focusedThing(page)).name, 'Remove Groq')
    backend.world.requests = makeFullWorld().requests
    await press('Control+Home')
    await page.evaluate('document.activeElement?.blur?.()')
    await tabTo('Logs')
    await press('Enter')
    await page.locator('tr[data-request=req_00000]').waitFor()
    await tabTo(', auto, Served')
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter')
    await page.getByRole('heading', { name: 'Trace' }).waitFor()
    await page.locator('tr.selected[data-request=req_00003]').waitFor()
    await press('End')
    await page.locator('tr[data-request=req_00099]:focus-within').waitFor()
    await tabTo('Copy as JSON')
    await press('Escape')
    await page.getByRole('heading', { name: 'Trace' }).waitFor({ state: 'detached' })
  })
})

function hostileWorld(): World {
  const world = makeWorld()
  const provider = {
    id: 'hostile',
    name: hostile,
    tier: 'free' as const,
    wires: ['openai-chat' as const],
    website: 'javascript:alert(4)',
    keyUrl: 'javascript:alert(5)',
    key: 'optional' as const,
    asks: [],
    builtIn: false,
    note: hostile,
  }
  world.providers.push(provider)
  const account = makeAccount(provider, {
    id: hostile,
    label: hostile,
    prefix: 'x',
    apiKey: hostile,
    headers: { a: hostile },
  })
  account.state = { kind: 'resting', reason: hostile, until: Date.now() + 60_000 }
  world.standing.set(hostile, {
    quotas: [{ window: hostile, unit: hostile, model: hostile, remainingShare: 0.4, source: 'header', at: Date.now() }],
    rests: [{ model: hostile, reason: hostile, until: Date.now() + 60_000, named: true }],
  })
  account.baseUrl = hostile
  account.modelCount = 1
  world.accounts = [account]
  world.models = [{ id: `x/${hostile}`, name: hostile, accountId: hostile, kind: 'model' }]
  world.status.endpoint = hostile
  world.status.storageNotice = hostile
  world.check = () => ({ outcome: 'failed', message: hostile, nextStep: hostile })
  world.requests = [
    {
      ...makeRequest(3, Date.now()),
      id: 'hostile',
      client: hostile,
      wire: hostile,
      modelAsked: hostile,
      modelServed: hostile,
      accountLabel: hostile,
      status: 500,
      code: hostile,
      message: hostile,
      nextStep: hostile,
      keyName: hostile,
      trace: [
        {
          kind: 'failed',
          target: hostile,
          account: hostile,
          code: hostile,
          message: hostile,
          startedAt: 0,
          endedAt: 9,
        },
      ],
      warnings: [{ kind: hostile, subject: hostile, message: hostile }],
    },
  ]
  return world
}

/** The name of what has the focus, through all shadow roots, and whether an outline or border shows it. */
async function focusedThing(page: Page): Promise<{ name: string; visible: boolean }> {
  return (await page.evaluate(`(() => {
    let element = document.activeElement
    const chain = [element]
    while (element?.shadowRoot?.activeElement) { element = element.shadowRoot.activeElement; chain.push(element) }
    if (!element || element === document.body) return { name: '', visible: true }
    const owner = element.closest('vscode-button') ?? element
    const label = element.id ? element.getRootNode().querySelector('label[for="' + element.id + '"]')?.textContent : ''
    const name = (owner.getAttribute('aria-label') || label || owner.textContent || '').trim()
    const outlined = (candidate) => { const style = getComputedStyle(candidate); return style.outlineStyle !== 'none' && style.outlineWidth !== '0px' }
    const visible = [...chain, owner, element.closest('tr')].some((candidate) => candidate && outlined(candidate))
      || [...(owner.shadowRoot?.querySelectorAll('*') ?? [])].some(outlined)
    return { name, visible }
  })()`)) as { name: string; visible: boolean }
}
