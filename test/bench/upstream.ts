// The upstream of the bench: node:http with answers built beforehand, so that it costs as little as a server can. What it sends
// is chosen by a word in the model's name: `small` a JSON reply, `stream` 256 events, `hold` one event and then nothing.
import { createServer, type ServerResponse } from 'node:http'
import { replyText, streamEvents } from './scenarios.ts'

const created = 1_790_000_000

const reply = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench0001',
    object: 'chat.completion',
    created,
    model: 'small',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: replyText, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 24, completion_tokens: 61, total_tokens: 85 },
    system_fingerprint: 'fp_bench',
  }),
)

function chunk(fields: object): Buffer {
  const shared = { id: 'chatcmpl-bench0001', object: 'chat.completion.chunk', created, model: 'stream' }
  return Buffer.from(`data: ${JSON.stringify({ ...shared, system_fingerprint: 'fp_bench', ...fields })}\n\n`)
}

function delta(content: object, finish_reason: string | null = null): Buffer {
  return chunk({ choices: [{ index: 0, delta: content, logprobs: null, finish_reason }], usage: null })
}

const usage = { prompt_tokens: 24, completion_tokens: streamEvents, total_tokens: 24 + streamEvents }
/** 256 events in all, from the role to the usage, and `[DONE]`. */
const events: readonly Buffer[] = [
  delta({ role: 'assistant', content: '' }),
  ...Array.from({ length: streamEvents - 3 }, (_, index) =>
    delta({ content: `token ${String(index).padStart(3, '0')} ` }),
  ),
  delta({}, 'stop'),
  chunk({ choices: [], usage }),
  Buffer.from('data: [DONE]\n\n'),
]

const firstTokenPauseMs = 5

const streamHead = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_bench' }
const replyHead = { 'content-type': 'application/json', 'content-length': reply.length, 'x-request-id': 'req_bench' }

/**
 * The first token, a pause, and then one event a turn of the loop. Without the pause the rest would already compete for the
 * processor while the first token is on its way, and the time to the first byte would measure the scheduler.
 */
function stream(response: ServerResponse): void {
  let next = 0
  const step = (): void => {
    const event = events[next++]
    if (event === undefined || response.destroyed) {
      response.end()
      return
    }
    const flowing = response.write(event)
    if (next === 2) setTimeout(step, firstTokenPauseMs)
    else if (flowing) setImmediate(step)
    else response.once('drain', step)
  }
  response.writeHead(200, streamHead)
  step()
}

function hold(response: ServerResponse): void {
  response.writeHead(200, streamHead)
  response.write(delta({ role: 'assistant', content: '' }))
  response.write(delta({ content: 'token' }))
}

const word = /"model":\s*"[^"]*(small|stream|hold)"/

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let head = ''
  let tail = ''
  request.on('data', (bytes: Buffer) => {
    if (head === '') head = bytes.toString('latin1', 0, 120)
    tail = bytes.toString('latin1', Math.max(0, bytes.length - 120))
  })
  request.on('end', () => {
    const kind = (word.exec(head) ?? word.exec(tail))?.[1]
    if (kind === 'stream') stream(response)
    else if (kind === 'hold') hold(response)
    else if (kind === 'small') response.writeHead(200, replyHead).end(reply)
    else response.writeHead(400).end()
  })
})

process.stdin.resume().once('end', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`READY http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
})
