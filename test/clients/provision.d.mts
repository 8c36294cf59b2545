// Types of provision.mjs, which has to stay plain JavaScript.

export interface ProvisionOptions {
  readonly node?: string
  readonly progress?: (line: string) => void
}

export type ClientName =
  | 'ai'
  | 'claude-code'
  | 'cline'
  | 'codex'
  | 'continue'
  | 'gemini-cli'
  | 'kilo-code'
  | 'openclaw'
  | 'opencode'

export const clientNames: readonly ClientName[]
export function provisionClient(name: ClientName, options?: ProvisionOptions): Promise<string>
export function provisionProgram(name: Exclude<ClientName, 'ai'>, options?: ProvisionOptions): Promise<string>
