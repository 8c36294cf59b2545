// What commands work with: the things of this window that live as long as the extension does.
import * as vscode from 'vscode'
import { GatewayError } from '../../core/errors.ts'
import type { Gateway } from '../../gateway.ts'
import type { WindowLog } from '../log.ts'
import type { Memory } from '../models/catalogue.ts'
import type { ReadOnlyTexts } from '../read-only-texts.ts'
import type { Session } from '../session.ts'

export interface WindowContext {
  readonly session: Session
  readonly log: WindowLog
  readonly version: string
  /** What the user has allowed of the models of other extensions. */
  readonly access: vscode.LanguageModelAccessInformation
  readonly memory: Memory
  readonly texts: ReadOnlyTexts
}

/** The running gateway; when the user has stopped it, asks whether to start it and gives undefined for no. */
export async function gatewayFor({ session }: WindowContext): Promise<Gateway | undefined> {
  const gateway = await session.demand()
  if (gateway !== undefined) return gateway
  const start = vscode.l10n.t('Start Server')
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('OmniRoute is stopped.'), start)
  return answer === start ? await session.start() : undefined
}

/** Where tools reach it; in a window that is too old to use it, too. */
export function endpointOf({ state }: Gateway): string {
  if (state.kind === 'running' || state.kind === 'outdated') return state.endpoint
  throw new GatewayError('leader_silent', 'The window that runs the gateway does not answer.')
}

/**
 * Runs `work` while a cancellable notification says `title`. Undefined when the user cancelled; the work then goes on unheard,
 * and `undo` takes back what it did.
 */
export async function withProgress<T>(
  title: string,
  work: () => Promise<T>,
  undo: (result: T) => unknown = () => undefined,
): Promise<T | undefined> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const running = work()
      const cancelled = new Promise<'cancelled'>((resolve) => token.onCancellationRequested(() => resolve('cancelled')))
      const first = await Promise.race([running.then((result) => ({ result })), cancelled])
      if (first !== 'cancelled') return first.result
      // What fails after the user turned away concerns nobody.
      running.then(undo).catch(() => undefined)
      return undefined
    },
  )
}
