// The tools for agents as the editor's own: what they are and do stands in src/admin/agents, here they get their words, and each
// change its question.
import * as vscode from 'vscode'
import { type AgentChange, makeChange } from '../../admin/agents/changes.ts'
import { type AgentInput, type AgentTool, agentTools, refusalOf } from '../../admin/agents/tools.ts'
import type { Gateway } from '../../gateway.ts'
import { readFailure, stoppedByUser } from '../failure.ts'
import type { Session } from '../session.ts'

export function registerLmTools(session: Session): vscode.Disposable {
  // Some editors built on VS Code have no tools.
  if (typeof vscode.lm?.registerTool !== 'function') return new vscode.Disposable(() => undefined)
  return vscode.Disposable.from(
    ...agentTools.map((tool) =>
      vscode.lm.registerTool<AgentInput>(tool.name, {
        prepareInvocation: ({ input }) => preparation(tool, input),
        invoke: ({ input }) => invoke(session, tool, input),
      }),
    ),
  )
}

function preparation(tool: AgentTool, input: AgentInput): vscode.PreparedToolInvocation {
  const change = tool.kind === 'changing' ? tool.change(input) : undefined
  // What names no change is refused by words when it is invoked; there is nothing to ask about.
  return {
    invocationMessage: progressText(tool.name),
    ...(change === undefined ? {} : { confirmationMessages: questionOf(change) }),
  }
}

async function invoke(session: Session, tool: AgentTool, input: AgentInput): Promise<vscode.LanguageModelToolResult> {
  const { l10n } = vscode
  try {
    const gateway = await session.demand()
    if (gateway === undefined) throw stoppedByUser(l10n)
    return textResult(await answer(gateway, tool, input))
  } catch (thrown) {
    const { cause, nextStep } = readFailure(thrown, l10n)
    return textResult({ error: cause, nextStep })
  }
}

async function answer(gateway: Gateway, tool: AgentTool, input: AgentInput): Promise<object> {
  if (tool.kind === 'reading') return await tool.read(gateway, input)
  const change = tool.change(input)
  return change === undefined ? ((await refusalOf(tool, gateway, input)) ?? {}) : await makeChange(gateway, change)
}

function progressText(name: string): string {
  const { l10n } = vscode
  switch (name) {
    case 'omniroute_usage':
      return l10n.t("Reading today's usage of OmniRoute")
    case 'omniroute_models':
      return l10n.t('Reading the models of OmniRoute')
    case 'omniroute_explain':
      return l10n.t('Reading how OmniRoute decided a request')
    case 'omniroute_set_default':
      return l10n.t('Changing the default model of OmniRoute')
    default:
      return l10n.t('Switching a combo of OmniRoute')
  }
}

function questionOf(change: AgentChange): { title: string; message: string } {
  const { l10n } = vscode
  if (change.kind === 'default') {
    return {
      title: l10n.t('Change the default model?'),
      message: l10n.t(
        '"default" will stand for "{0}", for every tool that uses this gateway and names no other model.',
        change.model,
      ),
    }
  }
  return change.enabled
    ? {
        title: l10n.t('Turn the combo on?'),
        message: l10n.t('The combo "{0}" will be offered to every tool that uses this gateway.', change.combo),
      }
    : {
        title: l10n.t('Turn the combo off?'),
        message: l10n.t('The combo "{0}" will be there for no tool that uses this gateway.', change.combo),
      }
}

function textResult(value: unknown): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(value))])
}
