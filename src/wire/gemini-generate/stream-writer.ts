// Stream parts to Gemini chunks (rules 159, 160): every chunk is a whole response with a part of the text, a call is sent only
// when it is complete, the last chunk has the finish reason and the usage. Nothing like `[DONE]` ever follows.
import type { ChatRequest, Signature } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage, unknownUsage } from '../../core/usage.ts'
import { isCompleteObject, toolInputObject } from '../json-repair.ts'
import { withinDepth } from '../nesting.ts'
import { packSignature } from '../signatures.ts'
import { writeStreamError } from './errors.ts'
import { writeFinish } from './finish.ts'
import { groundingOf } from './grounding.ts'
import { carries, replyId, showsThoughts } from './reply.ts'
import { writeUsage } from './usage.ts'

interface OpenCall {
  readonly callId: string
  readonly name: string
  readonly isCustom: boolean
  input: string
}

/** Most characters of arguments kept of calls that are not complete. */
const mostWaiting = 64 * 1024 * 1024

export function createStreamWriter(request: ChatRequest): (part: StreamPart) => string {
  const shown = showsThoughts(request)
  const calls = new Map<string, OpenCall>()
  const annotations: JsonObject[] = []
  let waitingSize = 0
  let id: string | undefined
  /** The end of every chunk, put together once: the client's own name of the model (rule 5) and the reply's id. */
  let tail = ''
  let done = false
  let hasRefusal = false
  /** Whether thoughts of the open reasoning were kept from the client. */
  let isHiding = false
  let usage: Usage = unknownUsage

  function write(part: StreamPart): string {
    if (done) return ''
    switch (part.type) {
      case 'text-delta':
        return part.text === '' ? '' : chunk(`{"text":${JSON.stringify(part.text)}}`)
      case 'reasoning-delta':
        if (!shown && part.text !== '') isHiding = true
        return part.text === '' || !shown ? '' : chunk(`{"text":${JSON.stringify(part.text)},"thought":true}`)
      case 'refusal-delta':
        hasRefusal = true
        return part.text === '' ? '' : chunk(`{"text":${JSON.stringify(part.text)}}`)
      case 'tool-input-start': {
        const { callId, name } = part
        calls.set(part.id, { callId, name, isCustom: part.kind === 'custom', input: '' })
        return ''
      }
      case 'tool-input-delta':
        return collect(part.id, part.text)
      case 'tool-input-end': {
        const call = calls.get(part.id)
        calls.delete(part.id)
        return call === undefined ? '' : writeCall(call, part.signature)
      }
      case 'text-end':
        if (part.annotations !== undefined) annotations.push(...part.annotations)
        return part.signature === undefined ? '' : signed({ text: '' }, part.signature, false)
      case 'reasoning-start':
        isHiding = false
        return ''
      case 'reasoning-end':
        if (part.signature === undefined || !carries(part.signature, isHiding)) return ''
        return signed({ text: '', thought: true }, part.signature, part.redacted === true)
      case 'image': {
        const { source } = part.image
        if (source.kind !== 'base64') return ''
        return chunk(JSON.stringify({ inlineData: { mimeType: source.mediaType, data: source.data } }))
      }
      case 'opaque':
        return part.part.wire === 'gemini-generate' ? chunk(JSON.stringify(part.part.value)) : ''
      case 'start':
        id = part.id
        return ''
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return ''
      case 'finish':
        return finish(part)
      case 'error':
        done = true
        return writeStreamError(part.error, '')
      default:
        return ''
    }
  }

  function identity(): string {
    if (tail === '')
      tail = `"modelVersion":${JSON.stringify(request.model)},"responseId":${JSON.stringify(replyId(id))}}\n\n`
    return tail
  }

  function chunk(part: string): string {
    return `data: {"candidates":[{"content":{"role":"model","parts":[${part}]},"index":0}],${identity()}`
  }

  /** An empty part that holds a signature, on its own kind of part (rule 160). */
  function signed(part: JsonObject, signature: Signature, redacted: boolean): string {
    const thoughtSignature = packSignature(signature, 'google', redacted ? 'redacted' : 'reasoning')
    return chunk(JSON.stringify({ ...part, thoughtSignature }))
  }

  function collect(blockId: string, text: string): string {
    const call = calls.get(blockId)
    if (call === undefined) return ''
    waitingSize += text.length
    call.input += text
    if (waitingSize <= mostWaiting) return ''
    done = true
    return writeStreamError(new GatewayError('malformed_reply', 'The upstream sent arguments without end.'), '')
  }

  function writeCall(call: OpenCall, signature: Signature | undefined): string {
    waitingSize -= call.input.length
    const head = `{"functionCall":{"id":${JSON.stringify(call.callId)},"name":${JSON.stringify(call.name)},"args":`
    const mark =
      signature === undefined ? '' : `,"thoughtSignature":${JSON.stringify(packSignature(signature, 'google'))}`
    return chunk(`${head}${argumentsOf(call)}}${mark}}`)
  }

  function finish(part: Extract<StreamPart, { type: 'finish' }>): string {
    let text = ''
    for (const call of calls.values()) text += writeCall(call, undefined)
    done = true
    const grounding = groundingOf(annotations)
    const candidate = {
      // An empty part, as Google sends it: clients take a chunk without parts for an invalid answer.
      content: { role: 'model', parts: [{ text: '' }] },
      finishReason: writeFinish(part.finish, hasRefusal),
      index: 0,
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    }
    const counts = JSON.stringify(writeUsage(usage))
    return `${text}data: {"candidates":[${JSON.stringify(candidate)}],"usageMetadata":${counts},${identity()}`
  }

  return (part) =>
    withinDepth(
      () => write(part),
      (error) => {
        done = true
        return writeStreamError(error, '')
      },
    )
}

/** Arguments as they came where they are an object (rule 6), without line breaks, which would end the data line. */
function argumentsOf(call: OpenCall): string {
  if (call.isCustom) return JSON.stringify({ input: call.input })
  if (isCompleteObject(call.input)) return call.input.replace(/[\r\n]/g, ' ')
  return JSON.stringify(toolInputObject(call.input).value)
}
