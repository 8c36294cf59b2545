// Setting a tool up through the API of its extension: the profile as a diff against nothing, then the question, then the call.
import type * as vscode from 'vscode'
import type { ToolAction, ToolChoice, ToolView } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import type { WindowContext } from '../commands/window-context.ts'
import { putProfile } from './profiles.ts'
import { proveAndTell } from './proof.ts'
import { askToApply, diffOf } from './review.ts'
import { profileApiOf } from './window-facts.ts'
import { actionText } from './words.ts'

export async function setUpProfile(
  context: WindowContext,
  gateway: Gateway,
  { tool, action, choice }: { readonly tool: ToolView; readonly action: ToolAction; readonly choice: ToolChoice },
  l10n: typeof vscode.l10n,
): Promise<'done' | undefined> {
  const api = await profileApiOf(tool.id)
  const profile = await gateway.call('tools.profile', { tool: tool.id, ...choice })
  const title = `${tool.name}: ${actionText(action, l10n)}`
  const path = `${profile.name}.json`
  const after = `${JSON.stringify(profile, undefined, 2)}\n`
  const diff = diffOf(context.texts, title, `profile-${tool.id}`, [{ path, after }])
  const isWanted = await askToApply(
    title,
    { files: [{ path, effect: 'made', replaced: [], left: [] }], notes: [] },
    diff,
  )
  await diff.close()
  if (!isWanted) return undefined
  const key = await gateway.defaultKey()
  await putProfile(tool.id, { profile, key, activate: action === 'default' }, api, context.memory, l10n)
  await proveAndTell(context, gateway, tool, { action, model: choice.model, next: [], isNew: true })
  return 'done'
}
