// Chat streams of many vendors, from recorded shapes.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import type { SseEvent, TargetModel } from '../../../src/core/wire-format.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { readReply } from '../../../src/wire/openai-chat/reply.ts'
import { createStreamReader } from '../../../src/wire/openai-chat/stream-reader.ts'
import { createSseParser } from '../../../src/wire/sse.ts'
import { eventsOf, fixtureBytes, fixtureEvents } from '../fixtures.ts'
import { chunksOf } from '../stream-arbitraries.ts'

const local: TargetModel = { id: 'm', provider: 'p', limits: {}, capabilities: {}, quirks: { thinkTags: true } }

function partsOf(events: readonly SseEvent[], target?: TargetModel): StreamPart[] {
  const reader = createStreamReader(target)
  return [...events.flatMap((event) => reader.read(event)), ...reader.end()]
}

function replyOf(name: string, target?: TargetModel): ReturnType<typeof foldReply> {
  return foldReply(partsOf(fixtureEvents(name), target))
}

function codeOf(name: string): string | undefined {
  const last = partsOf(fixtureEvents(name)).at(-1)
  return last?.type === 'error' ? last.error.code : undefined
}

const text = (value: string) => ({ type: 'text', text: value })
const call = (id: string, name: string, input: string) => ({ type: 'tool-call', id, name, input })

describe('Chat stream reader', () => {
  it('reads text and usage after the finish (rules 128, 131)', () => {
    const reply = replyOf('openai-chat-text')
    assert.deepEqual(reply.parts, [text('Hello')])
    assert.deepEqual(reply.usage, { input: 12, cacheRead: 8, cacheWrite: null, output: 2, reasoning: 0 })
    assert.deepEqual(reply.finish, { unified: 'stop', raw: 'stop' })
    assert.equal(reply.id, 'chatcmpl-1')
  })

  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    [
      'parallel tool calls (rule 144)',
      'openai-chat-parallel-tools',
      [call('call_a', 'read', '{"p":"a"}'), call('call_b', 'list', '{}')],
    ],
    [
      'interleaved tool calls (rule 148)',
      'openai-chat-interleaved-tools',
      [call('call_a', 'read', '{"p":1}'), call('call_b', 'list', '{"q":2}')],
    ],
    ['a refusal (rule 123)', 'openai-chat-refusal', [{ type: 'refusal', text: 'I cannot.' }]],
    ["Azure's preamble (table R)", 'azure-preamble', [text('Hi')]],
    [
      "DeepSeek's reasoning_content (rule 111)",
      'deepseek-reasoning',
      [{ type: 'reasoning', text: 'Let me see.' }, text('Four.')],
    ],
    ["Mistral's thinking parts (table R)", 'mistral-thinking', [{ type: 'reasoning', text: 'Hm.' }, text('Yes.')]],
    ["Mistral's whole calls (table R)", 'mistral-tool', [call('D681PevKs', 'read', '{"p":"a"}')]],
    ["Groq's reasoning (table R)", 'groq-usage', [{ type: 'reasoning', text: 'Hm.' }, text('Hi')]],
    ['a name that comes late (rule 149)', 'late-tool-name', [call('call_a', 'read', '{"p":1}')]],
    [
      'two choices of one answer, as Copilot sends (rule 143)',
      'copilot-two-choices',
      [text('Reading.'), call('call_a', 'read', '{"p":1}')],
    ],
    [
      'a function call of the old form (rule 100)',
      'legacy-function-call',
      [call('call_chatcmpl1_0', 'read', '{"p":1}')],
    ],
    ['arguments sent as an object', 'arguments-as-object', [call('call_a', 'read', '{"p":1}')]],
    ['a stream without [DONE] (rule 140)', 'no-done', [text('Hi')]],
    ['nothing after [DONE] (rule 141)', 'events-after-done', [text('Hi')]],
    [
      'calls without ids, as LM Studio sends (table R)',
      'lm-studio-no-ids',
      [call('call_7_0', 'read', '{"p":1}'), call('call_7_1', 'list', '{}')],
    ],
    [
      'images (rule 50)',
      'image-delta',
      [text('Here:'), { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }],
    ],
    [
      "calls that all have index 0 and Gemini's signatures (rule 109)",
      'gemini-compatible-one-index',
      [
        { ...call('function-call-1', 'read', '{"p":1}'), signature: { family: 'google', value: 'TS==' } },
        call('function-call-2', 'list', '{"q":2}'),
      ],
    ],
  ]
  for (const [name, fixture, parts] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(replyOf(fixture).parts, parts))
  }

  it('keeps the pieces of reasoning that OpenRouter wants back (table R)', () => {
    const [reasoning, answer] = replyOf('openrouter-reasoning').parts
    assert.deepEqual(answer, text('Done.'))
    assert.equal(reasoning?.type === 'reasoning' && reasoning.text, 'Let me.')
    const signature = reasoning?.type === 'reasoning' ? reasoning.signature : undefined
    assert.equal(signature?.family, 'openrouter')
    assert.deepEqual(JSON.parse(signature?.value ?? ''), [
      { type: 'reasoning.text', text: 'Let me.', format: 'anthropic-claude-v1', index: 0, signature: 'SIG==' },
    ])
  })

  it('reads think tags of flagged targets only (rule 115)', () => {
    assert.deepEqual(replyOf('local-think-tags', local).parts, [{ type: 'reasoning', text: '\nHm.' }, text('Hi')])
    assert.deepEqual(replyOf('local-think-tags').parts, [text('<think>\nHm.</think>\n\nHi')])
  })

  it('calls the finish tool-calls exactly when there was one (rule 125)', () => {
    assert.equal(replyOf('gemini-compatible-one-index').finish.unified, 'tool-calls')
    const unnamed = replyOf('never-named-tool')
    assert.equal(unnamed.finish.unified, 'stop')
    assert.deepEqual(unnamed.parts, [text('Hm')])
    assert.equal(unnamed.warnings[0]?.kind, 'dropped-tool-call')
  })

  const usages: readonly (readonly [string, string, readonly (number | null)[]])[] = [
    ["DeepSeek's cache hits (table R)", 'deepseek-reasoning', [4, 6, 9, 5]],
    ['Groq in x_groq (table R)', 'groq-usage', [7, null, 3, null]],
    ['Moonshot within the choice (table R)', 'moonshot-choice-usage', [2, 4, 2, null]],
    ['usage in every chunk, the last one counting (rule 131)', 'usage-in-every-chunk', [5, null, 3, null]],
    ['xAI, which counts reasoning beside the answer (rule 133)', 'xai-reasoning-beside', [10, null, 10, 8]],
    ['nothing, as unknown (rule 132)', 'no-done', [null, null, null, null]],
  ]
  for (const [name, fixture, [input, cacheRead, output, reasoning]] of usages) {
    it(`counts ${name}`, () => {
      assert.deepEqual(replyOf(fixture).usage, { input, cacheRead, cacheWrite: null, output, reasoning })
    })
  }

  const failures: readonly (readonly [string, string, string])[] = [
    ["OpenRouter's error within a chunk (rule 139)", 'openrouter-error-midway', 'upstream_error'],
    ['an error object in the stream (rule 163)', 'error-event', 'upstream_error'],
    ["MiniMax's error in a 200 (rule 163)", 'minimax-hidden-error', 'rate_limited'],
    ["GLM's network_error (table R)", 'glm-network-error', 'stream_interrupted'],
    ['a stream without any end (rule 140)', 'cut-off', 'stream_interrupted'],
  ]
  for (const [name, fixture, code] of failures) it(`fails on ${name}`, () => assert.equal(codeOf(fixture), code))

  it('takes sensitive for a filtered answer (table R)', () => {
    assert.equal(replyOf('glm-sensitive').finish.unified, 'content-filter')
  })

  it('fails on an event that is no JSON', () => {
    const [part] = partsOf([{ data: '<html>' }])
    assert.equal(part?.type === 'error' && part.error.code, 'malformed_reply')
  })

  it('fails on a stream that ends without having said anything (rule 127)', () => {
    const parts = partsOf([{ data: '{"choices":[{"delta":{"role":"assistant"}}]}' }, { data: '[DONE]' }])
    const last = parts.at(-1)
    assert.equal(last?.type === 'error' && last.error.code, 'empty_reply')
  })

  it('streams arguments as they come (rule 149)', () => {
    const deltas = partsOf(fixtureEvents('openai-chat-parallel-tools')).filter(
      (part) => part.type === 'tool-input-delta',
    )
    assert.deepEqual(
      deltas.map((part) => part.text),
      ['{"p":', '"a"}', '{}'],
    )
  })

  it('gives the same parts however the bytes are cut (rule 135)', () => {
    for (const name of ['openai-chat-parallel-tools', 'deepseek-reasoning', 'openrouter-reasoning']) {
      const bytes = fixtureBytes(name)
      const expected = partsOf(eventsOf(bytes))
      fc.assert(
        fc.property(fc.array(fc.nat()), (cuts) => {
          const parser = createSseParser()
          const events = chunksOf(bytes, cuts).flatMap((chunk) => parser.feed(chunk))
          assert.deepEqual(partsOf([...events, ...parser.end()]), expected)
        }),
        { numRuns: 20 },
      )
    }
  })

  it('never throws, and never gives more than it got, on streams of anything', () => {
    const field = fc.constantFrom(
      'id',
      'choices',
      'delta',
      'content',
      'tool_calls',
      'index',
      'function',
      'name',
      'arguments',
      'usage',
    )
    const chunk = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, 0, 1, 'a', '', true),
        fc.array(tie('value'), { maxLength: 2 }),
        tie('object'),
      ),
      object: fc.dictionary(field, tie('value'), { maxKeys: 4 }),
    })).object
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            chunk.map((value) => JSON.stringify(value)),
            fc.string(),
          ),
          { maxLength: 8 },
        ),
        (events) => {
          const parts = partsOf(events.map((data) => ({ data })))
          const terminals = parts.filter((part) => part.type === 'finish' || part.type === 'error')
          assert.equal(terminals.length, 1)
          assert.equal(parts.at(-1), terminals[0])
          const size = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0)
          assert.ok(size <= events.join('').length)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('Chat reply reader', () => {
  const whole = {
    id: 'chatcmpl-9',
    model: 'm-1',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'Reading.',
          reasoning_content: 'Hm.',
          tool_calls: [
            { id: 'call_a', type: 'function', function: { name: 'read', arguments: '{"p":1}' } },
            { id: 'call_b', type: 'function', function: { name: 'list', arguments: '{}' } },
          ],
        },
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  }

  it('reads a whole reply as its stream would be read (rule 3)', () => {
    assert.deepEqual(readReply(whole).parts, [
      { type: 'reasoning', text: 'Hm.' },
      text('Reading.'),
      call('call_a', 'read', '{"p":1}'),
      call('call_b', 'list', '{}'),
    ])
  })

  const failures: readonly (readonly [string, unknown, string])[] = [
    ['an error in a 200 (rule 163)', { error: { message: 'slow down', type: 'rate_limit_error' } }, 'rate_limited'],
    ['no choices', { id: 'x' }, 'malformed_reply'],
    ['empty choices (rule 127)', { choices: [] }, 'empty_reply'],
    ['white space without a finish (rule 127)', { choices: [{ message: { content: ' ' } }] }, 'empty_reply'],
    ['anything but an object', 'ok', 'malformed_reply'],
  ]
  for (const [name, body, code] of failures) {
    it(`fails on ${name}`, () => {
      assert.throws(
        () => readReply(body),
        (error) => error instanceof GatewayError && error.code === code,
      )
    })
  }
})
