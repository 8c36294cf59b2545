// The models that translations are shown and proved with: one for each upstream wire that takes all that its wire can say, so that
// whatever is lost is lost by the wire and not by a whim of a vendor.
import type { TargetModel, WireFormat, WireId } from '../../src/core/wire-format.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { generous } from '../wire/requests.ts'

const able = { tools: true, vision: true, reasoning: true, structuredOutput: true }

export const targets: Readonly<Record<WireId, TargetModel>> = {
  'openai-chat': { id: 'model', provider: 'vendor', limits: {}, capabilities: able, quirks: generous },
  'openai-responses': { id: 'model', provider: 'vendor', limits: {}, capabilities: able, quirks: generous },
  'anthropic-messages': {
    id: 'claude-sonnet-4-5',
    provider: 'anthropic',
    limits: { maxOutput: 64_000 },
    capabilities: able,
    quirks: {},
  },
  'gemini-generate': {
    id: 'gemini-2.5-flash',
    provider: 'gemini',
    limits: {},
    capabilities: able,
    quirks: { schemaWithTools: true },
  },
}

export function wireOf(id: WireId): WireFormat {
  return wireFormats[id]
}
