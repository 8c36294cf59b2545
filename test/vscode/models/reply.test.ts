// The stream of an answer as the chat sees it.
import assert from 'node:assert/strict'
import type { StreamPart } from '../../../src/core/stream.ts'
import { english } from '../../../src/vscode/localizer.ts'
import { parseInput, replyWriter, toOpenAiUsage } from '../../../src/vscode/models/reply.ts'

type Seen = readonly [kind: string, ...values: unknown[]]

function play(parts: readonly StreamPart[]): Seen[] {
  const seen: Seen[] = []
  const write = replyWriter(
    {
      text: (value) => seen.push(['text', value]),
      toolCall: (callId, name, input) => seen.push(['tool', callId, name, input]),
      thinking: (value, id, metadata) =>
        seen.push(metadata ? ['thinking', value, id, metadata] : ['thinking', value, id]),
      image: (data, mediaType) => seen.push(['image', Buffer.from(data).toString('base64'), mediaType]),
      usage: (usage) => seen.push(['usage', usage]),
    },
    english,
  )
  for (const part of parts) write(part)
  return seen
}

const finish = (unified: 'stop' | 'length' | 'tool-calls' | 'content-filter'): StreamPart => ({
  type: 'finish',
  finish: { unified },
})
const usage = (input: number | null, output: number | null, cacheRead: number | null = null): StreamPart => ({
  type: 'usage',
  usage: { input, output, cacheRead, cacheWrite: null, reasoning: null },
})

describe('answer in the chat', () => {
  it('shows text as it comes and usage once at the end', () => {
    const seen = play([
      { type: 'start' },
      usage(10, null, 5),
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', text: 'Hel' },
      { type: 'text-delta', id: '0', text: '' },
      { type: 'text-delta', id: '0', text: 'lo' },
      { type: 'text-end', id: '0' },
      usage(null, 2),
      finish('stop'),
    ])
    assert.deepEqual(seen, [
      ['text', 'Hel'],
      ['text', 'lo'],
      [
        'usage',
        { prompt_tokens: 15, completion_tokens: 2, total_tokens: 17, prompt_tokens_details: { cached_tokens: 5 } },
      ],
    ])
  })

  it('hands a picture on and says so, because the chat shows none', () => {
    const source = { kind: 'base64', mediaType: 'image/png', data: 'iVBORw==' } as const
    assert.deepEqual(play([{ type: 'image', image: { type: 'image', source } }, finish('stop')]), [
      ['image', 'iVBORw==', 'image/png'],
      ['text', 'The model answered with a picture.'],
    ])
    const url = { kind: 'url', url: 'https://pictures.example/1.png' } as const
    assert.deepEqual(play([{ type: 'image', image: { type: 'image', source: url } }, finish('stop')]), [
      ['text', 'https://pictures.example/1.png'],
    ])
  })

  it('reports each tool call once and whole, though their pieces interleave', () => {
    const seen = play([
      { type: 'tool-input-start', id: '0', callId: 'a', name: 'read_file' },
      { type: 'tool-input-start', id: '1', callId: 'b', name: 'now' },
      { type: 'tool-input-delta', id: '0', text: '{"pa' },
      { type: 'tool-input-delta', id: '1', text: '' },
      { type: 'tool-input-delta', id: '0', text: 'th":"x"}' },
      { type: 'tool-input-end', id: '1' },
      { type: 'tool-input-end', id: '0' },
      finish('tool-calls'),
    ])
    assert.deepEqual(seen, [
      ['tool', 'b', 'now', {}],
      ['tool', 'a', 'read_file', { path: 'x' }],
    ])
  })

  it('rule 85: keeps arguments that are no object under one key', () => {
    assert.deepEqual(parseInput('{"a":1'), { _raw: '{"a":1' })
    assert.deepEqual(parseInput('[1]'), { _raw: '[1]' })
    assert.deepEqual(parseInput('null'), { _raw: 'null' })
    assert.deepEqual(parseInput('  '), {})
  })

  it('shows reasoning and closes it with the mark that Copilot Chat waits for', () => {
    const seen = play([
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', text: 'Hm' },
      { type: 'reasoning-end', id: 'r' },
      { type: 'text-delta', id: '0', text: 'Yes' },
      finish('stop'),
    ])
    assert.deepEqual(seen, [
      ['thinking', 'Hm', 'r'],
      ['thinking', '', 'r', { vscode_reasoning_done: true }],
      ['text', 'Yes'],
    ])
  })

  it('shows nothing of reasoning that has no words, signed or not', () => {
    const signature = { family: 'anthropic', value: 'sig' } as const
    const seen = play([
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', text: '' },
      { type: 'reasoning-end', id: 'r', signature, redacted: true },
      { type: 'tool-input-start', id: '0', callId: 'a', name: 'f' },
      { type: 'tool-input-end', id: '0' },
      finish('tool-calls'),
    ])
    assert.deepEqual(seen, [['tool', 'a', 'f', {}]])
  })

  for (const [reason, words] of [
    ['stop', /ended after its reasoning without an answer/],
    ['length', /reached its output limit while reasoning/],
    ['content-filter', /content filter/],
  ] as const) {
    it(`never ends empty: reasoning only, then ${reason}`, () => {
      const seen = play([
        { type: 'reasoning-start', id: 'r' },
        { type: 'reasoning-delta', id: 'r', text: 'Hm' },
        { type: 'reasoning-end', id: 'r' },
        finish(reason),
      ])
      const [kind, text] = seen.at(-1) ?? []
      assert.equal(kind, 'text')
      assert.match(String(text), words)
    })
  }

  it('never ends empty: nothing at all', () => {
    assert.match(String(play([finish('stop')])[0]?.[1]), /empty answer/)
  })

  it('adds nothing to an answer of tool calls, and shows a refusal as text', () => {
    assert.deepEqual(play([{ type: 'refusal-delta', id: '0', text: 'No.' }, finish('stop')]), [['text', 'No.']])
  })

  it('leaves the meter alone while the input is unknown', () => {
    assert.equal(
      toOpenAiUsage({ input: null, output: 5, cacheRead: null, cacheWrite: null, reasoning: null }),
      undefined,
    )
  })
})
