// What a group of the Routing page is: data about it and how its fields are drawn.
import type { TemplateResult } from 'lit'
import type { KeyView, StandingView } from '../../src/admin/contract.ts'
import type { NameSpace } from '../model-names.ts'
import type { RpcClient } from '../rpc/client.ts'
import type { Path, Problems, SectionId, Settings } from './draft.ts'

/** What fields may offer. */
export interface RoutingSpace extends NameSpace {
  readonly client: RpcClient
  readonly keys: readonly KeyView[]
  /** What is spent; empty where it isn't known. */
  readonly spending: StandingView['budgets']
}

/** A group while it is edited. */
export interface GroupForm {
  readonly draft: unknown
  readonly problems: Problems
  readonly space: RoutingSpace
  /** `undefined` takes an optional field out. */
  readonly set: (path: Path, value: unknown) => void
  readonly addRow: (path: Path, row: unknown) => void
  readonly removeRow: (path: Path, index: number) => void
}

export interface Group {
  readonly id: string
  /** Saved together. */
  readonly sections: readonly SectionId[]
  readonly title: () => string
  readonly purpose: () => string
  /** What is set, in a few words, for the folded group. */
  readonly summary: (settings: Settings) => string
  readonly fields: (form: GroupForm) => TemplateResult
}
