// "Remove Everything…": before the extension is uninstalled, all that it has left behind, from tools' files to secrets, after one
// question that lists it. What can't be taken back is told, and kept together with the record that it takes.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { isAlive, readLeader } from '../../server/leader-file.ts'
import { openTheEnd } from '../../tools/load.ts'
import type { TakenBackTool } from '../../tools/take-back-all.ts'
import type { WindowContext } from '../commands/window-context.ts'
import { sentenceText } from '../tools/words.ts'
import { type Leftovers, leftoverLines } from './leftovers.ts'

/** What is used of VS Code's own record of the extension. */
export type Traces = Pick<
  vscode.ExtensionContext,
  'extension' | 'extensionUri' | 'globalState' | 'globalStorageUri' | 'secrets'
>

/** Where the record of changed tools lies below the data folder. */
const toolsFolder = 'tools'
/** How long a gateway may take to end its last answers and write everything to disk. */
const farewellMs = 10_000

/** Gives whether it was done, for programs that run the command. */
export async function removeEverything({ session, log }: WindowContext, traces: Traces): Promise<boolean> {
  const { l10n, window } = vscode
  const { listSetUpTools, takeBackAll } = await openTheEnd()
  const dataFolder = traces.globalStorageUri.fsPath
  const journal = join(dataFolder, toolsFolder)
  const leftovers: Leftovers = {
    tools: await listSetUpTools(journal).catch(() => undefined),
    accounts: (await session.gateway?.call('accounts.list', {}))?.length,
    secrets: (await traces.secrets.keys()).length,
    dataFolder,
    settings: changedSettings(traces),
  }
  const remove = l10n.t('Remove Everything')
  const detail = [
    ...leftoverLines(leftovers, l10n),
    '',
    l10n.t('This can not be undone. "OmniRoute: Export…" saves it.'),
  ]
  const question = l10n.t('Remove everything that OmniRoute has on this machine?')
  const answer = await window.showWarningMessage(question, { modal: true, detail: detail.join('\n') }, remove)
  if (answer !== remove) return false

  const troubles = (await takeBackAll(journal)).filter(({ trouble }) => trouble !== undefined)
  // For all windows, since they share one gateway.
  await session.stop()
  if (!(await isOver(dataFolder))) {
    throw new Error(l10n.t('A gateway with this data still runs. Close the other windows and run this command again.'))
  }
  for (const key of await traces.secrets.keys()) await traces.secrets.delete(key)
  await deleteData(dataFolder, troubles)
  for (const setting of leftovers.settings) {
    await vscode.workspace.getConfiguration().update(setting, undefined, vscode.ConfigurationTarget.Global)
  }
  // What is gone here is not to be gone on other machines.
  traces.globalState.setKeysForSync([])
  for (const key of traces.globalState.keys()) await traces.globalState.update(key, undefined)
  log.info('Everything was removed.')
  void tell(troubles, traces.extension.id)
  return true
}

function changedSettings({ extension }: Traces): string[] {
  const { contributes } = extension.packageJSON as {
    contributes: { configuration: readonly { properties: Readonly<Record<string, unknown>> }[] }
  }
  const configuration = vscode.workspace.getConfiguration()
  return contributes.configuration
    .flatMap(({ properties }) => Object.keys(properties))
    .filter((setting) => configuration.inspect(setting)?.globalValue !== undefined)
}

/** Waits until no window's gateway has the data open. A record of a process that is gone is no gateway. */
async function isOver(dataFolder: string): Promise<boolean> {
  for (const end = Date.now() + farewellMs; Date.now() < end; ) {
    const leader = await readLeader(dataFolder)
    if (leader === undefined || !isAlive(leader.pid)) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

/** All of it; where a tool could not be taken back, all but the record of how. */
async function deleteData(dataFolder: string, troubles: readonly TakenBackTool[]): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }
  if (troubles.length === 0) return await rm(dataFolder, options)
  for (const name of await readdir(dataFolder)) {
    if (name !== toolsFolder) await rm(join(dataFolder, name), options)
  }
}

async function tell(troubles: readonly TakenBackTool[], id: string): Promise<void> {
  const { l10n, window, commands } = vscode
  for (const { name, paths, trouble } of troubles) {
    const reason = trouble === undefined ? '' : sentenceText(trouble, l10n)
    void window.showWarningMessage(l10n.t('{0}: {1} could not be taken back: {2}', name, paths.join(', '), reason))
  }
  const uninstall = l10n.t('Uninstall')
  const text = l10n.t('Everything was removed. Uninstall the extension now, or it begins anew with the next window.')
  if ((await window.showInformationMessage(text, uninstall)) === uninstall) {
    await commands.executeCommand('workbench.extensions.uninstallExtension', id)
  }
}
