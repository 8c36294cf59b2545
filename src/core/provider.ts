// The shape of a provider: data about a vendor or server, one file each under src/providers.
import type { ModelInfo, Tier } from './model.ts'
import type { WireId } from './wire-format.ts'

export type AuthHeader =
  | { readonly header: 'authorization'; readonly scheme: 'Bearer' }
  | { readonly header: 'x-api-key' }
  | { readonly header: 'x-goog-api-key' }

export interface ProviderDefinition {
  /** Lower-case id, also the default prefix of its models. */
  readonly id: string
  readonly name: string
  readonly website?: string
  /** Where a person gets a key. */
  readonly keyUrl?: string
  readonly tier: Tier
  /** The wires its servers speak, best first, each with the path that is appended to the base URL's. */
  readonly wires: readonly WireId[]
  /** Base URL up to and including the version segment; absent where the user must give one. */
  readonly baseUrl?: string
  /** Base URL of a wire that lives elsewhere than `baseUrl`. */
  readonly wireBaseUrls?: Partial<Record<WireId, string>>
  readonly auth: AuthHeader
  /** `required` unless the server works without a key (local servers). */
  readonly key: 'required' | 'optional' | 'none'
  /** Sent with every call, e.g. `anthropic-version`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Path of the model list relative to the base URL and its shape; absent where there is none. */
  readonly modelList?: { readonly path: string; readonly shape: 'openai' | 'anthropic' | 'gemini' | 'ollama' }
  /**
   * How a key is checked where the model list is public and so proves nothing: a path that needs the key, or the shortest
   * possible chat with the default model.
   */
  readonly keyCheck?: { readonly kind: 'get'; readonly path: string } | { readonly kind: 'chat' }
  /** Bundled facts, used before the first fetch and to fill in what the live list does not say. */
  readonly models: readonly ModelInfo[]
  /** The model `auto` and the key check use; a live list may override it. */
  readonly defaultModel?: string
  /** Deviations from the wire, read by the wire format. */
  readonly quirks?: Readonly<Record<string, unknown>>
  /** Extra fields the user must or may fill in when adding an account. */
  readonly asks?: readonly ('baseUrl' | 'headers')[]
  /** Runs inside the gateway; no network at all. */
  readonly builtIn?: boolean
  /** Its models are the editor's own, reached through its API: no address, no key, and nothing of it without an editor. */
  readonly editor?: boolean
  /** Facts were checked on this date (ISO). */
  readonly checked: string
  readonly note?: string
}

/** Marks a file as a provider and lets the compiler check it. */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition
}
