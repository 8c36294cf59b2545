// The tools that agents in the editor may call: today's usage, the models there are, and what `default` stands for. Two of them
// read only; the third changes one setting and says so before it does.
import * as vscode from 'vscode'
import type { RequestRow } from '../../admin/contract.ts'
import type { Gateway } from '../../gateway.ts'
import { setDefaultModel } from '../commands/default-model.ts'
import { readFailure, stoppedByUser } from '../failure.ts'
import type { Session } from '../session.ts'
import { usageSummary } from './usage-summary.ts'

/** Pages of the request log that one summary reads at most. */
const pagesRead = 6
const pageSize = 500
/** More models than this would fill the context of the one who asks. */
const modelsListed = 200

interface ModelsInput {
  readonly search?: unknown
}
interface DefaultInput {
  readonly model?: unknown
}

export function registerLmTools(session: Session): vscode.Disposable {
  // Some editors built on VS Code have no tools.
  if (typeof vscode.lm?.registerTool !== 'function') return new vscode.Disposable(() => undefined)
  const { l10n } = vscode
  const withGateway = async (work: (gateway: Gateway) => Promise<unknown>): Promise<vscode.LanguageModelToolResult> => {
    try {
      const gateway = await session.demand()
      if (gateway === undefined) throw stoppedByUser(l10n)
      return textResult(await work(gateway))
    } catch (thrown) {
      const { cause, nextStep } = readFailure(thrown, l10n)
      return textResult({ error: cause, nextStep })
    }
  }
  return vscode.Disposable.from(
    vscode.lm.registerTool('omniroute_usage', {
      prepareInvocation: () => ({ invocationMessage: l10n.t("Reading today's usage of OmniRoute") }),
      invoke: () => withGateway(readUsage),
    }),
    vscode.lm.registerTool<ModelsInput>('omniroute_models', {
      prepareInvocation: () => ({ invocationMessage: l10n.t('Reading the models of OmniRoute') }),
      invoke: ({ input }) => withGateway((gateway) => readModels(gateway, input.search)),
    }),
    vscode.lm.registerTool<DefaultInput>('omniroute_set_default', {
      prepareInvocation: ({ input }) => ({
        invocationMessage: l10n.t('Changing the default model of OmniRoute'),
        confirmationMessages: {
          title: l10n.t('Change the default model?'),
          message: l10n.t(
            '"default" will stand for "{0}", for every tool that uses this gateway and names no other model.',
            String(input.model ?? ''),
          ),
        },
      }),
      invoke: ({ input }) => withGateway((gateway) => changeDefault(gateway, input.model)),
    }),
  )
}

async function readUsage(gateway: Gateway): Promise<object> {
  const now = Date.now()
  const since = new Date(now).setHours(0, 0, 0, 0)
  const [standing, { rows, more }] = await Promise.all([
    gateway.call('standing.get', {}),
    requestsSince(gateway, since),
  ])
  return usageSummary({ rows, more, since, standing, now })
}

async function requestsSince(gateway: Gateway, since: number): Promise<{ rows: RequestRow[]; more: boolean }> {
  const rows: RequestRow[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesRead; page += 1) {
    const read = await gateway.call('requests.page', { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) })
    rows.push(...read.rows.filter(({ at }) => at >= since))
    if (read.next === undefined || read.rows.some(({ at }) => at < since)) return { rows, more: false }
    cursor = read.next
  }
  return { rows, more: true }
}

async function readModels(gateway: Gateway, search: unknown): Promise<object> {
  const [{ defaults }, models] = await Promise.all([gateway.call('settings.get', {}), gateway.call('models.list', {})])
  const wanted = typeof search === 'string' ? search.trim().toLowerCase() : ''
  const found = models.filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(wanted))
  return {
    default: defaults.model === '' ? null : defaults.model,
    models: found.slice(0, modelsListed).map(({ id, kind, contextWindow, tools, vision, reasoning }) => ({
      id,
      kind,
      contextWindow,
      tools,
      vision,
      reasoning,
    })),
    ...(found.length > modelsListed
      ? { note: `${found.length - modelsListed} more; search for a part of the name.` }
      : {}),
  }
}

async function changeDefault(gateway: Gateway, model: unknown): Promise<object> {
  const models = await gateway.call('models.list', {})
  if (!models.some(({ id }) => id === model)) {
    return {
      error: `There is no model or combo "${String(model)}".`,
      nextStep: 'Call omniroute_models for the ids there are.',
    }
  }
  await setDefaultModel(gateway, String(model))
  return { default: model }
}

function textResult(value: unknown): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(value))])
}
