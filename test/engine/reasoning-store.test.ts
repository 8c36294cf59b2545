// Signed reasoning that a client's wire has no place for comes back with the call it led to, and with no other.
import assert from 'node:assert/strict'
import type { ChatRequest, Part, Signature } from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { createReasoningStore, type ReasoningStore } from '../../src/engine/reasoning-store.ts'

const signed: Signature = { family: 'anthropic', value: 'c2lnbmVk' }

/** An answer that thinks, then calls tools. */
function answer(store: ReasoningStore, calls: readonly string[], signature: Signature | null = signed): void {
  const watch = store.watch()
  const thought: StreamPart[] = [
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', text: 'First ' },
    { type: 'reasoning-delta', id: 'r', text: 'this.' },
    { type: 'reasoning-end', id: 'r', ...(signature ? { signature } : {}) },
  ]
  for (const part of thought) watch(part)
  for (const callId of calls) {
    watch({ type: 'tool-input-start', id: callId, callId, name: 'look' })
    watch({ type: 'tool-input-end', id: callId })
  }
}

function call(id: string): Part {
  return { type: 'tool-call', id, name: 'look', input: '{}' }
}

function request(...parts: Part[]): ChatRequest {
  return {
    origin: 'openai-chat',
    model: 'm',
    stream: true,
    tools: [],
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts },
    ],
  }
}

function restored(store: ReasoningStore, ...parts: Part[]): readonly Part[] {
  return store.restore(request(...parts)).messages[1]?.parts ?? []
}

const thought: Part = { type: 'reasoning', text: 'First this.', signature: signed }

describe('the reasoning store', () => {
  it('puts signed reasoning back before the call it led to', () => {
    const store = createReasoningStore()
    answer(store, ['call_1'])
    assert.deepEqual(restored(store, call('call_1')), [thought, call('call_1')])
  })

  it('puts it back once where several calls followed', () => {
    const store = createReasoningStore()
    answer(store, ['call_1', 'call_2'])
    assert.deepEqual(restored(store, call('call_1'), call('call_2')), [thought, call('call_1'), call('call_2')])
  })

  it('replaces the unsigned copy that the client sends back', () => {
    const store = createReasoningStore()
    answer(store, ['call_1'])
    const copy: Part = { type: 'reasoning', text: 'First this.' }
    assert.deepEqual(restored(store, copy, call('call_1')), [thought, call('call_1')])
  })

  it('adds nothing where the client kept the signature', () => {
    const store = createReasoningStore()
    answer(store, ['call_1'])
    assert.deepEqual(restored(store, thought, call('call_1')), [thought, call('call_1')])
  })

  it('leaves requests alone that it knows nothing of', () => {
    const store = createReasoningStore()
    const untouched = request(call('call_1'))
    assert.equal(store.restore(untouched), untouched)
    answer(store, ['call_9'])
    assert.equal(store.restore(untouched), untouched)
    answer(store, ['call_1'], null)
    assert.equal(store.restore(untouched), untouched)
  })

  it('keeps the signature of a call itself', () => {
    const store = createReasoningStore()
    const watch = store.watch()
    const own: Signature = { family: 'google', value: 'Z29vZ2xl' }
    watch({ type: 'tool-input-start', id: 'a', callId: 'call_1', name: 'look' })
    watch({ type: 'tool-input-end', id: 'a', signature: own })
    assert.deepEqual(restored(store, call('call_1')), [{ ...call('call_1'), signature: own }])
  })

  it('holds no more than its share of memory', () => {
    const store = createReasoningStore()
    const value = 's'.repeat(8 * 1024 * 1024)
    for (const id of ['a', 'b', 'c', 'd', 'e']) answer(store, [id], { family: 'anthropic', value })
    const kept = ['a', 'b', 'c', 'd', 'e'].filter((id) => restored(store, call(id)).length > 1)
    assert.ok(kept.length < 5 && kept.includes('e'), kept.join())
  })
})
