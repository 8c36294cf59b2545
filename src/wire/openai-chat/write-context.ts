// What the pieces of a request writer share while one request is written.
import type { Warning } from '../../core/conversation.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import type { CallIdRule } from '../call-ids.ts'
import { fitCallId, mistralCallIds, openaiCallIds } from '../call-ids.ts'
import type { ToolNames } from '../tool-names.ts'
import type { OpenAiQuirks } from './quirks.ts'

export interface WriteContext {
  readonly target: TargetModel
  readonly quirks: OpenAiQuirks
  readonly names: ToolNames
  readonly warnings: Warning[]
}

export function warn(context: WriteContext, kind: string, subject: string, message: string): void {
  context.warnings.push({ kind, subject, message })
}

/** Like `warn`, for what would otherwise be said of every message of a long conversation. */
export function warnOnce(context: WriteContext, kind: string, subject: string, message: string): void {
  const isKnown = context.warnings.some((warning) => warning.kind === kind && warning.subject === subject)
  if (!isKnown) warn(context, kind, subject, message)
}

export function wireCallId(id: string, quirks: OpenAiQuirks): string {
  const rule: CallIdRule = quirks.toolIdPattern === 'alphanumeric9' ? mistralCallIds : openaiCallIds
  return fitCallId(id, rule)
}
