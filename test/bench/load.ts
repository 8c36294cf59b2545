// The load generator: keep-alive connections that each ask again as soon as they have been answered. Every answer's status and
// length is checked; one wrong answer ends the bench.
import { performance } from 'node:perf_hooks'
import { type Dispatcher, Pool } from 'undici'
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

const path = '/v1/chat/completions'

function options(body: Buffer): Dispatcher.DispatchOptions {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${benchKey}` }
  return { path, method: 'POST', headers, body }
}

function ask(pool: Dispatcher, request: Dispatcher.DispatchOptions, keep?: Buffer[]): Promise<Answer> {
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

export async function openLoad(
  server: Server,
  body: Buffer,
  concurrency: number,
  wrong: (answer: string) => string | undefined,
): Promise<Load> {
  const pool = new Pool(server.origin, { connections: concurrency, pipelining: 1 })
  const request = options(body)
  const chunks: Buffer[] = []
  const first = await ask(pool, request, chunks)
  const text = Buffer.concat(chunks).toString('utf8')
  const problem = wrong(text)
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
          const answer = await ask(pool, request)
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
export async function openStreams(server: Server, body: Buffer, count: number): Promise<() => Promise<void>> {
  const pool = new Pool(server.origin, { connections: count, pipelining: 1, bodyTimeout: 0 })
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      pool.dispatch(options(body), {
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
export async function firstAnswer(start: () => Promise<Server>, body: Buffer): Promise<number> {
  const begin = performance.now()
  const server = await start()
  const pool = new Pool(server.origin, { connections: 1 })
  try {
    await ask(pool, options(body))
    return performance.now() - begin
  } finally {
    await pool.destroy()
    await server.stop()
  }
}
