// What agents may read of a gateway: today's usage with quotas and budgets, the models, and the story of a request. All of it is
// metadata; prompts, answers, keys and addresses are in none of it.
import type { RequestRow } from '../contract.ts'
import type { AgentClient, AgentInput } from './tools.ts'
import { usageSummary } from './usage-summary.ts'

/** Pages of the request log that one summary reads at most. */
const pagesRead = 6
const pageSize = 500
/** More models than this would fill the context of the one who asks. */
const modelsListed = 200

export async function readUsage(client: AgentClient): Promise<object> {
  const now = Date.now()
  const since = new Date(now).setHours(0, 0, 0, 0)
  const [standing, { rows, more }] = await Promise.all([client.call('standing.get', {}), requestsSince(client, since)])
  return usageSummary({ rows, more, since, standing, now })
}

async function requestsSince(client: AgentClient, since: number): Promise<{ rows: RequestRow[]; more: boolean }> {
  const rows: RequestRow[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesRead; page += 1) {
    const read = await client.call('requests.page', { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) })
    rows.push(...read.rows.filter(({ at }) => at >= since))
    if (read.next === undefined || read.rows.some(({ at }) => at < since)) return { rows, more: false }
    cursor = read.next
  }
  return { rows, more: true }
}

export async function readModels(client: AgentClient, { search }: AgentInput): Promise<object> {
  const [{ defaults }, models, combos] = await Promise.all([
    client.call('settings.get', {}),
    client.call('models.list', {}),
    client.call('combos.list', {}),
  ])
  const wanted = typeof search === 'string' ? search.trim().toLowerCase() : ''
  const found = models.filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(wanted))
  const combosOff = combos.filter(({ enabled }) => !enabled).map(({ name }) => name)
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
    ...(combosOff.length > 0 ? { combosOff } : {}),
    ...(found.length > modelsListed
      ? { note: `${found.length - modelsListed} more; search for a part of the name.` }
      : {}),
  }
}

export async function readExplanation(client: AgentClient, { id }: AgentInput): Promise<object> {
  return await client.call('requests.explain', typeof id === 'string' && id !== '' ? { id } : {})
}
