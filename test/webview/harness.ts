// Opens the dashboard in Chromium, as a plain browser or as the editor's webview would show it, and collects everything that
// must not happen: errors, refused styles or scripts, requests to anywhere but the backend.
import { strict as assert } from 'node:assert'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { buildAssets } from './assets.ts'
import { adminKey, Backend } from './backend.ts'
import { type EditorTheme, themeVariables } from './editor-themes.ts'
import type { World } from './world.ts'

const results = path.resolve(import.meta.dirname, '../../test-results')
const executable = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface OpenOptions {
  readonly host?: 'browser' | 'editor'
  readonly theme?: EditorTheme
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  readonly hash?: string
  readonly signedIn?: boolean
  /** Puts the page's clock under the test's control. */
  readonly clock?: boolean
  /** The editor's kept state, as after a reload. */
  readonly state?: unknown
}

export interface Opened {
  readonly page: Page
  readonly backend: Backend
  /** What went wrong on the page so far. */
  readonly problems: string[]
  /** Fails the test if anything did. */
  assertClean(): void
  close(): Promise<void>
}

let browser: Browser | undefined

export async function launch(): Promise<void> {
  await buildAssets()
  browser ??= await chromium.launch({ executablePath: executable, args: flags })
}

export async function quit(): Promise<void> {
  await browser?.close()
  browser = undefined
}

export async function open(world: World, options: OpenOptions = {}): Promise<Opened> {
  if (!browser) throw new Error('launch() first')
  const backend = new Backend(world, await buildAssets())
  const url = await backend.start()
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? 'dark',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(12_000)
  if (options.clock) await page.clock.install()
  const problems = watch(page, url)
  if (options.host === 'editor') await pretendEditor(context, page, backend, options)
  else if (options.signedIn !== false) await signInQuietly(context, url)
  await page.goto(`${url}/${options.host === 'editor' ? 'editor' : ''}${options.hash ?? ''}`)
  return {
    page,
    backend,
    problems,
    assertClean: () => assert.deepEqual(problems, []),
    async close() {
      await context.close()
      await backend.stop()
    },
  }
}

/** The visible page, without the live region that repeats its results for screen readers. */
export function shown(page: Page): Locator {
  return page.locator('omni-dashboard')
}

/** Waits until an expression holds in the page. Playwright's own way compiles it there, which the page's policy refuses. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let turn = 0; turn < 240; turn++) {
    if (await page.evaluate(`Boolean(${expression})`)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`never came true: ${expression}`)
}

/** Takes a picture into test-results. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(path.join(results, 'dashboard'), { recursive: true })
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  await page.screenshot({ path: path.join(results, 'dashboard', `${name}.png`) })
}

const axeSource = readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What axe finds against WCAG 2 A and AA, as one line a finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
       violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + JSON.stringify(target) + ' ' + failureSummary)))`,
  )) as string[]
  return found
}

/** How far the page scrolls sideways; 0 is right. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return (await page.evaluate(
    `[document.documentElement, document.querySelector('omni-dashboard'), document.querySelector('omni-dashboard').shadowRoot.querySelector('.scroll')]
       .reduce((most, box) => Math.max(most, box.scrollWidth - box.clientWidth), 0)`,
  )) as number
}

function watch(page: Page, url: string): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    const text = message.text()
    // A refused session and a stopped backend are part of some tests; Chromium reports each failed request.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) problems.push(`console: ${text}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) problems.push(`request: ${request.url()}`)
  })
  void page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
       console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`,
  )
  return problems
}

async function signInQuietly(context: BrowserContext, url: string): Promise<void> {
  const response = await context.request.post(`${url}/admin/session`, { data: { token: adminKey } })
  assert.equal(response.status(), 204)
}

/** Gives the page what the editor gives a webview: its API object and the colours of a theme. */
async function pretendEditor(
  context: BrowserContext,
  page: Page,
  backend: Backend,
  options: OpenOptions,
): Promise<void> {
  const deliver = (message: unknown) =>
    // The page may have gone in the meantime; there is nobody to tell then.
    page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).then(
      () => undefined,
      () => undefined,
    )
  await context.exposeBinding('__post', async (_source, message: unknown) => {
    const answer = await backend.answer(message)
    if (answer !== undefined) await deliver(answer)
  })
  backend.onMessage((message) => void deliver(message))
  const variables = themeVariables(options.theme ?? 'dark')
  const initialState = options.state === undefined ? 'undefined' : JSON.stringify(JSON.stringify(options.state))
  await page.addInitScript(`
    globalThis.acquireVsCodeApi = () => {
      delete globalThis.acquireVsCodeApi
      if (!sessionStorage.getItem('editor-state') && ${initialState}) sessionStorage.setItem('editor-state', ${initialState})
      return {
        postMessage: (message) => void __post(JSON.parse(JSON.stringify(message))),
        getState: () => JSON.parse(sessionStorage.getItem('editor-state') ?? 'null') ?? undefined,
        setState: (state) => sessionStorage.setItem('editor-state', JSON.stringify(state)),
      }
    }
    document.addEventListener('DOMContentLoaded', () => {
      document.body.classList.add(${JSON.stringify(`vscode-${options.theme ?? 'dark'}`)})
      for (const [name, value] of Object.entries(${JSON.stringify(variables)})) document.documentElement.style.setProperty(name, value)
    })
  `)
}
