// Accounts and keys as every layer sees them. Secrets are never part of them.
import type { ModelInfo, ModelSource, Tier } from './model.ts'

export interface Account {
  readonly id: string
  readonly provider: string
  /** What the user calls it. */
  readonly label: string
  /** First segment of its models' public ids; several accounts of one provider may share it. */
  readonly prefix: string
  readonly tier: Tier
  readonly enabled: boolean
  /** Overrides the provider's; always present for generic providers. */
  readonly baseUrl?: string
  /** Sent with every call. In the database the values are empty: they are kept with the secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** Its own proxy, or 'direct'. In the database without user name and password: they are kept with the secrets. */
  readonly proxy?: string
  /** Lower comes first among accounts of one tier. */
  readonly order: number
  readonly createdAt: number
  /** Last characters of the key, for telling accounts apart; absent when it has none. */
  readonly keyTail?: string
}

export interface AccountModel extends ModelInfo {
  readonly accountId: string
  readonly source: ModelSource
}

export interface GatewayKey {
  readonly id: string
  readonly name: string
  /** SHA-256 of the key, hex. */
  readonly hash: string
  readonly tail: string
  readonly createdAt: number
}
