// The provider itself, over a stand-in for the module `vscode`: what it answers to groups, to a gateway that hangs, to cancels.
import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import type * as VsCode from 'vscode'
import { english } from '../../../src/vscode/localizer.ts'
import { ModelCatalogue } from '../../../src/vscode/models/catalogue.ts'
import { Session } from '../../../src/vscode/session.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

const standIn = `
  const holder = globalThis.omnirouteVsCode
  export const lm = holder.lm
  export const l10n = holder.l10n
  export const workspace = holder.workspace
  // Modules beside the one under test are loaded once, so this must find the scene of the moment.
  export const commands = { executeCommand: (id) => globalThis.omnirouteVsCode.commands.executeCommand(id) }
  export class Disposable {
    static from(...all) { return new Disposable(() => all.forEach((each) => each.dispose())) }
    constructor(run) { this.run = run }
    dispose() { this.run() }
  }
  export class EventEmitter {
    listeners = []
    event = (listener) => (this.listeners.push(listener), { dispose() {} })
    fire() { for (const listener of this.listeners) listener() }
    dispose() {}
  }
  export class LanguageModelTextPart { constructor(value) { this.value = value } }
  export class LanguageModelToolCallPart { constructor(callId, name, input) { Object.assign(this, { callId, name, input }) } }
  export class LanguageModelDataPart { static json(value, mimeType) { return { data: value, mimeType } } }
`

const newerParts = `
  export class LanguageModelThinkingPart { constructor(value, id, metadata) { Object.assign(this, { value, id, metadata }) } }
`

type Provider = VsCode.LanguageModelChatProvider & {
  provideLanguageModelChatInformation(options: object, token: object): Promise<{ id: string }[]>
}

interface Workspace {
  name: string | undefined
  workspaceFolders: readonly { readonly name: string }[] | undefined
  chosen: unknown
  getConfiguration(): { get(): unknown }
  onDidChangeConfiguration(listener: (event: { affectsConfiguration(key: string): boolean }) => void): VsCode.Disposable
}

/** Loads the module anew over an editor with or without the API, and with or without what only newer versions have. */
async function register(hasApi: boolean, gateway: FakeGateway, newer = true) {
  const registered: { vendor: string; provider: Provider }[] = []
  const lm = hasApi
    ? {
        registerLanguageModelChatProvider: (vendor: string, provider: Provider) => {
          registered.push({ vendor, provider })
          return { dispose: () => undefined }
        },
      }
    : undefined
  const settingsListeners = new Set<(event: { affectsConfiguration(key: string): boolean }) => void>()
  const workspace: Workspace = {
    name: undefined,
    workspaceFolders: undefined,
    chosen: undefined,
    getConfiguration: () => ({ get: () => workspace.chosen }),
    onDidChangeConfiguration: (listener) => {
      settingsListeners.add(listener)
      return { dispose: () => settingsListeners.delete(listener) }
    },
  }
  /** Sets `omniroute.chat.models`, or another setting. */
  const choose = (chosen: unknown, changed = 'omniroute.chat.models') => {
    workspace.chosen = chosen
    for (const listener of settingsListeners) listener({ affectsConfiguration: (key) => key === changed })
  }
  const ran: string[] = []
  const commands = { executeCommand: (id: string) => void ran.push(id) }
  Object.assign(globalThis, { omnirouteVsCode: { lm, l10n: english, workspace, commands } })
  const version = Math.random()
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode'
        ? {
            url: `data:text/javascript,${encodeURIComponent(`${newer ? standIn + newerParts : standIn}//${version}`)}`,
            shortCircuit: true,
          }
        : next(specifier, context),
  })
  const url = new URL('../../../src/vscode/models/provider.ts', import.meta.url)
  const { registerModels } = (await import(
    `${url.href}?${version}`
  )) as typeof import('../../../src/vscode/models/provider.ts')
  hooks.deregister()
  const session = new Session({
    loadGateway: () => Promise.resolve({ startGateway: async () => gateway }),
    gateway: {
      dataDirectory: '',
      assetDirectory: '',
      secrets: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      version: '0',
    },
    settings: () => ({ port: 1, bodyLimitMb: 1, logRows: 100 }),
    log: silentLog,
  })
  const memory = { get: () => undefined, update: () => Promise.resolve() }
  const catalogue = new ModelCatalogue(session, memory, silentLog, english)
  const log = { ...silentLog, recent: () => [], close: () => undefined }
  const disposable = registerModels(session, catalogue, log)
  return {
    registered,
    session,
    catalogue,
    disposable,
    workspace,
    choose,
    ran,
    provider: registered[0]?.provider as Provider,
  }
}

function cancellation() {
  const listeners = new Set<() => void>()
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      listeners.add(listener)
      return { dispose: () => listeners.delete(listener) }
    },
  }
  const cancel = () => {
    token.isCancellationRequested = true
    for (const listener of listeners) listener()
  }
  return { token: token as unknown as VsCode.CancellationToken, cancel, listeners }
}

const echo = { id: 'demo/echo' } as VsCode.LanguageModelChatInformation
const hello = [{ role: 1, content: [{ value: 'hello' }], name: undefined }] as VsCode.LanguageModelChatRequestMessage[]
const options = { toolMode: 1, requestInitiator: 'github.copilot-chat', modelOptions: { _conversationId: 'c1' } }

function chat(provider: Provider, token: VsCode.CancellationToken, seen: unknown[] = []): Thenable<void> {
  return provider.provideLanguageModelChatResponse(
    echo,
    hello,
    options,
    { report: (part) => void seen.push(part) },
    token,
  )
}

describe('language model provider', () => {
  it('is not registered where the editor has no such API, and harms nothing', async () => {
    const { registered, disposable } = await register(false, new FakeGateway())
    assert.deepEqual(registered, [])
    disposable.dispose()
  })

  it('lists our models to the bare call and none to a group, so that none appears twice', async () => {
    const gateway = new FakeGateway({
      'models.list': [{ id: 'demo/echo', name: 'Echo', kind: 'model' }],
      'accounts.list': [],
      'combos.list': [],
    })
    const { provider, session, registered } = await register(true, gateway)
    assert.equal(registered[0]?.vendor, 'omniroute')
    const asked = provider.provideLanguageModelChatInformation({ silent: true }, {})
    await session.start()
    assert.deepEqual(
      (await asked).map(({ id }) => id),
      ['demo/echo'],
    )
    assert.deepEqual(await provider.provideLanguageModelChatInformation({ silent: true, configuration: {} }, {}), [])
  })

  it('leads somebody who adds models, and has none, to where they come from; unasked it shows nothing', async () => {
    const gateway = new FakeGateway({ 'models.list': [], 'accounts.list': [], 'combos.list': [] })
    const { provider, session, catalogue, ran } = await register(true, gateway)
    await session.start()
    await catalogue.refresh()
    await provider.provideLanguageModelChatInformation({ silent: true }, {})
    assert.deepEqual(ran, [])
    await provider.provideLanguageModelChatInformation({ silent: false }, {})
    assert.deepEqual(ran, ['omniroute.start'])
  })

  it('lists only what the user chose, says so when that changes, and everything when nothing of it is left', async () => {
    const gateway = new FakeGateway({
      'models.list': ['groq/a', 'groq/b', 'auto'].map((id) => ({ id, name: id, kind: 'model' as const })),
      'accounts.list': [],
      'combos.list': [],
    })
    const { provider, session, choose } = await register(true, gateway)
    let changes = 0
    provider.onDidChangeLanguageModelChatInformation?.(() => {
      changes += 1
    })
    const ids = async () =>
      (await provider.provideLanguageModelChatInformation({ silent: true }, {})).map(({ id }) => id).join()
    const first = ids()
    await session.start()
    assert.equal(await first, 'groq/a,groq/b,auto')
    const before = changes
    choose(['auto', 'groq/b'])
    assert.equal(changes, before + 1)
    assert.equal(await ids(), 'groq/b,auto')
    choose(['groq/*'])
    assert.equal(await ids(), 'groq/a,groq/b')
    choose(['gone/x'])
    assert.equal(await ids(), 'groq/a,groq/b,auto')
    choose(undefined, 'omniroute.server.port')
    assert.equal(changes, before + 3)
  })

  it('offers the reasoning effort of a model only where the editor has settings of models', async () => {
    const effortOffered = async (newer: boolean) => {
      const gateway = new FakeGateway({
        'models.list': [{ id: 'groq/r', name: 'R', kind: 'model', reasoning: true }],
        'accounts.list': [],
        'combos.list': [],
      })
      const { provider, session } = await register(true, gateway, newer)
      const asked = provider.provideLanguageModelChatInformation({ silent: true }, {})
      await session.start()
      const [model] = await asked
      assert.equal(model?.id, 'groq/r')
      return 'configurationSchema' in model
    }
    assert.equal(await effortOffered(true), true)
    assert.equal(await effortOffered(false), false)
  })

  it('names the caller and the conversation to the gateway, and reports what comes', async () => {
    const gateway = new FakeGateway()
    gateway.parts = [
      { type: 'text-delta', id: '0', text: 'Hi' },
      { type: 'finish', finish: { unified: 'stop' } },
    ]
    const { provider } = await register(true, gateway)
    const seen: { value?: string }[] = []
    const { token, listeners } = cancellation()
    await chat(provider, token, seen)
    assert.deepEqual(gateway.chats[0]?.origin, { client: 'github.copilot-chat', conversationId: 'c1' })
    assert.deepEqual(
      seen.map(({ value }) => value),
      ['Hi'],
    )
    assert.equal(listeners.size, 0)
  })

  it('names the workspace as it is called at the moment', async () => {
    const gateway = new FakeGateway()
    const { provider, workspace } = await register(true, gateway)
    workspace.workspaceFolders = [{ name: 'shop' }, { name: 'docs' }]
    await chat(provider, cancellation().token)
    workspace.name = 'all of it (Workspace)'
    await chat(provider, cancellation().token)
    assert.deepEqual(
      gateway.chats.map(({ origin }) => origin.workspace),
      ['shop', 'all of it (Workspace)'],
    )
  })

  it('resolves at once when cancelled, though the gateway never comes to an end, and aborts it', async () => {
    const gateway = new FakeGateway()
    let report: (text: string) => void = () => undefined
    const started = new Promise<void>((resolve) => {
      gateway.chat = (request, origin, onPart, signal) => {
        gateway.chats.push({ request, origin, signal })
        report = (text) => onPart({ type: 'text-delta', id: '0', text })
        resolve()
        return new Promise(() => undefined)
      }
    })
    const { provider } = await register(true, gateway)
    const { token, cancel } = cancellation()
    const seen: unknown[] = []
    const answering = chat(provider, token, seen)
    await started
    report('before')
    cancel()
    await answering
    report('after')
    assert.equal(gateway.chats[0]?.signal.aborted, true)
    assert.equal(seen.length, 1)
  })

  it('does not even ask when it was cancelled before', async () => {
    const gateway = new FakeGateway()
    const { provider } = await register(true, gateway)
    const { token, cancel } = cancellation()
    cancel()
    await chat(provider, token)
    assert.equal(gateway.chats.length, 0)
  })

  it('rejects with a plain error of one line and no stack', async () => {
    const gateway = new FakeGateway()
    gateway.chat = () => Promise.reject(Object.assign(new Error('Busy.'), { code: 'overloaded' }))
    const { provider, session } = await register(true, gateway)
    const rejected = async () => {
      const error = await Promise.resolve(chat(provider, cancellation().token)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof Error)
      assert.equal(error.constructor, Error)
      assert.equal(error.stack, '')
      return error.message
    }
    assert.equal(await rejected(), '[overloaded] Busy. The vendor is overloaded; try again shortly or add a fallback.')
    await session.stop()
    assert.match(await rejected(), /^\[stopped\] OmniRoute is stopped\./)
  })
})
