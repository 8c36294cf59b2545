// `generationConfig` of a Gemini request: sampling, reply format and thinking (rules 17, 18, 22, 101-104). The rest is kept.
import type { ReasoningLevel, ReasoningRequest, ResponseFormat, Sampling } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { checkField } from '../check-field.ts'
import { reasoningLevels } from '../reasoning-levels.ts'
import { fromOpenApi } from './openapi-schema.ts'
import type { Generation } from './schema.ts'
import { generationSchema } from './schema.ts'

export interface ReadGeneration {
  readonly config: Sampling & { readonly responseFormat?: ResponseFormat; readonly reasoning?: ReasoningRequest }
  readonly extras: JsonObject
}

export function readGeneration(value: JsonObject | null | undefined): ReadGeneration {
  if (value === null || value === undefined) return { config: {}, extras: {} }
  const generation = checkField(generationSchema, value, 'generationConfig')
  const {
    temperature,
    topP,
    topK,
    maxOutputTokens,
    stopSequences,
    seed,
    presencePenalty,
    frequencyPenalty,
    candidateCount,
    responseLogprobs,
    logprobs,
    responseMimeType,
    responseSchema: _,
    responseJsonSchema: __,
    thinkingConfig: ___,
    ...rest
  } = generation
  const known: Record<string, unknown> = {
    temperature,
    topP,
    topK,
    maxOutputTokens,
    stop: stopSequences?.length === 0 ? undefined : stopSequences,
    seed,
    presencePenalty,
    frequencyPenalty,
    candidates: candidateCount,
    logprobs: responseLogprobs,
    topLogprobs: logprobs,
  }
  const config: Record<string, unknown> = {}
  for (const [field, inner] of Object.entries(known)) if (inner !== null && inner !== undefined) config[field] = inner
  const format = readFormat(generation)
  const isOwnFormat =
    typeof responseMimeType === 'string' && !/^(?:application\/json|text\/plain)$/.test(responseMimeType)
  const extras: JsonObject = isOwnFormat ? { responseMimeType } : {}
  for (const [field, inner] of Object.entries(rest as JsonObject))
    if (inner !== null && inner !== undefined) extras[field] = inner
  const reasoning = readThinking(generation.thinkingConfig)
  return {
    config: {
      ...(config as Sampling),
      ...(format === undefined ? {} : { responseFormat: format }),
      ...(reasoning === undefined ? {} : { reasoning }),
    },
    extras,
  }
}

function readFormat({ responseMimeType, responseSchema, responseJsonSchema }: Generation): ResponseFormat | undefined {
  const schema = responseJsonSchema ?? (responseSchema ? fromOpenApi(responseSchema) : undefined)
  if (responseMimeType !== 'application/json') return responseMimeType === 'text/plain' ? { type: 'text' } : undefined
  return schema === undefined ? { type: 'json' } : { type: 'json-schema', name: 'response', schema }
}

function readThinking(thinking: Generation['thinkingConfig']): ReasoningRequest | undefined {
  if (thinking === null || thinking === undefined) return undefined
  const { includeThoughts, thinkingBudget, thinkingLevel } = thinking
  const level = reasoningLevels.find((known) => known === thinkingLevel?.toLowerCase())
  return {
    ...(level === undefined ? amountOf(thinkingBudget) : { level: level as ReasoningLevel }),
    ...(includeThoughts === true ? { summary: 'auto' } : includeThoughts === false ? { summary: 'none' } : {}),
  }
}

function amountOf(budget: number | null | undefined): ReasoningRequest {
  if (budget === null || budget === undefined) return {}
  if (budget < 0) return { adaptive: true }
  return budget === 0 ? { level: 'none' } : { budgetTokens: budget }
}
