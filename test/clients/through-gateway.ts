// One fake upstream and the built gateway in front of it, with an account for each wire. Prefixes: `oc` OpenAI Chat, `or`
// Responses, `am` Anthropic, `gg` Gemini.

import { type GatewayConfig, type GatewayProcess, startGatewayProcess } from '../fakes/gateway.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import type { Place } from './place.ts'

export const upstreamKeys = {
  'openai-chat': 'upstream-key-oc',
  'openai-responses': 'upstream-key-or',
  'anthropic-messages': 'upstream-key-am',
  'gemini-generate': 'upstream-key-gg',
} as const

export type Prefix = 'oc' | 'or' | 'am' | 'gg'

const models = ['echo', 'text', 'tool', 'tool-loop', 'vendor/echo']

function accountsFor(fake: Fake): NonNullable<GatewayConfig['accounts']> {
  const account = (id: Prefix, provider: string, version: string, apiKey: string) => ({
    id,
    provider,
    prefix: id,
    baseUrl: `${fake.url}/${version}`,
    apiKey,
    models,
  })
  return [
    account('oc', 'openai-compatible', 'v1', upstreamKeys['openai-chat']),
    account('or', 'openai-responses-compatible', 'v1', upstreamKeys['openai-responses']),
    account('am', 'anthropic-compatible', 'v1', upstreamKeys['anthropic-messages']),
    account('gg', 'gemini-compatible', 'v1beta', upstreamKeys['gemini-generate']),
  ]
}

export interface ThroughGateway {
  readonly fake: Fake
  readonly gateway: GatewayProcess
  place(prefix: Prefix): Place
  stop(): Promise<void>
}

export async function startThroughGateway(keys?: GatewayConfig['keys']): Promise<ThroughGateway> {
  const fake = await startFake({ keys: upstreamKeys, models })
  try {
    const config = { accounts: accountsFor(fake), settings: { bodyLimitMb: 2 } }
    const gateway = await startGatewayProcess(keys ? { ...config, keys } : config)
    return {
      fake,
      gateway,
      place: (prefix) => ({
        url: gateway.url,
        key: gateway.key,
        fake,
        model: (name, wire) => `${wire === 'responses' ? 'or' : prefix}/${name}`,
      }),
      async stop() {
        await gateway.stop()
        await fake.stop()
      },
    }
  } catch (error) {
    await fake.stop()
    throw error
  }
}
