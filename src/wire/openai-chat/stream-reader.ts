// Chat chunks to stream parts. A whole reply is read by the same machine as if it were one chunk, so that both give the same
// (rule 3). Fields are looked at by hand, not through a schema: this runs for every event of every stream.
import type { Finish } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { SseEvent, StreamReader, TargetModel, TheirNow } from '../../core/wire-format.ts'
import { parseJson } from '../json-text.ts'
import { withinDepth } from '../nesting.ts'
import type { ThinkTagSplitter } from '../think-tags.ts'
import { createThinkTagSplitter } from '../think-tags.ts'
import { createCallReader } from './call-reader.ts'
import type { WireMessage } from './content.ts'
import { imagesOf, piecesOf, reasoningOf } from './content.ts'
import { hiddenError } from './errors.ts'
import { readFinish } from './finish.ts'
import { quirksOf } from './quirks.ts'
import { appendDetails, detailsIn, signatureOfDetails } from './reasoning-details.ts'
import { findChatUsage } from './usage.ts'

export interface ChatReader extends StreamReader {
  /** One chunk, or a whole reply with `message` in place of `delta`. */
  readChunk(chunk: JsonObject): StreamPart[]
}

type BlockKind = 'text' | 'reasoning' | 'refusal'

export function createStreamReader(target?: TargetModel, theirNow?: TheirNow): ChatReader {
  const splitter: ThinkTagSplitter | undefined =
    target !== undefined && quirksOf(target).thinkTags ? createThinkTagSplitter() : undefined
  const calls = createCallReader((index) => `call_${replyId.replace(/[^a-zA-Z0-9]/g, '').slice(-24)}_${index}`)
  let replyId = ''
  let started = false
  let done = false
  /** The one open block of text, reasoning or refusal; tool calls are kept apart since they may interleave. */
  let openKind: BlockKind | undefined
  let openId = ''
  let blocks = 0
  let details: JsonObject[] = []
  let annotations: JsonObject[] = []
  let rawFinish: string | undefined
  let hasContent = false
  let hasSound = false

  function read(event: SseEvent): StreamPart[] {
    if (done) return []
    const text = event.data
    if (text === '[DONE]' || text.trim() === '[DONE]') return finish()
    if (text.trim() === '') return []
    const chunk = parseJson(text)
    if (!isJsonObject(chunk)) return fail(malformed(text))
    if (event.event === 'error' && chunk['error'] === undefined) return fail(hiddenError({ error: chunk }, theirNow))
    return readChunk(chunk)
  }

  function readChunk(chunk: JsonObject): StreamPart[] {
    const { choices, error } = chunk
    // Mid-stream errors of OpenRouter come within a chunk that has choices too (table R).
    if (!Array.isArray(choices) || (error !== undefined && error !== null)) {
      const failure = hiddenError(chunk, theirNow)
      if (failure !== undefined) return fail(failure)
    }
    const out: StreamPart[] = []
    if (!started) start(chunk, out)
    if (Array.isArray(choices)) for (const choice of choices) if (isJsonObject(choice)) readChoice(choice, out)
    const usage = findChatUsage(chunk)
    if (usage !== undefined) out.push({ type: 'usage', usage })
    return out
  }

  function start(chunk: JsonObject, out: StreamPart[]): void {
    started = true
    const { id, model } = chunk
    replyId = typeof id === 'string' && id !== '' ? id : crypto.randomUUID()
    out.push({
      type: 'start',
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { model } : {}),
    })
  }

  function readChoice(choice: JsonObject, out: StreamPart[]): void {
    const delta: WireMessage | undefined = isJsonObject(choice['delta'])
      ? choice['delta']
      : isJsonObject(choice['message'])
        ? choice['message']
        : undefined
    if (delta !== undefined) readDelta(delta, typeof choice['index'] === 'number' ? choice['index'] : 0, out)
    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '') rawFinish = reason
  }

  function readDelta(delta: WireMessage, choice: number, out: StreamPart[]): void {
    const { content, tool_calls, refusal } = delta
    const reasoning = reasoningOf(delta)
    if (reasoning !== '') append('reasoning', reasoning, out)
    if (delta.reasoning_details !== undefined) {
      const fragments = detailsIn(delta.reasoning_details)
      if (fragments.length > 0) {
        open('reasoning', out)
        appendDetails(details, fragments)
      }
    }
    if (typeof content === 'string') {
      if (content !== '') appendText(content, out)
    } else if (Array.isArray(content)) {
      for (const piece of piecesOf(content)) {
        if (piece.kind === 'text') appendText(piece.text, out)
        else append(piece.kind, piece.text, out)
      }
    }
    if (isJsonObject(delta.audio)) readSound(delta.audio, out)
    if (Array.isArray(delta.annotations)) annotations.push(...delta.annotations.filter(isJsonObject))
    if (typeof refusal === 'string' && refusal !== '') append('refusal', refusal, out)
    if (delta.images !== undefined) {
      for (const image of imagesOf(delta.images)) out.push({ type: 'image', image })
    }
    if (Array.isArray(tool_calls) && tool_calls.length > 0) readCalls(tool_calls, choice, out)
    // The form that came before tool calls (rule 100); its one call has neither index nor id.
    if (isJsonObject(delta.function_call)) readCalls([{ index: 0, function: delta.function_call }], choice, out)
  }

  /** A spoken answer comes with what is said as text; sound itself has no place between wires. */
  function readSound(audio: JsonObject, out: StreamPart[]): void {
    const { transcript } = audio
    if (typeof transcript === 'string') append('text', transcript, out)
    if (hasSound) return
    hasSound = true
    const message = 'The answer was spoken; between wire formats only its transcript arrives.'
    out.push({ type: 'warning', warning: { kind: 'dropped-part', subject: 'audio', message } })
  }

  function readCalls(deltas: readonly unknown[], choice: number, out: StreamPart[]): void {
    flushSplitter(out)
    close(out)
    hasContent = true
    calls.read(deltas, choice, out)
  }

  function appendText(text: string, out: StreamPart[]): void {
    if (splitter === undefined) append('text', text, out)
    else for (const segment of splitter.push(text)) append(segment.kind, segment.text, out)
  }

  function append(kind: BlockKind, text: string, out: StreamPart[]): void {
    if (text === '') return
    open(kind, out)
    hasContent = true
    out.push({ type: `${kind}-delta`, id: openId, text })
  }

  function open(kind: BlockKind, out: StreamPart[]): void {
    if (openKind === kind) return
    close(out)
    calls.settle(out)
    openKind = kind
    openId = `${kind}-${blocks++}`
    out.push({ type: `${kind}-start`, id: openId })
  }

  function close(out: StreamPart[]): void {
    if (openKind === 'reasoning') {
      const signature = signatureOfDetails(details)
      details = []
      out.push({ type: 'reasoning-end', id: openId, ...(signature === undefined ? {} : { signature }) })
    } else if (openKind === 'text') {
      out.push({ type: 'text-end', id: openId, ...(annotations.length === 0 ? {} : { annotations }) })
      annotations = []
    } else if (openKind === 'refusal') {
      out.push({ type: 'refusal-end', id: openId })
    }
    openKind = undefined
  }

  function flushSplitter(out: StreamPart[]): void {
    if (splitter !== undefined) for (const segment of splitter.end()) append(segment.kind, segment.text, out)
  }

  /** Ends everything that is open, then says how the answer ended. */
  function finish(): StreamPart[] {
    done = true
    const out: StreamPart[] = []
    flushSplitter(out)
    close(out)
    calls.end(out)
    const ending: Finish = readFinish(rawFinish, calls.hasCalls())
    if (rawFinish === undefined && !hasContent) {
      out.push({
        type: 'error',
        error: new GatewayError('empty_reply', 'The upstream ended its stream without an answer.'),
      })
    } else if (ending.unified === 'error') {
      const message = `The upstream broke off its answer (finish reason "${rawFinish}").`
      out.push({ type: 'error', error: new GatewayError('stream_interrupted', message) })
    } else out.push({ type: 'finish', finish: ending })
    return out
  }

  function fail(error: GatewayError | undefined): StreamPart[] {
    done = true
    return [{ type: 'error', error: error ?? new GatewayError('upstream_error', 'The upstream reported an error.') }]
  }

  return {
    read: (event) => withinDepth(() => read(event), fail),
    readChunk,
    end() {
      if (done) return []
      // Many servers send no `[DONE]`; a finish reason is what tells a whole answer from a broken one (rule 140).
      if (rawFinish !== undefined) return finish()
      return fail(
        new GatewayError('stream_interrupted', 'The upstream closed the stream before its answer was complete.'),
      )
    },
  }
}

function malformed(text: string): GatewayError {
  const start = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new GatewayError('malformed_reply', `The upstream sent an event that is no JSON object: ${start}`)
}
