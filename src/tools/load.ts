// The door to the bundle of the tools (scripts/build/lazy-bundle.mjs): parsers and editors of four formats, which most windows
// never need.
import type { atTheEnd, DeskOptions, ToolDesk } from './desk.ts'

export async function openToolDesk(options: DeskOptions): Promise<ToolDesk> {
  const { createToolDesk } = await import('./desk.ts')
  return createToolDesk(options)
}

/** For when the extension goes, with or without its gateway. */
export async function openTheEnd(): Promise<typeof atTheEnd> {
  const { atTheEnd } = await import('./desk.ts')
  return atTheEnd
}
