// A vendor on loopback that answers as a test says: each chat is handed to a function that sees the whole request. Speaks OpenAI
// Chat, streaming, and knows when a client hangs up.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import * as z from 'zod'

const chatSchema = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  reasoning_effort: z.string().optional(),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.unknown(),
      tool_call_id: z.string().optional(),
      tool_calls: z.array(z.unknown()).optional(),
    }),
  ),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
})
export type Chat = z.infer<typeof chatSchema>

export type Answer =
  | { readonly text: string }
  | { readonly tool: string; readonly input: object }
  /** Words without end, one every few milliseconds, until the client hangs up. */
  | { readonly endless: string }
  | { readonly status: number; readonly message: string }

export interface Received {
  readonly chat: Chat
  /** The words of everything the user said and every tool answered, as one text. */
  readonly words: string
  /** When the client hung up before the answer was over. */
  hungUpAt?: number
}

export interface ScriptedUpstream {
  /** Up to and including the version. */
  readonly baseUrl: string
  readonly received: readonly Received[]
  /** How it answers from now on. */
  answer: (chat: Chat, words: string) => Answer
  close(): Promise<void>
}

export async function startScriptedUpstream(models: readonly string[]): Promise<ScriptedUpstream> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    )
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url?.endsWith('/models')) {
      request.resume()
      const data = models.map((id) => ({
        id,
        object: 'model',
        context_length: 131_072,
        architecture: { input_modalities: ['text', 'image'] },
        supported_parameters: ['tools', 'reasoning'],
      }))
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data }))
      return
    }
    const chat = chatSchema.parse(JSON.parse(await bodyOf(request)))
    const words = wordsOf(chat)
    const entry: Received = { chat, words }
    received.push(entry)
    response.on('close', () => {
      if (!response.writableFinished) entry.hungUpAt = performance.now()
    })
    await send(response, chat, upstream.answer(chat, words))
  }
  const port = await listen(server)
  const upstream: ScriptedUpstream = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    answer: () => ({ text: 'OK' }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return upstream
}

async function send(response: ServerResponse, chat: Chat, answer: Answer): Promise<void> {
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: answer.message, type: 'server_error' } }))
    return
  }
  const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
    `data: ${JSON.stringify({ id: 'chat-1', object: 'chat.completion.chunk', model: chat.model, choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ role: 'assistant', content: '' }))
  if ('endless' in answer) {
    while (!response.destroyed) {
      response.write(chunk({ content: `${answer.endless} ` }))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return
  }
  if ('tool' in answer) {
    const call = {
      index: 0,
      id: `call_${Date.now()}`,
      type: 'function',
      function: { name: answer.tool, arguments: '' },
    }
    response.write(chunk({ tool_calls: [call] }))
    // In two pieces, as vendors send them.
    const json = JSON.stringify(answer.input)
    const middle = Math.floor(json.length / 2)
    for (const piece of [json.slice(0, middle), json.slice(middle)])
      response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }))
  } else {
    for (const word of answer.text.split(/(?<= )/)) response.write(chunk({ content: word }))
  }
  const usage = { prompt_tokens: 1_200, completion_tokens: 34, total_tokens: 1_234 }
  response.end(`${chunk({}, 'tool' in answer ? 'tool_calls' : 'stop', { usage })}data: [DONE]\n\n`)
}

function wordsOf({ messages }: Chat): string {
  return messages
    .filter(({ role }) => role === 'user' || role === 'tool')
    .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
    .join('\n')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8')
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
