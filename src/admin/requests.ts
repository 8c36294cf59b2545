// The request log as dashboards see it.
import { failureOf, failures, GatewayError } from '../core/errors.ts'
import type { RequestRecord } from '../core/trace.ts'
import { explainRequest } from '../engine/explain.ts'
import type { AdminContext } from './context.ts'
import type { ExplanationView, MethodOutput, MethodParsed, RequestDetail, RequestRow } from './contract.ts'

export function pageRequests(
  context: AdminContext,
  input: MethodParsed<'requests.page'>,
): MethodOutput<'requests.page'> {
  const text = input.filter?.text
  const page = context.store.requests.page({
    limit: input.limit,
    filter: { outcome: input.filter?.outcome ?? 'all', ...(text ? { text } : {}) },
    ...(input.cursor === undefined ? {} : { cursor: input.cursor }),
  })
  return {
    rows: page.rows.map((record) => viewRow(context, record)),
    total: page.total,
    ...(page.next === undefined ? {} : { next: page.next }),
  }
}

export function getRequest(context: AdminContext, id: string): RequestDetail {
  const record = context.store.requests.get(id)
  if (!record) throw new GatewayError('invalid_request', 'This request is no longer in the log.', { status: 404 })
  const labels = new Map(context.store.accounts.list().map((account) => [account.id, account.label]))
  const keyName = context.store.keys.list().find((key) => key.id === record.keyId)?.name
  return {
    ...viewRow(context, record),
    trace: record.trace.map((step) =>
      'account' in step ? { ...step, account: labels.get(step.account) ?? step.account } : step,
    ),
    warnings: record.warnings.map((warning) => ({ ...warning })),
    ...(keyName === undefined ? {} : { keyName }),
    ...(record.message === undefined ? {} : { message: record.message }),
    ...(record.code === undefined || !Object.hasOwn(failures, record.code)
      ? {}
      : { nextStep: failureOf(record.code).nextStep }),
  }
}

/** Throws when there is no such request, or none at all. */
export function explain(context: AdminContext, id: string | undefined): ExplanationView {
  const { requests, accounts } = context.store
  const record = id === undefined ? requests.page({ limit: 1 }).rows[0] : requests.get(id)
  if (!record) {
    const message = id === undefined ? 'There is no request in the log yet.' : 'This request is no longer in the log.'
    throw new GatewayError('invalid_request', message, { status: 404 })
  }
  const { story, lines, nextStep } = explainRequest(record, (account) => accounts.get(account)?.label ?? account)
  return { id: record.id, story, lines: [...lines], ...(nextStep === undefined ? {} : { nextStep }) }
}

export function viewRow(context: Pick<AdminContext, 'store'>, record: RequestRecord): RequestRow {
  const label = record.accountId === undefined ? undefined : context.store.accounts.get(record.accountId)?.label
  return {
    id: record.id,
    at: record.at,
    client: record.client,
    wire: record.wire,
    modelAsked: record.modelAsked,
    stream: record.stream,
    status: record.status,
    usage: { ...record.usage },
    totalMs: record.totalMs,
    attempts: record.trace.filter(({ kind }) => kind === 'failed' || kind === 'served').length,
    ...(record.modelServed === undefined ? {} : { modelServed: record.modelServed }),
    ...(label === undefined ? {} : { accountLabel: label }),
    ...(record.code === undefined ? {} : { code: record.code }),
    ...(record.firstByteMs === undefined ? {} : { firstByteMs: record.firstByteMs }),
    ...(record.cost === undefined ? {} : { cost: { ...record.cost } }),
    ...(record.cache === undefined ? {} : { cache: record.cache }),
    ...(record.workspace === undefined ? {} : { workspace: record.workspace }),
  }
}
