// The token that opens /mcp. It follows from the admin token, so that it is kept nowhere, yet opens nothing but /mcp: neither
// models nor the management.
import { createHmac, hash, timingSafeEqual } from 'node:crypto'

export function mcpTokenOf(adminToken: string): string {
  return `omrm-${createHmac('sha256', adminToken).update('mcp').digest('base64url')}`
}

/** In constant time. */
export function isMcpToken(adminToken: string, presented: string): boolean {
  return timingSafeEqual(hash('sha256', presented, 'buffer'), hash('sha256', mcpTokenOf(adminToken), 'buffer'))
}
