// What the status bar item says in each state. Pure; words for everything, colour only where the user has to act.
import { failureLine } from './failure.ts'
import type { Localizer } from './localizer.ts'
import type { SessionState } from './session.ts'

export interface StatusFacts {
  readonly state: SessionState
  readonly models: number
  /** Labels of accounts that cannot work before the user gives a key. */
  readonly needKey: readonly string[]
  readonly lastModel?: string
  /** The quota of which the least is left, in words. */
  readonly tightestQuota?: string
  readonly notice?: string
}

export interface StatusView {
  readonly text: string
  /** The state in words for a screen reader. */
  readonly label: string
  readonly lines: readonly string[]
  readonly background?: 'error' | 'warning'
}

export function statusView(facts: StatusFacts, l10n: Localizer): StatusView {
  const { state } = facts
  switch (state.kind) {
    case 'starting':
      return plain('$(loading~spin)', l10n.t('OmniRoute: starting'), [])
    case 'reconnecting':
      if (state.because === 'silent')
        return {
          ...plain('$(warning)', l10n.t('OmniRoute: no answer'), [
            l10n.t('The window that runs the gateway does not answer. This one goes on as soon as it does.'),
            l10n.t('If it is stuck, close it or end its process; then this window takes over.'),
          ]),
          background: 'warning',
        }
      return plain('$(sync~spin)', l10n.t('OmniRoute: taking over'), [
        l10n.t('The window that ran the gateway is gone; this one takes over.'),
      ])
    case 'outdated':
      return {
        ...plain('$(warning)', l10n.t('OmniRoute: reload this window'), [
          l10n.t('The gateway runs in a window with version {0} of OmniRoute, at {1}.', state.version, state.endpoint),
          l10n.t('This window has an older version. Reload it to use its models here again.'),
        ]),
        background: 'warning',
      }
    case 'stopped':
      return plain('$(circle-slash)', l10n.t('OmniRoute: stopped'), [
        l10n.t('The gateway is not running.'),
        ...(state.byUser ? [l10n.t('It was stopped for all windows; starting it in one starts it for all.')] : []),
      ])
    case 'failed':
      return {
        ...plain('$(error)', l10n.t('OmniRoute: failed'), [failureLine(state.error, l10n)]),
        background: 'error',
      }
    case 'running':
      return running(facts, state, l10n)
  }
}

function running(facts: StatusFacts, state: Extract<SessionState, { kind: 'running' }>, l10n: Localizer): StatusView {
  const moved = state.role === 'leader' ? state.movedFrom : undefined
  const lines = [
    state.role === 'leader'
      ? l10n.t('Running at {0}', state.endpoint)
      : l10n.t('Using the gateway of another window at {0}', state.endpoint),
    ...(moved === undefined ? [] : [holderLine(moved, state.heldBy, l10n)]),
    facts.models === 1 ? l10n.t('1 model') : l10n.t('{0} models', facts.models),
    ...(facts.lastModel === undefined ? [] : [l10n.t('Last answer by {0}', facts.lastModel)]),
    ...(facts.tightestQuota === undefined ? [] : [facts.tightestQuota]),
    ...(facts.notice === undefined ? [] : [facts.notice]),
  ]
  const trouble = troubleOf(facts, moved, state.endpoint, l10n)
  if (trouble === undefined) {
    const label =
      state.role === 'leader' ? l10n.t('OmniRoute: running') : l10n.t('OmniRoute: running in another window')
    return { text: '$(broadcast) OmniRoute', label, lines }
  }
  const which = facts.needKey.map((label) => l10n.t('{0} needs a key in this editor', label))
  return { ...plain('$(warning)', trouble, [...lines, ...which]), background: 'warning' }
}

function holderLine(port: number, heldBy: 'omniroute' | 'program' | undefined, l10n: Localizer): string {
  return heldBy === 'omniroute'
    ? l10n.t('Port {0} is held by an OmniRoute with other data.', port)
    : l10n.t('Port {0} is held by another program.', port)
}

/** The first thing the user has to see to, in the words of the status bar. */
function troubleOf(
  facts: StatusFacts,
  movedFrom: number | undefined,
  endpoint: string,
  l10n: Localizer,
): string | undefined {
  if (facts.notice !== undefined) return l10n.t('OmniRoute: storage needs attention')
  if (movedFrom !== undefined) return l10n.t('OmniRoute: at port {0}', new URL(endpoint).port)
  return facts.needKey.length > 0 ? l10n.t('OmniRoute: key missing') : undefined
}

function plain(icon: string, words: string, lines: readonly string[]): StatusView {
  return { text: `${icon} ${words}`, label: words, lines }
}
