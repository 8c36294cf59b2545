// HTTP to the headless gateway that served this page: calls by POST, events by SSE, the session in a cookie no script can read.
import * as z from 'zod'
import { type RpcCall, type RpcFailure, rpcAnswer, rpcFailure } from '../../src/admin/contract.ts'
import { t } from '../l10n.ts'
import type { Listener, Transport } from './transport.ts'

const firstRetryMs = 1000
const longestRetryMs = 15_000

export function browserTransport(): Transport {
  let listener: Listener | undefined
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let retryMs = firstRetryMs

  function openEvents(): void {
    closeEvents()
    source = new EventSource('/admin/events')
    source.onopen = () => {
      retryMs = firstRetryMs
      listener?.connection('open')
    }
    source.onmessage = (event: MessageEvent<string>) => listener?.message(readJson(event.data))
    source.onerror = () => {
      // The browser gives up for good when the answer was not an event stream (signed out, other program on the port).
      // Asking by RPC tells which it is, and a steady pace of our own replaces the browser's.
      closeEvents()
      listener?.connection('lost')
      retry = setTimeout(openEvents, retryMs)
      retryMs = Math.min(retryMs * 2, longestRetryMs)
    }
  }

  function closeEvents(): void {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }

  function signedOut(): void {
    closeEvents()
    listener?.connection('signed-out')
  }

  async function post(call: RpcCall): Promise<void> {
    try {
      const response = await fetch('/admin/rpc', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(call),
      })
      if (response.status === 401) {
        refuse(call, { code: 'signed_out', message: t('This page is signed out.'), nextStep: t('Sign in again.') })
        signedOut()
        return
      }
      const body = readJson(await response.text())
      // What was refused before it was understood as a call has no id to answer to.
      if (rpcAnswer.safeParse(body).success) listener?.message(body)
      else refuse(call, refusalIn(body) ?? unreadable(response.status))
    } catch {
      refuse(call, unreachable())
    }
  }

  function refuse(call: RpcCall, error: RpcFailure): void {
    listener?.message({ id: call.id, error })
  }

  return {
    send(call: RpcCall) {
      void post(call)
    },
    listen(newListener: Listener) {
      listener = newListener
      openEvents()
      return () => {
        closeEvents()
        listener = undefined
      }
    },
  }
}

/** Opens a session with the admin key. Undefined when it worked, else what went wrong. */
export async function signIn(token: string): Promise<RpcFailure | undefined> {
  try {
    const response = await fetch('/admin/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (response.ok) return undefined
    if (response.status === 401 || response.status === 403) {
      return {
        code: 'wrong_key',
        message: t('That is not the admin key of this gateway.'),
        nextStep: t('Copy it again from where the gateway was started.'),
      }
    }
    return refusalIn(readJson(await response.text())) ?? unreadable(response.status)
  } catch {
    return unreachable()
  }
}

/** Ends the session. A gateway that can't be reached any more has ended it already as far as this page is concerned. */
export async function signOut(): Promise<void> {
  await fetch('/admin/session', { method: 'DELETE' }).catch(() => undefined)
}

const refusal = z.object({ error: rpcFailure })

function refusalIn(body: unknown): RpcFailure | undefined {
  const parsed = refusal.safeParse(body)
  return parsed.success ? parsed.data.error : undefined
}

function unreachable(): RpcFailure {
  return {
    code: 'unreachable',
    message: t('The gateway does not answer.'),
    nextStep: t('Check that it is still running, then try again.'),
  }
}

function unreadable(status: number): RpcFailure {
  return {
    code: 'unreadable',
    message: t('The gateway answered with status {0} and nothing this page can read.', status),
    nextStep: t('Reload the page; if it stays, restart the gateway.'),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
