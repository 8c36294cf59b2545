// Reasoning in think tags: rule 115.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { TextSegment } from '../../src/wire/think-tags.ts'
import { createThinkTagSplitter, splitThinkTags } from '../../src/wire/think-tags.ts'

function joined(segments: readonly TextSegment[]): { reasoning: string; text: string } {
  const of = (kind: TextSegment['kind']): string =>
    segments.flatMap((segment) => (segment.kind === kind ? segment.text : [])).join('')
  return { reasoning: of('reasoning'), text: of('text') }
}

describe('think tags (rule 115)', () => {
  const fence = '```'
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['takes the tag at the head out', '<think>a</think>b', 'a', 'b'],
    ['allows white space before it and drops what follows it', ' \n<think>a</think>\n\nb', 'a', 'b'],
    ['leaves a tag in mid-text alone', 'b <think>a</think>', '', 'b <think>a</think>'],
    ['takes only the first', '<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>'],
    ['takes everything when it is never closed', '<think>a b', 'a b', ''],
    ['keeps what only began like a tag', '<thin', '', '<thin'],
    ['keeps a half closing tag as reasoning', '<think>a</thi', 'a</thi', ''],
    [
      'passes over a tag in a code fence',
      `<think>\n${fence}\n</think>\n${fence}\nx</think>b`,
      `\n${fence}\n</think>\n${fence}\nx`,
      'b',
    ],
    ['does not take backticks in a line for a fence', `<think>use ${fence}x</think>b`, `use ${fence}x`, 'b'],
    ['keeps a plain text as it is', '  plain', '', '  plain'],
  ]
  for (const [name, input, reasoning, text] of cases) {
    it(name, () => assert.deepEqual(joined(splitThinkTags(input)), { reasoning, text }))
  }

  it('gives the same wherever the text is cut', () => {
    const piece = fc.constantFrom('<think>', '</think>', '```', '\n', '<', 'th', 'ink>', '/', ' ', 'word', '`')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat({ max: 60 })), (pieces, cuts) => {
        const whole = pieces.join('')
        const splitter = createThinkTagSplitter()
        const places = [...new Set([0, ...cuts.filter((cut) => cut < whole.length)])].sort((a, b) => a - b)
        const segments = places.flatMap((place, index) => splitter.push(whole.slice(place, places[index + 1])))
        assert.deepEqual(joined([...segments, ...splitter.end()]), joined(splitThinkTags(whole)))
      }),
    )
  })

  it('holds back no more than a closing tag could need', () => {
    const splitter = createThinkTagSplitter()
    splitter.push('<think>')
    const given = joined(splitter.push('abcdefgh</think')).reasoning
    assert.equal(given, 'abcdefgh')
  })
})
