// Answers of the editor's models as stream parts, which fold to a legal reply, and their failures in the catalogue's terms.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import { toStreamParts } from '../../../src/vscode/editor-models/answer.ts'
import { toFailure } from '../../../src/vscode/editor-models/failure.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { DataPart, TextPart, ThinkingPart, ToolCallPart } from '../models/parts-of-vscode.ts'

async function partsOf(...parts: unknown[]): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  const stream = (async function* () {
    yield* parts
  })()
  for await (const part of toStreamParts('probe/first', stream, ThinkingPart)) all.push(part)
  return all
}

const usage = (told: unknown): DataPart => new DataPart(new TextEncoder().encode(JSON.stringify(told)), 'usage')

describe('an answer of a model of the editor', () => {
  it('keeps its order: reasoning, words, calls', async () => {
    const parts = await partsOf(
      new ThinkingPart(['Hm', 'm']),
      new TextPart('Let me '),
      new TextPart('look.'),
      new ToolCallPart('c1', 'look', { at: 'x' }),
      new ToolCallPart('c2', 'look', {}),
    )
    const reply = foldReply(parts)
    assert.deepEqual(
      reply.parts.map((part) => [part.type, 'text' in part ? part.text : 'input' in part ? part.input : '']),
      [
        ['reasoning', 'Hmm'],
        ['text', 'Let me look.'],
        ['tool-call', '{"at":"x"}'],
        ['tool-call', '{}'],
      ],
    )
    assert.equal(reply.finish.unified, 'tool-calls')
  })

  it('has the usage that an extension tells, and unknown counts otherwise', async () => {
    const told = { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } }
    const reply = foldReply(await partsOf(new TextPart('x'), usage(told)))
    assert.deepEqual([reply.usage.input, reply.usage.cacheRead, reply.usage.output], [7, 3, 4])
    for (const untold of [
      usage('?'),
      usage({ prompt_tokens: -1, completion_tokens: 1 }),
      'x',
      null,
      new TextPart(''),
    ]) {
      assert.equal(foldReply(await partsOf(new TextPart('x'), untold)).usage.input, null)
    }
    const broken = new DataPart(new TextEncoder().encode('{'), 'usage')
    assert.equal(foldReply(await partsOf(new TextPart('x'), broken)).usage.input, null)
  })

  it('ends once even where it says nothing', async () => {
    assert.deepEqual(
      (await partsOf()).map(({ type }) => type),
      ['start', 'finish'],
    )
  })
})

describe('a failure of a model of the editor', () => {
  const codeOf = (message: string, code?: string): string =>
    toFailure(Object.assign(new Error(message), code === undefined ? {} : { code }), 'probe/first').code

  it('is told by the editor’s own names, then by its words', () => {
    assert.equal(codeOf('no', 'NoPermissions'), 'consent_missing')
    assert.equal(codeOf('no', 'NotFound'), 'model_not_found')
    assert.equal(codeOf('no', 'Blocked'), 'quota_exhausted')
    assert.equal(codeOf('You have exceeded your premium request allowance.'), 'quota_exhausted')
    assert.equal(codeOf('Sorry, you have been rate-limited.'), 'rate_limited')
    assert.equal(codeOf('Message exceeds token limit.'), 'context_too_long')
    assert.equal(codeOf('Response contained no choices.'), 'upstream_error')
  })

  it('stays what it is when it is one of ours', () => {
    const own = new GatewayError('unsupported', 'x')
    assert.equal(toFailure(own, 'm'), own)
  })
})
