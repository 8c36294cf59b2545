// The chat view of a window. Copilot Chat is built in but switched off in a fresh profile; enableChat switches it on the
// way a signed-out user does.

import { readFile } from 'node:fs/promises'
import type { Locator } from 'playwright-core'
import type { Workbench } from './workbench.ts'

interface Limits {
  timeout?: number
}

const inputOf = (workbench: Workbench): Locator =>
  workbench.page.locator('.interactive-session .interactive-input-editor').first()
const pickerOf = (workbench: Workbench): Locator =>
  workbench.page.locator('.interactive-session .model-picker-name').first()

/** Once for a host: makes the chat answer through extension models with nobody signed in. */
export async function enableChat(workbench: Workbench, limits: Limits = {}): Promise<void> {
  await workbench.runCommand('Chat: Manage Language Models', limits)
  const modal = workbench.page.locator('.monaco-modal-editor-block')
  await workbench.until('the list of language models', () => modal.getByText('Context Size').isVisible(), limits)
  await workbench.until(
    'the list of language models to close',
    async () => {
      if (!(await modal.isVisible())) return true
      await workbench.page.keyboard.press('Escape')
      return undefined
    },
    limits,
  )
  // Only a message sent after the chat extension is up goes to it; an earlier one meets a sign-in dialog.
  await workbench.until('Copilot Chat to be active', () => copilotIsActive(workbench), limits)
  await workbench.until(
    'a model in the chat input',
    async () => !/^(Models|Auto)?$/.test(await currentModel(workbench)),
    limits,
  )
}

async function copilotIsActive({ host }: Workbench): Promise<boolean> {
  const logs = (await host.logFiles()).filter((file) => file.endsWith('GitHub Copilot Chat.log'))
  const texts = await Promise.all(logs.map((file) => readFile(file, 'utf8')))
  return texts.some((text) => text.includes("activationBlocker from 'conversationFeature' took"))
}

/** The name of the model the next message goes to. */
export async function currentModel(workbench: Workbench): Promise<string> {
  await openChat(workbench)
  const picker = pickerOf(workbench)
  const shown = (await picker.innerText({ timeout: 5_000 })).trim()
  if (shown !== '') return shown
  // Where there is little room only an icon is left; its label is "Pick Model, <name>".
  return ((await picker.getAttribute('aria-label', { timeout: 5_000 })) ?? '').replace(/^[^,:]*[,:]\s*/, '').trim()
}

async function openChat(workbench: Workbench): Promise<void> {
  if (await inputOf(workbench).isVisible()) return
  await workbench.runCommand('Chat: Open Chat')
  await workbench.until('the chat view', () => inputOf(workbench).isVisible())
}

/** Chooses a model by its name in the picker of the chat input, as a person does. */
export async function pickModel(workbench: Workbench, name: string, limits: Limits = {}): Promise<void> {
  await openChat(workbench)
  const rows = workbench.page.locator('.context-view .monaco-list-row')
  const row = rows.filter({ hasText: name }).first()
  await workbench.press('the model picker', pickerOf(workbench), limits)
  await workbench.until('the list of the model picker', () => rows.first().isVisible(), limits)
  // Models not used lately lie under a heading that is closed.
  const closed = workbench.page.locator('.context-view .chat-model-picker-section-toggle[aria-expanded=false]')
  if (!(await row.isVisible()) && (await closed.isVisible())) await workbench.press('Other Models', closed, limits)
  await workbench.press(`the model ${name}`, row, limits)
  await workbench.until(`${name} to be chosen`, async () => (await currentModel(workbench)) === name, limits)
}

/** Types a message and sends it. Does not wait for the answer. */
export async function sendChat(workbench: Workbench, text: string): Promise<void> {
  await openChat(workbench)
  const editor = inputOf(workbench)
  await workbench.press('the chat input', editor)
  await workbench.page.keyboard.insertText(text)
  await workbench.until('the message in the chat input', async () =>
    (await editor.innerText()).replace(/\s/g, '').includes(text.replace(/\s/g, '')),
  )
  await workbench.page.keyboard.press('Enter')
  await workbench.until('the message to be sent', async () =>
    (await requests(workbench)).some((request) => request.includes(flat(text))),
  )
}

/** The messages of the conversation that are on the screen. */
async function requests({ page }: Workbench): Promise<string[]> {
  return (await page.locator('.interactive-session .interactive-request .value').allInnerTexts()).map(flat)
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** What the answer to the last message shows so far; empty before it begins. */
export async function lastAnswer(workbench: Workbench): Promise<string> {
  const answer = await workbench.page.evaluate(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('.interactive-session .interactive-list .monaco-list-row')]
    // The list reuses its elements, so their order in the document says nothing.
    const last = rows.sort((left, right) => Number(left.dataset['index']) - Number(right.dataset['index'])).at(-1)
    return last?.querySelector<HTMLElement>('.interactive-response')?.innerText ?? ''
  })
  return flat(answer)
}

/** Waits until the answer to the last message shows the text, and gives that answer as it stands then. */
export async function waitForAnswer(workbench: Workbench, text: string | RegExp, limits: Limits = {}): Promise<string> {
  for (let refusals = 0; ; refusals += 1) {
    const { answer, refusal } = await workbench.until(
      `the answer ${text} in the chat`,
      async () => {
        const dialog = await workbench.dialog()
        if (dialog?.includes('Sign in')) return { answer: '', refusal: dialog }
        const shown = await lastAnswer(workbench)
        return (
          (typeof text === 'string' ? shown.includes(text) : text.test(shown)) && { answer: shown, refusal: undefined }
        )
      },
      limits,
    )
    if (!refusal) return answer
    // Left open, the dialog would hold up whatever is tried next.
    await workbench.page.keyboard.press('Escape')
    await workbench.until('the sign-in dialog to be gone', async () => !(await workbench.dialog()))
    // A busy workbench may hear of the chat extension only after the first message of a host, which is then asked again.
    const asked = await requests(workbench)
    if (asked.length !== 1 || asked[0] === undefined || refusals === 2)
      throw new Error(`The chat wants a sign-in instead of answering (was enableChat called?): ${refusal}`)
    await newChat(workbench)
    await sendChat(workbench, asked[0])
  }
}

/** Presses the stop button of a running answer. */
export async function cancelAnswer(workbench: Workbench): Promise<void> {
  await workbench.press(
    'the stop button',
    workbench.page.locator('.interactive-session .chat-execute-toolbar .codicon-stop-circle').first(),
  )
}

/** Starts an empty conversation. */
export async function newChat(workbench: Workbench): Promise<void> {
  await openChat(workbench)
  await workbench.press(
    'New Chat',
    workbench.page.locator('.part.auxiliarybar .codicon-plus[aria-label^="New Chat"]').first(),
  )
  await workbench.until(
    'an empty conversation',
    async () => (await lastAnswer(workbench)) === '' && (await requests(workbench)).length === 0,
  )
}
