// Types of provision.mjs, which has to stay plain JavaScript.

export class ProvisionError extends Error {}

export interface CodeServer {
  /** The Node 24 program the server runs on. */
  node: string
  /** The cached installation. */
  folder: string
  /** The VS Code server inside it: the folder with out/server-main.js. */
  vscode: string
}

export function checkoutNode(): string
export function provisionChromium(options?: { progress?: (line: string) => void }): Promise<string>
export function provisionCodeServer(options?: { node?: string; progress?: (line: string) => void }): Promise<CodeServer>
