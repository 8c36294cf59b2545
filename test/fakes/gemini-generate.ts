// The fake's Gemini generateContent: each event is a whole response with the next parts; the last one has the finish reason.
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'
import { textOfContent } from './read.ts'
import type { Answer, FakeModel, FakeWire, Frame, OfferedTool } from './wire.ts'

const statuses: Readonly<Record<number, readonly [status: string, message: string]>> = {
  400: ['INVALID_ARGUMENT', 'Request contains an invalid argument.'],
  401: ['UNAUTHENTICATED', 'API key not valid. Please pass a valid API key.'],
  402: ['FAILED_PRECONDITION', 'Your prepayment credits are depleted.'],
  403: ['PERMISSION_DENIED', "Method doesn't allow unregistered callers."],
  404: ['NOT_FOUND', 'The model is not found for API version v1beta.'],
  413: ['INVALID_ARGUMENT', 'Request payload size exceeds the limit.'],
  429: ['RESOURCE_EXHAUSTED', 'You exceeded your current quota.'],
  500: ['INTERNAL', 'An internal error has occurred.'],
  503: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  529: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
}

function error(code: number, message: string | undefined): JsonObject {
  const [status, text] = statuses[code] ?? ['INTERNAL', 'An internal error has occurred.']
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }
  return { error: { code, message: message ?? text, status, ...(code === 429 ? { details: [retry] } : {}) } }
}

function usageOf(answer: Answer, output: number): JsonObject {
  if (answer.usage === undefined) return {}
  const { input, cached, reasoning } = answer.usage
  return {
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: output,
      totalTokenCount: input + output + reasoning,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
      ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
      ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    },
  }
}

function body(answer: Answer, parts: JsonObject[], output: number, finishReason?: string): JsonObject {
  const content = { ...(parts.length > 0 ? { parts } : {}), role: 'model' }
  return {
    candidates: [{ content, ...(finishReason === undefined ? {} : { finishReason }), index: 0 }],
    ...usageOf(answer, output),
    modelVersion: answer.model,
    responseId: `fake${String(answer.number).padStart(8, '0')}`,
  }
}

function finishOf(answer: Answer): string {
  return { stop: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' }[answer.finish]
}

function callPart(answer: Answer, index: number): JsonObject {
  const call = answer.calls[index]
  const functionCall = { id: `gc_${call?.id}`, name: call?.name, args: JSON.parse(call?.arguments ?? '{}') }
  return { functionCall, ...(index === 0 ? { thoughtSignature: 'c2lnbmVkLWJ5LWZha2U=' } : {}) }
}

/** Tokens that are not reasoning: Gemini counts the two apart. */
function visible(answer: Answer): number {
  return answer.text.length + answer.calls.length
}

function reply(answer: Answer): JsonObject {
  const parts: JsonObject[] = []
  if (answer.reasoning.length > 0) parts.push({ text: answer.reasoning.join(''), thought: true })
  if (answer.text.length > 0) parts.push({ text: answer.text.join('') })
  for (const index of answer.calls.keys()) parts.push(callPart(answer, index))
  return body(answer, parts, visible(answer), finishOf(answer))
}

function* frames(answer: Answer): Generator<Frame> {
  let output = 0
  const frame = (kind: Frame['kind'], parts: JsonObject[], finish?: string): Frame => ({
    kind,
    data: JSON.stringify(body(answer, parts, output, finish)),
  })
  for (const text of answer.reasoning) yield frame('content', [{ text, thought: true }])
  for (const text of answer.text) {
    output += 1
    yield frame('content', [{ text }])
  }
  for (const index of answer.calls.keys()) {
    output += 1
    yield frame('content', [callPart(answer, index)])
  }
  yield frame('finish', [{ text: '' }], finishOf(answer))
}

function toolsOf(request: JsonObject): OfferedTool[] {
  const tools = Array.isArray(request['tools']) ? request['tools'].filter(isJsonObject) : []
  const declarations = tools.flatMap((tool) =>
    Array.isArray(tool['functionDeclarations']) ? tool['functionDeclarations'].filter(isJsonObject) : [],
  )
  return declarations.map((declaration) => {
    const schema = declaration['parametersJsonSchema'] ?? declaration['parameters']
    return { name: String(declaration['name']), ...(isJsonObject(schema) ? { schema } : {}) }
  })
}

function modelOf(model: FakeModel): JsonObject {
  return {
    name: `models/${model.id}`,
    version: '001',
    displayName: model.id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
}

export const geminiGenerate: FakeWire = {
  id: 'gemini-generate',
  ask(request, characters) {
    const contents = request['contents']
    if (!Array.isArray(contents)) return 'contents is not specified'
    const turns = contents.filter(isJsonObject)
    const last = turns.at(-1)?.['parts']
    const results = (Array.isArray(last) ? last.filter(isJsonObject) : []).flatMap((part) =>
      isJsonObject(part['functionResponse']) ? [part['functionResponse']['response']] : [],
    )
    const text = turns.filter((turn) => turn['role'] !== 'model').map((turn) => textOfContent(turn['parts']))
    return {
      lastUserText: text.filter((entry) => entry !== '').at(-1) ?? '',
      ...(results.length > 0 ? { toolResult: results.map((result) => JSON.stringify(result)).join('') } : {}),
      tools: toolsOf(request),
      includeUsage: true,
      characters,
    }
  },
  reply,
  frames,
  error,
  errorFrame: (message) => ({ kind: 'content', data: JSON.stringify(error(503, message)) }),
  modelList: (models) => ({ models: models.map(modelOf) }),
  model: modelOf,
  countTokens: (characters) => ({
    totalTokens: Math.ceil(characters / 4),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: Math.ceil(characters / 4) }],
  }),
  responseHeaders: () => ({ server: 'scaffolding on HTTPServer2', 'x-gemini-service-tier': 'standard' }),
}
