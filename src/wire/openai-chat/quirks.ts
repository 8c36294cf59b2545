// How a provider or model deviates from the OpenAI wires, as data: the one place that says which quirks there are, what they
// mean and what holds when a provider file says nothing (vendor table R). Both OpenAI wires read them; others ignore them.
import * as z from 'zod'
import type { Said } from '../quirk-reader.ts'
import { commonDefaults, commonFields, createQuirkReader } from '../quirk-reader.ts'

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

const fields = {
  ...commonFields,
  /** Name of the output limit (rule 13). OpenAI and Cerebras: `max_completion_tokens`. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']),
  /** System messages are sent as `developer` (rule 29). OpenAI's and Azure's reasoning models. */
  developerRole: z.boolean(),
  /** False where there is no system role at all: the text goes before the first user message (rule 30). */
  systemRole: z.boolean(),
  /** False where `stream_options` is refused: Mistral (rule 131). */
  streamOptions: z.boolean(),
  /**
   * What the server adds to a stream for `include_usage`, where that is documented: an event without choices, and `"usage":null` in
   * every other one (OpenAI). Then usage is asked for where a client didn't, and taken out again.
   */
  addsForUsage: z.enum(['unknown', 'event', 'event-and-nulls']),
  /** True where only streams are served; the answer is folded for clients that want one body (rule 3). Codex, Qwen thinking. */
  streamOnly: z.boolean(),
  /** Form of tool call ids (rule 86). `alphanumeric9`: Mistral. */
  toolIdPattern: z.enum(['openai', 'alphanumeric9']),
  /**
   * Request fields that are dropped with a warning because the server refuses them (rules 7, 10, 14): names of the body such as
   * `temperature`, `stop`, `parallel_tool_calls`, `tool_choice`, or `messages.name`, `tools.strict`.
   */
  rejects: z.array(z.string()),
  /** The word for "must call a tool" (rule 77). Mistral: `any`. */
  toolChoiceRequiredWord: z.string(),
  /** Most tools a request may declare (rule 58). OpenAI: 128. Absent: no limit. */
  maxTools: z.number().int().positive().optional(),
  /** Keywords to take out of tool schemas, e.g. `minLength` for Cerebras. */
  schemaRejects: z.array(z.string()),
  /** Free-form tools are understood (`type: "custom"`); elsewhere they become functions (rule 61). OpenAI. */
  customTools: z.boolean(),
  /** `tool_choice: allowed_tools` is understood; elsewhere the list of tools is cut to those allowed (rule 80). OpenAI. */
  allowedTools: z.boolean(),
  /** `type` of hosted tools the server itself runs (rules 60, 62), e.g. `web_search`; `*` for all. Others are dropped. */
  hostedTools: z.array(z.string()),
  /** Field of assistant messages in which earlier reasoning is sent back (rule 111). `none`: it is left out. */
  reasoningField: z.enum(['none', 'reasoning_content', 'reasoning', 'reasoning_details']),
  /** When it is sent back (rule 112). `tool-loop`: only after the last user message, as DeepSeek wants it. */
  reasoningReplay: z.enum(['tool-loop', 'always']),
  /**
   * How reasoning is asked for (rule 102). `effort`: `reasoning_effort`; `openrouter`: `reasoning {effort | max_tokens}`;
   * `thinking`: `thinking {type}` (GLM, DeepSeek, Kimi); `enable_thinking`: with `thinking_budget` (Qwen); `none`: not at all.
   */
  reasoningControl: z.enum(['effort', 'openrouter', 'thinking', 'enable_thinking', 'none']),
  /** Levels the server knows, for `effort` and the Responses wire; others are moved to the nearest (rule 101). */
  reasoningEfforts: z.array(z.enum(levels)).min(1),
  /** False where `response_format: json_schema` is refused; `json_object` is sent instead (rule 22). */
  jsonSchema: z.boolean(),
  /** False where content must be one string: text parts are joined. */
  contentParts: z.boolean(),
  /** Tool messages may hold images; elsewhere these follow in a user message (rule 94). */
  toolImages: z.boolean(),
  /** False where documents are refused; they become a note in the text (rule 44). */
  files: z.boolean(),
  /** False where images are taken as data only, not by their address: Ollama, LM Studio (rule 41). */
  externalUrls: z.boolean(),
  /** `cache_control` on parts is understood (rule 119). OpenRouter. */
  cacheControl: z.boolean(),
  /** `top_k` is understood, as vLLM, OpenRouter and llama.cpp do; OpenAI refuses it (rule 9). */
  topK: z.boolean(),
  /** Highest temperature the server takes (rule 9). */
  maxTemperature: z.number().positive(),
  /** Most stop sequences the server takes (rule 11). */
  maxStop: z.number().int().nonnegative(),
  /** Zero temperature must be said as `do_sample: false`. GLM. */
  doSample: z.boolean(),
  /** Text begins with `<think>…</think>`, which is taken out of it (rule 115). Local servers without a reasoning parser. */
  thinkTags: z.boolean(),
  /**
   * The vendor behind the address, where it is one of these: signatures, file ids and parameters of its own go only there
   * (rules 19, 45, 107), e.g. `prompt_cache_key` to `openai`; `google` is Gemini's OpenAI endpoint.
   */
  family: z.enum(['anthropic', 'google', 'openai', 'xai', 'openrouter']).optional(),
  /** Where system texts go on the Responses wire (rule 26). `developer`: as items (Codex), beside `defaultInstructions`. */
  instructions: z.enum(['join', 'developer']),
  /** Sent as `instructions` when there are none of the client's. Codex requires some. */
  defaultInstructions: z.string().optional(),
  /** Value of `store` the server insists on. Codex: false (rule 14). */
  store: z.boolean().optional(),
  /** Fields added to every body, beneath those of the request. MiniMax `reasoning_split`, GLM `tool_stream`, Groq `reasoning_format`. */
  bodyExtras: z.record(z.string(), z.json()),
}

/** Quirks that differ by model: `match` is a regular expression held against the model's id without regard to case. */
const perModel = z.array(z.object({ match: z.string(), quirks: z.object(fields).partial() }))

/** What a provider file may say. Unknown names are an error, so that a slip of the pen does not go unseen. */
export const openAiQuirksSchema = z.strictObject({ ...fields, perModel }).partial()

export type OpenAiQuirks = z.output<z.ZodObject<typeof fields>>

export const defaultQuirks: OpenAiQuirks = {
  ...commonDefaults,
  maxTokensField: 'max_tokens',
  developerRole: false,
  systemRole: true,
  streamOptions: true,
  addsForUsage: 'unknown',
  streamOnly: false,
  toolIdPattern: 'openai',
  rejects: [],
  toolChoiceRequiredWord: 'required',
  schemaRejects: [],
  customTools: false,
  allowedTools: false,
  hostedTools: [],
  reasoningField: 'none',
  reasoningReplay: 'tool-loop',
  reasoningControl: 'effort',
  reasoningEfforts: ['low', 'medium', 'high'],
  jsonSchema: true,
  contentParts: true,
  toolImages: false,
  files: true,
  externalUrls: true,
  cacheControl: false,
  topK: false,
  maxTemperature: 2,
  maxStop: 4,
  doSample: false,
  thinkTags: false,
  instructions: 'join',
  bodyExtras: {},
}

/** The quirks of a target with defaults filled in. */
export const quirksOf = createQuirkReader<OpenAiQuirks>({
  schema: z.object({ ...fields, perModel }).partial(),
  defaults: defaultQuirks,
  merge,
})

/** What is said of a model comes on top of what is said of its provider; lists and added fields add up. */
function merge(quirks: OpenAiQuirks, more: Said<OpenAiQuirks>): OpenAiQuirks {
  return Object.assign({}, quirks, more, {
    rejects: [...new Set([...quirks.rejects, ...(more.rejects ?? [])])],
    schemaRejects: [...new Set([...quirks.schemaRejects, ...(more.schemaRejects ?? [])])],
    bodyExtras: { ...quirks.bodyExtras, ...more.bodyExtras },
  })
}
