// The door to the bundle of the tools (scripts/build/lazy-bundle.mjs): parsers and editors of four formats, which most windows
// never need.
import type { DeskOptions, ToolDesk } from './desk.ts'

export async function openToolDesk(options: DeskOptions): Promise<ToolDesk> {
  const { createToolDesk } = await import('./desk.ts')
  return createToolDesk(options)
}
