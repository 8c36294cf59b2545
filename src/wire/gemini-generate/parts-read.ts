// Parts of a Gemini request to canonical parts. Calls are taken from model turns only and responses from the other turns only
// (rule 98); calls without an id get one that depends on their place alone (rule 87).
import type { BinarySource, Part, Signature, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { assignCallId } from '../call-ids.ts'
import { checkField } from '../check-field.ts'
import { unpackSignature } from '../signatures.ts'
import { bypassSignature } from './parts-write.ts'
import type { WirePart } from './schema.ts'
import { partSchema } from './schema.ts'

/** The calls of the conversation so far that wait for their response. */
export interface CallLedger {
  take(id: string | undefined, name: string | undefined): { readonly id: string; readonly name: string } | undefined
  add(id: string, name: string): void
}

/** Matches by id first, then by name in order, then by order (rule 87). */
export function createCallLedger(): CallLedger {
  const open: { id: string; name: string }[] = []
  return {
    add: (id, name) => void open.push({ id, name }),
    take(id, name) {
      const byId = id === undefined ? -1 : open.findIndex((call) => call.id === id)
      const byName = byId === -1 && id === undefined ? open.findIndex((call) => call.name === name) : byId
      const place = byName === -1 && id === undefined && name === undefined ? 0 : byName
      return place === -1 ? undefined : open.splice(place, 1)[0]
    },
  }
}

/** Reads the parts of one content onto those of the turn it belongs to. */
export function readParts(
  values: readonly JsonObject[],
  isModel: boolean,
  turn: number,
  path: string,
  ledger: CallLedger,
  parts: Part[],
): void {
  for (const [index, value] of values.entries()) {
    const part = checkField(partSchema, value, `${path}[${index}]`)
    const read = readPart(part, value, isModel, `${turn}.${index}`, ledger)
    const last = parts.at(-1)
    if (
      read?.type === 'reasoning' &&
      read.redacted !== true &&
      last?.type === 'reasoning' &&
      last.signature === undefined
    ) {
      // Clients send streamed thoughts back in the pieces they came in, the signature last; it holds for all of them.
      parts[parts.length - 1] = { ...read, text: last.text + read.text }
    } else if (read !== undefined) parts.push(read)
  }
}

function readPart(
  part: WirePart,
  raw: JsonObject,
  isModel: boolean,
  place: string,
  ledger: CallLedger,
): Part | undefined {
  const { text, functionCall, functionResponse, inlineData, fileData } = part
  const { signature, redacted } = readSignature(part.thoughtSignature)
  const signed = signature === undefined ? {} : { signature }
  if (functionCall !== null && functionCall !== undefined) {
    if (!isModel) return { type: 'text', text: JSON.stringify(raw) }
    const id =
      functionCall.id === null || functionCall.id === undefined || functionCall.id === ''
        ? assignCallId(place, 0, functionCall.name)
        : functionCall.id
    ledger.add(id, functionCall.name)
    return { type: 'tool-call', id, name: functionCall.name, input: JSON.stringify(functionCall.args ?? {}), ...signed }
  }
  if (functionResponse !== null && functionResponse !== undefined) {
    if (isModel) return { type: 'text', text: JSON.stringify(raw) }
    const name = functionResponse.name ?? undefined
    const call = ledger.take(functionResponse.id ?? undefined, name)
    const callId = call?.id ?? functionResponse.id ?? assignCallId(place, 0, name ?? '')
    return readResponse(callId, call?.name ?? name, functionResponse.response, functionResponse.parts ?? [])
  }
  if (inlineData !== null && inlineData !== undefined) {
    return mediaPart({
      kind: 'base64',
      mediaType: inlineData.mimeType ?? 'application/octet-stream',
      data: inlineData.data,
    })
  }
  if (fileData !== null && fileData !== undefined)
    return mediaPart(fileSource(fileData.fileUri, fileData.mimeType ?? undefined))
  if (typeof text === 'string' || signature !== undefined) {
    if (part.thought !== true) return text || signature ? { type: 'text', text: text ?? '', ...signed } : undefined
    if (!isModel) return undefined
    return text || signature
      ? { type: 'reasoning', text: text ?? '', ...signed, ...(redacted ? { redacted } : {}) }
      : undefined
  }
  const isEmpty = Object.values(raw).every((value) => value === null || value === undefined)
  return isEmpty ? undefined : { type: 'opaque', wire: 'gemini-generate', value: raw }
}

function readSignature(value: string | null | undefined): { signature?: Signature; redacted: boolean } {
  if (value === null || value === undefined || value === '' || value === bypassSignature) return { redacted: false }
  const { signature, holder } = unpackSignature(value, 'google')
  return { signature, redacted: holder === 'redacted' }
}

/** Files of Google's own are known by their address; any other is one of the web. */
function fileSource(uri: string, mediaType: string | undefined): BinarySource {
  const type = mediaType === undefined ? {} : { mediaType }
  const isOwn = /^gs:|^files\/|^https:\/\/generativelanguage\.googleapis\.com\//.test(uri)
  return isOwn ? { kind: 'file', id: uri, family: 'google', ...type } : { kind: 'url', url: uri, ...type }
}

type Media = Extract<Part, { type: 'image' | 'audio' | 'video' | 'document' }>

function mediaPart(source: BinarySource): Media {
  const mediaType = source.mediaType ?? ''
  if (mediaType.startsWith('audio/')) return { type: 'audio', source }
  const isFilm = source.kind === 'url' && /youtube\.com|youtu\.be/.test(source.url)
  if (mediaType.startsWith('video/') || isFilm) return { type: 'video', source }
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  return { type: 'document', source }
}

/** The response as it is for this wire, and as text for all others (rules 92, 95). */
function readResponse(
  callId: string,
  name: string | undefined,
  response: unknown,
  media: readonly JsonObject[],
): ToolResultPart {
  const value = (response ?? {}) as JsonValue
  const error = isJsonObject(value) && 'error' in value && value['error'] !== null ? value['error'] : undefined
  const text = textOf(error ?? value)
  const parts: ToolResultPart['parts'][number][] = text === '' && media.length > 0 ? [] : [{ type: 'text', text }]
  for (const item of media) {
    const { inlineData, fileData } = checkField(partSchema, item, 'functionResponse.parts')
    if (inlineData)
      parts.push(mediaPart({ kind: 'base64', mediaType: inlineData.mimeType ?? '', data: inlineData.data }))
    else if (fileData) parts.push(mediaPart(fileSource(fileData.fileUri, fileData.mimeType ?? undefined)))
  }
  return {
    type: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    parts,
    structured: value,
    ...(error === undefined ? {} : { isError: true }),
  }
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  if (!isJsonObject(value)) return JSON.stringify(value ?? '')
  const keys = Object.keys(value)
  const only =
    keys.length === 1 && (keys[0] === 'output' || keys[0] === 'result' || keys[0] === 'error')
      ? value[keys[0]]
      : undefined
  return typeof only === 'string' ? only : JSON.stringify(value)
}
