// The language model provider `omniroute`: hands the catalogue to the picker and runs chats through this window's gateway.
// The only file of this folder that touches VS Code's classes.
import * as vscode from 'vscode'
import { runCommand } from '../commands/register.ts'
import { failureLine, stoppedByUser, toChatError } from '../failure.ts'
import type { WindowLog } from '../log.ts'
import type { Session } from '../session.ts'
import type { ModelCatalogue } from './catalogue.ts'
import { chosenModels, chosenModelsSetting, readChosen } from './chosen.ts'
import { type ReplySink, replyWriter } from './reply.ts'
import { type EditorMessage, toChatRequest, toOrigin } from './request.ts'
import {
  forHost,
  type ModelInformation,
  type PrepareOptions,
  type ResponseOptions,
  thinkingPartClass,
} from './run-time-api.ts'
import { createTokenCounter } from './token-count.ts'

export const vendor = 'omniroute'

/** How long the first question for models may wait for the gateway to come up. */
const firstModelsPatienceMs = 1_500

/** Registers the provider where this editor has the API; some editors built on VS Code have not. */
export function registerModels(session: Session, catalogue: ModelCatalogue, log: WindowLog): vscode.Disposable {
  if (typeof vscode.lm?.registerLanguageModelChatProvider !== 'function') {
    log.info('This editor takes no language models from extensions; the endpoint works all the same')
    return new vscode.Disposable(() => undefined)
  }
  const changed = new vscode.EventEmitter<void>()
  const unsubscribe = catalogue.onDidChange(() => changed.fire())
  const chosen = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`omniroute.${chosenModelsSetting.key}`)) changed.fire()
  })
  const provider = createProvider(session, catalogue, log, changed.event)
  return vscode.Disposable.from(
    vscode.lm.registerLanguageModelChatProvider(vendor, provider),
    chosen,
    changed,
    new vscode.Disposable(unsubscribe),
  )
}

function createProvider(
  session: Session,
  catalogue: ModelCatalogue,
  log: WindowLog,
  onDidChangeLanguageModelChatInformation: vscode.Event<void>,
): vscode.LanguageModelChatProvider<ModelInformation> {
  const thinking = thinkingPartClass(vscode)
  const countTokens = createTokenCounter()
  const { l10n } = vscode

  return {
    onDidChangeLanguageModelChatInformation,

    async provideLanguageModelChatInformation(options: PrepareOptions) {
      // A group in chatLanguageModels.json only says that the user wants our models; they come with the bare call.
      if (options.configuration !== undefined) return []
      const models = chosenModels(await catalogue.modelsSoon(firstModelsPatienceMs), chosenPatterns())
      // Asked by a person who adds models, and there are none to show: then there is something to do first.
      if (models.length === 0 && options.silent === false) void runCommand('omniroute.start')
      return models.map((model) => forHost(model, thinking))
    },

    async provideLanguageModelChatResponse(model, messages, options, progress, token) {
      const extras = options as ResponseOptions
      const abort = new AbortController()
      const left = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()))
      const subscription = token.onCancellationRequested(() => abort.abort())
      if (token.isCancellationRequested) abort.abort()

      try {
        await Promise.race([answer(), left])
      } catch (thrown) {
        if (abort.signal.aborted) return
        log.warn(`Chat with ${model.id} failed: ${failureLine(thrown, l10n)}`)
        throw toChatError(thrown, l10n)
      } finally {
        subscription.dispose()
      }

      async function answer(): Promise<void> {
        const gateway = await session.demand()
        if (abort.signal.aborted) return
        if (gateway === undefined) throw stoppedByUser(l10n)
        const request = toChatRequest(model.id, messages as readonly EditorMessage[], extras, thinking)
        const write = replyWriter(sinkTo(progress, thinking), l10n)
        const origin = toOrigin(extras, workspaceName())
        await gateway.chat(request, origin, (part) => abort.signal.aborted || write(part), abort.signal)
      }
    },

    provideTokenCount(_model, text) {
      return Promise.resolve(countTokens(text as string | EditorMessage))
    },
  }
}

/** What the user chose to see in the chat; empty means everything. */
export function chosenPatterns(): readonly string[] {
  return readChosen(vscode.workspace.getConfiguration('omniroute').get(chosenModelsSetting.key))
}

/** Asked anew for each chat: a window gets a name when its first folder is opened or its workspace is saved. */
function workspaceName(): string | undefined {
  return vscode.workspace.name ?? vscode.workspace.workspaceFolders?.[0]?.name
}

function sinkTo(
  progress: vscode.Progress<vscode.LanguageModelResponsePart>,
  thinking: ReturnType<typeof thinkingPartClass>,
): ReplySink {
  return {
    text: (value) => progress.report(new vscode.LanguageModelTextPart(value)),
    toolCall: (callId, name, input) => progress.report(new vscode.LanguageModelToolCallPart(callId, name, input)),
    thinking: (value, id, metadata) => {
      if (thinking !== undefined) progress.report(new thinking(value, id, metadata))
    },
    image: (data, mediaType) => progress.report(vscode.LanguageModelDataPart.image(data, mediaType)),
    usage: (usage) => progress.report(vscode.LanguageModelDataPart.json(usage, 'usage')),
  }
}
