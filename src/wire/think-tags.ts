// Takes `<think>…</think>` at the head of a text out of it as reasoning (rule 115), for servers flagged to write it. Works on
// text cut anywhere; holds back no more than could be the beginning of a tag.

export interface TextSegment {
  readonly kind: 'text' | 'reasoning'
  readonly text: string
}

export interface ThinkTagSplitter {
  push(text: string): TextSegment[]
  /** What is still held back; reasoning that was never closed is reasoning to its end. */
  end(): TextSegment[]
}

const openTag = '<think>'
const closeTag = '</think>'
/** White space before the tag is waited through no longer than this. */
const longestLead = 1024

export function createThinkTagSplitter(): ThinkTagSplitter {
  let state: 'before' | 'inside' | 'trimming' | 'after' = 'before'
  let held = ''
  let inFence = false
  /** Whether nothing but blanks stands on the current line of reasoning: only there a code fence begins. */
  let atLineStart = true

  function push(text: string): TextSegment[] {
    const segments: TextSegment[] = []
    held += text
    if (state === 'before') leaveBefore()
    if (state === 'inside') readReasoning(segments)
    if (state === 'trimming') {
      held = held.trimStart()
      if (held !== '') state = 'after'
    }
    if (state === 'after' && held !== '') {
      segments.push({ kind: 'text', text: held })
      held = ''
    }
    return segments
  }

  function leaveBefore(): void {
    const start = held.trimStart()
    if (start.startsWith(openTag)) {
      state = 'inside'
      held = start.slice(openTag.length)
    } else if (!openTag.startsWith(start) || held.length > longestLead) {
      state = 'after'
    }
  }

  function readReasoning(segments: TextSegment[]): void {
    let text = ''
    for (;;) {
      const found = /<\/think>|```/.exec(held)
      if (found === null) break
      const before = held.slice(0, found.index)
      text += before
      follow(before)
      held = held.slice(found.index + found[0].length)
      if (found[0] === closeTag && !inFence) {
        state = 'trimming'
        break
      }
      if (found[0] !== closeTag && atLineStart) inFence = !inFence
      text += found[0]
      follow(found[0])
    }
    if (state === 'inside') {
      const keep = heldBack(held)
      const ready = held.slice(0, held.length - keep)
      text += ready
      follow(ready)
      held = held.slice(held.length - keep)
    }
    if (text !== '') segments.push({ kind: 'reasoning', text })
  }

  function follow(text: string): void {
    const lineBreak = text.lastIndexOf('\n')
    const blank = text.slice(lineBreak + 1).trim() === ''
    atLineStart = lineBreak === -1 ? atLineStart && blank : blank
  }

  return {
    push,
    end() {
      if (held === '' || state === 'trimming') return []
      const segment: TextSegment = { kind: state === 'inside' ? 'reasoning' : 'text', text: held }
      held = ''
      return [segment]
    },
  }
}

/** How many characters at the end could begin a closing tag or a code fence. */
function heldBack(text: string): number {
  for (let length = Math.min(closeTag.length - 1, text.length); length > 0; length--) {
    const tail = text.slice(-length)
    if (closeTag.startsWith(tail) || '```'.startsWith(tail)) return length
  }
  return 0
}

/** The same for a text that is there as a whole. */
export function splitThinkTags(text: string): TextSegment[] {
  const splitter = createThinkTagSplitter()
  return [...splitter.push(text), ...splitter.end()]
}
