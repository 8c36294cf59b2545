// What the pieces of the request writer share while one request is written.
import type { ChatRequest, Warning } from '../../core/conversation.ts'
import type { TargetModel } from '../../core/wire-format.ts'
import type { ToolNames } from '../tool-names.ts'
import type { GeminiQuirks } from './quirks.ts'

export interface WriteContext {
  readonly request: ChatRequest
  readonly target: TargetModel
  readonly quirks: GeminiQuirks
  readonly names: ToolNames
  readonly warnings: Warning[]
  readonly warned: Set<string>
}

/** Records a loss once for each kind and subject: a long conversation would repeat it endlessly. */
export function warn(context: WriteContext, kind: string, subject: string, message: string): void {
  const key = `${kind} ${subject}`
  if (context.warned.has(key)) return
  context.warned.add(key)
  context.warnings.push({ kind, subject, message })
}
