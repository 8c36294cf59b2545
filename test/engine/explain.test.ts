// A trace told in words.
import assert from 'node:assert/strict'
import type { RequestRecord } from '../../src/core/trace.ts'
import { unknownUsage } from '../../src/core/usage.ts'
import { explainRequest } from '../../src/engine/explain.ts'

const record: RequestRecord = {
  id: 'r1',
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  client: 'codex_cli',
  wire: 'openai-responses',
  modelAsked: 'best',
  modelServed: 'glm/glm-4.7',
  stream: true,
  status: 200,
  usage: { ...unknownUsage, input: 1200, output: 30 },
  cost: { usd: 0.00123, source: 'catalogue' },
  totalMs: 2_400,
  warnings: [],
  trace: [
    { kind: 'decided', reason: 'combo "best" takes its members in order' },
    { kind: 'skipped', target: 'openai/gpt-5', account: 'a', reason: 'no quota until 14:00 (header, 2 min old)' },
    {
      kind: 'failed',
      target: 'groq/llama',
      account: 'b',
      code: 'overloaded',
      status: 503,
      message: 'The vendor is overloaded.',
      startedAt: 0,
      endedAt: 1_200,
    },
    { kind: 'served', target: 'glm/glm-4.7', account: 'c', startedAt: 1_200, firstByteAt: 1_900, endedAt: 2_400 },
  ],
}

describe('an explanation', () => {
  it('tells what became of each target, in order', () => {
    const { story, lines } = explainRequest(record, (id) => ({ a: 'Work', b: 'Free', c: 'Plan' })[id] ?? id)
    assert.equal(
      story,
      'openai/gpt-5 (Work): skipped, no quota until 14:00 (header, 2 min old) → groq/llama (Free): failed, 503 overloaded after 1.2 s – The vendor is overloaded → glm/glm-4.7 (Plan): served, first byte after 700 ms, complete after 1.2 s',
    )
    assert.equal(lines[0], 'Asked for "best" by codex_cli (openai-responses) at 2026-01-02T03:04:05.000Z.')
    assert.equal(lines[1], 'Combo "best" takes its members in order.')
    assert.equal(lines.at(-1), 'Answered in 2.4 s: 1200 tokens in, 30 tokens out, $0.00123 (catalogue).')
  })

  it('says of a failure what to do, and of an unknown cost that it is unknown', () => {
    const { cost: _, modelServed: __, ...rest } = record
    const failed = explainRequest({ ...rest, status: 503, code: 'no_target', message: 'None.', trace: [] }, String)
    assert.equal(failed.story, 'Failed with 503 (no_target) after 2.4 s: None.')
    assert.match(failed.nextStep ?? '', /Add an account/)
    assert.match(explainRequest(rest, String).lines.at(-1) ?? '', /cost unknown/)
  })
})
