// What of us is on this machine, and how a person is told of it before it goes. Pure.
import type { SetUpTool } from '../../tools/take-back-all.ts'
import type { Localizer } from '../localizer.ts'

export interface Leftovers {
  /** Undefined when the record of them can't be read. */
  readonly tools: readonly SetUpTool[] | undefined
  /** Unknown while the gateway is stopped. */
  readonly accounts: number | undefined
  readonly secrets: number
  readonly dataFolder: string
  /** Settings that the user has changed, by their full names. */
  readonly settings: readonly string[]
}

/** One line for each thing that will happen, in the order in which it does. */
export function leftoverLines(
  { tools, accounts, secrets, dataFolder, settings }: Leftovers,
  l10n: Localizer,
): string[] {
  return [
    ...(tools === undefined
      ? [l10n.t('The record of changed tools can not be read, so nothing is taken back in them.')]
      : tools.length === 0
        ? [l10n.t('No tool was set up by OmniRoute.')]
        : tools.map(({ name, paths }) =>
            l10n.t('Taken back for {0}: what OmniRoute wrote into {1}', name, paths.join(', ')),
          )),
    l10n.t('The gateway is stopped in all windows.'),
    l10n.t('Deleted: keys and tokens in the secret storage ({0})', secrets),
    accounts === undefined
      ? l10n.t('Deleted: accounts, combos, request log and backups in {0}', dataFolder)
      : l10n.t('Deleted: accounts ({0}), combos, request log and backups in {1}', accounts, dataFolder),
    ...(settings.length === 0 ? [] : [l10n.t('Reset: {0}', settings.join(', '))]),
    l10n.t('Forgotten: what the extension remembers in this editor'),
  ]
}
