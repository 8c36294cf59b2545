// The grammar of a Chat stream, as strict clients read it (rules 5, 141, 143-146). Throws on the first breach.
import assert from 'node:assert/strict'
import type { SseEvent } from '../../../src/core/wire-format.ts'

interface Chunk {
  id: string
  object: string
  created: number
  model: string
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[]
  usage?: Record<string, unknown>
}

interface CallDelta {
  index: number
  id?: string
  type?: string
  function?: { name?: string; arguments?: string }
  custom?: { name?: string; input?: string }
}

export function assertChatGrammar(
  events: readonly SseEvent[],
  options: { model: string; includeUsage: boolean },
): void {
  assert.equal(events.at(-1)?.data, '[DONE]')
  const chunks = events.slice(0, -1).map((event) => {
    assert.equal(event.event, undefined)
    return JSON.parse(event.data) as Chunk
  })
  const first = chunks[0]
  assert.deepEqual(first?.choices[0]?.delta, { role: 'assistant', content: '' })
  let phase: 'content' | 'finished' | 'counted' = 'content'
  const calls: string[] = []
  for (const [position, chunk] of chunks.entries()) {
    assert.deepEqual(
      { id: chunk.id, created: chunk.created, model: chunk.model, object: chunk.object },
      { id: first?.id, created: first?.created, model: options.model, object: 'chat.completion.chunk' },
    )
    if (chunk.usage !== undefined) {
      assert.equal(phase, 'finished')
      assert.equal(options.includeUsage, true)
      assert.deepEqual(chunk.choices, [])
      const { prompt_tokens, completion_tokens, total_tokens } = chunk.usage
      assert.equal(total_tokens, Number(prompt_tokens) + Number(completion_tokens))
      phase = 'counted'
      continue
    }
    assert.equal(phase, 'content')
    assert.equal(chunk.choices.length, 1)
    const [choice] = chunk.choices
    assert.equal(choice?.index, 0)
    assert.equal('role' in (choice?.delta ?? {}), position === 0)
    assertDelta(choice?.delta ?? {}, calls)
    if (choice?.finish_reason === null) continue
    const reason = choice?.finish_reason ?? ''
    assert.ok(['stop', 'length', 'tool_calls', 'content_filter'].includes(reason), reason)
    if (reason === 'stop') assert.equal(calls.length, 0)
    if (reason === 'tool_calls') assert.ok(calls.length > 0)
    phase = 'finished'
  }
  assert.equal(phase, options.includeUsage ? 'counted' : 'finished')
}

function assertDelta(delta: Record<string, unknown>, calls: string[]): void {
  for (const [key, value] of Object.entries(delta)) {
    assert.notEqual(value, null, key)
    if (key === 'reasoning_content' || key === 'refusal') assert.notEqual(value, '')
  }
  for (const call of (delta['tool_calls'] ?? []) as CallDelta[]) {
    assert.equal('content' in delta, false)
    const body = call.function ?? call.custom
    if (call.id === undefined) {
      assert.ok(call.index < calls.length)
      assert.equal(body?.name, undefined)
      assert.equal(call.type, undefined)
      continue
    }
    assert.equal(call.index, calls.length)
    assert.ok(call.type === 'function' || call.type === 'custom')
    assert.ok(body?.name)
    assert.equal(call.function?.arguments ?? call.custom?.input, '')
    calls.push(call.id)
  }
}
