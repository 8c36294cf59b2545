// The language models of other extensions, as an upstream of the gateway: lists them, asks them, and says when they change.
// The only file of this folder that touches VS Code's classes, besides consent.ts.
import * as vscode from 'vscode'
import type { EditorModel, EditorModels } from '../../core/editor-models.ts'
import { GatewayError } from '../../core/errors.ts'
import type { StreamPart } from '../../core/stream.ts'
import { vendor as ownVendor } from '../models/provider.ts'
import { thinkingPartClass } from '../models/run-time-api.ts'
import { toStreamParts } from './answer.ts'
import { toFailure } from './failure.ts'
import { type Content, type OutgoingPart, toOutgoing } from './messages.ts'

/** Undefined in editors without the API. */
export function editorModels(access: vscode.LanguageModelAccessInformation): EditorModels | undefined {
  if (typeof vscode.lm?.selectChatModels !== 'function') return undefined
  const thinking = thinkingPartClass(vscode)

  return {
    list: async () => (await otherModels()).map(toEditorModel),

    async *chat(request, signal): AsyncGenerator<StreamPart> {
      const outgoing = toOutgoing(request)
      const model = await findModel(request.model)
      // Asking now would put a dialog in front of somebody who works elsewhere; what the user allows is asked in consent.ts.
      if (access.canSendRequest(model) !== true) {
        throw new GatewayError(
          'consent_missing',
          `VS Code has not been allowed to let OmniRoute use ${model.vendor}/${model.id}.`,
        )
      }
      const cancellation = new vscode.CancellationTokenSource()
      const cancel = (): void => cancellation.cancel()
      signal.addEventListener('abort', cancel, { once: true })
      if (signal.aborted) cancel()
      try {
        const response = await model.sendRequest(
          outgoing.messages.map(toMessage),
          {
            modelOptions: { ...outgoing.modelOptions },
            ...(outgoing.tools.length === 0
              ? {}
              : {
                  tools: [...outgoing.tools],
                  toolMode: outgoing.mustCall
                    ? vscode.LanguageModelChatToolMode.Required
                    : vscode.LanguageModelChatToolMode.Auto,
                }),
          },
          cancellation.token,
        )
        yield* toStreamParts(request.model, response.stream, thinking)
      } catch (thrown) {
        throw toFailure(thrown, request.model)
      } finally {
        signal.removeEventListener('abort', cancel)
        cancellation.cancel()
        cancellation.dispose()
      }
    },

    onDidChange(listener) {
      const subscription = vscode.lm.onDidChangeChatModels(() => listener())
      return () => subscription.dispose()
    },
  }
}

/** Every model that is not ours: through ourselves a request would go round in circles. */
export async function otherModels(): Promise<vscode.LanguageModelChat[]> {
  return (await vscode.lm.selectChatModels()).filter(({ vendor }) => vendor !== ownVendor)
}

function toEditorModel(model: vscode.LanguageModelChat): EditorModel {
  // Newer versions tell what a model can do, though no stable typing has it.
  const { capabilities } = model as { capabilities?: { supportsToolCalling?: unknown; supportsImageToText?: unknown } }
  const { supportsToolCalling: tools, supportsImageToText: vision } = capabilities ?? {}
  return {
    id: `${model.vendor}/${model.id}`,
    name: model.name,
    maxInputTokens: model.maxInputTokens,
    ...(typeof tools === 'boolean' || typeof tools === 'number' ? { tools: Boolean(tools) } : {}),
    ...(typeof vision === 'boolean' ? { vision } : {}),
  }
}

async function findModel(name: string): Promise<vscode.LanguageModelChat> {
  const slash = name.indexOf('/')
  const [vendor, id] = [name.slice(0, slash), name.slice(slash + 1)]
  const found = slash > 0 && vendor !== ownVendor ? (await vscode.lm.selectChatModels({ vendor, id })).at(0) : undefined
  if (found) return found
  throw new GatewayError('model_not_found', `VS Code has no model ${name.slice(0, 200)} now.`, { parameter: 'model' })
}

function toMessage({ role, parts }: { role: 'user' | 'assistant'; parts: readonly OutgoingPart[] }) {
  const which =
    role === 'assistant' ? vscode.LanguageModelChatMessageRole.Assistant : vscode.LanguageModelChatMessageRole.User
  return new vscode.LanguageModelChatMessage(which, parts.map(toPart))
}

function toPart(part: OutgoingPart): vscode.LanguageModelInputPart {
  switch (part.kind) {
    case 'call':
      return new vscode.LanguageModelToolCallPart(part.callId, part.name, part.input)
    case 'result':
      return new vscode.LanguageModelToolResultPart(part.callId, part.content.map(toContent))
    default:
      return toContent(part)
  }
}

function toContent(part: Content): vscode.LanguageModelTextPart | vscode.LanguageModelDataPart {
  return part.kind === 'text'
    ? new vscode.LanguageModelTextPart(part.text)
    : vscode.LanguageModelDataPart.image(part.data, part.mediaType)
}
