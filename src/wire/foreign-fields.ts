// What a request asks for in the words of one wire only. Options are dropped with a warning (rule 7); what the meaning of the
// request depends on, such as state kept at one vendor (rules 45, 158), is refused instead of being ignored.
import type { ChatRequest, Warning } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import type { WireId } from '../core/wire-format.ts'

/** Fields of the Responses wire that stand for content which is not in the request. */
const statefulFields = ['conversation', 'prompt', 'background'] as const

/** Throws `unsupported` when the request leans on state that only the Responses wire's own vendor has. */
export function refuseVendorState(request: ChatRequest): void {
  if (request.previousResponseId !== undefined) throw refusal('previous_response_id')
  const extras = request.extras?.['openai-responses']
  for (const field of statefulFields) {
    const value = extras?.[field]
    if (value !== undefined && value !== null && value !== false) throw refusal(field)
  }
  for (const [index, message] of request.messages.entries()) {
    for (const part of message.parts) {
      if (part.type === 'opaque' && part.value['type'] === 'item_reference') throw refusal(`input[${index}]`)
    }
  }
}

function refusal(field: string): GatewayError {
  return new GatewayError(
    'unsupported',
    `"${field}" refers to what only the vendor of the original conversation has stored; this model's vendor has not. Send the whole conversation instead.`,
    { parameter: field },
  )
}

/** Answers are read and written one at a time; half of what was asked for would be paid for and lost (rules 7, 8). */
export function refuseSeveralAnswers({ candidates }: ChatRequest): void {
  if (candidates === undefined || candidates <= 1) return
  throw new GatewayError(
    'unsupported',
    `The request asks for ${candidates} answers at once, which cannot be translated to this model's format. Ask for one answer, or choose a model that speaks the client's own format.`,
    { parameter: 'n' },
  )
}

/** A warning for each field that another wire's client sent and this one has no word for. */
export function warnOfForeignExtras(request: ChatRequest, wire: WireId, warnings: Warning[]): void {
  for (const [origin, fields] of Object.entries(request.extras ?? {})) {
    if (origin === wire) continue
    for (const field of Object.keys(fields)) {
      warnings.push({ kind: 'dropped-parameter', subject: field, message: `"${field}" means nothing to ${wire}.` })
    }
  }
  warnOfLostDetails(request, wire, warnings)
}

type Detail = 'name' | 'detail' | 'strict' | 'title' | 'logprobs'

const details: Readonly<Record<Detail, string>> = {
  name: 'The names of speakers cannot be said on this wire.',
  detail: 'How closely an image should be looked at cannot be said on this wire.',
  strict: 'That a tool\'s schema binds the model ("strict") cannot be said on this wire.',
  title: 'The titles of documents cannot be said on this wire.',
  logprobs: 'Log probabilities cannot be asked for on this wire.',
}

/** Small things that a wire has no word for, whoever says them (rules 18, 37, 40, 59). */
const lostOn: Readonly<Record<WireId, readonly Detail[]>> = {
  'openai-chat': [],
  'openai-responses': ['name', 'logprobs'],
  'anthropic-messages': ['name', 'detail', 'strict'],
  'gemini-generate': ['name', 'detail', 'strict', 'title'],
}

/** One warning for each kind, however often the request says it. */
function warnOfLostDetails(request: ChatRequest, wire: WireId, warnings: Warning[]): void {
  const lost = lostOn[wire]
  if (lost.length === 0) return
  const said = detailsOf(request)
  for (const detail of lost) {
    if (said.has(detail)) warnings.push({ kind: 'dropped-parameter', subject: detail, message: details[detail] })
  }
}

function detailsOf(request: ChatRequest): ReadonlySet<Detail> {
  const said = new Set<Detail>()
  if (request.logprobs === true) said.add('logprobs')
  if (request.tools.some((tool) => tool.type === 'function' && tool.strict === true)) said.add('strict')
  for (const { name, parts } of request.messages) {
    if (name !== undefined) said.add('name')
    for (const part of parts) {
      if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') said.add('detail')
      else if (part.type === 'document' && part.title !== undefined && part.source.kind !== 'text') said.add('title')
    }
  }
  return said
}
