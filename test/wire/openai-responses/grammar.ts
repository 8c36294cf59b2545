// The grammar of a Responses stream (rules 5, 141, 153-157). Throws on the first breach.
import assert from 'node:assert/strict'
import type { SseEvent } from '../../../src/core/wire-format.ts'

interface Event {
  type: string
  sequence_number: number
  output_index?: number
  content_index?: number
  item_id?: string
  item?: Record<string, unknown>
  part?: Record<string, unknown>
  delta?: string
  text?: string
  arguments?: string
  input?: string
  refusal?: string
  response?: Record<string, unknown>
}

interface OpenItem {
  readonly id: unknown
  readonly type: unknown
  text: string
  /** Content and summary parts that are open, by their index. */
  openPart: Event['part'] | undefined
  done: boolean
}

const ends = ['response.completed', 'response.incomplete', 'response.failed']

export function assertResponsesGrammar(sse: readonly SseEvent[], model: string): void {
  const events = sse.map((event) => {
    const data = JSON.parse(event.data) as Event
    assert.equal(event.event, data.type)
    return data
  })
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    events.map((_, index) => index),
  )
  assert.equal(events[0]?.type, 'response.created')
  assert.equal(events[1]?.type, 'response.in_progress')
  const terminals = events.filter((event) => ends.includes(event.type))
  assert.equal(terminals.length, 1)
  assert.equal(events.at(-1), terminals[0])
  const ids = new Set(events.flatMap((event) => (event.response === undefined ? [] : [event.response['id']])))
  assert.equal(ids.size, 1)
  for (const event of events) if (event.response !== undefined) assert.equal(event.response['model'], model)

  const items: OpenItem[] = []
  const finished: unknown[] = []
  for (const event of events.slice(2, -1)) step(event, items, finished)
  const final = terminals[0]?.response
  if (final?.['status'] === 'failed') return
  assert.ok(items.every((item) => item.done))
  assert.deepEqual(final?.['output'], finished)
  assert.equal(terminals[0]?.type, `response.${String(final?.['status'])}`)
}

function step(event: Event, items: OpenItem[], finished: unknown[]): void {
  const index = event.output_index ?? -1
  if (event.type === 'response.output_item.added') {
    assert.equal(index, items.length)
    const message = items.find((item) => item.type === 'message' && !item.done)
    // Rule 155.
    assert.equal(message, undefined)
    items.push({ id: event.item?.['id'], type: event.item?.['type'], text: '', openPart: undefined, done: false })
    return
  }
  const item = items[index]
  assert.ok(item !== undefined && !item.done, event.type)
  if (event.type === 'response.output_item.done') {
    assert.equal(item.openPart, undefined)
    assert.equal(event.item?.['id'], item.id)
    assert.equal(event.item?.['type'], item.type)
    item.done = true
    finished[index] = event.item
    return
  }
  assert.equal(event.item_id, item.id)
  stepWithin(event, item)
}

function stepWithin(event: Event, item: OpenItem): void {
  switch (event.type) {
    case 'response.content_part.added':
    case 'response.reasoning_summary_part.added':
      assert.equal(item.openPart, undefined)
      item.openPart = event.part
      item.text = ''
      break
    case 'response.output_text.delta':
    case 'response.refusal.delta':
    case 'response.reasoning_summary_text.delta':
      assert.notEqual(item.openPart, undefined)
      assert.notEqual(event.delta, '')
      item.text += event.delta ?? ''
      break
    case 'response.output_text.done':
    case 'response.reasoning_summary_text.done':
      assert.equal(event.text, item.text)
      break
    case 'response.refusal.done':
      assert.equal(event.refusal, item.text)
      break
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.done':
      assert.notEqual(item.openPart, undefined)
      assert.equal(event.part?.['text'] ?? event.part?.['refusal'], item.text)
      item.openPart = undefined
      break
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      item.text += event.delta ?? ''
      break
    case 'response.function_call_arguments.done':
      assert.equal(event.arguments, item.text)
      break
    case 'response.custom_tool_call_input.done':
      assert.equal(event.input, item.text)
      break
    default:
      assert.equal(event.type, 'response.output_text.annotation.added')
  }
}
