// GET /health: whether the gateway is up, and, to another window that holds the admin token, proof that it is ours.
import { createHmac } from 'node:crypto'
import type { Router } from 'express'
import { contractVersion } from '../../admin/contract.ts'
import type { ServerContext } from '../context.ts'
import { queryOf } from './client-call.ts'

export const productName = 'omniroute'

export function addHealthRoute(router: Router, context: ServerContext): void {
  router.get('/health', (request, response) => {
    const nonce = queryOf(request)?.get('nonce')
    const stopping = context.activity.closing
    response.status(stopping ? 503 : 200).json({
      status: stopping ? 'stopping' : 'ok',
      product: productName,
      version: context.version,
      contract: contractVersion,
      ...(nonce ? { proof: proveIdentity(context.adminToken, nonce) } : {}),
    })
  })
}

/** What only a holder of the admin token can answer to a nonce. */
export function proveIdentity(adminToken: string, nonce: string): string {
  return createHmac('sha256', adminToken)
    .update(`health:${nonce.slice(0, 200)}`)
    .digest('hex')
}
