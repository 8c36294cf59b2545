// A chat request of VS Code as a canonical one. Pure. What the gateway has no use for (Copilot's internal options, notes between
// Copilot and its own providers) ends here.
import type { ChatOrigin } from '../../admin/client.ts'
import type { ChatRequest, Message, Sampling, ToolDefinition } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { readPart, type ThinkingClass } from './parts.ts'
import { chosenReasoningLevel } from './reasoning-effort.ts'
import type { ResponseOptions } from './run-time-api.ts'

export interface EditorMessage {
  /** 1 user, 2 assistant, 3 system (sent by Copilot Chat, though not in the typings). */
  readonly role: number
  readonly content: readonly unknown[]
  readonly name?: string | undefined
}

const assistantRole = 2
const systemRole = 3
const requiredToolMode = 2

export function toChatRequest(
  model: string,
  messages: readonly EditorMessage[],
  options: ResponseOptions,
  thinking: ThinkingClass,
): ChatRequest {
  const tools = (options.tools ?? []).map(toTool)
  const level = chosenReasoningLevel(options.modelConfiguration)
  return {
    origin: 'editor',
    model,
    stream: true,
    includeUsage: true,
    messages: messages.map((message) => toMessage(message, thinking)).filter(({ parts }) => parts.length > 0),
    tools,
    ...(tools.length === 0
      ? {}
      : { toolChoice: { type: options.toolMode === requiredToolMode ? 'required' : 'auto' } as const }),
    ...(level === undefined ? {} : { reasoning: { level } }),
    ...toSampling(options.modelOptions ?? {}),
  }
}

/**
 * Who asks, for the log, for affinity and for what depends on the workspace: the extension, the conversation where Copilot Chat
 * names it, and the workspace. Lengths are what the gateway of another window takes.
 */
export function toOrigin(options: ResponseOptions, workspace: string | undefined): ChatOrigin {
  const conversationId = options.modelOptions?.['_conversationId']
  return {
    client: (options.requestInitiator || 'vscode').slice(0, 200),
    ...(typeof conversationId === 'string' && conversationId !== ''
      ? { conversationId: conversationId.slice(0, 200) }
      : {}),
    ...(workspace ? { workspace: workspace.slice(0, 300) } : {}),
  }
}

function toMessage(message: EditorMessage, thinking: ThinkingClass): Message {
  const role = message.role === assistantRole ? 'assistant' : message.role === systemRole ? 'system' : 'user'
  const parts = message.content.flatMap((part) => readPart(part, thinking) ?? [])
  // Vendors refuse names with blanks or accents.
  const name = message.name !== undefined && /^[\w-]{1,64}$/.test(message.name) ? message.name : undefined
  return { role, parts, ...(name === undefined ? {} : { name }) }
}

function toTool(tool: { name: string; description: string; inputSchema?: object | undefined }): ToolDefinition {
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    ...(isJsonObject(tool.inputSchema) ? { schema: tool.inputSchema satisfies JsonObject } : {}),
  }
}

/** The options a caller may set, under the names in use. Everything else, above all `_…`, stays here. */
function toSampling(options: Readonly<Record<string, unknown>>): Sampling {
  const number = (...names: string[]): number | undefined =>
    names
      .map((name) => options[name])
      .find((value): value is number => typeof value === 'number' && Number.isFinite(value))
  const stop = options['stop']
  const sampling = {
    temperature: number('temperature'),
    topP: number('top_p', 'topP'),
    topK: number('top_k', 'topK'),
    maxOutputTokens: number('max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'),
    seed: number('seed'),
    frequencyPenalty: number('frequency_penalty'),
    presencePenalty: number('presence_penalty'),
    stop:
      typeof stop === 'string'
        ? [stop]
        : Array.isArray(stop) && stop.every((item) => typeof item === 'string')
          ? stop
          : undefined,
  }
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined))
}
