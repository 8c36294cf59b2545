// How a provider or model deviates from the Anthropic wire, as data: which deviations there are, what they mean, and what holds
// when a provider file says nothing. Facts of Claude's own generations stand in `claudeFacts`, whoever serves them.
import * as z from 'zod'
import type { TargetModel } from '../../core/wire-format.ts'
import type { QuirkTarget } from '../quirk-reader.ts'
import { commonDefaults, commonFields, createQuirkReader } from '../quirk-reader.ts'

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const

const fields = {
  ...commonFields,
  /**
   * How reasoning is asked for (rule 102). `budget`: `thinking {type: enabled, budget_tokens}`; `adaptive`: `thinking {type:
   * adaptive}` with `output_config.effort`; `none`: not at all.
   */
  thinking: z.enum(['none', 'budget', 'adaptive']),
  /** Efforts that `output_config.effort` takes; others are moved to the nearest. */
  efforts: z.array(z.enum(efforts)).min(1),
  /** Highest thinking budget, where the server has one below its output limit. */
  maxBudget: z.number().int().positive().optional(),
  /** Whether `thinking.display` is understood. */
  thinkingDisplay: z.boolean(),
  /** Thinking blocks without a signature are taken (DeepSeek, Kimi, MiniMax); Claude refuses them (rule 114). */
  unsignedThinking: z.boolean(),
  /** `max_tokens` where neither the client nor the model's facts say one (rule 12). */
  defaultMaxTokens: z.number().int().positive(),
  /** Request fields that are dropped with a warning (rules 7, 10), e.g. `temperature`, `top_p`, `top_k`. */
  rejects: z.array(z.string()),
  /** False where `temperature` and `top_p` may not come together (rule 10). */
  temperatureWithTopP: z.boolean(),
  /** Whether a message may have the role `system` in mid-conversation (rule 27). */
  midSystemRole: z.boolean(),
  /** Whether the conversation may end with an assistant message to be continued (rule 34). */
  prefill: z.boolean(),
  /** Structured replies (rule 22): `native` is `output_config.format`, `tool` a forced tool whose input is the reply. */
  structuredOutput: z.enum(['native', 'tool']),
  /** Whether `cache_control` is understood (rule 119). */
  cacheControl: z.boolean(),
  /** Whether breakpoints are added to conversations of clients that know none (rule 118). */
  autoCache: z.boolean(),
  /** Hosted tools the server runs (rule 60), by the beginning of their type, e.g. `web_search`; `*` for all. */
  hostedTools: z.array(z.string()),
  /** Whether images and documents may be named by their address; else they are sent as data (rule 41). */
  externalUrls: z.boolean(),
  /** Longest tool name (rule 55). Older servers: 64. */
  maxToolName: z.number().int().positive(),
  /** Whether Claude Code's billing line in the system text is kept (rule 38). Anthropic only. */
  billingHeader: z.boolean(),
  /** Betas that the server needs in `anthropic-beta` (rule 21). */
  betas: z.array(z.string()),
}

const perModel = z.array(z.object({ match: z.string(), quirks: z.object(fields).partial() }))

/** What a provider file may say. Unknown names are an error, so that a slip of the pen does not go unseen. */
export const anthropicQuirksSchema = z.strictObject({ ...fields, perModel }).partial()

export type AnthropicQuirks = z.output<z.ZodObject<typeof fields>>

export const defaultQuirks: AnthropicQuirks = {
  ...commonDefaults,
  thinking: 'budget',
  efforts: ['low', 'medium', 'high'],
  thinkingDisplay: false,
  unsignedThinking: false,
  defaultMaxTokens: 8192,
  rejects: [],
  temperatureWithTopP: true,
  midSystemRole: false,
  prefill: true,
  structuredOutput: 'tool',
  cacheControl: true,
  autoCache: false,
  hostedTools: [],
  externalUrls: true,
  maxToolName: 64,
  billingHeader: false,
  betas: [],
}

type Facts = Partial<AnthropicQuirks>

const claude: Facts = { autoCache: true, maxToolName: 128 }
const claude41: Facts = { ...claude, temperatureWithTopP: false }
const claude45: Facts = { ...claude41, structuredOutput: 'native' }
const claude46: Facts = { ...claude45, thinking: 'adaptive', efforts: ['low', 'medium', 'high', 'max'], prefill: false }
const claude47: Facts = {
  ...claude46,
  efforts: [...efforts],
  thinkingDisplay: true,
  rejects: ['temperature', 'top_p', 'top_k'],
}

/** Facts of Anthropic's models by id, as their documentation has them on 2026-11-22. The first match holds. */
const claudeFacts: readonly (readonly [RegExp, Facts])[] = [
  [/claude-(?:instant|2|3(?![-.]7))/i, { ...claude, thinking: 'none', defaultMaxTokens: 4096 }],
  [/claude-3[-.]7|claude-(?:opus|sonnet)-4(?:-0|-20\d{6}|@|$)/i, claude],
  [/claude-opus-4[-.]1/i, claude41],
  [/claude-(?:opus|sonnet|haiku)-4[-.]5/i, claude45],
  [/claude-(?:opus|sonnet|haiku)-4[-.]6/i, claude46],
  [/claude-/i, claude47],
]

/** The quirks of a target with defaults and Claude's facts filled in. */
export const quirksOf = createQuirkReader<AnthropicQuirks>({
  schema: z.object({ ...fields, perModel }).partial(),
  defaults: defaultQuirks,
  facts: factsOf,
})

/** Whether a target's signatures are Anthropic's own. Servers of other models that imitate them take thinking back unsigned. */
export function signsForClaude(target: TargetModel | undefined): boolean {
  return target === undefined || !quirksOf(target).unsignedThinking
}

function factsOf(target: QuirkTarget): Facts {
  const byId = claudeFacts.find(([shape]) => shape.test(target.id))?.[1] ?? {}
  const byProvider: Facts =
    target.provider === 'anthropic' ? { hostedTools: ['*'], billingHeader: true, midSystemRole: false } : {}
  const { reasoning, structuredOutput } = target.capabilities
  return {
    ...byId,
    ...byProvider,
    ...(reasoning === false ? { thinking: 'none' as const } : {}),
    ...(structuredOutput === true ? { structuredOutput: 'native' as const } : {}),
  }
}
