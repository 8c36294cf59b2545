// The matrix through the `openai` package, Responses. An answer that was cut ends as `incomplete` with a reason.
import OpenAI from 'openai'
import type { Response, ResponseCreateParamsBase, ResponseInputItem } from 'openai/resources/responses/responses'
import { weather } from '../place.ts'
import {
  type Connection,
  dataUrl,
  type MatrixClient,
  type Question,
  roomToReason,
  type Seen,
  waitMs,
} from './client.ts'
import { openaiFailure } from './openai-chat.ts'

function inputOf({ text, image, after }: Question): ResponseInputItem[] {
  const asked: ResponseInputItem = {
    role: 'user',
    content: [
      { type: 'input_text', text },
      ...(image === undefined
        ? []
        : [{ type: 'input_image' as const, image_url: dataUrl(image), detail: 'auto' as const }]),
    ],
  }
  if (after === undefined) return [asked]
  const results = after.seen.calls.map(
    (call): ResponseInputItem => ({ type: 'function_call_output', call_id: call.id ?? '', output: after.result }),
  )
  return [asked, ...(after.seen.turn as ResponseInputItem[]), ...results]
}

function bodyOf(question: Question): ResponseCreateParamsBase {
  const { name, description, schema } = weather
  return {
    model: question.model,
    input: inputOf(question),
    ...(question.tool === true
      ? { tools: [{ type: 'function', name, description, parameters: { ...schema }, strict: false }] }
      : {}),
    ...(question.reason === true
      ? { reasoning: { effort: 'high', summary: 'auto' }, max_output_tokens: roomToReason }
      : {}),
    ...(question.schema === undefined
      ? {}
      : { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: question.schema } } }),
  }
}

async function response(client: OpenAI, question: Question): Promise<Response> {
  const body = bodyOf(question)
  const options = { ...(question.signal === undefined ? {} : { signal: question.signal }) }
  if (!question.stream) return client.responses.create({ ...body, stream: false }, options)
  // The helper `stream()` keeps a failure within the response; a program sees it in the event.
  let last: Response | undefined
  for await (const event of await client.responses.create({ ...body, stream: true }, options)) {
    if (event.type === 'response.output_text.delta') question.onText?.(event.delta)
    else if (event.type === 'response.completed' || event.type === 'response.incomplete') last = event.response
    else if (event.type === 'response.failed') throw failed(event.response.error?.message)
    else if (event.type === 'error') throw failed(event.message)
  }
  if (last === undefined) throw failed('the stream had no end')
  return last
}

function failed(message = 'no reason given'): Error {
  return new OpenAI.APIError(undefined, undefined, message, undefined)
}

async function ask({ url, key }: Connection, question: Question): Promise<Seen> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: waitMs })
  const reply = await response(client, question)
  const reasoning = reply.output.flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
  const text = reply.output.flatMap((item) => (item.type === 'message' ? item.content : []))
  const calls = reply.output.filter((item) => item.type === 'function_call')
  return {
    text: text.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    reasoning: reasoning.map((part) => part.text).join(''),
    calls: calls.map((call) => ({
      id: call.call_id,
      name: call.name,
      input: JSON.parse(call.arguments) as unknown,
    })),
    finish: reply.incomplete_details?.reason ?? reply.status,
    model: reply.model,
    usage: {
      input: reply.usage?.input_tokens,
      cached: reply.usage?.input_tokens_details.cached_tokens,
      output: reply.usage?.output_tokens,
    },
    turn: reply.output,
  }
}

export const openaiResponsesClient: MatrixClient = {
  name: 'openai, responses',
  wire: 'openai-responses',
  finishWords: { stop: 'completed', length: 'max_output_tokens', calls: 'completed', filter: 'content_filter' },
  showsReasoning: true,
  showsWait: true,
  ask,
  failure: openaiFailure,
}
