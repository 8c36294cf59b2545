// Facts from bytes where they suffice, and the canonical form only where they don't: it is read at most once, and never for nothing.
import assert from 'node:assert/strict'
import type { WireId } from '../../../src/core/wire-format.ts'
import { estimateRequest } from '../../../src/engine/estimate.ts'
import { createRequestFacts } from '../../../src/engine/plan/facts.ts'
import type { RequestFacts } from '../../../src/engine/request-facts.ts'
import { wireFormats } from '../../../src/wire/registry.generated.ts'

function factsOf(
  wire: WireId,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): RequestFacts & { reads(): number } {
  let reads = 0
  const facts = createRequestFacts({
    wire,
    headers,
    bytes: () => Buffer.from(JSON.stringify(body)),
    canonical: () => {
      reads += 1
      return wireFormats[wire].readRequest(body, { model: 'm' })
    },
  })
  return Object.assign(facts, { reads: () => reads })
}

const plain: Readonly<Record<WireId, Readonly<Record<string, unknown>>>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'hello' }] },
  'openai-responses': { model: 'm', input: 'hello' },
  'anthropic-messages': { model: 'm', messages: [{ role: 'user', content: 'hello' }] },
  'gemini-generate': { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] },
}

const schema = { type: 'object', properties: { a: { type: 'string' } } }
const png = 'iVBORw0KGgo='

const demanding: Readonly<Record<WireId, Readonly<Record<string, unknown>>>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }],
      },
    ],
    tools: [{ type: 'function', function: { name: 'read', parameters: schema } }],
    response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
    max_completion_tokens: 777,
  },
  'openai-responses': {
    model: 'm',
    input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:image/png;base64,${png}` }] }],
    tools: [{ type: 'function', name: 'read', parameters: schema }],
    text: { format: { type: 'json_schema', name: 's', schema } },
    max_output_tokens: 777,
  },
  'anthropic-messages': {
    model: 'm',
    messages: [
      { role: 'user', content: 'show' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'read', input: {} }] },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }],
          },
        ],
      },
    ],
    tools: [{ name: 'read', input_schema: schema }],
    output_config: { format: { type: 'json_schema', schema } },
    max_tokens: 777,
  },
  'gemini-generate': {
    contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: png } }] }],
    tools: [{ functionDeclarations: [{ name: 'read', parameters: schema }] }],
    generationConfig: { responseMimeType: 'application/json', responseSchema: schema, maxOutputTokens: 777 },
  },
}

const wires = Object.keys(plain) as WireId[]

describe('facts of a request', () => {
  for (const wire of wires) {
    it(`${wire}: a plain request asks for nothing, and isn’t read to find out`, () => {
      const facts = factsOf(wire, plain[wire])
      assert.deepEqual(
        [facts.usesTools(), facts.hasImages(), facts.wantsSchema(), facts.maxOutputTokens()],
        [false, false, false, undefined],
      )
      assert.equal(facts.reads(), 0)
    })

    it(`${wire}: tools, pictures, a schema and an output limit are seen, reading once`, () => {
      const facts = factsOf(wire, demanding[wire])
      assert.equal(facts.maxOutputTokens(), 777)
      assert.equal(facts.reads(), 0)
      for (let times = 0; times < 2; times += 1)
        assert.deepEqual([facts.usesTools(), facts.hasImages(), facts.wantsSchema()], [true, true, true])
      assert.ok(facts.inputTokens() > 0)
      assert.equal(facts.reads(), 1)
    })
  }

  it('estimate tokens as all other estimates do', () => {
    const facts = factsOf('openai-chat', plain['openai-chat'])
    assert.equal(facts.inputTokens(), estimateRequest(wireFormats['openai-chat'].readRequest(plain['openai-chat'])))
    assert.equal(facts.bytes, Buffer.byteLength(JSON.stringify(plain['openai-chat'])))
  })

  it('are not deceived by words that only stand in texts and schemas', () => {
    const facts = factsOf('openai-chat', {
      model: 'm',
      messages: [{ role: 'user', content: 'set "max_tokens": 5 and "tools": [1] with "image_url" and json_schema' }],
      metadata: { max_tokens: 9 },
      tools: [],
    })
    assert.deepEqual(
      [facts.usesTools(), facts.hasImages(), facts.wantsSchema(), facts.maxOutputTokens()],
      [false, false, false, undefined],
    )
  })

  for (const wire of wires) {
    it(`${wire}: embedded files count as what they cost, texts in full`, () => {
      const large = Buffer.alloc(300_000, 7).toString('base64')
      const withFile = factsOf(wire, JSON.parse(JSON.stringify(demanding[wire]).replace(png, large)))
      const without = factsOf(wire, demanding[wire])
      assert.ok(withFile.bytes > 400_000)
      assert.ok(withFile.textBytes() < without.bytes + 5_000, String(withFile.textBytes()))
      const text = 'so "data" is ;base64, a word like any other '.repeat(400)
      const wordy = factsOf(
        wire,
        JSON.parse(JSON.stringify(plain[wire]).replace('hello', JSON.stringify(text).slice(1, -1))),
      )
      assert.equal(wordy.textBytes(), wordy.bytes)
    })
  }

  it('speak against nobody when the request can’t be read', () => {
    let reads = 0
    const facts = createRequestFacts({
      wire: 'openai-chat',
      headers: {},
      bytes: () => Buffer.from('{"tools":[{}],"image_url":1,"json_schema":1,"max_tokens":"x"'),
      canonical: () => {
        reads += 1
        throw new Error('unreadable')
      },
    })
    assert.deepEqual(
      [facts.usesTools(), facts.hasImages(), facts.wantsSchema(), facts.maxOutputTokens(), facts.inputTokens()],
      [false, false, false, undefined, 0],
    )
    assert.equal(facts.conversation(), undefined)
    assert.equal(reads, 1)
  })

  it('of the editor’s own chats come from the canonical form alone', () => {
    const canonical = wireFormats['openai-chat'].readRequest(demanding['openai-chat'])
    const facts = createRequestFacts({
      wire: undefined,
      headers: {},
      bytes: () => assert.fail('there are none'),
      canonical: () => canonical,
    })
    assert.deepEqual(
      [facts.bytes, facts.usesTools(), facts.hasImages(), facts.wantsSchema(), facts.maxOutputTokens()],
      [Infinity, true, true, true, 777],
    )
    assert.equal(facts.inputTokens(), estimateRequest(canonical))
  })

  it('tell the conversation by a header first, then by the bytes, and read the request last', () => {
    const body = { ...plain['openai-chat'], prompt_cache_key: 'k' }
    const byHeader = factsOf('openai-chat', body, { session_id: 's' })
    assert.deepEqual([byHeader.conversation(), byHeader.reads()], ['session:s', 0])
    const byBytes = factsOf('openai-chat', body)
    assert.deepEqual([byBytes.conversation(), byBytes.reads()], ['cache:k', 0])
    const byHash = factsOf('openai-chat', plain['openai-chat'])
    assert.match(String(byHash.conversation()), /^hash:/)
    byHash.conversation()
    assert.equal(byHash.reads(), 1)
  })
})
