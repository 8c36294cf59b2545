// Looks providers up by id. The list itself is generated from the files in this folder.
import type { ProviderDefinition } from '../core/provider.ts'
import { providers } from './registry.generated.ts'

const byId: ReadonlyMap<string, ProviderDefinition> = new Map(providers.map((provider) => [provider.id, provider]))

export function findProvider(id: string): ProviderDefinition | undefined {
  return byId.get(id)
}
