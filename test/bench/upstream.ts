// The upstream of the bench: node:http with answers built beforehand, so that it costs as little as a server can. What it sends
// is chosen by a word in the model's name: `small` a JSON reply, `stream` 256 events, `hold` one piece of text and then nothing,
// `drip` a piece of text now and then.
import { createServer, type ServerResponse } from 'node:http'
import { type Answers, answers } from './answers.ts'

const firstTokenPauseMs = 5

const streamHead = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_bench' }
const replyHead = { 'content-type': 'application/json', 'x-request-id': 'req_bench' }
const dripMs = 500

/**
 * The first token, a pause, and then one event a turn of the loop. Without the pause the rest would already compete for the
 * processor while the first token is on its way, and the time to the first byte would measure the scheduler.
 */
function stream(response: ServerResponse, { events, preamble }: Answers): void {
  let next = 0
  const step = (): void => {
    const event = events[next++]
    if (event === undefined || response.destroyed) {
      response.end()
      return
    }
    const flowing = response.write(event)
    if (next === preamble + 1) setTimeout(step, firstTokenPauseMs)
    else if (flowing) setImmediate(step)
    else response.once('drain', step)
  }
  response.writeHead(200, streamHead)
  step()
}

function hold(response: ServerResponse, { events, preamble }: Answers): void {
  response.writeHead(200, streamHead)
  for (const event of events.slice(0, preamble + 1)) response.write(event)
}

function drip(response: ServerResponse, made: Answers): void {
  hold(response, made)
  const event = made.events[made.preamble]
  // Streams that were opened together must not all speak at the same moment.
  const timer = setInterval(() => response.write(event), dripMs + Math.random() * dripMs)
  response.once('close', () => clearInterval(timer))
}

const word = /"model":\s*"[^"]*(small|stream|hold|drip)"/

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let head = ''
  let tail = ''
  request.on('data', (bytes: Buffer) => {
    if (head === '') head = bytes.toString('latin1', 0, 200)
    tail = bytes.toString('latin1', Math.max(0, bytes.length - 200))
  })
  request.on('end', () => {
    const kind = (word.exec(head) ?? word.exec(tail))?.[1]
    const made = answers[request.url ?? '']
    if (made === undefined || kind === undefined) response.writeHead(400).end()
    else if (kind === 'stream') stream(response, made)
    else if (kind === 'hold') hold(response, made)
    else if (kind === 'drip') drip(response, made)
    else response.writeHead(200, { ...replyHead, 'content-length': made.reply.length }).end(made.reply)
  })
})

process.stdin.resume().once('end', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`READY http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
})
