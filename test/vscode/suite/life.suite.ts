// Stop, start, restart, and what diagnostics tell.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { ask, demoModel, endpoint, extension, textOf } from './window.ts'

describe('life of the gateway', () => {
  it('ends when the user stops it, and says so in the chat', async () => {
    const model = await demoModel('echo')
    const url = await endpoint()
    await vscode.commands.executeCommand('omniroute.server.stop')
    await assert.rejects(fetch(`${url}/health`))
    await assert.rejects(
      async () => textOf(await ask(model, 'anyone?')),
      (error: Error) =>
        error.message.includes('[stopped] OmniRoute is stopped. Run the command "OmniRoute: Start Server".'),
    )
  })

  it('begins again on the same port with the same models', async () => {
    await vscode.commands.executeCommand('omniroute.server.start')
    const model = await demoModel('echo')
    assert.equal(await textOf(await ask(model, 'back')), 'You said: back')
  })

  it('survives restarts in a row', async () => {
    const url = await endpoint()
    await Promise.all([1, 2, 3].map(() => vscode.commands.executeCommand('omniroute.server.restart')))
    assert.equal(await endpoint(), url)
    assert.equal(await textOf(await ask(await demoModel('echo'), 'again')), 'You said: again')
  })
})

describe('diagnostics', () => {
  const planted = 'sk-planted-0123456789abcdef'

  it('name versions, role, port and accounts, and hold no secret', async () => {
    // Somebody pastes a key where a name belongs, and asks for a model that looks like one.
    await vscode.commands.executeCommand('omniroute.account.add', {
      provider: 'demo',
      label: planted,
      prefix: 'second',
    })
    const text = String(await vscode.commands.executeCommand('omniroute.diagnostics.copy'))
    assert.match(text, new RegExp(`version: ${extension().packageJSON.version}`))
    assert.match(text, /running as leader at http:\/\/127\.0\.0\.1:\d+/)
    assert.match(text, /demo .*3 models/)
    assert.match(text, /models registered: \d+/)
    assert.match(text, /activated in/)
    assert.doesNotMatch(text, /planted|omr-|omra-/)
  })
})

describe('an explanation', () => {
  it('tells in words what became of the last request, in a document that cannot be changed', async () => {
    assert.equal(await textOf(await ask(await demoModel('echo'), 'hello')), 'You said: hello')
    const text = String(await vscode.commands.executeCommand('omniroute.request.explain'))
    assert.match(text, /^demo\/\S+ \(.+\): served, first byte after/)
    assert.match(text, /\(editor\)/)
    const shown = vscode.window.activeTextEditor?.document
    assert.equal(shown?.getText(), text)
    assert.equal(shown?.uri.scheme, 'omniroute-text')
  })
})
