// Stream parts to Chat chunks (rules 141, 143-146). Text is glued from prepared pieces: this runs for every token of every stream.
import type { ChatRequest, Finish } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage, totalInput, unknownUsage } from '../../core/usage.ts'
import { chatCitations } from '../citations.ts'
import { customNames, unwrapInput } from '../custom-tools.ts'
import { urlOfSource } from '../data-url.ts'
import { withinDepth } from '../nesting.ts'
import { writeStreamError } from './errors.ts'
import { writeFinish } from './finish.ts'
import { detailsOfSignature } from './reasoning-details.ts'
import { chatReplyId } from './reply.ts'
import { writeChatUsage } from './usage.ts'

interface Call {
  readonly index: number
  readonly field: 'function' | 'custom'
  /** Input of a free-form tool that came wrapped: it can only be unwrapped as a whole (rule 61). */
  readonly isWrapped: boolean
  input: string
  hasInput: boolean
}

const tail = ',"finish_reason":null}]}\n\n'

export function createStreamWriter(request: ChatRequest): (part: StreamPart) => string {
  const custom = customNames(request)
  const calls = new Map<string, Call>()
  let chunk = ''
  let head = ''
  let usage: Usage = unknownUsage
  let images = 0
  let textLength = 0
  /** Rule 97: a text that follows something else is a new paragraph of the one text this wire has. */
  let isApart = false
  let needsBreak = false
  let done = false

  function begin(id: string | undefined): string {
    if (head !== '') return ''
    const created = Math.floor(Date.now() / 1000)
    // Rule 143: one id, one time and the client's own name of the model in all chunks.
    const common = { id: chatReplyId(id), object: 'chat.completion.chunk', created, model: request.model }
    chunk = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[`
    head = `${chunk}{"index":0,"delta":`
    return `${head}{"role":"assistant","content":""}${tail}`
  }

  function delta(value: JsonObject): string {
    return `${begin(undefined)}${head}${JSON.stringify(value)}${tail}`
  }

  function write(part: StreamPart): string {
    if (done) return ''
    switch (part.type) {
      case 'text-delta': {
        if (part.text === '') return ''
        const text = needsBreak ? `\n\n${part.text}` : part.text
        needsBreak = false
        textLength += text.length
        return `${begin(undefined)}${head}{"content":${JSON.stringify(text)}}${tail}`
      }
      case 'reasoning-delta':
        if (part.text === '') return ''
        return `${begin(undefined)}${head}{"reasoning_content":${JSON.stringify(part.text)}}${tail}`
      case 'tool-input-delta':
        return callInput(part.id, part.text)
      case 'start':
        return begin(part.id)
      case 'text-start':
        if (isApart && textLength > 0) needsBreak = true
        isApart = false
        return ''
      case 'text-end': {
        const annotations = chatCitations(part.annotations ?? [], textLength)
        return annotations.length === 0 ? '' : delta({ annotations })
      }
      case 'refusal-start':
      case 'reasoning-start':
      case 'opaque':
        isApart = true
        return ''
      case 'refusal-delta':
        return part.text === '' ? '' : delta({ refusal: part.text })
      case 'reasoning-end': {
        const details = detailsOfSignature(part.signature)
        return details.length === 0 ? '' : delta({ reasoning_details: details })
      }
      case 'tool-input-start':
        isApart = true
        return startCall(part)
      case 'tool-input-end':
        return endCall(part)
      case 'image': {
        isApart = true
        const url = urlOfSource(part.image.source)
        return url === undefined ? '' : delta({ images: [{ type: 'image_url', image_url: { url }, index: images++ }] })
      }
      case 'usage':
        usage = mergeUsage(usage, part.usage)
        return ''
      case 'finish':
        return finish(part.finish)
      case 'error':
        done = true
        return writeStreamError(part.error)
      default:
        return ''
    }
  }

  /** Rule 144: id, type and name once, then only fragments; indices in the order of appearance. */
  function startCall(part: Extract<StreamPart, { type: 'tool-input-start' }>): string {
    const isFree = part.kind === 'custom' || custom.has(part.name)
    const call: Call = {
      index: calls.size,
      field: isFree ? 'custom' : 'function',
      isWrapped: isFree && part.kind !== 'custom',
      input: '',
      hasInput: false,
    }
    calls.set(part.id, call)
    const body = isFree ? { custom: { name: part.name, input: '' } } : { function: { name: part.name, arguments: '' } }
    return delta({ tool_calls: [{ index: call.index, id: part.callId, type: call.field, ...body }] })
  }

  function callInput(id: string, text: string): string {
    const call = calls.get(id)
    if (call === undefined || text === '') return ''
    if (call.isWrapped) {
      call.input += text
      return ''
    }
    call.hasInput ||= text.trim() !== ''
    return `${head}{"tool_calls":[{"index":${call.index},${fragment(call, text)}}]}${tail}`
  }

  function fragment(call: Call, text: string): string {
    const value = JSON.stringify(text)
    return call.field === 'custom' ? `"custom":{"input":${value}}` : `"function":{"arguments":${value}}`
  }

  function endCall(part: Extract<StreamPart, { type: 'tool-input-end' }>): string {
    const call = calls.get(part.id)
    if (call === undefined) return ''
    let text = ''
    if (call.isWrapped) text = unwrapInput(call.input)
    // Rule 84: no arguments at all are an empty object.
    else if (!call.hasInput && call.field === 'function') text = '{}'
    const rest = text === '' ? '' : `${head}{"tool_calls":[{"index":${call.index},${fragment(call, text)}}]}${tail}`
    if (part.signature?.family !== 'google') return rest
    const extra = { google: { thought_signature: part.signature.value } }
    return rest + delta({ tool_calls: [{ index: call.index, function: { arguments: '' }, extra_content: extra }] })
  }

  /** Rules 131, 146: the finish chunk, then usage if the client asked for it, then `[DONE]`, and nothing after. */
  function finish(ending: Finish): string {
    const opening = begin(undefined)
    done = true
    const reason = writeFinish(ending, calls.size > 0)
    const last = `${head}{},"finish_reason":"${reason}"}]}\n\n`
    // What nobody counted is not told as zero: the chunk stays out.
    const told = request.includeUsage === true && (totalInput(usage) !== null || usage.output !== null)
    const counts = told ? `${chunk}],"usage":${JSON.stringify(writeChatUsage(usage))}}\n\n` : ''
    return `${opening}${last}${counts}data: [DONE]\n\n`
  }

  return (part) =>
    withinDepth(
      () => write(part),
      (error) => write({ type: 'error', error }),
    )
}
