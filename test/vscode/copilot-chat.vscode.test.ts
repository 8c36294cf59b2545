// The way of somebody who has a key and a folder, signed out: Get Started, then an agent that edits a file, a picture, an answer
// that is stopped, a vendor that fails, and one that fails for good. The vendors are servers of the test.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { cancelAnswer, enableChat, newChat, pickModel, sendChat, waitForAnswer } from './host/chat.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'

const model = 'scripted-coder'
const key = 'sk-planted-0123456789abcdef'

describe('Copilot Chat, signed out', function () {
  this.timeout(180_000)
  let first: ScriptedUpstream
  let second: ScriptedUpstream
  let host: Host
  let window: Workbench
  let file: string

  before(async () => {
    first = await startScriptedUpstream([model])
    second = await startScriptedUpstream([model])
    host = await startHost({
      extensions: [root],
      settings: { 'omniroute.server.port': await freePort() },
      environment: { OPENAI_API_KEY: key, OPENAI_BASE_URL: first.baseUrl, OLLAMA_HOST: new URL(second.baseUrl).host },
    })
    // As the list of language models writes it when somebody sets the effort there.
    const settings = { [`${prefixOf(first.baseUrl)}/${model}`]: { reasoningEffort: 'high' } }
    await writeFile(
      join(host.userFolder, 'chatLanguageModels.json'),
      JSON.stringify([{ name: 'OmniRoute', vendor: 'omniroute', settings }]),
    )
    file = join(host.workspace, 'greeting.txt')
    await writeFile(file, 'Hello, world.\nSecond line.\n')
    window = await openWorkbench(host)
    await window.waitForStatusBar('OmniRoute')
  })

  after(async () => {
    await host?.stop()
    await first?.close()
    await second?.close()
  })

  it('Get Started shows the key and the server that it found, and adds what is marked', async () => {
    await window.runCommand('OmniRoute: Get Started')
    const found = await window.until('what was found', async () => {
      const input = await window.quickInput()
      return input?.title === 'Get Started' && input.items.length > 2 ? input.items : undefined
    })
    for (const name of ['OpenAI', 'Ollama', 'Demo']) assert.ok(found.includes(name), found.join())
    const rows = await window.page.locator('.quick-input-widget .monaco-list-row').allInnerTexts()
    const openAi = rows.find((row) => row.includes('OPENAI_API_KEY'))?.replace(/\s+/g, ' ') ?? rows.join()
    assert.ok(openAi.includes('…cdef') && openAi.includes(new URL(first.baseUrl).host), openAi)
    assert.ok(!rows.join().includes(key))
    // Ollama stays out: a click takes its mark away.
    await window.pick('Ollama')
    await window.page.keyboard.press('Enter')
    const { buttons } = await window.waitForNotification(/Ready: 127\.0\.0\.1:\d+\./)
    assert.deepEqual(buttons, ['Use in Copilot Chat', 'Set Up Tool', 'Copy Endpoint'])
    await window.clearNotifications()
  })

  it('what was added is not offered again', async () => {
    await window.runCommand('OmniRoute: Get Started')
    const found = await window.until('what was found', async () => {
      const input = await window.quickInput()
      return input?.title === 'Get Started' && input.items.length > 1 ? input.items : undefined
    })
    assert.ok(found.includes('Ollama') && !found.includes('OpenAI'), found.join())
    await window.page.keyboard.press('Escape')
  })

  it('the walkthrough ticks off what is true already', async () => {
    await window.runCommand('Welcome: Open Walkthrough...')
    await window.until('the list of walkthroughs', async () => ((await window.quickInput())?.items.length ?? 0) > 0)
    await window.page.keyboard.insertText('Get Started with OmniRoute')
    await window.pick('Get Started with OmniRoute')
    const isDone = (step: string) => window.page.locator(`[data-done-step-id$="#${step}"][aria-checked=true]`).count()
    await window.until(
      'the steps that are done',
      async () => (await isDone('gateway')) > 0 && (await isDone('connect')) > 0,
    )
    assert.equal(await isDone('combo'), 0)
    assert.equal(await isDone('tools'), 0)
    await window.runCommand('View: Close All Editors')
  })

  it('an agent reads and edits a file over several turns', async () => {
    await enableChat(window)
    await pickModel(window, model)
    first.answer = (chat) => {
      if (chat.tools === undefined || chat.tools.length < 5) return { text: 'A title' }
      switch (chat.messages.filter(({ role }) => role === 'tool').length) {
        case 0:
          return { tool: 'read_file', input: { filePath: file, startLine: 1, endLine: 2 } }
        case 1:
          return {
            tool: 'replace_string_in_file',
            input: { filePath: file, oldString: 'Hello, world.', newString: 'Good evening, world.' },
          }
        default:
          return { text: 'The greeting is a good evening now.' }
      }
    }
    await sendChat(window, 'Change the greeting to a good evening')
    await waitForAnswer(window, 'The greeting is a good evening now.', { timeout: 60_000 })
    await window.until('the file on disk', async () => (await readFile(file, 'utf8')).startsWith('Good evening'))
    assert.equal(await readFile(file, 'utf8'), 'Good evening, world.\nSecond line.\n')
    const turns = first.received.filter(({ chat }) => (chat.tools?.length ?? 0) >= 5)
    assert.equal(turns.length, 3)
    // The results of the tools came back to the model, and nothing of Copilot's own notes with them.
    assert.ok(turns[1]?.words.includes('Hello, world.'), turns[1]?.words)
    const sent = JSON.stringify(turns[0]?.chat)
    assert.doesNotMatch(sent, /_conversationId|cache_control|_capturingToken|_otelTrace/)
  })

  it('the effort of reasoning that is set for a model reaches its vendor', () => {
    const efforts = first.received
      .filter(({ chat }) => chat.tools !== undefined)
      .map(({ chat }) => chat.reasoning_effort)
    assert.ok(efforts.length >= 3)
    assert.deepEqual([...new Set(efforts)], ['high'])
  })

  it('a picture that is pasted reaches the model', async () => {
    first.answer = (chat, words) => ({
      text: chat.tools === undefined ? 'A title' : /"image_url"/.test(words) ? 'I see a picture.' : 'I see nothing.',
    })
    await newChat(window)
    await copyPicture(window)
    await window.page.locator('.interactive-session .interactive-input-editor').first().click()
    await window.page.keyboard.press('Control+V')
    await window.until('the picture in the chat input', async () =>
      window.page.locator('.interactive-session .chat-attached-context-attachment').first().isVisible(),
    )
    await sendChat(window, 'What do you see?')
    await waitForAnswer(window, 'I see a picture.')
  })

  it('an answer that is stopped ends at the vendor, too, at once', async () => {
    first.answer = (chat) => (chat.tools === undefined ? { text: 'A title' } : { endless: 'endless' })
    await newChat(window)
    await sendChat(window, 'Go on for ever')
    await waitForAnswer(window, 'endless endless')
    const running = first.received.at(-1)
    assert.equal(running?.hungUpAt, undefined)
    const stoppedAt = performance.now()
    await cancelAnswer(window)
    const hungUpAt = await window.until('the vendor to be hung up on', () => running?.hungUpAt)
    assert.ok(hungUpAt - stoppedAt < 2_000, `${hungUpAt - stoppedAt} ms`)
  })

  it('a second account answers when the first fails, and the chat shows nothing of it', async () => {
    await addServer(window, second.baseUrl, 'Spare', prefixOf(first.baseUrl))
    first.answer = () => ({ status: 503, message: 'Down for maintenance.' })
    second.answer = (chat) => ({ text: chat.tools === undefined ? 'A title' : 'The spare account answers.' })
    await newChat(window)
    const before = first.received.length
    await sendChat(window, 'Is anybody there?')
    const answer = await waitForAnswer(window, 'The spare account answers.', { timeout: 60_000 })
    assert.ok(first.received.length > before, 'the first account was not asked')
    assert.doesNotMatch(answer, /maintenance|failed/)
  })

  it('when nobody answers, one line says what went wrong and what to do', async () => {
    first.answer = () => ({ status: 400, message: 'The picture of the prompt is out of focus.' })
    second.answer = first.answer
    await newChat(window)
    await sendChat(window, 'Anybody at all?')
    const answer = await waitForAnswer(window, 'Reason:', { timeout: 60_000 })
    const reason = /Reason: .*?(?= Try Again|$)/.exec(answer)?.[0] ?? answer
    assert.match(reason, /^Reason: \[\w+\] .+\.$/)
    assert.doesNotMatch(reason, /\bat .+\.(cjs|js):\d+/)
    assert.ok(reason.length < 500, reason)
  })
})

/** The prefix that Get Started makes of an address. */
function prefixOf(baseUrl: string): string {
  return new URL(baseUrl).host.replace(/[^a-z0-9]+/g, '-')
}

async function addServer(window: Workbench, baseUrl: string, label: string, prefix: string): Promise<void> {
  await window.runCommand('OmniRoute: Add Account')
  await window.until('the list of providers', async () => (await window.quickInput())?.title === 'Add Account')
  await window.page.keyboard.insertText('OpenAI-compatible')
  await window.pick('OpenAI-compatible (Chat Completions)')
  await window.answer('Base URL', baseUrl)
  await window.answer('Key for', key)
  await window.answer('Name of the account', label)
  await window.answer('Prefix', prefix)
  await window.waitForNotification(new RegExp(`${label} is ready`))
  await window.clearNotifications()
}

/** Puts a picture of 16 by 16 red points onto the clipboard. */
async function copyPicture(window: Workbench): Promise<void> {
  await window.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(16, 16)
    const context = canvas.getContext('2d')
    if (!context) throw new Error('no canvas')
    context.fillStyle = 'red'
    context.fillRect(0, 0, 16, 16)
    const blob = await canvas.convertToBlob({ type: 'image/png' })
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
  })
}
