// The tools that agents may call, wherever they come from: the editor's own tool interface and the MCP endpoint offer this one
// list. Most read only; the others name one change, which the caller has a person confirm before it is made. Free of packages,
// since every window loads it.
import type { GatewayClient } from '../client.ts'
import { type AgentChange, checkChange, readComboChange, readDefaultChange } from './changes.ts'
import { readExplanation, readModels, readUsage } from './readings.ts'

export type AgentClient = Pick<GatewayClient, 'call'>

/** What an agent sends along, unchecked. */
export type AgentInput = Readonly<Record<string, unknown>>

/** What a tool takes, as JSON Schema; of the same form as the manifest's. */
export interface AgentInputSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, { readonly type: string; readonly description: string }>>
  readonly required?: readonly string[]
}

interface ToolFacts {
  readonly name: string
  readonly title: string
  /** For the model. */
  readonly description: string
  readonly input: AgentInputSchema
}

export interface ReadingTool extends ToolFacts {
  readonly kind: 'reading'
  readonly read: (client: AgentClient, input: AgentInput) => Promise<object>
}

export interface ChangingTool extends ToolFacts {
  readonly kind: 'changing'
  /** The change that the input asks for; undefined when it names none. */
  readonly change: (input: AgentInput) => AgentChange | undefined
}

export type AgentTool = ReadingTool | ChangingTool

export const agentTools: readonly AgentTool[] = [
  {
    kind: 'reading',
    name: 'omniroute_usage',
    title: 'Usage and quotas',
    description:
      "Reads what the user's local LLM gateway OmniRoute was used for since midnight: requests, failures, tokens and known cost in US dollars for each model; how much is left of each account's quotas and when they reset; which accounts rest and why; how far each budget is spent. Reads only. Use it when the user asks about usage, quota, limits, cost or budgets of their models. Unknown costs are not zero.",
    input: { type: 'object', properties: {} },
    read: readUsage,
  },
  {
    kind: 'reading',
    name: 'omniroute_models',
    title: 'Models and combos',
    description:
      "Lists the models and combos (named lists of models with fallback) that the user's local LLM gateway OmniRoute serves, with context window and abilities, the combos that are turned off, and which of them `default` stands for. Reads only.",
    input: {
      type: 'object',
      properties: { search: { type: 'string', description: 'Part of an id or name; leave out for all.' } },
    },
    read: readModels,
  },
  {
    kind: 'reading',
    name: 'omniroute_explain',
    title: 'Explain a request',
    description:
      "Tells in words how the user's local LLM gateway OmniRoute decided a request: which accounts were passed over, tried, waited for or failed and why, which one answered, and what can be done. Without an id the last request. Reads only; it never tells what was said in a request. Use it when the user asks why a request failed, was slow, or went to some model.",
    input: {
      type: 'object',
      properties: { id: { type: 'string', description: 'Id of a request; leave out for the last one.' } },
    },
    read: readExplanation,
  },
  {
    kind: 'changing',
    name: 'omniroute_set_default',
    title: 'Change the default model',
    description:
      "Changes which model or combo the name `default` stands for in the user's local LLM gateway OmniRoute, for all tools that use it. The user is asked before. Call it only when the user wants the default changed, with an id that omniroute_models lists.",
    input: {
      type: 'object',
      properties: {
        model: { type: 'string', description: 'Id of a model or name of a combo, as omniroute_models lists them.' },
      },
      required: ['model'],
    },
    change: readDefaultChange,
  },
  {
    kind: 'changing',
    name: 'omniroute_switch_combo',
    title: 'Turn a combo on or off',
    description:
      "Turns a combo (a named list of models with fallback) of the user's local LLM gateway OmniRoute on or off, for all tools that use it. The user is asked before. Call it only when the user wants that, with a name that omniroute_models lists.",
    input: {
      type: 'object',
      properties: {
        combo: { type: 'string', description: 'Name of the combo.' },
        enabled: { type: 'boolean', description: 'True turns it on, false off.' },
      },
      required: ['combo', 'enabled'],
    },
    change: readComboChange,
  },
]

/** What is wrong with a call of a changing tool, in words for the agent; undefined when the change can be made. */
export async function refusalOf(
  tool: ChangingTool,
  client: AgentClient,
  input: AgentInput,
): Promise<{ readonly error: string; readonly nextStep: string } | undefined> {
  const change = tool.change(input)
  if (change !== undefined) return await checkChange(client, change)
  return {
    error: `This tool needs ${(tool.input.required ?? []).map((name) => `"${name}"`).join(' and ')}.`,
    nextStep: 'Call omniroute_models for the names there are.',
  }
}
