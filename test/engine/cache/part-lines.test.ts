// The editor's parts survive the way through a cache.
import assert from 'node:assert/strict'
import type { StreamPart } from '../../../src/core/stream.ts'
import { OwnCancellation } from '../../../src/engine/cache/cancellation.ts'
import { createPartWriter, PartSink } from '../../../src/engine/cache/part-lines.ts'
import { RecordingSink } from '../../../src/engine/cache/recording-sink.ts'
import { replay } from '../../../src/engine/cache/replay.ts'

const parts: readonly StreamPart[] = [
  { type: 'start', model: 'groq/llama' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', text: 'Grüße\n🙂' },
  { type: 'text-end', id: '0' },
  { type: 'usage', usage: { input: 1, cacheRead: null, cacheWrite: null, output: 2, reasoning: null } },
  { type: 'finish', finish: { unified: 'stop', raw: 'stop' } },
]

describe('parts through a cache', () => {
  it('are the very objects when nothing stands between', () => {
    const seen: StreamPart[] = []
    const writer = createPartWriter(new PartSink((part) => seen.push(part), new OwnCancellation()))
    for (const part of parts) writer.part(part)
    writer.end()
    assert.ok(seen.every((part, index) => part === parts[index]))
    assert.equal(seen.length, parts.length)
  })

  it('are equal live and replayed', async () => {
    const live: StreamPart[] = []
    const recorder = new RecordingSink(new PartSink((part) => live.push(part), new OwnCancellation()), 10_000)
    const writer = createPartWriter(recorder)
    for (const part of parts) writer.part(part)
    writer.end()
    assert.deepEqual(live, parts)
    const recording = recorder.recording()
    assert.ok(recording)
    const again: StreamPart[] = []
    const signal = new OwnCancellation()
    assert.equal(
      await replay(recording, (headers) => ({ ...headers }), new PartSink((part) => again.push(part), signal), signal),
      true,
    )
    assert.deepEqual(again, parts)
  })
})
