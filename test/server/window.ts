// One window of the editor as a process of its own: the gateway from the sources, which joins or leads, told what to do by lines
// of JSON on its standard input and answering in kind. Ends with its standard input.
import { createInterface } from 'node:readline'
import { parseConfig } from '../../src/admin/config.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { startGateway } from '../../src/gateway.ts'
import { openSecretFile } from '../../src/store/secret-file.ts'
import { assetDirectory } from './world.ts'

interface Setting {
  readonly dataDirectory: string
  readonly port: number
  readonly config?: object
  /** Where coding tools keep their files. */
  readonly home?: string
  readonly version?: string
}

const { dataDirectory, port, config, home, version = '1.0.0' }: Setting = JSON.parse(process.argv[2] ?? '{}')
const say = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`)
const note = (text: string): void => void say({ log: text })
const log = { debug: note, info: note, warn: note, error: note }

const gateway = await startGateway({
  dataDirectory,
  assetDirectory,
  secrets: await openSecretFile({ directory: dataDirectory, log }),
  log,
  settings: { port, bodyLimitMb: 4, logRows: 1000 },
  version,
  ...(home === undefined ? {} : { home, environment: {} }),
  ...(config ? { config: parseConfig(JSON.stringify(config), {}) } : {}),
})
gateway.onDidChangeState((state) => say({ state, at: Date.now() }))
gateway.onEvent(({ event }) => say({ event }))
say({ state: gateway.state, at: Date.now(), key: await gateway.defaultKey() })

createInterface({ input: process.stdin })
  .on('line', (line) => void obey(JSON.parse(line)))
  .on('close', () => process.exit(0))

async function obey({ id, method, params }: { id: number; method: string; params: unknown }): Promise<void> {
  try {
    say({ id, result: await run(method, params) })
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

async function run(method: string, params: unknown): Promise<unknown> {
  if (method === 'stop') return await gateway.stop().then(() => 'stopped')
  if (method === 'stop everywhere') return await gateway.stop({ everywhere: true }).then(() => 'stopped')
  if (method !== 'chat') return await gateway.call(method as 'gateway.status', params as Record<string, never>)
  const parts: StreamPart[] = []
  const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }] }]
  const request = { origin: 'editor' as const, model: String(params), stream: true, tools: [], messages }
  await gateway.chat(request, { client: 'window' }, (part) => parts.push(part), new AbortController().signal)
  return parts
}
