// Gateway keys: 256 random bits, shown once, kept only as their hash.
import { hash, randomBytes, randomUUID } from 'node:crypto'
import type { GatewayKey } from '../core/account.ts'
import { tailOf } from './accounts.ts'
import type { AdminContext } from './context.ts'
import type { KeyView } from './contract.ts'

/** SHA-256 of a key, hex: the only form in which keys are stored. */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}

/** A new key of 256 bits. The prefix lets leak scanners and our own redaction know it. */
export function newKey(): string {
  return `omr-${randomBytes(32).toString('base64url')}`
}

export function listKeys(context: AdminContext): KeyView[] {
  return context.store.keys.list().map(viewKey)
}

export async function createKey(context: AdminContext, name: string): Promise<{ view: KeyView; key: string }> {
  const key = newKey()
  const stored = toGatewayKey(name, key, context.now())
  await context.store.keys.put(stored)
  context.emit({ event: 'keys.changed', data: {} })
  return { view: viewKey(stored), key }
}

export async function revokeKey(context: AdminContext, id: string): Promise<void> {
  await context.store.keys.remove(id)
  context.engine.caches.clearKey(id)
  context.emit({ event: 'keys.changed', data: {} })
}

export function toGatewayKey(name: string, key: string, createdAt: number, id: string = randomUUID()): GatewayKey {
  return { id, name, hash: hashKey(key), tail: tailOf(key), createdAt }
}

function viewKey({ id, name, tail, createdAt }: GatewayKey): KeyView {
  return { id, name, tail, createdAt }
}
