// A request of a Gemini client to the canonical form. Fields that only this wire knows are kept for the way back to it.
import type { ChatRequest, Message, Part, ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { checkField } from '../check-field.ts'
import type { ReadHints } from '../request-reader.ts'
import { requestReader } from '../request-reader.ts'
import { readGeneration } from './generation-read.ts'
import { camelKeys } from './names.ts'
import { fromOpenApi } from './openapi-schema.ts'
import type { CallLedger } from './parts-read.ts'
import { createCallLedger, readParts } from './parts-read.ts'
import type { Envelope } from './schema.ts'
import { contentSchema, declarationSchema, envelopeSchema } from './schema.ts'

const knownFields = new Set(['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'model'])

/** The model and whether to stream stand in the path of this wire, so the hints say them (rule 2). */
export const readRequest = requestReader(read)

function read(body: unknown, hints: ReadHints): ChatRequest {
  if (!isJsonObject(body)) throw new GatewayError('invalid_request', 'The body must be a JSON object.')
  // What `:countTokens` is asked about may stand in a field of its own.
  const counted = body['generateContentRequest'] ?? body['generate_content_request']
  if (isJsonObject(counted)) return read(counted, hints)
  const envelope = checkField(envelopeSchema, body)
  const model = hints.model ?? (typeof body['model'] === 'string' ? body['model'].replace(/^models\//, '') : '')
  if (model === '') throw new GatewayError('invalid_request', 'model: is required.', { parameter: 'model' })
  const { config, extras: ownConfig } = readGeneration(envelope.generationConfig)
  const extras: JsonObject = {}
  for (const [field, value] of Object.entries(camelKeys(body))) {
    if (!knownFields.has(field) && value !== undefined && value !== null) extras[field] = value
  }
  if (Object.keys(ownConfig).length > 0) extras['generationConfig'] = ownConfig
  return {
    origin: 'gemini-generate',
    model,
    stream: hints.stream ?? false,
    messages: readMessages(envelope),
    tools: readTools(envelope),
    ...readChoice(envelope),
    ...config,
    ...(Object.keys(extras).length === 0 ? {} : { extras: { 'gemini-generate': extras } }),
  }
}

function readMessages(envelope: Envelope): Message[] {
  const messages: Message[] = []
  const ledger = createCallLedger()
  const system = readSystem(envelope.systemInstruction, ledger)
  if (system.length > 0) messages.push({ role: 'system', parts: system })
  // SDKs keep a streamed answer as one content for each chunk; together they are one turn.
  let open: Part[] | undefined
  for (const [turn, { value, path }] of contentsOf(envelope.contents).entries()) {
    const { role, parts } = checkField(contentSchema, value, path)
    const isModel = role === 'model' || role === 'assistant'
    const read: Part[] = isModel && open !== undefined ? open : []
    readParts(parts ?? [], isModel, turn, `${path}.parts`, ledger, read)
    if (read !== open)
      messages.push({ role: isModel ? 'assistant' : role === 'system' ? 'system' : 'user', parts: read })
    open = isModel ? read : undefined
  }
  return messages
}

function contentsOf(contents: Envelope['contents']): { value: JsonObject; path: string }[] {
  if (typeof contents === 'string') return [{ value: { role: 'user', parts: [{ text: contents }] }, path: 'contents' }]
  if (!Array.isArray(contents)) return [{ value: contents, path: 'contents' }]
  return contents.map((value, index) => ({ value, path: `contents[${index}]` }))
}

function readSystem(instruction: Envelope['systemInstruction'], ledger: CallLedger): Part[] {
  if (instruction === null || instruction === undefined) return []
  if (typeof instruction === 'string') return [{ type: 'text', text: instruction }]
  const value = typeof instruction['text'] === 'string' ? { parts: [instruction] } : instruction
  const { parts } = checkField(contentSchema, value, 'systemInstruction')
  const read: Part[] = []
  readParts(parts ?? [], false, -1, 'systemInstruction.parts', ledger, read)
  return read
}

/** Every entry may hold functions and hosted tools side by side. */
function readTools(envelope: Envelope): ToolDefinition[] {
  const { tools } = envelope
  const entries = tools === null || tools === undefined ? [] : Array.isArray(tools) ? tools : [tools]
  return entries.flatMap((entry, index) => {
    const { functionDeclarations, ...hosted } = camelKeys(entry)
    const declarations = Array.isArray(functionDeclarations) ? functionDeclarations : []
    const functions = declarations.map((value, place) =>
      readFunction(value, `tools[${index}].functionDeclarations[${place}]`),
    )
    const others = Object.entries(hosted)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]): ToolDefinition => ({ type: 'hosted', wire: 'gemini-generate', value: { [name]: value } }))
    return [...functions, ...others]
  })
}

function readFunction(value: unknown, path: string): ToolDefinition {
  const { name, description, parameters, parametersJsonSchema } = checkField(declarationSchema, value, path)
  const schema = parametersJsonSchema ?? (parameters ? fromOpenApi(parameters) : undefined)
  return {
    type: 'function',
    name,
    ...(description === null || description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
  }
}

function readChoice(envelope: Envelope): { toolChoice?: ToolChoice } {
  const config = envelope.toolConfig?.functionCallingConfig
  const names = config?.allowedFunctionNames ?? []
  switch (config?.mode?.toUpperCase()) {
    case 'NONE':
      return { toolChoice: { type: 'none' } }
    case 'ANY': {
      const only = names[0]
      if (only === undefined) return { toolChoice: { type: 'required' } }
      if (names.length === 1) return { toolChoice: { type: 'tool', name: only } }
      return { toolChoice: { type: 'allowed', names, required: true } }
    }
    case 'AUTO':
    case 'VALIDATED':
      return { toolChoice: { type: 'auto' } }
    default:
      return {}
  }
}
