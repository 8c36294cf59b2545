// Registers the commands. A failure of a command becomes one message with its next step and a button to the log; the command
// itself never rejects, because VS Code would show the bare error a second time.
import * as vscode from 'vscode'
import { readFailure } from '../failure.ts'
import type { WindowLog } from '../log.ts'
import type { CommandArguments, CommandHandlers, CommandId } from './command-ids.ts'

export function registerCommands(handlers: CommandHandlers, log: WindowLog): vscode.Disposable {
  const commands = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...values: unknown[]) => {
      try {
        return await handler(...values)
      } catch (thrown) {
        const failure = readFailure(thrown, vscode.l10n)
        log.error(`${id} failed: [${failure.code}] ${failure.cause}`)
        // Not awaited: the command is over, the message may stay.
        // The catalogue's sentence for a wrong request is about accounts that were not tried; here the cause says what to mend.
        void showFailure(failure.code === 'invalid_request' ? failure.cause : `${failure.cause} ${failure.nextStep}`)
        return undefined
      }
    }),
  )
  return vscode.Disposable.from(...commands)
}

/** Runs one of our own commands, with its arguments checked by the compiler. */
export function runCommand<Id extends CommandId>(id: Id, ...values: CommandArguments[Id]): Thenable<unknown> {
  return vscode.commands.executeCommand(id, ...values)
}

/** A link to one of our commands for a trusted Markdown text. */
export function commandLink(id: CommandId, title: string): string {
  return `[${title}](command:${id})`
}

async function showFailure(text: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log')
  if ((await vscode.window.showErrorMessage(text, showLog)) === showLog) await runCommand('omniroute.log.show')
}
