// Gemini chunks to stream parts. A whole reply is read by the same machine as if it were one chunk, so that both give the same
// (rule 3). Fields are looked at by hand, not through a schema: this runs for every event.
import type { Signature } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { SseEvent, StreamReader, TargetModel, TheirNow } from '../../core/wire-format.ts'
import { assignCallId } from '../call-ids.ts'
import { findHiddenError } from '../hidden-error.ts'
import { parseExact, textOf } from '../json-text.ts'
import { withinDepth } from '../nesting.ts'
import { readHiddenError } from './errors.ts'
import { readFinish } from './finish.ts'
import { citationsOf } from './grounding.ts'
import { brokenCallFailure, promptRefusal } from './inspect.ts'
import { camelKeys } from './names.ts'
import { readUsage } from './usage.ts'

export interface GeminiReader extends StreamReader {
  /** One chunk, or a whole reply. */
  readChunk(chunk: JsonObject): StreamPart[]
}

export function createStreamReader(_target?: TargetModel, theirNow?: TheirNow): GeminiReader {
  let started = false
  let done = false
  let replyId = ''
  /** The one open block; this wire does not interleave. */
  let openKind: 'text' | 'reasoning' | undefined
  let openId = ''
  let blocks = 0
  let calls = 0
  let annotations: JsonObject[] = []

  function read(event: SseEvent): StreamPart[] {
    // Servers that imitate this wire may end with the OpenAI marker.
    if (done || event.data === '' || event.data === '[DONE]') return []
    const chunk = parseExact(event.data)
    if (isJsonObject(chunk)) return readChunk(chunk)
    const beginning = event.data.length > 80 ? `${event.data.slice(0, 80)}…` : event.data
    return fail(new GatewayError('malformed_reply', `The upstream sent a chunk that is no JSON object: ${beginning}`))
  }

  function readChunk(raw: JsonObject): StreamPart[] {
    if (done) return []
    const chunk = camelKeys(raw)
    const { candidates } = chunk
    const first = Array.isArray(candidates) ? candidates[0] : undefined
    if (!isJsonObject(first)) {
      const hidden = findHiddenError(chunk)
      const failure = hidden === undefined ? promptRefusal(chunk) : readHiddenError(hidden, chunk, theirNow)
      if (failure !== undefined) return fail(failure)
    }
    const out: StreamPart[] = []
    if (!started) start(chunk, out)
    const usage = readUsage(chunk['usageMetadata'])
    if (usage !== undefined) out.push({ type: 'usage', usage })
    return isJsonObject(first) ? readCandidate(camelKeys(first), out) : out
  }

  function start(chunk: JsonObject, out: StreamPart[]): void {
    started = true
    const id = textOf(chunk['responseId'])
    const model = textOf(chunk['modelVersion'])
    replyId = id ?? ''
    out.push({ type: 'start', ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) })
  }

  function readCandidate(candidate: JsonObject, out: StreamPart[]): StreamPart[] {
    const { content, groundingMetadata, finishReason } = candidate
    const parts = isJsonObject(content) ? content['parts'] : undefined
    if (Array.isArray(parts)) for (const part of parts) if (isJsonObject(part)) readPart(camelKeys(part), out)
    if (isJsonObject(groundingMetadata)) annotations = citationsOf(groundingMetadata)
    if (typeof finishReason !== 'string' || finishReason === '' || finishReason === 'FINISH_REASON_UNSPECIFIED')
      return out
    done = true
    close(undefined, out)
    const broken = brokenCallFailure(finishReason, candidate['finishMessage'])
    if (broken !== undefined) out.push({ type: 'error', error: broken })
    else out.push({ type: 'finish', finish: readFinish(finishReason, calls > 0) })
    return out
  }

  function readPart(part: JsonObject, out: StreamPart[]): void {
    const { text, functionCall, inlineData } = part
    const value = part['thoughtSignature']
    const signature: Signature | undefined =
      typeof value === 'string' && value !== '' ? { family: 'google', value } : undefined
    if (typeof text === 'string') readText(part['thought'] === true ? 'reasoning' : 'text', text, signature, out)
    else if (isJsonObject(functionCall)) readCall(camelKeys(functionCall), signature, out)
    else if (isJsonObject(inlineData)) readMedia(part, camelKeys(inlineData), out)
    else if (
      signature !== undefined &&
      Object.keys(part).every((key) => key === 'thoughtSignature' || key === 'thought')
    ) {
      readText('text', '', signature, out)
    } else if (Object.keys(part).length > 0) {
      close(undefined, out)
      out.push({ type: 'opaque', part: { type: 'opaque', wire: 'gemini-generate', value: part } })
    }
  }

  /** A signature belongs to the part it came with, which therefore ends (rule 109). */
  function readText(
    kind: 'text' | 'reasoning',
    text: string,
    signature: Signature | undefined,
    out: StreamPart[],
  ): void {
    if (text === '' && signature === undefined) return
    if (openKind !== kind) {
      close(undefined, out)
      openKind = kind
      openId = `${kind}-${blocks++}`
      out.push({ type: `${kind}-start`, id: openId })
    }
    if (text !== '') out.push({ type: `${kind}-delta`, id: openId, text })
    if (signature !== undefined) close(signature, out)
  }

  function close(signature: Signature | undefined, out: StreamPart[]): void {
    const signed = signature === undefined ? {} : { signature }
    if (openKind === 'reasoning') out.push({ type: 'reasoning-end', id: openId, ...signed })
    else if (openKind === 'text') {
      out.push({ type: 'text-end', id: openId, ...signed, ...(annotations.length === 0 ? {} : { annotations }) })
      annotations = []
    }
    openKind = undefined
  }

  function readCall(call: JsonObject, signature: Signature | undefined, out: StreamPart[]): void {
    close(undefined, out)
    const name = textOf(call['name']) ?? ''
    const id = `call-${blocks++}`
    const given = textOf(call['id'])
    // Rule 87: an id from the reply's own, so that it differs between turns and stays the same on a second reading.
    const callId = given === undefined || given === '' ? assignCallId(replyId, calls, name) : given
    calls += 1
    const signed = signature === undefined ? {} : { signature }
    const { args } = call
    out.push({ type: 'tool-input-start', id, callId, name, ...signed })
    out.push({ type: 'tool-input-delta', id, text: args === undefined || args === null ? '{}' : JSON.stringify(args) })
    out.push({ type: 'tool-input-end', id, ...signed })
  }

  /** Pictures are pictures; other media are not passed off as such (rule 47). */
  function readMedia(part: JsonObject, data: JsonObject, out: StreamPart[]): void {
    close(undefined, out)
    const mediaType = textOf(data['mimeType']) ?? ''
    const base64 = textOf(data['data'])
    if (mediaType.startsWith('image/') && base64 !== undefined) {
      out.push({ type: 'image', image: { type: 'image', source: { kind: 'base64', mediaType, data: base64 } } })
      return
    }
    out.push({ type: 'opaque', part: { type: 'opaque', wire: 'gemini-generate', value: part } })
    const message = `Content of type ${mediaType} in an answer reaches clients of Gemini's own wire only.`
    out.push({ type: 'warning', warning: { kind: 'dropped-part', subject: 'answer', message } })
  }

  function fail(error: GatewayError): StreamPart[] {
    done = true
    return [{ type: 'error', error }]
  }

  return {
    read: (event) => withinDepth(() => read(event), fail),
    readChunk: (chunk) => withinDepth(() => readChunk(chunk), fail),
    end() {
      if (done) return []
      return fail(
        new GatewayError('stream_interrupted', 'The upstream closed the stream before its answer was complete.'),
      )
    },
  }
}
