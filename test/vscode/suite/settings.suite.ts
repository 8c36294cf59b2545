// Settings take effect while the gateway runs.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import * as vscode from 'vscode'
import { ask, demoModel, endpoint, textOf, until } from './window.ts'

const configuration = () => vscode.workspace.getConfiguration('omniroute')
const set = (key: string, value: unknown) => configuration().update(key, value, vscode.ConfigurationTarget.Global)

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

describe('settings', () => {
  let before = 0

  it('move the server to another port at once', async () => {
    const old = await endpoint()
    before = Number(new URL(old).port)
    const port = await freePort()
    await set('server.port', port)
    await until('the server at its new port', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`)
      await response.body?.cancel()
      return response.ok ? true : undefined
    })
    await assert.rejects(fetch(`${old}/health`))
    assert.equal(
      await until('the new endpoint', async () => ((await endpoint()) === old ? undefined : endpoint())),
      `http://127.0.0.1:${port}`,
    )
    assert.equal(await textOf(await ask(await demoModel('echo'), 'moved')), 'You said: moved')
  })

  it('that cannot be used are replaced by their defaults', async () => {
    await set('server.bodyLimitMb', -5)
    await set('logs.rows', 'many')
    assert.equal(await textOf(await ask(await demoModel('echo'), 'still here')), 'You said: still here')
    await set('server.bodyLimitMb', undefined)
    await set('logs.rows', undefined)
  })

  after(async () => {
    await set('server.port', before)
    await until('the server at its old port', async () => {
      const response = await fetch(`http://127.0.0.1:${before}/health`)
      await response.body?.cancel()
      return response.ok ? true : undefined
    })
  })
})
