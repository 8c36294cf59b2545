// The matrix through Vercel's `ai` with each of its provider packages. They come from the test cache, so their types are not at hand:
// what is used of them is written down here.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonObject } from '../../../src/core/json.ts'
import type { WireId } from '../../../src/core/wire-format.ts'
import { weather } from '../place.ts'
import { provisionClient } from '../provision.mjs'
import {
  type Connection,
  type FinishWords,
  type MatrixClient,
  type Question,
  roomToReason,
  type Seen,
  waitMs,
} from './client.ts'

interface Result {
  readonly text: string
  readonly reasoningText: string | undefined
  readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[]
  readonly finishReason: string
  readonly usage: {
    readonly inputTokens: number | undefined
    readonly inputTokenDetails: { readonly cacheReadTokens: number | undefined }
    readonly outputTokens: number | undefined
  }
  readonly response: { readonly modelId: string }
  readonly responseMessages: readonly object[]
}

interface StreamPart {
  readonly type: string
  readonly text?: string
  readonly error?: unknown
}

type Streamed = { readonly [name in keyof Result]: PromiseLike<Result[name]> } & {
  readonly stream: AsyncIterable<StreamPart>
}

interface Ai {
  generateText(options: object): Promise<Result>
  streamText(options: object): Streamed
  jsonSchema(schema: object): object
  tool(options: object): object
  readonly Output: { object(options: { readonly schema: object }): object }
  readonly APICallError: { isInstance(thrown: unknown): thrown is ApiCallError }
}

interface ApiCallError extends Error {
  readonly statusCode?: number
  readonly responseHeaders?: Readonly<Record<string, string>>
}

type Create = (options: object) => ((model: string) => object) & { chat?(model: string): object }

interface Provider {
  readonly name: string
  readonly wire: WireId
  readonly package: string
  readonly create: string
  /** What stands after the gateway's address. */
  readonly version: string
  /** Name of the package's own options. */
  readonly options: string
  /** Its own way to ask for much reasoning. */
  readonly reasoning: JsonObject
  /** What it needs to be told always. */
  readonly always?: JsonObject
  readonly showsReasoning: boolean
  readonly chat?: boolean
}

const providers: readonly Provider[] = [
  {
    name: 'ai, openai.chat',
    wire: 'openai-chat',
    package: '@ai-sdk/openai',
    create: 'createOpenAI',
    version: '/v1',
    options: 'openai',
    reasoning: { reasoningEffort: 'high', forceReasoning: true },
    // OpenAI itself shows none on this wire.
    showsReasoning: false,
    chat: true,
  },
  {
    name: 'ai, openai',
    wire: 'openai-responses',
    package: '@ai-sdk/openai',
    create: 'createOpenAI',
    version: '/v1',
    options: 'openai',
    reasoning: { reasoningEffort: 'high', reasoningSummary: 'auto', forceReasoning: true },
    // Else it sends references to items that only OpenAI has stored.
    always: { store: false },
    showsReasoning: true,
  },
  {
    name: 'ai, anthropic',
    wire: 'anthropic-messages',
    package: '@ai-sdk/anthropic',
    create: 'createAnthropic',
    version: '/v1',
    options: 'anthropic',
    reasoning: { thinking: { type: 'enabled', budgetTokens: 24_000 } },
    // Else models it does not know are made to call a tool.
    always: { structuredOutputMode: 'outputFormat' },
    showsReasoning: true,
  },
  {
    name: 'ai, google',
    wire: 'gemini-generate',
    package: '@ai-sdk/google',
    create: 'createGoogle',
    version: '/v1beta',
    options: 'google',
    reasoning: { thinkingConfig: { thinkingBudget: 24_000, includeThoughts: true } },
    showsReasoning: true,
  },
  {
    name: 'ai, openai-compatible',
    wire: 'openai-chat',
    package: '@ai-sdk/openai-compatible',
    create: 'createOpenAICompatible',
    version: '/v1',
    options: 'gateway',
    reasoning: { reasoningEffort: 'high' },
    showsReasoning: true,
  },
]

const finishWords: FinishWords = { stop: 'stop', length: 'length', calls: 'tool-calls', filter: 'content-filter' }

async function load(name: string): Promise<unknown> {
  const folder = await provisionClient('ai')
  return import(pathToFileURL(join(folder, 'node_modules', name, 'dist', 'index.js')).href)
}

function messagesOf({ text, image, after }: Question): object[] {
  const parts = [
    { type: 'text', text },
    ...(image === undefined
      ? []
      : [{ type: 'file', data: Buffer.from(image, 'base64'), mediaType: 'image/png', filename: 'dot.png' }]),
  ]
  const asked = { role: 'user', content: parts }
  if (after === undefined) return [asked]
  const results = after.seen.calls.map((call) => ({
    type: 'tool-result',
    toolCallId: call.id,
    toolName: call.name,
    output: { type: 'text', value: after.result },
  }))
  return [asked, ...(after.seen.turn as object[]), { role: 'tool', content: results }]
}

async function settled(result: Streamed, onText: Question['onText']): Promise<Result> {
  for await (const part of result.stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') throw new Error('aborted')
    if (part.type === 'text-delta') onText?.(part.text ?? '')
  }
  return {
    text: await result.text,
    reasoningText: await result.reasoningText,
    toolCalls: await result.toolCalls,
    finishReason: await result.finishReason,
    usage: await result.usage,
    response: await result.response,
    responseMessages: await result.responseMessages,
  }
}

function optionsOf(ai: Ai, model: object, question: Question, provider: Provider): object {
  const { description, schema } = weather
  return {
    model,
    messages: messagesOf(question),
    maxRetries: 0,
    timeout: waitMs,
    // Failures are thrown by the stream as well; they need not be printed.
    onError: () => undefined,
    ...(question.tool === true
      ? { tools: { [weather.name]: ai.tool({ description, inputSchema: ai.jsonSchema(schema) }) } }
      : {}),
    ...(question.reason === true ? { maxOutputTokens: roomToReason } : {}),
    providerOptions: {
      [provider.options]: { ...provider.always, ...(question.reason === true ? provider.reasoning : {}) },
    },
    ...(question.schema === undefined ? {} : { output: ai.Output.object({ schema: ai.jsonSchema(question.schema) }) }),
    ...(question.signal === undefined ? {} : { abortSignal: question.signal }),
  }
}

/** The five provider packages, loaded when the first of them asks. */
export const vercelClients: readonly MatrixClient[] = providers.map((provider): MatrixClient => {
  const { name, wire, showsReasoning } = provider
  let ai: Ai | undefined
  return {
    name,
    wire,
    finishWords,
    showsReasoning,
    showsWait: true,
    async ask({ url, key }: Connection, question: Question): Promise<Seen> {
      ai ??= (await load('ai')) as Ai
      const { [provider.create]: create } = (await load(provider.package)) as Readonly<Record<string, Create>>
      assert.ok(create, `${provider.package} has no ${provider.create}`)
      const connect = create({
        name: 'gateway',
        baseURL: url + provider.version,
        apiKey: key,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })
      const model = provider.chat === true ? connect.chat?.(question.model) : connect(question.model)
      assert.ok(model)
      const options = optionsOf(ai, model, question, provider)
      const result = question.stream
        ? await settled(ai.streamText(options), question.onText)
        : await ai.generateText(options)
      return {
        text: result.text,
        reasoning: result.reasoningText ?? '',
        calls: result.toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, input: call.input })),
        finish: result.finishReason,
        model: result.response.modelId,
        usage: {
          input: result.usage.inputTokens,
          cached: result.usage.inputTokenDetails.cacheReadTokens,
          output: result.usage.outputTokens,
        },
        turn: result.responseMessages,
      }
    },
    failure(thrown) {
      assert.ok(thrown instanceof Error, JSON.stringify(thrown))
      if (ai?.APICallError.isInstance(thrown) !== true)
        return { status: undefined, message: thrown.message, retryAfter: undefined }
      const { statusCode, message, responseHeaders } = thrown
      return { status: statusCode, message, retryAfter: responseHeaders?.['retry-after'] }
    },
  }
})
