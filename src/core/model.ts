// What is known of a model. Every fact may be unknown; unknown is absent, never guessed.

/** Token limits. */
export interface ModelLimits {
  readonly contextWindow?: number
  readonly maxOutput?: number
}

export interface ModelCapabilities {
  readonly tools?: boolean
  readonly vision?: boolean
  readonly reasoning?: boolean
  readonly structuredOutput?: boolean
}

export interface ModelInfo {
  /** The id the upstream knows the model by, without the account's prefix. */
  readonly id: string
  readonly name?: string
  readonly limits: ModelLimits
  readonly capabilities: ModelCapabilities
}

/** `live` was read from the upstream, `bundled` ships with the extension, `user` was typed in. */
export type ModelSource = 'live' | 'bundled' | 'user'

/** Tiers in the order in which the automatic route prefers them. */
export const tiers = ['subscription', 'api-key', 'cheap', 'free', 'local'] as const
export type Tier = (typeof tiers)[number]
