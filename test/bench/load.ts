// The load generator: keep-alive connections that each ask again as soon as they have been answered. Every answer's status and
// length is checked; one wrong answer ends the bench.
import { performance } from 'node:perf_hooks'
import { type Dispatcher, Pool } from 'undici'
import type { Ask } from './asks.ts'
import { benchKey, type Server } from './servers.ts'

export interface Round {
  readonly requests: number
  readonly seconds: number
  readonly latencyMs: readonly number[]
  readonly firstByteMs: readonly number[]
}

export interface Limits {
  readonly milliseconds: number
  readonly requests: number
}

interface Answer {
  readonly bytes: number
  readonly latencyMs: number
  readonly firstByteMs: number
}

function options({ path, body }: Ask): Dispatcher.DispatchOptions {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${benchKey}`,
    ...(path === '/v1/messages' ? { 'anthropic-version': '2023-06-01' } : {}),
  }
  return { path, method: 'POST', headers, body }
}

function send(pool: Dispatcher, request: Dispatcher.DispatchOptions, keep?: Buffer[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    let bytes = 0
    let first = 0
    let wrong: Error | undefined
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(_controller, status) {
        if (status !== 200) wrong = new Error(`status ${status}`)
      },
      onResponseData(_controller, chunk) {
        if (bytes === 0) first = performance.now() - begin
        bytes += chunk.length
        keep?.push(Buffer.from(chunk))
      },
      onResponseEnd() {
        if (wrong === undefined) resolve({ bytes, latencyMs: performance.now() - begin, firstByteMs: first })
        else reject(wrong)
      },
      onResponseError(_controller, error) {
        reject(error)
      },
    })
  })
}

/** A server with connections of its own, whose first answer has been read and found right. */
export interface Load {
  readonly server: Server
  run(limits: Limits): Promise<Round>
  close(): Promise<void>
}

export async function openLoad(server: Server, ask: Ask, concurrency: number): Promise<Load> {
  const pool = new Pool(server.origin, { connections: concurrency, pipelining: 1 })
  const request = options(ask)
  const chunks: Buffer[] = []
  const first = await send(pool, request, chunks)
  const text = Buffer.concat(chunks).toString('utf8')
  const problem = ask.wrong(text)
  if (problem !== undefined) throw new Error(`${server.name}: ${problem}\n${text.slice(0, 500)}`)
  return {
    server,
    close: () => pool.close(),
    async run(limits) {
      const latencyMs: number[] = []
      const firstByteMs: number[] = []
      const begin = performance.now()
      const deadline = begin + limits.milliseconds
      let asked = 0
      const worker = async (): Promise<void> => {
        while (asked < limits.requests && performance.now() < deadline) {
          asked += 1
          const answer = await send(pool, request)
          if (answer.bytes !== first.bytes)
            throw new Error(`${server.name}: an answer of ${answer.bytes} bytes where ${first.bytes} were due`)
          latencyMs.push(answer.latencyMs)
          firstByteMs.push(answer.firstByteMs)
        }
      }
      await Promise.all(Array.from({ length: concurrency }, worker))
      return { requests: latencyMs.length, seconds: (performance.now() - begin) / 1000, latencyMs, firstByteMs }
    },
  }
}

/** Opens streams that stay open; resolves when each has had its first bytes. The result closes them all. */
export async function openStreams(server: Server, ask: Ask, count: number): Promise<() => Promise<void>> {
  const pool = new Pool(server.origin, { connections: count, pipelining: 1, bodyTimeout: 0 })
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      pool.dispatch(options(ask), {
        onRequestStart: () => undefined,
        onResponseStart(_controller, status) {
          if (status !== 200) reject(new Error(`${server.name}: status ${status} for an open stream`))
        },
        onResponseData: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
        onResponseEnd: () => reject(new Error(`${server.name}: an open stream ended`)),
      })
    })
  await Promise.all(Array.from({ length: count }, open))
  return () => pool.destroy()
}

/** Milliseconds until a server that was just started answers one request with 200. */
export async function firstAnswer(start: () => Promise<Server>, ask: Ask): Promise<number> {
  const begin = performance.now()
  const server = await start()
  const pool = new Pool(server.origin, { connections: 1 })
  try {
    await send(pool, options(ask))
    return performance.now() - begin
  } finally {
    await pool.destroy()
    await server.stop()
  }
}
