// What the suite shares: the activated extension, the demo account, and patience.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { OmniRouteApi } from '../../../src/extension.ts'

export const extensionId = 'omniroute.omniroute'

export function extension(): vscode.Extension<OmniRouteApi> {
  const found = vscode.extensions.getExtension<OmniRouteApi>(extensionId)
  assert.ok(found, `${extensionId} is not installed`)
  return found
}

export async function api(): Promise<OmniRouteApi> {
  return await extension().activate()
}

export async function endpoint(): Promise<string> {
  const url = await (await api()).endpoint()
  assert.ok(url, 'the gateway does not run')
  return url
}

/** Looks until `look` gives something; says what it waited for when it gives up. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 10_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`Waited ${timeoutMs} ms for ${what}, in vain.${last === undefined ? '' : ` ${String(last)}`}`)
}

let demo: Promise<string> | undefined

/** The id of the demo account, added by the command as a user adds it. */
export function demoAccount(): Promise<string> {
  demo ??= (async () => {
    await endpoint()
    const id = await vscode.commands.executeCommand('omniroute.account.add', { provider: 'demo', label: 'Demo' })
    assert.equal(typeof id, 'string')
    return String(id)
  })()
  return demo
}

/** A demo model as any extension gets it. */
export async function demoModel(name: 'echo' | 'tools' | 'lorem'): Promise<vscode.LanguageModelChat> {
  await demoAccount()
  return await until(`the model demo/${name}`, async () => {
    const models = await vscode.lm.selectChatModels({ vendor: 'omniroute', id: `demo/${name}` })
    return models[0]
  })
}

export function ask(
  model: vscode.LanguageModelChat,
  content: string | (vscode.LanguageModelTextPart | vscode.LanguageModelDataPart)[],
  options: vscode.LanguageModelChatRequestOptions = {},
  token?: vscode.CancellationToken,
): Thenable<vscode.LanguageModelChatResponse> {
  const cancellation = token ?? new vscode.CancellationTokenSource().token
  return model.sendRequest([vscode.LanguageModelChatMessage.User(content)], options, cancellation)
}

export async function textOf(response: vscode.LanguageModelChatResponse): Promise<string> {
  let text = ''
  for await (const piece of response.text) text += piece
  return text
}

/** Presses Enter in whatever quick input is open until the work is done. */
export async function acceptingQuestions<T>(work: Thenable<T>): Promise<T> {
  let done = false
  const running = Promise.resolve(work).finally(() => {
    done = true
  })
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (!done) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
  }
  return await running
}
