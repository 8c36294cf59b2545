// Prompt-cache breakpoints (rules 117-119): the client's are kept, ours only fill free slots, at most four in all, and longer
// life comes before shorter.
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { WireConversation } from './messages-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

const mostBreakpoints = 4

/** Settles the breakpoints of a whole request in place; the blocks are the writer's own. */
export function placeBreakpoints(tools: JsonObject[], conversation: WireConversation, context: WriteContext): void {
  if (!context.quirks.cacheControl) return
  if (context.request.origin !== 'anthropic-messages' && context.quirks.autoCache) addOurs(tools, conversation)
  const marked = breakpointsOf(tools, conversation)
  const surplus = marked.length - mostBreakpoints
  if (surplus > 0) {
    for (const block of marked.splice(0, surplus)) delete block['cache_control']
    warn(context, 'dropped-cache-control', 'cache_control', 'Only the last four cache breakpoints are kept.')
  }
  shortenLate(marked, context)
}

/** Tools, system, and the last two user turns (rule 118). */
function addOurs(tools: JsonObject[], conversation: WireConversation): void {
  let free = mostBreakpoints - breakpointsOf(tools, conversation).length
  const { system, messages } = conversation
  const turns = messages.filter((message) => message.role === 'user').slice(-2)
  const candidates = [system.at(-1), tools.at(-1), ...turns.toReversed().map((turn) => turn.content.at(-1))]
  for (const block of candidates) {
    if (free <= 0) return
    if (block === undefined || block['cache_control'] !== undefined) continue
    block['cache_control'] = { type: 'ephemeral' }
    free -= 1
  }
}

/** The blocks that carry a breakpoint, in the order in which the vendor reads them. */
function breakpointsOf(tools: JsonObject[], { system, messages }: WireConversation): JsonObject[] {
  const found: JsonObject[] = []
  collect(tools, found)
  collect(system, found)
  for (const message of messages) collect(message.content, found)
  return found
}

/** Those within tool results count too. */
function collect(blocks: readonly unknown[], found: JsonObject[]): void {
  for (const block of blocks) {
    if (!isJsonObject(block)) continue
    if (block['type'] === 'tool_result' && Array.isArray(block['content'])) collect(block['content'], found)
    if (block['cache_control'] !== undefined && block['cache_control'] !== null) found.push(block)
  }
}

/** A breakpoint of one hour after one of five minutes is refused; it becomes a short one too (rule 117). */
function shortenLate(marked: readonly JsonObject[], context: WriteContext): void {
  let sawShort = false
  for (const block of marked) {
    const control = block['cache_control']
    if (!isJsonObject(control)) continue
    if (control['ttl'] !== '1h') sawShort = true
    else if (sawShort) {
      block['cache_control'] = { type: 'ephemeral' }
      warn(
        context,
        'changed-cache-control',
        'cache_control',
        'A one-hour breakpoint after a five-minute one was shortened.',
      )
    }
  }
}
