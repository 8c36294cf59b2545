// Turns the stream of one answer into what the chat can show: text as it comes, each tool call once and whole, reasoning where
// there is a class for it, usage for the context meter. An answer with nothing to see gets a sentence that says why.
import type { BinarySource, FinishReason } from '../../core/conversation.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { mergeUsage, totalInput, type Usage, unknownUsage } from '../../core/usage.ts'
import type { Localizer } from '../localizer.ts'

/** Where the parts go; the rim makes VS Code's classes of them. */
export interface ReplySink {
  text(value: string): void
  toolCall(callId: string, name: string, input: object): void
  thinking(value: string, id: string, metadata?: Readonly<Record<string, unknown>>): void
  image(data: Uint8Array, mediaType: string): void
  usage(usage: OpenAiUsage): void
}

/** The shape in which Copilot Chat reads usage. */
export interface OpenAiUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens: number }
}

interface ToolInput {
  readonly callId: string
  readonly name: string
  json: string
}

/** A function that takes the parts of one stream in order. */
export function replyWriter(sink: ReplySink, l10n: Localizer): (part: StreamPart) => void {
  const tools = new Map<string, ToolInput>()
  const thoughts = new Set<string>()
  let usage: Usage = unknownUsage
  let visible = false
  let reasoned = false

  const text = (value: string): void => {
    if (value === '') return
    visible = true
    sink.text(value)
  }

  const image = (source: BinarySource): void => {
    // The chat itself shows no picture of a model; other extensions receive it, and everybody is told.
    if (source.kind === 'base64') sink.image(Buffer.from(source.data, 'base64'), source.mediaType)
    text(source.kind === 'url' ? source.url : l10n.t('The model answered with a picture.'))
  }

  const finish = (reason: FinishReason): void => {
    if (!visible) text(emptyAnswerText(reason, reasoned, l10n))
    const counted = toOpenAiUsage(usage)
    if (counted !== undefined) sink.usage(counted)
  }

  return (part) => {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
        return text(part.text)
      case 'reasoning-delta':
        reasoned = true
        if (part.text === '') return
        thoughts.add(part.id)
        sink.thinking(part.text, part.id)
        return
      case 'reasoning-end':
        // Copilot Chat closes its thinking step on this mark.
        if (thoughts.delete(part.id)) sink.thinking('', part.id, { vscode_reasoning_done: true })
        return
      case 'tool-input-start':
        tools.set(part.id, { callId: part.callId, name: part.name, json: '' })
        return
      case 'tool-input-delta': {
        const tool = tools.get(part.id)
        if (tool !== undefined) tool.json += part.text
        return
      }
      case 'tool-input-end': {
        const tool = tools.get(part.id)
        if (tool === undefined) return
        visible = true
        sink.toolCall(tool.callId, tool.name, parseInput(tool.json))
        return
      }
      case 'image':
        return image(part.image.source)
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return
      case 'finish':
        return finish(part.finish.unified)
    }
  }
}

/** Arguments must be an object; what is none is kept under one key (rule 85), so that the model can see what it wrote. */
export function parseInput(json: string): object {
  if (json.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(json)
    if (isJsonObject(value)) return value
  } catch {
    // Not JSON: kept as it is below.
  }
  return { _raw: json }
}

/** Undefined while the input is unknown: a zero in the context meter would be a lie. */
export function toOpenAiUsage(usage: Usage): OpenAiUsage | undefined {
  const input = totalInput(usage)
  if (input === null) return undefined
  const output = usage.output ?? 0
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(usage.cacheRead === null ? {} : { prompt_tokens_details: { cached_tokens: usage.cacheRead } }),
  }
}

function emptyAnswerText(reason: FinishReason, reasoned: boolean, l10n: Localizer): string {
  switch (reason) {
    case 'length':
      return reasoned
        ? l10n.t(
            'The model reached its output limit while reasoning and gave no answer. Ask for less or choose a model with a larger limit.',
          )
        : l10n.t(
            'The model reached its output limit before it gave an answer. Ask for less or choose a model with a larger limit.',
          )
    case 'content-filter':
      return l10n.t("The vendor's content filter stopped the answer. Change the prompt or choose another model.")
    case 'context-length':
      return l10n.t(
        'The conversation no longer fits the context window of the model. Start a new chat or choose a larger model.',
      )
    default:
      return reasoned
        ? l10n.t('The model ended after its reasoning without an answer. Ask again or choose another model.')
        : l10n.t('The model gave an empty answer. Ask again or choose another model.')
  }
}
