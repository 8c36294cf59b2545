// How a provider or model deviates from the Gemini wire, as data: which deviations there are, what they mean, and what holds when
// a provider file says nothing. Facts of Google's own generations stand in `geminiFacts`, whoever serves them.
import * as z from 'zod'
import type { QuirkTarget } from '../quirk-reader.ts'
import { commonDefaults, commonFields, createQuirkReader } from '../quirk-reader.ts'

const levels = ['minimal', 'low', 'medium', 'high'] as const

const fields = {
  ...commonFields,
  /** How reasoning is asked for (rules 102, 103): `thinkingBudget` or `thinkingLevel`, never both; `none`: not at all. */
  thinking: z.enum(['none', 'budget', 'level']),
  /** Levels `thinkingLevel` takes; others are moved to the nearest. */
  thinkingLevels: z.array(z.enum(levels)).min(1),
  minBudget: z.number().int().nonnegative(),
  maxBudget: z.number().int().positive(),
  /** Whether a budget of 0 switches thinking off (2.5 Flash); 2.5 Pro cannot (rule 103). */
  canDisable: z.boolean(),
  /** Tool schemas go as they are in `parametersJsonSchema` (rule 75); else cleaned in `parameters`. */
  parametersJsonSchema: z.boolean(),
  /** Reply schemas go as they are in `responseJsonSchema`; else cleaned in `responseSchema`. */
  responseJsonSchema: z.boolean(),
  /** Whether cleaned schemas may hold `anyOf` (rule 67). */
  anyOf: z.boolean(),
  /** Whether a reply schema and tools may come together (rule 23). */
  schemaWithTools: z.boolean(),
  /** Whether `id` is allowed in calls and responses. */
  callIds: z.boolean(),
  /** Calls of the history must carry a signature; those without get the documented bypass (rule 110). */
  requiresSignatures: z.boolean(),
  /** Media of tool results go within the response; else beside it (rule 94). */
  functionResponseParts: z.boolean(),
  /** Whether `fileData` may name any public address (rule 41). */
  externalUrls: z.boolean(),
  /** False where there is no system instruction: the text goes before the first user message (rule 30). Gemma. */
  systemInstruction: z.boolean(),
  /** Whether a conversation may end with a model turn to be continued (rule 34). */
  prefill: z.boolean(),
  /** Fields of `generationConfig` that are dropped with a warning (rule 7). */
  rejects: z.array(z.string()),
  /** Hosted tools by name, e.g. `googleSearch`; `*` for all (rule 60). */
  hostedTools: z.array(z.string()),
  /** Whether hosted tools and functions may come together; else the hosted ones are dropped. */
  hostedWithFunctions: z.boolean(),
}

const perModel = z.array(z.object({ match: z.string(), quirks: z.object(fields).partial() }))

/** What a provider file may say. Unknown names are an error, so that a slip of the pen does not go unseen. */
export const geminiQuirksSchema = z.strictObject({ ...fields, perModel }).partial()

export type GeminiQuirks = z.output<z.ZodObject<typeof fields>>

export const defaultQuirks: GeminiQuirks = {
  ...commonDefaults,
  thinking: 'budget',
  thinkingLevels: [...levels],
  minBudget: 0,
  maxBudget: 24_576,
  canDisable: true,
  parametersJsonSchema: false,
  responseJsonSchema: false,
  anyOf: true,
  schemaWithTools: false,
  callIds: true,
  requiresSignatures: false,
  functionResponseParts: false,
  externalUrls: false,
  systemInstruction: true,
  prefill: false,
  rejects: [],
  hostedTools: ['googleSearch', 'codeExecution', 'urlContext'],
  hostedWithFunctions: false,
}

type Facts = Partial<GeminiQuirks>

const gemini3: Facts = {
  thinking: 'level',
  requiresSignatures: true,
  functionResponseParts: true,
  schemaWithTools: true,
}

/** Facts of Google's models by id, as their documentation has them on 2026-11-22. The first match holds. */
const geminiFacts: readonly (readonly [RegExp, Facts])[] = [
  [/gemma/i, { thinking: 'none', systemInstruction: false, hostedTools: [] }],
  [/gemini-1/i, { thinking: 'none', anyOf: false }],
  [/gemini-2\.0/i, { thinking: 'none' }],
  [/gemini-2\.5-pro/i, { minBudget: 128, maxBudget: 32_768, canDisable: false }],
  [/gemini-2\.5-flash-lite/i, { minBudget: 512 }],
  [/gemini-2\.5/i, {}],
  [/gemini-3-pro/i, { ...gemini3, thinkingLevels: ['low', 'high'] }],
  [/gemini-3\.\d+-pro/i, { ...gemini3, thinkingLevels: ['low', 'medium', 'high'] }],
  [/gemini-3\.1-flash-image/i, { ...gemini3, thinkingLevels: ['minimal', 'high'] }],
  [/gemini-[3-9]/i, gemini3],
]

/** The quirks of a target with defaults and Google's facts filled in. */
export const quirksOf = createQuirkReader<GeminiQuirks>({
  schema: z.object({ ...fields, perModel }).partial(),
  defaults: defaultQuirks,
  facts: factsOf,
})

function factsOf(target: QuirkTarget): Facts {
  const byId = geminiFacts.find(([shape]) => shape.test(target.id))?.[1] ?? {}
  const own: Facts = target.provider === 'gemini' ? { parametersJsonSchema: true, responseJsonSchema: true } : {}
  return { ...byId, ...own, ...(target.capabilities.reasoning === false ? { thinking: 'none' as const } : {}) }
}
