// What the cards of accounts, combos and keys have in common: one action at a time, its failure told and announced, and a question
// before what can't be undone.
import { LitElement } from 'lit'
import { state } from 'lit/decorators.js'
import type { RpcFailure } from '../src/admin/contract.ts'
import { announce } from './announce.ts'
import { toFailure } from './rpc/client.ts'

/** `Work` names the actions, for cards that show which of them is under way. */
export class ActionCard<Work extends string = 'working'> extends LitElement {
  @state() protected work: Work | undefined
  @state() protected failure: RpcFailure | undefined
  /** The question stands open. */
  @state() protected confirming = false
  /** The button that opens the question, to which the focus goes back. */
  protected readonly opener: string = '.remove'

  protected async ask(): Promise<void> {
    this.confirming = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.confirm vscode-button[secondary]')?.focus()
  }

  protected async cancel(): Promise<void> {
    this.confirming = false
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(this.opener)?.focus()
  }

  /** Does nothing while another action is under way. */
  protected async run(work: Work, action: () => Promise<void>): Promise<void> {
    if (this.work) return
    this.work = work
    this.failure = undefined
    try {
      await action()
    } catch (thrown) {
      this.failure = toFailure(thrown)
      announce([this.failure.message, this.failure.nextStep].filter(Boolean).join(' '))
    } finally {
      this.work = undefined
    }
  }
}
