// Optional arguments that a model fills with nothing (rule 99).
import assert from 'node:assert/strict'
import type { ChatRequest, FunctionTool } from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { wireIds } from '../../src/core/wire-format.ts'
import { provider as openai } from '../../src/providers/openai.ts'
import { emptyArgumentsOf, withoutEmptyArguments } from '../../src/wire/empty-arguments.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'

const read: FunctionTool = {
  type: 'function',
  name: 'Read',
  schema: {
    type: 'object',
    required: ['file_path'],
    properties: {
      file_path: { type: 'string' },
      pages: { type: 'string' },
      note: { type: ['string', 'null'] },
      offset: { type: 'integer' },
      mode: { type: 'string', enum: ['', 'raw'] },
    },
  },
}
const bare: FunctionTool = { type: 'function', name: 'bare' }

/** The parts of one call whose arguments come in these pieces. */
function call(name: string, ...pieces: string[]): StreamPart[] {
  return [
    { type: 'tool-input-start', id: 'b', callId: 'c', name },
    ...pieces.map((text): StreamPart => ({ type: 'tool-input-delta', id: 'b', text })),
    { type: 'tool-input-end', id: 'b' },
  ]
}

function heard(parts: readonly StreamPart[], drop = true): StreamPart[] {
  const out: StreamPart[] = []
  const { optionalTexts } = emptyArgumentsOf([read, bare], { dropEmptyArguments: drop })
  const listen = withoutEmptyArguments(optionalTexts, (part) => out.push(part))
  for (const part of parts) listen(part)
  return out
}

describe('empty optional arguments (rule 99)', () => {
  it('are taken out of calls, numbers keeping their digits', () => {
    const input = '{"file_path":"","offset":12345678901234567890,"pages":"","note":" ","mode":"","other":""}'
    assert.deepEqual(
      heard(call('Read', input.slice(0, 20), input.slice(20))),
      call('Read', '{"file_path":"","offset":12345678901234567890,"mode":"","other":""}'),
    )
  })

  it('leave every other call as it was written', () => {
    for (const input of ['{"file_path" : "a", "pages":"1-3"}', '{"file_path":"a"', '[]', '""'])
      assert.deepEqual(heard(call('Read', input)), call('Read', input))
    assert.deepEqual(heard(call('Read')), call('Read'))
    const pieces = call('bare', '{"a"', ':""}')
    assert.deepEqual(heard(pieces), pieces)
    assert.deepEqual(heard(call('Read', '{"pages"', ':""}'), false), call('Read', '{"pages"', ':""}'))
  })

  it('of parallel calls are taken out of each', () => {
    const other = call('Read', '{"pages":"","file_path":"b"}').map((part) => ({ ...part, id: 'd' })) as StreamPart[]
    const one = call('Read', '{"file_path":"a","pages":""}')
    const mixed = one.flatMap((part, index) => [part, ...other.slice(index, index + 1)])
    assert.deepEqual(
      heard(mixed).flatMap((part) => (part.type === 'tool-input-delta' ? [[part.id, part.text]] : [])),
      [
        ['b', '{"file_path":"a"}'],
        ['d', '{"file_path":"b"}'],
      ],
    )
  })

  it('are looked for only where the target is known for them, whatever its wire', () => {
    const request: ChatRequest = {
      origin: 'anthropic-messages',
      model: 'm',
      stream: true,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: [read, bare],
    }
    const common = { provider: 'vendor', limits: {}, capabilities: {} }
    for (const id of wireIds) {
      const write = (quirks: Record<string, unknown>, model = 'm') =>
        wireFormats[id].writeRequest(request, { ...common, id: model, quirks }).optionalTexts
      assert.equal(write({}), undefined)
      const expected = new Map([['Read', new Set(['pages', 'note'])]])
      assert.deepEqual(write({ dropEmptyArguments: true }), expected)
      if (id.startsWith('openai')) {
        assert.deepEqual(write(openai.quirks ?? {}, 'gpt-5.5'), expected)
        assert.equal(write(openai.quirks ?? {}, 'gpt-5.4'), undefined)
      }
    }
  })
})
