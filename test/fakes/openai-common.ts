// What OpenAI's two wires share: errors, model lists, response headers.
import type { JsonObject } from '../../src/core/json.ts'
import type { FakeModel } from './wire.ts'

interface ErrorRow {
  readonly type: string
  readonly code: string | null
  readonly message: string
}

const errors: Readonly<Record<number, ErrorRow>> = {
  400: { type: 'invalid_request_error', code: null, message: 'The request is not valid.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  402: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'Insufficient balance.' },
  403: {
    type: 'invalid_request_error',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist.' },
  413: { type: 'invalid_request_error', code: null, message: 'Request body is too large.' },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  500: { type: 'server_error', code: null, message: 'The server had an error while processing your request.' },
  503: { type: 'server_error', code: null, message: 'The engine is currently overloaded, please try again later.' },
}

const unknown: ErrorRow = { type: 'server_error', code: null, message: 'The server had an error.' }

export function openaiError(status: number, message: string | undefined): JsonObject {
  const row = errors[status] ?? unknown
  const param = row.code === 'model_not_found' ? 'model' : null
  return { error: { message: message ?? row.message, type: row.type, param, code: row.code } }
}

export function openaiModel(model: FakeModel): JsonObject {
  return { id: model.id, object: 'model', created: model.created, owned_by: 'fake' }
}

export function openaiModelList(models: readonly FakeModel[]): JsonObject {
  return { object: 'list', data: models.map(openaiModel) }
}

export function openaiHeaders(number: number): Record<string, string> {
  return {
    'x-request-id': `req_fake${number}`,
    'openai-version': '2020-10-01',
    'openai-processing-ms': '5',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
  }
}
