// Types of install.mjs, which has to stay plain JavaScript.

export interface RunOptions {
  readonly cwd?: string
  readonly environment?: NodeJS.ProcessEnv
  readonly log?: string
  readonly timeout?: number
}

export function cacheFolder(): string
export function cached(name: string, install: (work: string) => Promise<void>): Promise<string>
export function npmIn(
  folder: string,
  node: string,
  commandArguments: readonly string[],
  options?: { readonly cwd?: string; readonly environment?: NodeJS.ProcessEnv },
): Promise<string>
export function run(command: string, commandArguments: readonly string[], options?: RunOptions): Promise<string>
