// What the suite before did, chats, accounts, a moved server, restarts, was all answered on this machine: nothing of ours has
// called anybody else.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import * as vscode from 'vscode'
import { opened } from './connections.ts'
import { endpoint, until } from './window.ts'

describe('connections of a session', () => {
  it('go to the server of an account, when there is one', async () => {
    await endpoint()
    const paths: string[] = []
    const server = createServer((request, response) => {
      paths.push(String(request.url))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'own', object: 'model' }] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const { port } = address
    const baseUrl = `http://127.0.0.1:${port}/v1`
    const prefill = { provider: 'openai-compatible', baseUrl, label: 'Own', prefix: 'own' }
    const adding = vscode.commands.executeCommand('omniroute.account.add', prefill)
    // The key is never taken from a prefill; without one it is asked for, and may be left out.
    let done = false
    void Promise.resolve(adding).finally(() => {
      done = true
    })
    await until('the account to be added', async () => {
      if (!done) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
      return done && paths.length > 0 ? true : undefined
    })
    assert.ok(
      opened.some((each) => each.port === port),
      JSON.stringify(opened),
    )
    server.close()
    server.closeAllConnections()
  })

  it('go nowhere but to this machine', () => {
    const elsewhere = opened.filter(({ host }) => !/^(?:127\.0\.0\.1|localhost|::1)$/.test(host))
    assert.deepEqual(elsewhere, [])
  })
})
