// Asks an account's server which models it has, and whether it accepts the account's key. Vendors' lists differ in shape; each
// shape is read here into the same facts, and what a list does not say stays unknown.
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import type { Account } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import type { ModelInfo } from '../core/model.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { singleValues } from './response-headers.ts'

export interface ServerCall {
  readonly account: Account
  readonly provider: ProviderDefinition
  readonly credential: string | undefined
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>
  /** The format of the provider's first wire, for reading its errors. */
  readonly wire: WireFormat
  readonly userAgent: string
  readonly now: () => number
}

/** The list is small everywhere; a server that takes longer than this does not work. */
const timeoutMs = 20_000
const sizeLimit = 32 * 1024 * 1024

/** The live model list. Throws a `GatewayError`; undefined when the provider has no list. */
export async function fetchModels(call: ServerCall): Promise<ModelInfo[] | undefined> {
  const list = call.provider.modelList
  if (!list) return undefined
  return readList(list.shape, await getJson(call, list.path))
}

/** Calls something that only a valid key can reach. Throws a `GatewayError`; false when the server offers nothing cheap. */
export async function checkKey(call: ServerCall): Promise<boolean> {
  const { keyCheck, modelList } = call.provider
  if (keyCheck?.kind === 'get') {
    await getJson(call, keyCheck.path)
    return true
  }
  if (keyCheck?.kind === 'chat') {
    await shortestChat(call)
    return true
  }
  if (!modelList) return false
  await getJson(call, modelList.path)
  return true
}

async function shortestChat(call: ServerCall): Promise<void> {
  const id = call.provider.defaultModel ?? call.provider.models[0]?.id
  if (id === undefined) return
  const written = call.wire.writeRequest(
    {
      origin: 'editor',
      model: id,
      stream: false,
      maxOutputTokens: 16,
      tools: [],
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    },
    { id, provider: call.provider.id, limits: {}, capabilities: {}, quirks: call.provider.quirks ?? {} },
  )
  await requestJson(call, 'POST', written.path, JSON.stringify(written.body))
}

function getJson(call: ServerCall, path: string): Promise<unknown> {
  return requestJson(call, 'GET', path)
}

function requestJson(call: ServerCall, method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> {
  const base = baseUrlFor(call, call.wire.id)
  const address = base.origin + base.path + path
  const headers = upstreamHeaders({
    provider: call.provider,
    accountHeaders: call.account.headers,
    credential: call.credential,
    wire: call.wire.id,
    clientHeaders: {},
    userAgent: call.userAgent,
    stream: false,
  })
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let status = 0
    let answerHeaders: Record<string, string> = {}
    call.dispatcher.dispatch(
      {
        origin: base.origin,
        path: base.path + path,
        method,
        headers,
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart(_, code, received) {
          status = code
          answerHeaders = singleValues(received)
        },
        onResponseData(controller, chunk) {
          size += chunk.length
          if (size > sizeLimit)
            controller.abort(new GatewayError('malformed_reply', 'The list of models is larger than 32 MB.'))
          else chunks.push(chunk)
        },
        onResponseEnd() {
          const text = Buffer.concat(chunks).toString('utf8')
          if (status < 200 || status > 299) return reject(call.wire.readError(status, answerHeaders, text, call.now()))
          try {
            resolve(JSON.parse(text))
          } catch {
            reject(new GatewayError('malformed_reply', `${address} did not answer with JSON; is the base URL right?`))
          }
        },
        onResponseError(_, error) {
          if (error instanceof GatewayError) return reject(error)
          reject(
            new GatewayError('upstream_unreachable', `${base.origin} could not be reached (${error.message}).`, {
              cause: error,
            }),
          )
        },
      },
    )
  })
}

const positive = z.number().int().positive().optional().catch(undefined)

const openaiList = z.object({
  data: z.array(
    z.looseObject({
      id: z.string().min(1).max(300),
      name: z.string().max(300).optional().catch(undefined),
      context_length: positive,
      context_window: positive,
      max_context_length: positive,
      max_completion_tokens: positive,
      top_provider: z.looseObject({ max_completion_tokens: positive }).optional().catch(undefined),
      architecture: z
        .looseObject({ input_modalities: z.array(z.string()).optional() })
        .optional()
        .catch(undefined),
      supported_parameters: z.array(z.string()).optional().catch(undefined),
    }),
  ),
})

const anthropicList = z.object({
  data: z.array(
    z.looseObject({
      id: z.string().min(1),
      display_name: z.string().optional(),
      max_input_tokens: positive,
      max_tokens: positive,
    }),
  ),
})

const geminiList = z.object({
  models: z.array(
    z.looseObject({
      name: z.string().min(1),
      displayName: z.string().optional(),
      inputTokenLimit: positive,
      outputTokenLimit: positive,
      thinking: z.boolean().optional(),
      supportedGenerationMethods: z.array(z.string()).optional(),
    }),
  ),
})

/** Reads one of the vendors' list shapes. Throws `malformed_reply`. Exported for its tests. */
export function readList(shape: NonNullable<ProviderDefinition['modelList']>['shape'], body: unknown): ModelInfo[] {
  switch (shape) {
    case 'openai':
    case 'ollama':
      return parse(openaiList, body).data.map((model) => ({
        id: model.id,
        ...(model.name ? { name: model.name } : {}),
        limits: limits(
          model.context_length ?? model.context_window ?? model.max_context_length,
          model.top_provider?.max_completion_tokens ?? model.max_completion_tokens,
        ),
        capabilities: {
          ...(model.architecture?.input_modalities
            ? { vision: model.architecture.input_modalities.includes('image') }
            : {}),
          ...(model.supported_parameters
            ? {
                tools: model.supported_parameters.includes('tools'),
                reasoning: model.supported_parameters.includes('reasoning'),
              }
            : {}),
        },
      }))
    case 'anthropic':
      return parse(anthropicList, body).data.map((model) => ({
        id: model.id,
        ...(model.display_name ? { name: model.display_name } : {}),
        limits: limits(model.max_input_tokens, model.max_tokens),
        capabilities: {},
      }))
    case 'gemini':
      return parse(geminiList, body)
        .models.filter((model) => model.supportedGenerationMethods?.includes('generateContent') ?? true)
        .map((model) => ({
          id: model.name.replace(/^models\//, ''),
          ...(model.displayName ? { name: model.displayName } : {}),
          limits: limits(model.inputTokenLimit, model.outputTokenLimit),
          capabilities: model.thinking === undefined ? {} : { reasoning: model.thinking },
        }))
  }
}

function limits(contextWindow: number | undefined, maxOutput: number | undefined): ModelInfo['limits'] {
  return { ...(contextWindow ? { contextWindow } : {}), ...(maxOutput ? { maxOutput } : {}) }
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new GatewayError('malformed_reply', 'The list of models has an unknown shape; is the base URL right?')
}
