// The matrix through `@google/genai`. Its errors carry no headers, so a wait cannot be read from them.
import assert from 'node:assert/strict'
import {
  ApiError,
  type Content,
  type GenerateContentParameters,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import { collect, weather } from '../place.ts'
import { type Connection, type MatrixClient, type Question, roomToReason, type Seen, waitMs } from './client.ts'

function contentsOf({ text, image, after }: Question): Content[] {
  const asked: Content = {
    role: 'user',
    parts: [{ text }, ...(image === undefined ? [] : [{ inlineData: { mimeType: 'image/png', data: image } }])],
  }
  if (after === undefined) return [asked]
  const results = after.seen.calls.map(
    ({ id, name }): Part => ({
      functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: after.result } },
    }),
  )
  return [asked, { role: 'model', parts: after.seen.turn as Part[] }, { role: 'user', parts: results }]
}

function requestOf(question: Question): GenerateContentParameters {
  const { name, description, schema } = weather
  return {
    model: question.model,
    contents: contentsOf(question),
    config: {
      ...(question.tool === true
        ? { tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }] }
        : {}),
      ...(question.reason === true
        ? { maxOutputTokens: roomToReason, thinkingConfig: { thinkingBudget: 24_000, includeThoughts: true } }
        : {}),
      ...(question.schema === undefined
        ? {}
        : { responseMimeType: 'application/json', responseJsonSchema: question.schema }),
      ...(question.signal === undefined ? {} : { abortSignal: question.signal }),
    },
  }
}

function partsOf(chunk: GenerateContentResponse): Part[] {
  return chunk.candidates?.[0]?.content?.parts ?? []
}

function textOf(parts: readonly Part[], thought: boolean): string {
  return parts
    .filter((part) => (part.thought === true) === thought)
    .map((part) => part.text ?? '')
    .join('')
}

async function chunksOf(client: GoogleGenAI, question: Question): Promise<GenerateContentResponse[]> {
  if (!question.stream) return [await client.models.generateContent(requestOf(question))]
  const stream = await client.models.generateContentStream(requestOf(question))
  const told = async function* (): AsyncGenerator<GenerateContentResponse> {
    for await (const chunk of stream) {
      const text = textOf(partsOf(chunk), false)
      if (text !== '') question.onText?.(text)
      yield chunk
    }
  }
  return collect(told())
}

async function ask({ url, key }: Connection, question: Question): Promise<Seen> {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, timeout: waitMs } })
  const chunks = await chunksOf(client, question)
  const parts = chunks.flatMap(partsOf)
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  const { candidatesTokenCount, thoughtsTokenCount = 0 } = usage ?? {}
  return {
    text: textOf(parts, false),
    reasoning: textOf(parts, true),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id, name: call.name ?? '', input: call.args }],
    ),
    finish: chunks.findLast((chunk) => chunk.candidates?.[0]?.finishReason !== undefined)?.candidates?.[0]
      ?.finishReason,
    model: chunks[0]?.modelVersion,
    usage: {
      input: usage?.promptTokenCount,
      cached: usage?.cachedContentTokenCount ?? 0,
      output: candidatesTokenCount === undefined ? undefined : candidatesTokenCount + thoughtsTokenCount,
    },
    turn: parts,
  }
}

export const googleClient: MatrixClient = {
  name: '@google/genai',
  wire: 'gemini-generate',
  finishWords: { stop: 'STOP', length: 'MAX_TOKENS', calls: 'STOP', filter: 'SAFETY' },
  showsReasoning: true,
  showsWait: false,
  ask,
  failure(thrown) {
    assert.ok(thrown instanceof Error, String(thrown))
    const status = thrown instanceof ApiError ? thrown.status : undefined
    return { status, message: thrown.message, retryAfter: undefined }
  },
}
