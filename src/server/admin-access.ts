// Who may manage the gateway: a program that holds the admin token, or a browser that has signed in with it. The token is no
// gateway key, and a gateway key opens nothing here.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from '../core/errors.ts'

const cookieName = 'omniroute_session'
const sessionLifeMs = 12 * 3600_000
const mostSessions = 100
/** Wrong tokens in a row before every further try has to wait. */
const freeTries = 10
const lockMs = 30_000

export interface AdminAccess {
  /** Who asks: a program with the token, or a page in a browser. Throws `missing_key` or `wrong_key` unless it may manage. */
  check(request: IncomingMessage): 'program' | 'page'
  /** Signs a browser in: sets the session cookie. Throws `wrong_key`, or `rate_limited` after too many tries. */
  signIn(token: string, response: ServerResponse): void
  signOut(request: IncomingMessage, response: ServerResponse): void
}

export function createAdminAccess(adminToken: string, now: () => number): AdminAccess {
  const expected = digest(adminToken)
  const sessions = new Map<string, number>()
  let wrongTries = 0
  let lockedUntil = 0

  function isToken(token: string): boolean {
    if (now() < lockedUntil) {
      throw new GatewayError('rate_limited', 'Too many wrong admin keys.', { retryAfterMs: lockedUntil - now() })
    }
    if (timingSafeEqual(digest(token), expected)) {
      wrongTries = 0
      return true
    }
    wrongTries++
    if (wrongTries >= freeTries) {
      lockedUntil = now() + lockMs
      wrongTries = 0
    }
    return false
  }

  function sessionOf(request: IncomingMessage): string | undefined {
    const value = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1]
    return value === undefined ? undefined : digest(value).toString('hex')
  }

  return {
    check(request) {
      const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (bearer !== undefined) {
        if (isToken(bearer)) return 'program'
        throw new GatewayError('wrong_key', 'This is not the admin key of this gateway.')
      }
      const session = sessionOf(request)
      if (session !== undefined && (sessions.get(session) ?? 0) > now()) return 'page'
      throw new GatewayError('missing_key', 'Sign in with the admin key first.')
    },
    signIn(token, response) {
      if (!isToken(token)) throw new GatewayError('wrong_key', 'This is not the admin key of this gateway.')
      for (const [id, until] of sessions) if (until <= now() || sessions.size >= mostSessions) sessions.delete(id)
      const secret = randomBytes(32).toString('base64url')
      sessions.set(digest(secret).toString('hex'), now() + sessionLifeMs)
      response.setHeader(
        'set-cookie',
        `${cookieName}=${secret}; HttpOnly; SameSite=Strict; Path=/admin; Max-Age=${sessionLifeMs / 1000}`,
      )
    },
    signOut(request, response) {
      const session = sessionOf(request)
      if (session !== undefined) sessions.delete(session)
      response.setHeader('set-cookie', `${cookieName}=; HttpOnly; SameSite=Strict; Path=/admin; Max-Age=0`)
    },
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
