// The gateway as a tool is told about it, and the forms of its base URL that the wires' clients want.

/** Our id in every tool's configuration; the strictest rule met is Cline's: lower case, digits, hyphens. */
export const providerId = 'omniroute'
export const providerName = 'OmniRoute'

export interface ToolModel {
  readonly id: string
  readonly name: string
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly tools?: boolean
  readonly vision?: boolean
  readonly reasoning?: boolean
}

export interface Endpoint {
  /** E.g. `http://127.0.0.1:20128`: a number, as `localhost` is ::1 to some clients. */
  readonly origin: string
  /** A key of the gateway; never one of a vendor. */
  readonly key: string
  /** The models that the tool is to offer. */
  readonly models: readonly ToolModel[]
  /** The one that it uses by default, among them. */
  readonly model: string
  /** For titles and summaries; the same as `model` if absent. */
  readonly smallModel?: string
}

/** For clients that append `/chat/completions`, `/responses`, or with the AI SDK `/messages`. */
export function versionedUrl({ origin }: Endpoint): string {
  return `${origin}/v1`
}

/** What unknown limits are taken for: large enough for agents, small enough for most models. */
export const assumedLimits = { contextWindow: 128_000, maxOutput: 8_192 } as const

export function contextWindowOf(model: ToolModel): number {
  return model.contextWindow ?? assumedLimits.contextWindow
}

/** Never more than half of the window, so that compaction has something to work with. */
export function maxOutputOf(model: ToolModel): number {
  const limit = model.maxOutput ?? assumedLimits.maxOutput
  return Math.min(limit, Math.floor(contextWindowOf(model) / 2))
}

export function findModel(endpoint: Endpoint, id: string): ToolModel {
  return endpoint.models.find((model) => model.id === id) ?? { id, name: id }
}

/** The models to offer, the default one first, each once. */
export function offeredModels(endpoint: Endpoint): readonly ToolModel[] {
  const first = findModel(endpoint, endpoint.model)
  const seen = new Set<string>()
  return [first, ...endpoint.models].filter(({ id }) => !seen.has(id) && seen.add(id))
}
