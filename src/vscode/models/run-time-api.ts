// What VS Code does at run time beyond the typings of 1.106, typed as optional and asked for by feature test. Nothing here needs
// a proposed API: unknown versions simply lack it.
import type * as vscode from 'vscode'

/** `isUserSelectable` is honoured for every extension; versions around 1.105 hid models that did not set it. */
export interface ModelInformation extends vscode.LanguageModelChatInformation {
  readonly isUserSelectable: true
  /** Settings of one model that newer versions offer in the picker; what is chosen arrives as `modelConfiguration`. */
  readonly configurationSchema?: ModelConfigurationSchema
}

export interface ModelConfigurationSchema {
  readonly properties: Readonly<Record<string, ModelSetting>>
}

/**
 * One setting with a fixed set of values. With the group `navigation` VS Code 1.139 shows it in the chat input, too, but what is
 * chosen there never reaches models of extensions; so we leave it to the list of language models, which keeps it.
 */
export interface ModelSetting {
  readonly type: 'string'
  readonly title: string
  readonly enum: readonly string[]
  readonly enumItemLabels: readonly string[]
  readonly default: string
}

/** Present when VS Code asks for the models of a group in chatLanguageModels.json rather than for ours. */
export interface PrepareOptions {
  readonly silent: boolean
  readonly configuration?: unknown
}

export interface ResponseOptions {
  readonly modelOptions?: Readonly<Record<string, unknown>>
  readonly tools?: readonly vscode.LanguageModelChatTool[]
  /** 1 = Auto, 2 = Required. */
  readonly toolMode: number
  /** Id of the extension that asks, e.g. `github.copilot-chat`. */
  readonly requestInitiator?: string
  /** What the user chose of the model's `configurationSchema`, with its defaults. */
  readonly modelConfiguration?: unknown
}

/** `LanguageModelThinkingPart`: a class for every extension at run time, in no stable typing. */
export type ThinkingPartClass = new (
  value: string,
  id?: string,
  metadata?: Readonly<Record<string, unknown>>,
) => vscode.LanguageModelTextPart

/** The model as this VS Code takes it: versions that show no reasoning have no settings for it either. */
export function forHost(model: ModelInformation, thinking: ThinkingPartClass | undefined): ModelInformation {
  if (thinking !== undefined || model.configurationSchema === undefined) return model
  const { configurationSchema: _, ...rest } = model
  return rest
}

/** The class for reasoning, where this VS Code has it. */
export function thinkingPartClass(api: object): ThinkingPartClass | undefined {
  const found = (api as { LanguageModelThinkingPart?: unknown }).LanguageModelThinkingPart
  return typeof found === 'function' ? (found as ThinkingPartClass) : undefined
}
