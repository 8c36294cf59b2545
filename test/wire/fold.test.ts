// Streams to replies and back: rules 3 and 4.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import { foldReply } from '../../src/wire/fold.ts'
import { unfoldReply } from '../../src/wire/unfold.ts'
import { anyReply, legalStream } from './stream-arbitraries.ts'

describe('foldReply and unfoldReply', () => {
  it('give back every reply (rules 3, 4)', () => {
    fc.assert(fc.property(anyReply, (reply) => assert.deepEqual(foldReply(unfoldReply(reply)), reply)))
  })

  it('keep all text of a stream whose blocks interleave (rule 3)', () => {
    fc.assert(
      fc.property(legalStream, (stream) => {
        const deltas = stream.flatMap((part) => ('text' in part ? part.text : [])).join('')
        const kept = foldReply(stream).parts.map((part) =>
          'text' in part ? part.text : part.type === 'tool-call' ? part.input : '',
        )
        assert.equal([...kept.join('')].sort().join(''), [...deltas].sort().join(''))
      }),
    )
  })

  it('throw the error of a stream that broke', () => {
    const error = new GatewayError('stream_interrupted', 'gone')
    assert.throws(() => foldReply([{ type: 'start' }, { type: 'error', error }]), error)
  })

  it('take a stream without an end for a broken one (rule 140)', () => {
    assert.throws(() => foldReply([{ type: 'start' }]), { code: 'stream_interrupted' })
  })

  it('merge usage, later numbers winning and unknown ones not overwriting (rule 130)', () => {
    const usage = { input: 5, cacheRead: null, cacheWrite: null, output: 1, reasoning: null }
    const reply = foldReply([
      { type: 'usage', usage },
      { type: 'usage', usage: { ...usage, input: null, output: 7 } },
      { type: 'finish', finish: { unified: 'stop' } },
    ])
    assert.deepEqual(reply.usage, { ...usage, output: 7 })
  })
})
