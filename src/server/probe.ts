// Who answers at a port of this machine. Ours proves that it holds the same admin token, without showing it to whoever listens.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { requestLoopback } from '../admin/loopback.ts'
import { productName, proveIdentity } from './routes/health.ts'

export type Found =
  | { readonly kind: 'ours'; readonly version: string; readonly contract: number }
  /** Ours, and about to give the port back. */
  | { readonly kind: 'stopping' }
  /** Takes connections and says nothing. */
  | { readonly kind: 'silent' }
  /** Another program, or an OmniRoute of another user or with other data; its word is not proven. */
  | { readonly kind: 'stranger'; readonly claims: 'omniroute' | 'nothing' }

export const probeTimeoutMs = 1_500

const healthAnswer = z.object({
  product: z.literal(productName),
  status: z.string(),
  proof: z.string(),
  version: z.string().default('0'),
  contract: z.number().default(0),
})

export async function probe(port: number, adminToken: string, timeoutMs = probeTimeoutMs): Promise<Found> {
  const nonce = randomBytes(18).toString('base64url')
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await requestLoopback(`http://127.0.0.1:${port}`, `/health?nonce=${nonce}`, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: timeout,
    })
    const health = healthAnswer.safeParse(await answer.body.json())
    if (!health.success) return { kind: 'stranger', claims: 'nothing' }
    const { proof, status, version, contract } = health.data
    if (!isEqual(proof, proveIdentity(adminToken, nonce))) return { kind: 'stranger', claims: 'omniroute' }
    return status === 'stopping' ? { kind: 'stopping' } : { kind: 'ours', version, contract }
  } catch {
    // Nobody there, or somebody who does not speak HTTP.
    return timeout.aborted ? { kind: 'silent' } : { kind: 'stranger', claims: 'nothing' }
  }
}

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
