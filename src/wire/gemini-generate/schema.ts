// What a request of the Gemini wire must look like where it is relied on. Unknown fields pass. Every object is brought to
// camelCase before it is checked (rule 48).
import * as z from 'zod'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { camelKeys } from './names.ts'

const json = z.custom<JsonObject>((value) => isJsonObject(value), 'must be an object')
/** An object whatever the spelling of its keys. */
const named = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (isJsonObject(value) ? camelKeys(value) : value), z.looseObject(shape))

const number = z.number().nullish()

export const contentSchema = named({ role: z.string().nullish(), parts: z.array(json).nullish() })

export const partSchema = named({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  inlineData: named({ mimeType: z.string().optional(), data: z.string() }).nullish(),
  fileData: named({ mimeType: z.string().nullish(), fileUri: z.string() }).nullish(),
  functionCall: named({ id: z.string().nullish(), name: z.string(), args: json.nullish() }).nullish(),
  functionResponse: named({
    id: z.string().nullish(),
    name: z.string().nullish(),
    response: z.unknown(),
    parts: z.array(json).nullish(),
  }).nullish(),
})
export type WirePart = z.output<typeof partSchema>

export const declarationSchema = named({
  name: z.string(),
  description: z.string().nullish(),
  parameters: json.nullish(),
  parametersJsonSchema: json.nullish(),
})

export const generationSchema = named({
  temperature: number,
  topP: number,
  topK: number,
  maxOutputTokens: z.number().int().positive().nullish(),
  stopSequences: z.array(z.string()).nullish(),
  seed: number,
  presencePenalty: number,
  frequencyPenalty: number,
  candidateCount: z.number().int().positive().nullish(),
  responseLogprobs: z.boolean().nullish(),
  logprobs: number,
  responseMimeType: z.string().nullish(),
  responseSchema: json.nullish(),
  responseJsonSchema: json.nullish(),
  thinkingConfig: named({
    includeThoughts: z.boolean().nullish(),
    thinkingBudget: number,
    thinkingLevel: z.string().nullish(),
  }).nullish(),
})
export type Generation = z.output<typeof generationSchema>

export const envelopeSchema = named({
  contents: z.union([z.string(), z.array(json).min(1), json], { error: 'must be a list of contents' }),
  systemInstruction: z.union([z.string(), json]).nullish(),
  tools: z.union([z.array(json), json]).nullish(),
  toolConfig: named({
    functionCallingConfig: named({
      mode: z.string().nullish(),
      allowedFunctionNames: z.array(z.string()).nullish(),
    }).nullish(),
  }).nullish(),
  generationConfig: json.nullish(),
})
export type Envelope = z.output<typeof envelopeSchema>
