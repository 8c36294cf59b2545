// The configuration that OpenCode and Kilo Code share: a provider with its models, made for the AI SDK's OpenAI-compatible client.
import type { JsonObject, JsonValue } from '../core/json.ts'
import { valueAt } from './edit/document.ts'
import {
  contextWindowOf,
  type Endpoint,
  maxOutputOf,
  offeredModels,
  providerId,
  providerName,
  versionedUrl,
} from './endpoint.ts'
import type { ToolAction, ToolFacts, WantedChange } from './tool.ts'

export const openCodePreferences = [['provider', providerId], ['provider']] as const

/**
 * `beginnings` are keys that the tool itself would put into a file that holds nothing else yet: written with it, so that the tool
 * has no reason to change what is ours.
 */
export function openCodeChanges(
  action: ToolAction,
  { endpoint, documents }: ToolFacts,
  beginnings: readonly (readonly [path: readonly string[], value: JsonValue])[],
): readonly WantedChange[] {
  const document = 'config'
  if (action === 'default') {
    return [{ document, change: { kind: 'set', path: ['model'], value: `${providerId}/${endpoint.model}` } }]
  }
  const data = documents[document]?.data ?? {}
  // Nothing less will do: what is ours must not make a file look new once it is written.
  const isNew = Object.keys(data).length === 0
  return [
    // What is there stays: ours from before, or someone else's.
    ...beginnings.flatMap(([path, initial]): WantedChange[] => {
      const value = valueAt(data, path) ?? (isNew ? initial : undefined)
      return value === undefined ? [] : [{ document, change: { kind: 'set', path, value } }]
    }),
    { document, change: { kind: 'set', path: ['provider', providerId], value: openCodeProvider(endpoint) } },
    // An allow-list that someone keeps; without one every provider is on.
    ...(Array.isArray(data['enabled_providers'])
      ? [{ document, change: { kind: 'include', path: ['enabled_providers'], item: providerId } } as const]
      : []),
    ...(Array.isArray(data['disabled_providers'])
      ? [{ document, change: { kind: 'exclude', path: ['disabled_providers'], item: providerId } } as const]
      : []),
  ]
}

export function openCodeProvider(endpoint: Endpoint): JsonObject {
  const models = offeredModels(endpoint).map((model): [string, JsonValue] => [
    model.id,
    {
      name: model.name,
      attachment: model.vision ?? false,
      reasoning: model.reasoning ?? false,
      tool_call: model.tools ?? true,
      modalities: { input: model.vision ? ['text', 'image'] : ['text'], output: ['text'] },
      // Without limits compaction is off, and long conversations die.
      limit: { context: contextWindowOf(model), output: maxOutputOf(model) },
    },
  ])
  return {
    npm: '@ai-sdk/openai-compatible',
    name: providerName,
    options: { baseURL: versionedUrl(endpoint), apiKey: endpoint.key },
    models: Object.fromEntries(models),
  }
}

/** A whole configuration, for an environment variable. */
export function openCodeContent(endpoint: Endpoint): string {
  return JSON.stringify({
    provider: { [providerId]: openCodeProvider(endpoint) },
    model: `${providerId}/${endpoint.model}`,
  })
}
