// Opens windows of a host in one Chromium: a page is a window with an extension host of its own. All windows of a host
// share one browser profile, because VS Code in a browser keeps secrets and globalState there.

import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { provisionChromium } from './provision.mjs'
import type { Host } from './server.ts'
import { until } from './waiting.ts'
import { Workbench } from './workbench.ts'

export interface WindowOptions {
  /** Another folder than the host's workspace; false opens a window without a folder. */
  folder?: string | false
  /** Unpacked extensions instead of the host's own list. */
  extensionDevelopmentPath?: string[]
  /** A module exporting run(), loaded in the extension host. The window is no editor to play with then. */
  extensionTestsPath?: string
  viewport?: { width: number; height: number }
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing these tests do may depend on, or tell, the world outside.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

const contexts = new WeakMap<Host, Promise<BrowserContext>>()

/** The browser of a host, started at first use and closed with the host. */
export function browserOf(host: Host): Promise<BrowserContext> {
  const known = contexts.get(host)
  if (known) return known
  const starting = startBrowser(host)
  contexts.set(host, starting)
  return starting
}

async function startBrowser(host: Host): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(join(host.folder, 'browser'), {
    executablePath: await provisionChromium(),
    headless: true,
    args: flags,
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(10_000)
  // code-server's own front door hands out half of the key that seals secrets in the browser; the bare VS Code server
  // has no such door, and without an answer the editor forgets every secret.
  await context.route('**/mint-key', (route) =>
    route.fulfill({ body: Buffer.alloc(32, 7), contentType: 'application/octet-stream' }),
  )
  host.onStop(() => context.close())
  return context
}

/** Opens a window and waits until its workbench stands; extensions may still be starting. */
export async function openWorkbench(host: Host, options: WindowOptions = {}): Promise<Workbench> {
  const context = await browserOf(host)
  const page = await context.newPage()
  if (options.viewport) await page.setViewportSize(options.viewport)
  const log = keepConsole(page)
  const exited = await automation(page, log)
  await develop(host, page, options)
  const workbench = new Workbench({ host, page, log, exited })
  await page.goto(addressOf(host, options), { timeout: 60_000 })
  await workbench.ready()
  return workbench
}

function addressOf(host: Host, { folder }: WindowOptions): string {
  const query = folder === false ? { ew: 'true' } : { folder: folder ?? host.workspace }
  return `${host.url}/?${new URLSearchParams(query)}`
}

/**
 * Puts the extensions under development into the configuration that the server sends with the page. VS Code would take
 * them from the address too, but only with its smoke test driver on, and that driver hides every notification.
 */
async function develop(host: Host, page: Page, options: WindowOptions): Promise<void> {
  const onServer = (path: string): object => ({ scheme: 'vscode-remote', authority: host.authority, path })
  const developmentOptions = {
    extensions: (options.extensionDevelopmentPath ?? host.extensionsUnderDevelopment).map(onServer),
    ...(options.extensionTestsPath ? { extensionTestsPath: onServer(options.extensionTestsPath) } : {}),
  }
  await page.addInitScript((development) => {
    if (window.top !== window) return
    const change = (): void => {
      const element = document.getElementById('vscode-workbench-web-configuration')
      if (!element) return
      waiting.disconnect()
      const configuration = JSON.parse(element.getAttribute('data-settings') ?? '{}')
      // No marketplace: these tests look things up nowhere.
      const productConfiguration = { ...configuration.productConfiguration, extensionsGallery: undefined }
      element.setAttribute(
        'data-settings',
        JSON.stringify({ ...configuration, productConfiguration, developmentOptions: development }),
      )
    }
    const waiting = new MutationObserver(change)
    waiting.observe(document, { childList: true, subtree: true })
  }, developmentOptions)
}

function keepConsole(page: Page): string[] {
  const log: string[] = []
  page.on('console', (message) => {
    log.push(`[${message.type()}] ${message.text()}`)
    if (log.length > 500) log.shift()
  })
  page.on('pageerror', (error) => log.push(`[uncaught] ${error.message}`))
  // A page about to go away may ask whether it may; it may.
  page.on('dialog', (dialog) => dialog.accept().catch(() => undefined))
  return log
}

/** The two functions a VS Code under test calls on its window. The promise settles when the extension host has ended. */
async function automation(page: Page, log: string[]): Promise<() => number | undefined> {
  let exitCode: number | undefined
  await page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => {
    log.push(
      `[${type}] ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}`,
    )
  })
  await page.exposeFunction('codeAutomationExit', (code: number) => {
    exitCode = code
  })
  return () => exitCode
}

/** How many different colours a PNG shows: a blank picture has one or two. */
export async function coloursIn(host: Host, png: Buffer): Promise<number> {
  const page = await (await browserOf(host)).newPage()
  try {
    return await until('the picture to be read', () =>
      page.evaluate(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
        if (!canvas) return undefined
        canvas.drawImage(bitmap, 0, 0)
        const pixels = new Uint32Array(canvas.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)
        return new Set(pixels).size
      }, png.toString('base64')),
    )
  } finally {
    await page.close()
  }
}
