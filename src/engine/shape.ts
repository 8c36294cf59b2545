// What the user lays down about requests: system prompts, reasoning, a combo's overrides. A request that nothing applies to is not
// touched, so that its bytes can pass; any other is read into canonical form and changed there.
import type { ChatRequest, Message, ReasoningRequest, TextPart } from '../core/conversation.ts'
import { mostSpecific } from '../core/glob.ts'
import type { MemberOverrides, Origin, ReasoningMode } from '../core/routing.ts'
import type { RoutingSettings, SystemPromptRule } from '../core/settings.ts'
import type { Target } from './catalogue.ts'

export interface Shape {
  readonly systemPrompt: readonly SystemPromptRule[]
  readonly reasoning?: ReasoningMode
  /** The reasoning was laid down for this very model, not for whatever fits a pattern. */
  readonly insists?: true
  readonly maxOutputTokens?: number
  readonly temperature?: number
}

export interface ShapeInput {
  readonly settings: RoutingSettings
  readonly origin: Origin
  /** Public id of the model that is about to serve. */
  readonly publicId: string
  /** From the brackets behind the model's name; wins over everything else. */
  readonly suffix: ReasoningMode | undefined
  readonly overrides: MemberOverrides | undefined
}

/** What applies to a request at one model; undefined when nothing does. */
export function shapeOf({ settings, origin, publicId, suffix, overrides }: ShapeInput): Shape | undefined {
  const { systemPrompt, reasoning } = settings
  if (systemPrompt.length === 0 && reasoning.length === 0 && suffix === undefined && overrides === undefined) {
    return undefined
  }
  const prompts = systemPrompt.filter((rule) => appliesTo(rule, origin))
  const own = suffix ?? overrides?.reasoning
  const rule = own ? undefined : mostSpecific(reasoning, publicId)
  const mode = own ?? rule?.rule
  const insists = own !== undefined || rule?.model.includes('*') === false
  const shape: Shape = {
    systemPrompt: prompts,
    ...(mode === undefined || mode.mode === 'passthrough' ? {} : { reasoning: mode, ...(insists ? { insists } : {}) }),
    ...(overrides?.maxOutputTokens === undefined ? {} : { maxOutputTokens: overrides.maxOutputTokens }),
    ...(overrides?.temperature === undefined ? {} : { temperature: overrides.temperature }),
  }
  return prompts.length > 0 || Object.keys(shape).length > 1 ? shape : undefined
}

/** The request as it goes to the model. Applying a shape twice changes nothing further. */
export function applyShape(request: ChatRequest, shape: Shape): ChatRequest {
  const messages = isTitle(request) ? request.messages : withSystemPrompts(request.messages, shape.systemPrompt)
  const most = shape.maxOutputTokens
  return {
    ...request,
    messages,
    ...(most === undefined ? {} : { maxOutputTokens: Math.min(request.maxOutputTokens ?? most, most) }),
    ...(shape.temperature === undefined ? {} : { temperature: shape.temperature }),
    ...(shape.reasoning === undefined ? {} : { reasoning: reasoningOf(shape.reasoning, request.reasoning) }),
  }
}

/**
 * The target as it is written for. Wires leave a wish for reasoning out where a model is not known to reason, since many servers refuse
 * the whole request over it. What was laid down for this very model, or what the client says in the upstream's own wire, is sent
 * all the same, unless the model is known not to reason.
 */
export function targetFor(target: Target, request: ChatRequest, shape: Shape | undefined, isSameWire: boolean): Target {
  const { model } = target
  const isMeant = shape?.reasoning ? shape.insists === true : isSameWire
  if (!isMeant || request.reasoning === undefined || model.capabilities.reasoning !== undefined) return target
  return { ...target, model: { ...model, capabilities: { ...model.capabilities, reasoning: true } } }
}

function appliesTo(rule: SystemPromptRule, origin: Origin): boolean {
  if (rule.keyId !== undefined && rule.keyId !== origin.keyId) return false
  return rule.workspace === undefined || rule.workspace === origin.workspace
}

/** A summary that the client asked for stays; how much is thought is the rule's. Limits of the model are kept by its wire. */
function reasoningOf(mode: ReasoningMode, asked: ReasoningRequest | undefined): ReasoningRequest {
  const summary = asked?.summary === undefined ? {} : { summary: asked.summary }
  switch (mode.mode) {
    case 'off':
      return { level: 'none' }
    case 'adaptive':
      return { adaptive: true, ...summary }
    case 'level':
      return { level: mode.level, ...summary }
    case 'budget':
      return { budgetTokens: mode.tokens, ...summary }
    case 'passthrough':
      return asked ?? {}
  }
}

/**
 * Agents ask for a title or a summary of a conversation beside it, without tools and in a few tokens: instructions that are meant
 * for the work would only spoil those.
 */
function isTitle(request: ChatRequest): boolean {
  return request.tools.length === 0 && request.maxOutputTokens !== undefined && request.maxOutputTokens <= 100
}

function withSystemPrompts(messages: readonly Message[], rules: readonly SystemPromptRule[]): readonly Message[] {
  const first = messages.findIndex((message) => message.role !== 'system')
  const leading = first < 0 ? messages.length : first
  const present = new Set(messages.slice(0, leading).flatMap(({ parts }) => parts.map((part) => textIn(part))))
  const fresh = rules.filter(({ text }) => !present.has(text))
  if (fresh.length === 0) return messages
  const blocks = (position: SystemPromptRule['position']): Message[] =>
    fresh
      .filter((rule) => rule.position === position)
      .map(({ text }) => ({ role: 'system', parts: [{ type: 'text', text } satisfies TextPart] }))
  // What the client has marked for the vendor's prompt cache must stay the beginning, or nothing of it is found there again.
  const cached = messages.slice(0, leading).findLastIndex(({ parts }) => parts.some((part) => part.cache !== undefined))
  const start = cached + 1
  return [
    ...messages.slice(0, start),
    ...blocks('prepend'),
    ...messages.slice(start, leading),
    ...blocks('append'),
    ...messages.slice(leading),
  ]
}

function textIn(part: Message['parts'][number]): string {
  return part.type === 'text' ? part.text : ''
}
