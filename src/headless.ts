// The gateway without an editor: `omniroute` on the command line, and `npm start`.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Log } from './core/log.ts'
import { redact } from './core/redact.ts'
import type { Gateway } from './gateway.ts'

const usageText = `omniroute [--config FILE] [--port N] [--data-dir DIR] [--verbose]

  --config FILE    JSON with keys, accounts, combos and settings, applied at the start
  --port N         port on 127.0.0.1 and ::1 (20128; 0 takes any free one)
  --data-dir DIR   where state is kept (DATA_DIR, else ~/.omniroute)
  --verbose        logs more
  --version, --help`

interface Arguments {
  readonly config: string | undefined
  readonly port: number | undefined
  readonly dataDirectory: string
  readonly verbose: boolean
}

async function main(): Promise<void> {
  const version = readVersion()
  const parsed = readArguments(version)
  if (!parsed) return
  const { defaultSettings, headless, startGateway } = await import('./gateway.ts')
  const log = createConsoleLog(parsed.verbose)
  const config =
    parsed.config === undefined
      ? undefined
      : readConfig(parsed.config, (text) => headless.parseConfig(text, process.env))
  const settings = {
    port: parsed.port ?? config?.settings.port ?? defaultSettings.port,
    bodyLimitMb: config?.settings.bodyLimitMb ?? defaultSettings.bodyLimitMb,
    logRows: config?.settings.logRows ?? defaultSettings.logRows,
  }
  const gateway = await startGateway({
    dataDirectory: parsed.dataDirectory,
    assetDirectory: __dirname,
    secrets: await headless.openSecretFile({ directory: parsed.dataDirectory, log }),
    log,
    settings,
    version,
    whenTaken: 'fail',
    withDemo: true,
    ...(config ? { config } : {}),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(gateway))
  await printWelcome(gateway, config?.accounts.length ?? 0)
}

async function printWelcome(gateway: Gateway, configured: number): Promise<void> {
  if (gateway.state.kind !== 'running') return
  const { endpoint } = gateway.state
  const key = await gateway.defaultKey()
  const models = await gateway.call('models.list', {})
  const model =
    configured > 0
      ? (models.find((each) => each.kind === 'model' && !each.id.startsWith('demo/'))?.id ?? 'demo/echo')
      : 'demo/echo'
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  console.log(`OmniRoute ${readVersion()} is running.

  Endpoint    ${endpoint}/v1   (OpenAI and Gemini clients; Anthropic clients: ${endpoint})
  Key         ${key}
  Dashboard   ${endpoint}/   (sign in with the admin key ${await gateway.adminToken()})
  Agents      ${endpoint}/mcp   (MCP; token ${await gateway.mcpToken()})
  Models      ${models.length}, listed at ${endpoint}/v1/models

Try it:

  curl ${endpoint}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '${body}'

Press Ctrl+C to stop.`)
}

async function stop(gateway: Gateway): Promise<void> {
  await gateway.stop()
  process.exit(0)
}

function readArguments(version: string): Arguments | undefined {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      port: { type: 'string' },
      'data-dir': { type: 'string' },
      verbose: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || values.version) {
    console.log(values.help ? usageText : version)
    return undefined
  }
  return {
    config: values.config,
    port: values.port === undefined ? undefined : readPort(values.port),
    dataDirectory: resolve(values['data-dir'] ?? process.env['DATA_DIR'] ?? join(homedir(), '.omniroute')),
    verbose: values.verbose,
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port
  throw new Error(`--port takes a number from 0 to 65535, not "${text}".`)
}

function readConfig<T>(path: string, parse: (text: string) => T): T {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(
      `The configuration ${path} can not be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  try {
    return parse(text)
  } catch (error) {
    throw new Error(
      `The configuration ${path} is not right:\n${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : '0.0.0'
}

function createConsoleLog(verbose: boolean): Log {
  const line = (level: string, message: string): void => {
    process.stderr.write(`${new Date().toISOString()} ${level} ${redact(message)}\n`)
  }
  return {
    debug: (message) => (verbose ? line('debug', message) : undefined),
    info: (message) => (verbose ? line('info', message) : undefined),
    warn: (message) => line('warn', message),
    error: (message) => line('error', message),
  }
}

main().catch((error: unknown) => {
  console.error(`omniroute: ${redact(error instanceof Error ? error.message : String(error))}`)
  process.exit(1)
})
