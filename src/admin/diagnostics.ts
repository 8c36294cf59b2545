// A description of the gateway for bug reports: what is set up and what last went wrong, with nothing secret in it.
import { redact } from '../core/redact.ts'
import type { AdminContext } from './context.ts'

const failuresShown = 10

export function describeGateway(context: AdminContext): string {
  const status = context.status()
  const { rows } = context.store.requests.page({ limit: failuresShown, filter: { outcome: 'failed' } })
  const accounts = context.store.accounts.list().map((account) => {
    const models = context
      .catalogue()
      .entries.filter((entry) => entry.targets.some((target) => target.account.id === account.id))
    const state = account.enabled ? 'on' : 'off'
    const key = context.credentials.get(account.id) === undefined ? 'no key' : 'has key'
    return `- ${account.provider} (${account.tier}, ${state}, ${key}, ${models.length} models)`
  })
  const failures = rows.map(
    (row) => `- ${new Date(row.at).toISOString()} ${row.wire} ${row.status} ${row.code ?? ''}: ${row.message ?? ''}`,
  )
  return redact(
    [
      `OmniRoute ${status.version} on Node ${process.version}, ${process.platform} ${process.arch}`,
      `Endpoint ${status.endpoint}, up since ${new Date(status.startedAt).toISOString()}`,
      `Requests: ${status.requests.served} served, ${status.requests.failed} failed, ${status.activeRequests} running`,
      `Storage: ${status.storageNotice ?? 'in order'}${context.store.readOnly ? ' (read-only)' : ''}`,
      `Accounts (${accounts.length}):`,
      ...accounts,
      `Combos: ${context.store.combos.list().length}, keys: ${context.store.keys.list().length}`,
      `Last failures (${failures.length}):`,
      ...failures,
    ].join('\n'),
  )
}
