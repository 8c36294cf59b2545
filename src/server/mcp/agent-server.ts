// One MCP server with the tools of src/admin/agents. A change is made only after the client has asked its user, which the protocol
// calls elicitation; a client that can't ask gets the way that a person can go instead.
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  type CallToolResult,
  CallToolRequestSchema as callTool,
  ListToolsRequestSchema as listTools,
} from '@modelcontextprotocol/sdk/types.js'
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { type AgentChange, makeChange } from '../../admin/agents/changes.ts'
import { type AgentInput, type AgentTool, agentTools, type ChangingTool, refusalOf } from '../../admin/agents/tools.ts'
import type { McpOptions } from './sessions.ts'

/** How long a person may think about a question. */
const patienceMs = 10 * 60_000

/** The answers to our questions hold no fields, so there is nothing to validate. */
const nothingToValidate: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as NonNullable<T>, errorMessage: undefined })
  },
}

type Ask = (question: string) => Promise<'accept' | 'decline' | 'cancel'>

export function createAgentServer({ client, version, log, describe }: McpOptions): Server {
  const server = new Server(
    { name: 'omniroute', title: 'OmniRoute', version },
    {
      capabilities: { tools: {} },
      instructions:
        "Facts about the user's local LLM gateway: usage, quotas, models, and why a request went as it did. Changes are confirmed by the user.",
      jsonSchemaValidator: nothingToValidate,
    },
  )
  server.setRequestHandler(listTools, () => ({ tools: agentTools.map(listed) }))
  server.setRequestHandler(callTool, async ({ params }, extra): Promise<CallToolResult> => {
    const tool = agentTools.find(({ name }) => name === params.name)
    if (tool === undefined) return failed(`There is no tool "${params.name.slice(0, 100)}".`)
    const input: AgentInput = params.arguments ?? {}
    try {
      if (tool.kind === 'reading') return result(await tool.read(client, input))
      const ask: Ask = async (message) => {
        const question = { message, requestedSchema: { type: 'object' as const, properties: {} } }
        const options = { relatedRequestId: extra.requestId, timeout: patienceMs, signal: extra.signal }
        return (await server.elicitInput(question, options)).action
      }
      const canAsk = server.getClientCapabilities()?.elicitation?.form !== undefined
      const name = server.getClientVersion()?.name ?? 'an agent'
      return await change(tool, input, canAsk ? ask : undefined, name)
    } catch (thrown) {
      const { message, nextStep } = describe(thrown)
      return failed(message, nextStep)
    }
  })

  async function change(
    tool: ChangingTool,
    input: AgentInput,
    ask: Ask | undefined,
    clientName: string,
  ): Promise<CallToolResult> {
    const wanted = tool.change(input)
    const refusal = await refusalOf(tool, client, input)
    if (wanted === undefined || refusal !== undefined)
      return failed(refusal?.error ?? 'Nothing to do.', refusal?.nextStep)
    if (ask === undefined) {
      return failed(
        'This program can not ask its user, and nothing is changed unasked.',
        wanted.kind === 'default'
          ? 'Tell the user to run the command "OmniRoute: Choose Default Model", or to set it under Routing in the dashboard.'
          : 'Tell the user to switch the combo under Combos in the dashboard of OmniRoute.',
      )
    }
    const answer = await ask(questionOf(wanted))
    if (answer !== 'accept') return failed('The user did not agree; nothing was changed.')
    const made = await makeChange(client, wanted)
    log.info(`${clientName.slice(0, 100)} changed ${JSON.stringify(made)} over MCP, confirmed by its user.`)
    return result(made)
  }

  return server
}

function listed({ name, title, description, input, kind }: AgentTool) {
  const reads = kind === 'reading'
  return {
    name,
    title,
    description,
    inputSchema: { ...input, properties: { ...input.properties }, required: [...(input.required ?? [])] },
    annotations: { title, readOnlyHint: reads, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  }
}

function questionOf(change: AgentChange): string {
  if (change.kind === 'default')
    return `Change the default model of OmniRoute to "${change.model}", for every tool that names no other model?`
  return `Turn the combo "${change.combo}" of OmniRoute ${change.enabled ? 'on' : 'off'}, for every tool that uses it?`
}

function result(value: object): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] }
}

function failed(error: string, nextStep?: string): CallToolResult {
  return { ...result({ error, ...(nextStep === undefined ? {} : { nextStep }) }), isError: true }
}
