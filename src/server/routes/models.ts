// GET /v1/models, /v1beta/models and one model by id, in the shape of whoever asks.
import type { Request, Response, Router } from 'express'
import type { ModelView } from '../../admin/contract.ts'
import { GatewayError } from '../../core/errors.ts'
import { checkKey } from '../admission.ts'
import type { ServerContext } from '../context.ts'
import { dialectOf } from '../dialect.ts'
import { queryOf } from './client-call.ts'

/** No vendor's date is known for most models; clients only need the field to be there. */
const created = 1_767_225_600

export function addModelRoutes(router: Router, context: ServerContext): void {
  const list = async (request: Request, response: Response): Promise<void> => {
    const models = await visibleModels(request, context)
    response.json(listShape(dialectOf(request), models))
  }
  const one = async (request: Request, response: Response): Promise<void> => {
    const path = request.path.replace(/^(?:\/v1beta|\/v1)?\/models\//, '')
    const id = decodeURIComponent(path)
    const models = await visibleModels(request, context)
    const model = models.find((each) => each.id === id)
    if (!model)
      throw new GatewayError('unknown_model', `There is no model or combo "${id.slice(0, 200)}".`, {
        parameter: 'model',
      })
    response.json(modelShape(dialectOf(request), model))
  }
  router.get(['/v1/models', '/v1beta/models', '/models'], list)
  router.get(['/v1/models/*id', '/v1beta/models/*id', '/models/*id'], one)
}

async function visibleModels(request: Request, context: ServerContext): Promise<ModelView[]> {
  const { client, keys } = await context.ready
  checkKey(keys, request, queryOf(request))
  return client.call('models.list', {})
}

function listShape(dialect: ReturnType<typeof dialectOf>, models: readonly ModelView[]): object {
  const data = models.map((model) => modelShape(dialect, model))
  if (dialect === 'gemini-generate') return { models: data }
  if (dialect === 'anthropic-messages') {
    return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null }
  }
  return { object: 'list', data }
}

function modelShape(dialect: ReturnType<typeof dialectOf>, model: ModelView): object {
  switch (dialect) {
    case 'gemini-generate':
      return {
        name: `models/${model.id}`,
        displayName: model.name,
        ...(model.contextWindow === undefined ? {} : { inputTokenLimit: model.contextWindow }),
        ...(model.maxOutput === undefined ? {} : { outputTokenLimit: model.maxOutput }),
        supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
      }
    case 'anthropic-messages':
      return {
        type: 'model',
        id: model.id,
        display_name: model.name,
        created_at: new Date(created * 1000).toISOString(),
        ...(model.contextWindow === undefined ? {} : { max_input_tokens: model.contextWindow }),
        ...(model.maxOutput === undefined ? {} : { max_tokens: model.maxOutput }),
      }
    default:
      return {
        id: model.id,
        object: 'model',
        created,
        owned_by: model.kind === 'combo' ? 'omniroute' : (model.id.split('/', 1)[0] ?? 'omniroute'),
        ...(model.contextWindow === undefined ? {} : { context_length: model.contextWindow }),
        ...(model.maxOutput === undefined ? {} : { max_output_tokens: model.maxOutput }),
      }
  }
}
