// Embeddings in three dialects: what is sent, and what is made of every kind of answer.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { OwnCancellation } from '../../../src/engine/cache/cancellation.ts'
import {
  createEmbeddings,
  type EmbeddingDialect,
  type EmbeddingTarget,
  embeddingCall,
  embeddingDialect,
  readEmbedding,
} from '../../../src/engine/cache/embeddings.ts'
import type { CallOutcome } from '../../../src/engine/upstream.ts'
import { provider as gemini } from '../../../src/providers/gemini.ts'
import { provider as ollama } from '../../../src/providers/ollama.ts'
import { provider as openai } from '../../../src/providers/openai.ts'

function targetOf(dialect: EmbeddingDialect, path = '/v1', model = 'embed'): EmbeddingTarget {
  return { dialect, base: { origin: 'http://localhost:1', path }, headers: { authorization: 'Bearer x' }, model }
}

const answers: readonly [EmbeddingDialect, unknown][] = [
  ['openai', { data: [{ embedding: [1, 2.5] }] }],
  ['openai', { data: [{ embedding: Buffer.from(Float32Array.from([1, 2.5]).buffer).toString('base64') }] }],
  ['gemini', { embedding: { values: [1, 2.5] } }],
  ['gemini', { embeddings: [{ values: [1, 2.5] }] }],
  ['ollama', { model: 'x', embeddings: [[1, 2.5]] }],
]

describe('embeddings', () => {
  it('are asked for in the way of the provider', () => {
    assert.equal(embeddingDialect(openai), 'openai')
    assert.equal(embeddingDialect(gemini), 'gemini')
    assert.equal(embeddingDialect(ollama), 'ollama')
    const told = (target: EmbeddingTarget) => {
      const call = embeddingCall(target, 'Grüße')
      return [call.path, JSON.parse(call.body.toString())]
    }
    assert.deepEqual(told(targetOf('openai')), [
      '/v1/embeddings',
      { model: 'embed', input: 'Grüße', encoding_format: 'float' },
    ])
    assert.deepEqual(told(targetOf('gemini', '/v1beta', 'models/g-1')), [
      '/v1beta/models/g-1:embedContent',
      { model: 'models/g-1', content: { parts: [{ text: 'Grüße' }] } },
    ])
    assert.deepEqual(told(targetOf('ollama')), ['/api/embed', { model: 'embed', input: 'Grüße', truncate: false }])
    assert.deepEqual(told(targetOf('ollama', '/below/v1'))[0], '/below/api/embed')
  })

  for (const [dialect, answer] of answers) {
    it(`are read from ${dialect} ${JSON.stringify(answer)}`, () => {
      assert.deepEqual([...readEmbedding(dialect, JSON.stringify(answer))], [1, 2.5])
    })
  }

  for (const dialect of ['openai', 'gemini', 'ollama'] as const) {
    for (const text of [
      '',
      'null',
      '{}',
      '{"data":[],"embeddings":[]}',
      '{"data":[{"embedding":[]}]}',
      '{"data":[{"embedding":"AAA="}]}',
      '{"data":[{"embedding":["a"]}]}',
    ]) {
      it(`are not made up from ${dialect} ${text || 'nothing'}`, () => {
        assert.throws(() => readEmbedding(dialect, text), { code: 'malformed_reply' })
      })
    }
  }

  function embedWith(outcome: CallOutcome, body = '', target: EmbeddingTarget | undefined = targetOf('openai')) {
    return createEmbeddings({
      target: () => target,
      call: async (_, __, relay) => {
        for (const byte of Buffer.from(body)) relay.data(Buffer.from([byte]))
        relay.end()
        return outcome
      },
    })('secret text', new OwnCancellation())
  }

  it('come as a vector, or as a failure that does not repeat the text', async () => {
    assert.deepEqual([...((await embedWith({ kind: 'ended' }, '{"data":[{"embedding":[1]}]}')) ?? [])], [1])
    assert.equal(await embedWith({ kind: 'aborted' }), undefined)
    const error = new GatewayError('upstream_unreachable', 'down')
    await assert.rejects(embedWith({ kind: 'failed', error }), error)
    const refusal = { status: 401, headers: {}, body: 'you sent: secret text' }
    await assert.rejects(embedWith({ kind: 'refused', refusal }), (thrown: Error) => {
      assert.match(thrown.message, /401/)
      assert.ok(!thrown.message.includes('secret'))
      return true
    })
  })

  it('are not asked for without a model', async () => {
    const embed = createEmbeddings({ target: () => undefined, call: () => assert.fail('called') })
    assert.equal(await embed('x', new OwnCancellation()), undefined)
  })

  it('are given up when the answer is no vector by its size', async () => {
    const embed = createEmbeddings({
      target: () => targetOf('openai'),
      call: async (_, __, relay) => {
        for (let count = 0; count < 5; count++) relay.data(Buffer.alloc(1024 * 1024))
        return { kind: 'ended' }
      },
    })
    await assert.rejects(embed('x', new OwnCancellation()), { code: 'malformed_reply' })
  })
})
