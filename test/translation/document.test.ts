// docs/translation.md must be what the wire formats do now, and must not hide a loss.
import assert from 'node:assert/strict'
import { wireIds } from '../../src/core/wire-format.ts'
import { crossReply, crossRequest } from './crossing.ts'
import { currentDocument, translationDocument } from './document.ts'
import { plainRequest, reasoningRequest, requestFeatures } from './features.ts'
import { plainReply, replyFeatures } from './reply-features.ts'

const pairs = wireIds.flatMap((client) =>
  wireIds.filter((upstream) => upstream !== client).map((upstream) => ({ client, upstream })),
)

/** What means nothing elsewhere: other vendors cache by themselves and store nothing, and who is not told how much thinks as it likes. */
const meaningless = new Set(['prompt-cache mark on a part', 'not to be stored', 'reasoning as the model likes'])

describe('docs/translation.md', () => {
  it('is what the wires do now', () => {
    assert.equal(currentDocument(), translationDocument(), 'run "node test/translation/document.ts"')
  })

  it('says the same each time it is drawn', () => {
    assert.equal(translationDocument(), translationDocument())
  })

  it('has a warning for every request feature that is lost', () => {
    const silent = pairs.flatMap(({ client, upstream }) =>
      requestFeatures.flatMap((feature) => {
        if (meaningless.has(feature.name)) return []
        const outcome = crossRequest(feature, plainRequest, client, upstream)
        return outcome.kind === 'lost' && outcome.notes.length === 0 ? [`${client} > ${upstream}: ${feature.name}`] : []
      }),
    )
    assert.deepEqual(silent, [])
  })

  it('keeps what every wire can say, whatever the pair', () => {
    const request = new Set([
      'system text at the head',
      'image, inline',
      'tool call with exact arguments',
      'tool result',
    ])
    const reply = new Set([
      'text',
      'reasoning',
      'tool calls with ids and arguments',
      'usage: output',
      'end: output limit',
    ])
    for (const { client, upstream } of pairs) {
      for (const feature of requestFeatures.filter(({ name }) => request.has(name)))
        assert.equal(
          crossRequest(feature, plainRequest, client, upstream).kind,
          'kept',
          `${client} > ${upstream}: ${feature.name}`,
        )
      for (const feature of replyFeatures.filter(({ name }) => reply.has(name)))
        assert.equal(
          crossReply(feature, plainReply, reasoningRequest, client, upstream).kind,
          'kept',
          `${upstream} > ${client}: ${feature.name}`,
        )
    }
  })
})
