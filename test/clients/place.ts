// Where a client suite runs: straight at a fake upstream (which tests the fake) or through the gateway to one. The suites are the
// same, so a client that can tell the difference fails.
import type { ExchangeRecord } from '../fakes/exchange.ts'
import type { Fake } from '../fakes/start.ts'

export interface Place {
  /** Without a version segment. */
  readonly url: string
  readonly key: string
  readonly fake: Fake
  /** The name under which a client asks for a model of the fake. `responses` where the client speaks OpenAI Responses. */
  model(name: string, wire?: 'responses'): string
}

/** A place that exists once the suite's `before` has run. */
export type PlaceOf = () => Place

interface ToolSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, { readonly type: string }>>
  readonly required: string[]
}

export const weather: { readonly name: string; readonly description: string; readonly schema: ToolSchema } = {
  name: 'weather',
  description: 'Tells the weather of a place.',
  schema: {
    type: 'object',
    properties: { place: { type: 'string' }, days: { type: 'integer' } },
    required: ['place'],
  },
}

/** What the fake calls a tool with this schema with. */
export const weatherArguments = { place: 'fake', days: 7 }

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The exchange about a model once it has ended; the gateway must end it soon after the client left. */
export async function ended(fake: Fake, model: string): Promise<ExchangeRecord> {
  const log = await fake.logWhen((records) => records.some((one) => one.model === model && one.end !== 'open'))
  const found = log.find((one) => one.model === model)
  if (found === undefined) throw new Error(`the fake was never asked for ${model}`)
  return found
}
