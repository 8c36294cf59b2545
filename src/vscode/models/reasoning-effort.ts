// How hard a model shall think, chosen for each model in VS Code's own list of language models where that has settings. Pure.
import type { ReasoningLevel } from '../../core/conversation.ts'
import type { Localizer } from '../localizer.ts'
import type { ModelConfigurationSchema } from './run-time-api.ts'

/** The key that VS Code and Copilot Chat use for it, too. */
const settingKey = 'reasoningEffort'

/** Says nothing to the gateway: its own settings, or those of a combo, decide then. */
const unsaid = 'default'

const levels = ['none', 'low', 'medium', 'high', 'max'] as const satisfies readonly ReasoningLevel[]

/** The setting as the picker shows it. */
export function reasoningEffortSchema(l10n: Localizer): ModelConfigurationSchema {
  return {
    properties: {
      [settingKey]: {
        type: 'string',
        title: l10n.t('Reasoning effort'),
        enum: [unsaid, ...levels],
        enumItemLabels: [
          l10n.t('Default'),
          l10n.t('Off'),
          l10n.t('Low'),
          l10n.t('Medium'),
          l10n.t('High'),
          l10n.t('Highest'),
        ],
        default: unsaid,
      },
    },
  }
}

/** The level that was chosen; undefined when none was, or one of another version that we don't know. */
export function chosenReasoningLevel(modelConfiguration: unknown): ReasoningLevel | undefined {
  if (typeof modelConfiguration !== 'object' || modelConfiguration === null) return undefined
  const chosen = (modelConfiguration as Record<string, unknown>)[settingKey]
  return levels.find((level) => level === chosen)
}
