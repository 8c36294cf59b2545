// Our models as VS Code hands them to any extension: listed, streaming, calling tools, seeing, cancelled, failing.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { createTokenCounter } from '../../../src/vscode/models/token-count.ts'
import { note } from '../host/suite-runner.ts'
import { startLimitedServer } from './limited-server.ts'
import { acceptingQuestions, ask, demoAccount, demoModel, extension, textOf, until } from './window.ts'

const countLimitMs = 250

describe('models', () => {
  before(demoAccount)

  it('are listed once, with distinct names and limits that leave room for input', async () => {
    await demoModel('echo')
    const models = await vscode.lm.selectChatModels({ vendor: 'omniroute' })
    const ids = models.map(({ id }) => id)
    for (const id of ['demo/echo', 'demo/tools', 'demo/lorem', 'auto']) assert.ok(ids.includes(id), `${id} of ${ids}`)
    assert.equal(new Set(ids).size, ids.length)
    assert.equal(new Set(models.map(({ name }) => name)).size, models.length)
    for (const { id, maxInputTokens } of models) assert.ok(maxInputTokens >= 16_000, id)
  })

  it('stream text and report usage', async () => {
    const response = await ask(await demoModel('echo'), 'one two three four five six')
    const texts: string[] = []
    let usage: unknown
    for await (const part of response.stream) {
      if (part instanceof vscode.LanguageModelTextPart) texts.push(part.value)
      if (part instanceof vscode.LanguageModelDataPart && part.mimeType === 'usage') {
        usage = JSON.parse(new TextDecoder().decode(part.data))
      }
    }
    assert.equal(texts.join(''), 'You said: one two three four five six')
    assert.ok(texts.length > 1, 'the text came in one piece')
    const counts = usage as { prompt_tokens: number; completion_tokens: number; total_tokens: number }
    assert.ok(counts.prompt_tokens > 0 && counts.completion_tokens > 0)
    assert.equal(counts.total_tokens, counts.prompt_tokens + counts.completion_tokens)
  })

  it('answer through the automatic route', async () => {
    const [auto] = await vscode.lm.selectChatModels({ vendor: 'omniroute', id: 'auto' })
    assert.ok(auto)
    assert.notEqual(await textOf(await ask(auto, 'hello')), '')
  })

  it('go through a loop of tool call and result', async () => {
    const model = await demoModel('tools')
    const inputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const tools = [{ name: 'get_weather', description: 'Weather of a city', inputSchema }]
    const question = vscode.LanguageModelChatMessage.User('Vienna')
    const { token } = new vscode.CancellationTokenSource()
    const calls: vscode.LanguageModelToolCallPart[] = []
    for await (const part of (await model.sendRequest([question], { tools }, token)).stream) {
      if (part instanceof vscode.LanguageModelToolCallPart) calls.push(part)
    }
    assert.equal(calls.length, 1)
    const [call] = calls
    assert.ok(call)
    assert.equal(call.name, 'get_weather')
    assert.deepEqual(call.input, { city: 'Vienna' })
    const result = new vscode.LanguageModelToolResultPart(call.callId, [new vscode.LanguageModelTextPart('21 degrees')])
    const messages = [
      question,
      vscode.LanguageModelChatMessage.Assistant([call]),
      vscode.LanguageModelChatMessage.User([result]),
    ]
    const answer = await textOf(await model.sendRequest(messages, { tools }, token))
    assert.equal(answer, 'The tool get_weather answered: 21 degrees')
  })

  it('call a tool when one is required', async () => {
    const tools = [{ name: 'now', description: 'The time' }]
    const toolMode = vscode.LanguageModelChatToolMode.Required
    const response = await ask(await demoModel('echo'), 'hello', { tools, toolMode })
    const names: string[] = []
    for await (const part of response.stream)
      if (part instanceof vscode.LanguageModelToolCallPart) names.push(part.name)
    assert.deepEqual(names, ['now'])
  })

  it('receive images', async () => {
    const png = await readFile(join(extension().extensionPath, 'media', 'icon.png'))
    const response = await ask(await demoModel('echo'), [
      new vscode.LanguageModelTextPart('Look'),
      vscode.LanguageModelDataPart.image(png, 'image/png'),
    ])
    assert.equal(await textOf(response), 'You said: Look (with 1 image)')
  })

  it('stop at once when cancelled, without an error', async () => {
    const source = new vscode.CancellationTokenSource()
    const response = await ask(await demoModel('lorem'), 'go', {}, source.token)
    let pieces = 0
    let cancelledAt = 0
    for await (const piece of response.text) {
      if (piece === '') continue
      pieces += 1
      if (pieces !== 2) continue
      source.cancel()
      cancelledAt = performance.now()
    }
    const tookMs = performance.now() - cancelledAt
    note(`a cancelled answer ended after ${tookMs.toFixed(0)} ms`)
    assert.ok(cancelledAt > 0 && tookMs < 1_000, `${tookMs} ms`)
    assert.ok(pieces < 200, `${pieces} pieces`)
  })

  it('fail in one line: code, cause, when to come back, next step, no stack', async () => {
    const server = await startLimitedServer()
    try {
      const account = { provider: 'openai-compatible', label: 'Limited', prefix: 'limited', baseUrl: server.baseUrl }
      // The only question left is for a key, which this server does not need.
      const id = await acceptingQuestions(vscode.commands.executeCommand('omniroute.account.add', account))
      const model = await until('the model of the server', async () => {
        return (await vscode.lm.selectChatModels({ vendor: 'omniroute', id: `limited/${server.model}` }))[0]
      })
      const failed = await ask(model, 'hello')
        .then(textOf)
        .then(
          () => undefined,
          (error: unknown) => error,
        )
      assert.ok(failed instanceof Error)
      note(`a failure reads: ${failed.message}`)
      assert.match(
        failed.message,
        /^\[rate_limited\] [^\n]*Rate limit reached[^\n]* Retry in \d+ s\. Wait for [^\n]*\.$/,
      )
      assert.doesNotMatch(String(failed.stack ?? ''), /(gateway|extension)\.cjs/)
      const refused = server.refused()
      await assert.rejects(async () => textOf(await ask(model, 'too soon')))
      assert.equal(server.refused(), refused, 'an account that rests was asked')
      // The only account that rests is the one that is marked when the question comes.
      assert.deepEqual(await acceptingQuestions(vscode.commands.executeCommand('omniroute.standing.clear')), [id])
      await assert.rejects(async () => textOf(await ask(model, 'once more')))
      assert.ok(server.refused() > refused, 'the account was not tried again')
      assert.deepEqual(await vscode.commands.executeCommand('omniroute.standing.clear', id), [id])
    } finally {
      await server.close()
    }
  })

  it(`count 5,000 texts in less than ${countLimitMs} ms of processor time`, async () => {
    const count = createTokenCounter()
    const texts = Array.from({ length: 5_000 }, (_, index) => {
      const words = index % 10 === 0 ? 120 : 6
      return (
        `Description of the parameter number ${index % 700}: `.repeat(1) +
        'the path of a file to read '.repeat(words / 6)
      )
    })
    const before = process.cpuUsage()
    let sum = 0
    for (const text of texts) sum += count(text)
    const { user, system } = process.cpuUsage(before)
    const tookMs = (user + system) / 1_000
    note(`5,000 token counts took ${tookMs.toFixed(1)} ms of processor time`)
    assert.ok(sum > 5_000)
    assert.ok(tookMs < countLimitMs, `${tookMs} ms`)
  })

  it('count tokens when VS Code asks', async () => {
    const model = await demoModel('echo')
    const counts = await Promise.all(
      Array.from({ length: 200 }, (_, index) => model.countTokens(`text number ${index}`)),
    )
    for (const tokens of counts) assert.ok(tokens >= 2 && tokens <= 8)
    const message = vscode.LanguageModelChatMessage.User('Hello there')
    assert.ok((await model.countTokens(message)) > (await model.countTokens('Hello there')))
  })

  it('are listed without any question to the user', async () => {
    const shown: string[] = []
    // Each extension has an instance of the API of its own; this is ours, wherever the suite lies.
    const own: typeof vscode = createRequire(join(extension().extensionPath, 'dist', 'extension.cjs'))('vscode')
    const window = own.window as unknown as Record<string, unknown>
    const names = Object.keys(window).filter((name) => /^(show|createQuickPick|createInputBox|withProgress)/.test(name))
    const originals = new Map(names.map((name) => [name, window[name]]))
    const replaced = names.filter((name) => {
      const spy = (...values: unknown[]) => {
        shown.push(name)
        return (originals.get(name) as (...values: unknown[]) => unknown)(...values)
      }
      return Reflect.defineProperty(window, name, { value: spy, configurable: true, writable: true })
    })
    try {
      assert.ok(replaced.includes('showQuickPick') && replaced.includes('showInformationMessage'), `${replaced}`)
      // A change of any account makes VS Code resolve all models anew.
      await vscode.commands.executeCommand('omniroute.server.restart')
      await until('models after a restart', async () => (await vscode.lm.selectChatModels({ vendor: 'omniroute' }))[0])
      assert.deepEqual(shown, [])
      // The spies do see what the extension shows.
      await vscode.commands.executeCommand('omniroute.endpoint.copy')
      assert.deepEqual(shown, ['showInformationMessage'])
    } finally {
      for (const name of replaced)
        Reflect.defineProperty(window, name, { value: originals.get(name), configurable: true })
    }
  })
})
