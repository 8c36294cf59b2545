// One VS Code window, driven as a person would: by the palette, by what is written on the screen. Every wait ends, and
// when it ends in vain the message tells what the window showed and logged, and where its picture is.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame, Locator, Page } from 'playwright-core'
import type { Host } from './server.ts'
import { defaultTimeout, until, type WaitOptions } from './waiting.ts'

const pictures = resolve(dirname(fileURLToPath(import.meta.url)), '../../../test-results')
let failures = 0

type Limits = Pick<WaitOptions, 'timeout'>

export interface Notice {
  severity: 'info' | 'warning' | 'error'
  text: string
  buttons: string[]
}

export interface QuickInput {
  title: string
  placeholder: string
  message: string
  value: string
  items: string[]
}

export interface WindowParts {
  host: Host
  page: Page
  log: string[]
  exited: () => number | undefined
}

export class Workbench {
  readonly host: Host
  readonly page: Page
  /** What the window and its extension host wrote to the console, the last 500 lines. */
  readonly log: string[]
  /** The code its extension host ended with, if it has ended after running tests. */
  readonly exited: () => number | undefined

  constructor({ host, page, log, exited }: WindowParts) {
    this.host = host
    this.page = page
    this.log = log
    this.exited = exited
  }

  /** Looks until there is something; the way to wait for anything the methods below don't know. */
  until<T>(
    what: string,
    look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
    limits: Limits = {},
  ): Promise<T> {
    return until(what, look, { ...limits, describe: () => this.describe() })
  }

  async ready(): Promise<void> {
    const bar = this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first()
    await this.until('the workbench to stand', () => bar.isVisible(), { timeout: 60_000 })
  }

  /** Reloads the window: a new extension host, the same browser profile. */
  async reload(): Promise<void> {
    await this.page.reload({ timeout: 60_000 })
    await this.ready()
  }

  /** Closes the window as a person does; its extension host ends. */
  async close(): Promise<void> {
    if (this.page.isClosed()) return
    // Leaving the page lets the window say goodbye to the server, which a mere page.close() does not.
    await this.page.goto('about:blank')
    await this.page.close()
  }

  /** Runs a command by its full title as the palette shows it, e.g. "OmniRoute: Add Account". */
  async runCommand(title: string, limits: Limits = {}): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input')
    const inPalette = async (): Promise<boolean> =>
      (await input.isVisible()) && (await input.inputValue()).startsWith('>')
    const row = this.quickRow(title)
    await this.until(
      `the command "${title}" in the palette`,
      async () => {
        // The palette lists what may be run at the moment it opens, and closes when something else takes the focus, as a chat
        // does that has just ended: it is opened again until the command has been pressed.
        if (await inPalette()) await this.page.keyboard.press('Escape')
        await this.page.keyboard.press('F1')
        await input.fill(`>${title}`, { timeout: 2_000 })
        await row.click({ timeout: 4_000 }).catch((error: unknown) => {
          if (!wasClicked(error)) throw error
        })
        return true
      },
      limits,
    )
    await this.until(`the palette to close after "${title}"`, async () => !(await inPalette()), limits)
  }

  /** Clicks as soon as there is something to click and nothing covers it. */
  async press(what: string, target: Locator, { timeout = defaultTimeout }: Limits = {}): Promise<void> {
    try {
      // One click with all the time there is: a second one after a click that was only reported late would do harm.
      await target.click({ timeout })
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
      throw new Error(`Could not press ${what}: ${reason}\n${await this.describe()}`)
    }
  }

  private quickRow(label: string | RegExp): Locator {
    const name = this.page.locator('.label-name').filter({ hasText: wholeText(label) })
    return this.page.locator('.quick-input-widget .monaco-list-row').filter({ has: name }).first()
  }

  /** What the open quick pick or input box shows, or undefined if none is open. */
  quickInput(): Promise<QuickInput | undefined> {
    return this.page.evaluate(() => {
      const widget = document.querySelector<HTMLElement>('.quick-input-widget')
      const input = widget?.querySelector<HTMLInputElement>('input.input')
      if (!widget || !input || widget.offsetParent === null) return undefined
      const textOf = (element: Element | null): string =>
        (element as HTMLElement | null)?.innerText.replace(/\s+/g, ' ').trim() ?? ''
      return {
        title: textOf(widget.querySelector('.quick-input-title')),
        placeholder: input.placeholder,
        message: textOf(widget.querySelector('.quick-input-message')),
        value: input.value,
        items: [...widget.querySelectorAll('.monaco-list-row .label-name')].map(textOf),
      }
    })
  }

  /** Waits for a quick pick that offers this label and chooses it. */
  async pick(label: string | RegExp, limits: Limits = {}): Promise<void> {
    await this.press(`the choice ${label} in a quick pick`, this.quickRow(label), limits)
  }

  /** Waits for an input box (its prompt, title or placeholder holding `about`), types and presses Enter. */
  async answer(about: string | RegExp, text: string, limits: Limits = {}): Promise<void> {
    await this.until(
      `an input box about ${about}`,
      async () => {
        const open = await this.quickInput()
        return open && matches(`${open.title}\n${open.placeholder}\n${open.message}`, about)
      },
      limits,
    )
    const input = this.page.locator('.quick-input-widget input.input')
    await input.fill(text)
    await input.press('Enter')
    // An input box that refuses the text stays, and its message says why; that is for the caller to look at.
  }

  /** Waits for a status bar item that shows the text and gives it; `.click()` runs its command. */
  async waitForStatusBar(text: string | RegExp, limits: Limits = {}): Promise<Locator> {
    const item = this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first()
    await this.until(`${text} in the status bar`, () => item.isVisible(), limits)
    return item.locator('.statusbar-item-label')
  }

  async statusBar(): Promise<string[]> {
    return (await this.page.locator('.part.statusbar .statusbar-item').allInnerTexts()).map(tidy).filter(Boolean)
  }

  /** The webview document that holds the selector. */
  async findWebviewFrame(selector: string, limits: Limits = {}): Promise<Frame> {
    return this.until(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          // The workbench itself is the main frame; a webview is two frames, ours the inner one.
          if (frame === this.page.mainFrame()) continue
          if (
            (await frame
              .locator(selector)
              .count()
              .catch(() => 0)) > 0
          )
            return frame
        }
        return undefined
      },
      limits,
    )
  }

  /** The notifications on the screen, newest first. */
  notifications(): Promise<Notice[]> {
    return this.page.evaluate(() => {
      const textOf = (element: Element | null): string =>
        (element as HTMLElement | null)?.innerText.replace(/\s+/g, ' ').trim() ?? ''
      return [...document.querySelectorAll('.notifications-toasts .notification-list-item')].map((toast) => {
        const icon = toast.querySelector('.notification-list-item-icon')?.className ?? ''
        return {
          severity: icon.includes('error') ? 'error' : icon.includes('warning') ? 'warning' : 'info',
          text: textOf(toast.querySelector('.notification-list-item-message')),
          buttons: [...toast.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(textOf),
        } as const
      })
    })
  }

  async waitForNotification(text: string | RegExp, limits: Limits = {}): Promise<Notice> {
    return this.until(
      `a notification ${text}`,
      async () => (await this.notifications()).find((notice) => matches(notice.text, text)),
      limits,
    )
  }

  /** Presses a button of the notification that shows the text. */
  async answerNotification(text: string | RegExp, button: string, limits: Limits = {}): Promise<void> {
    const toast = this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text })
    const target = toast
      .locator('.monaco-button')
      .filter({ hasText: wholeText(button) })
      .first()
    await this.press(`the button ${button} of a notification ${text}`, target, limits)
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications')
  }

  /** The words of the modal dialog on the screen, or undefined if there is none. */
  async dialog(): Promise<string | undefined> {
    const box = this.page.locator('.monaco-dialog-box')
    return (await box.isVisible()) ? tidy(await box.innerText()) : undefined
  }

  /** Waits for a modal dialog that shows the text and presses a button of it. */
  async answerDialog(text: string | RegExp, button: string, limits: Limits = {}): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: text })
    const target = dialog
      .locator('.monaco-button')
      .filter({ hasText: wholeText(button) })
      .first()
    await this.press(`the button ${button} of a dialog ${text}`, target, limits)
  }

  /** Writes test-results/<name>.png and gives its path and bytes. */
  async screenshot(name: string): Promise<{ file: string; png: Buffer }> {
    await mkdir(pictures, { recursive: true })
    const file = join(pictures, `${name}.png`)
    const png = await this.page.screenshot({ timeout: 15_000 })
    await writeFile(file, png)
    return { file, png }
  }

  /** For messages of failed waits: picture, words on the screen, logs. */
  async describe(): Promise<string> {
    if (this.page.isClosed()) return 'The window was closed.'
    failures += 1
    const picture = await this.screenshot(`failure-${process.pid}-${failures}`).catch((error) => ({
      file: String(error),
    }))
    const screen = await this.page
      .locator('body')
      .innerText({ timeout: 5_000 })
      .catch(() => '(unreadable)')
    return [
      `Picture: ${picture.file}`,
      `Screen: ${screen
        .split(/\s*\n\s*/)
        .filter(Boolean)
        .join(' | ')
        .slice(0, 1_500)}`,
      `Console:\n${this.log
        .slice(-8)
        .map((line) => line.slice(0, 300))
        .join('\n')}`,
      await this.host.logTail(6),
    ].join('\n')
  }
}

/** Whether a click that was given up had been made by then; the log of its steps tells. */
function wasClicked(error: unknown): boolean {
  const log = error instanceof Error ? error.message : ''
  return /performing click action(?![\s\S]*(attempting|retrying) click action)/.test(log)
}

// The workbench puts no-break spaces into labels.
const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim()

const matches = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)

function wholeText(label: string | RegExp): RegExp {
  if (label instanceof RegExp) return label
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')
  return new RegExp(`^\\s*${escaped}\\s*$`)
}
