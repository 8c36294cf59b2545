// Every command exists and survives a window with nothing in it.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { demoAccount, demoModel, endpoint, extension, until } from './window.ts'

function contributed(): string[] {
  const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } }
  return contributes.commands.map(({ command }) => command)
}

/** Runs a command to its end, closing whatever it asks. */
async function runToEnd(command: string, ...values: unknown[]): Promise<unknown> {
  let done = false
  const running = Promise.resolve(vscode.commands.executeCommand(command, ...values)).finally(() => {
    done = true
  })
  const closing = (async () => {
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen')
    }
  })()
  const result = await running
  await closing
  return result
}

describe('commands', () => {
  it('are all registered', async () => {
    await endpoint()
    const known = new Set(await vscode.commands.getCommands(true))
    assert.deepEqual(
      contributed().filter((command) => !known.has(command)),
      [],
    )
  })

  for (const command of [
    'omniroute.account.add',
    'omniroute.account.edit',
    'omniroute.account.test',
    'omniroute.account.remove',
    'omniroute.accounts.switch',
    'omniroute.start',
    'omniroute.models.choose',
    'omniroute.default.choose',
    'omniroute.endpoint.copy',
    'omniroute.key.copy',
    'omniroute.mcp.copy',
    'omniroute.dashboard.open',
    'omniroute.routing.open',
    'omniroute.standing.clear',
    'omniroute.tools.setUp',
    'omniroute.tools.undo',
    'omniroute.tools.copyLaunch',
    'omniroute.tools.open',
    'omniroute.actions.show',
    'omniroute.log.show',
    'omniroute.request.explain',
    'omniroute.diagnostics.copy',
    'omniroute.privacy.show',
    'omniroute.everything.remove',
    'omniroute.server.start',
    'omniroute.models.useInChat',
  ]) {
    it(`${command} comes to an end in an empty window`, async () => {
      await runToEnd(command)
    })

    it(`${command} takes nonsense for an argument`, async () => {
      await runToEnd(command, { provider: 7, id: [] }, 'nonsense')
    })
  }

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await vscode.commands.executeCommand('workbench.action.closePanel')
  })

  it('copy the endpoint with its version', async () => {
    assert.equal(await vscode.commands.executeCommand('omniroute.endpoint.copy'), `${await endpoint()}/v1`)
  })

  it('keep the key to the clipboard', async () => {
    assert.equal(await vscode.commands.executeCommand('omniroute.key.copy'), undefined)
  })

  it('add an account that needs nothing asked, whose models appear by themselves', async () => {
    await demoAccount()
    await demoModel('echo')
  })

  it('say that there is nothing to clear while no account rests', async () => {
    assert.deepEqual(await vscode.commands.executeCommand('omniroute.standing.clear'), [])
  })

  it('open one dashboard, however often they are run', async () => {
    const dashboards = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('omniroute.dashboard'),
        )
    await vscode.commands.executeCommand('omniroute.dashboard.open')
    await vscode.commands.executeCommand('omniroute.routing.open')
    await vscode.commands.executeCommand('omniroute.dashboard.open')
    await until('the dashboard', () => (dashboards().length > 0 ? true : undefined))
    assert.equal(dashboards().length, 1)
  })
})
