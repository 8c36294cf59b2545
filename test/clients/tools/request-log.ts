// The gateway's own log of requests, read the way the dashboard reads it.
import * as z from 'zod'
import { methods, type RequestDetail } from '../../../src/admin/contract.ts'
import type { GatewayProcess } from '../../fakes/gateway.ts'

const envelope = z.object({ result: z.unknown() })

async function call(gateway: GatewayProcess, method: string, params: object): Promise<unknown> {
  const token = /admin key (\S+)\)/.exec(gateway.output())?.[1]
  const response = await fetch(`${gateway.url}/admin/rpc`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, method, params }),
  })
  return envelope.parse(await response.json()).result
}

/** Every request that came with the key of this name. */
export async function requestsOf(gateway: GatewayProcess, keyName: string): Promise<RequestDetail[]> {
  const { rows } = methods['requests.page'].output.parse(await call(gateway, 'requests.page', { limit: 500 }))
  const details: RequestDetail[] = []
  for (const { id } of rows) {
    const detail = methods['requests.get'].output.parse(await call(gateway, 'requests.get', { id }))
    if (detail.keyName === keyName) details.push(detail)
  }
  return details
}
