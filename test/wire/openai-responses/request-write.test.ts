// Responses requests towards vendors, rule by rule.
import assert from 'node:assert/strict'
import type { ChatRequest, Part } from '../../../src/core/conversation.ts'
import type { TargetModel } from '../../../src/core/wire-format.ts'
import { readRequest } from '../../../src/wire/openai-responses/request-read.ts'
import { writeRequest } from '../../../src/wire/openai-responses/request-write.ts'
import { assistant, call, generous, picture, requestOf, result, system, targetOf, user } from '../requests.ts'

type Item = Record<string, unknown> & { type: string }
type Written = Record<string, unknown> & { input: Item[] }

function bodyOf(fields: Partial<ChatRequest>, target: TargetModel = targetOf()): Written {
  return JSON.parse(JSON.stringify(writeRequest(requestOf(fields), target).body))
}

const reasoner = (quirks: Record<string, unknown> = {}): TargetModel =>
  targetOf(quirks, { capabilities: { reasoning: true } })
/** As the ChatGPT backend for codex wants it (rule 14). */
const codex = targetOf({
  family: 'openai',
  streamOnly: true,
  store: false,
  instructions: 'developer',
  defaultInstructions: 'You are a coding agent.',
  rejects: ['max_output_tokens', 'temperature', 'top_p', 'user', 'previous_response_id', 'metadata'],
})

describe('Responses request writer', () => {
  const tool = { type: 'function', name: 'read', schema: { type: 'object', properties: {} } } as const
  const cases: readonly (readonly [string, Partial<ChatRequest>, TargetModel, Record<string, unknown>])[] = [
    [
      'lifts a small limit to what OpenAI takes (rule 14)',
      { maxOutputTokens: 5 },
      targetOf(),
      { max_output_tokens: 16 },
    ],
    [
      'drops what the wire has no word for (rules 11, 17)',
      { stop: ['x'], seed: 1, topK: 2 },
      targetOf(),
      { stop: undefined, seed: undefined, top_k: undefined },
    ],
    ['stores nothing for clients of other wires', {}, targetOf(), { store: false }],
    [
      'drops what the codex backend refuses (rule 14)',
      { maxOutputTokens: 50, temperature: 1, topP: 1 },
      codex,
      {
        max_output_tokens: undefined,
        temperature: undefined,
        top_p: undefined,
        store: false,
        stream: true,
        instructions: 'You are a coding agent.',
      },
    ],
    [
      'asks for effort and for encrypted reasoning (rules 102, 113)',
      { reasoning: { level: 'low', summary: 'auto' } },
      reasoner(),
      { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] },
    ],
    [
      'asks nothing of a model not known to reason (rule 102)',
      { reasoning: { level: 'low' } },
      targetOf(),
      { reasoning: undefined, include: undefined },
    ],
    [
      'flattens the schema of the answer (rule 22)',
      { responseFormat: { type: 'json-schema', name: 'a', schema: {}, strict: true } },
      targetOf(),
      { text: { format: { type: 'json_schema', name: 'a', schema: {}, strict: true } } },
    ],
    [
      'declares flat functions that are not strict unless asked (rules 52, 59)',
      { tools: [tool] },
      targetOf(),
      { tools: [{ type: 'function', name: 'read', parameters: { type: 'object', properties: {} }, strict: false }] },
    ],
    [
      'chooses by a flat name (rule 79)',
      { tools: [tool], toolChoice: { type: 'tool', name: 'read' } },
      targetOf(),
      { tool_choice: { type: 'function', name: 'read' } },
    ],
    [
      'leaves the choice out where there is nothing to choose from (rule 82)',
      { toolChoice: { type: 'required' } },
      targetOf(),
      { tool_choice: undefined },
    ],
    [
      "makes this wire's search of another's (rule 60)",
      {
        tools: [
          { type: 'hosted', wire: 'anthropic-messages', value: { type: 'web_search_20250305', name: 'web_search' } },
        ],
      },
      targetOf({ hostedTools: ['web_search'] }),
      { tools: [{ type: 'web_search' }] },
    ],
    [
      'drops hosted tools elsewhere (rules 60, 62)',
      { tools: [{ type: 'hosted', wire: 'openai-responses', value: { type: 'local_shell' } }] },
      targetOf(),
      { tools: undefined },
    ],
  ]
  for (const [name, fields, target, expected] of cases) {
    it(name, () => {
      const body = bodyOf(fields, target)
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(body[field], value, field)
    })
  }

  it('makes instructions of the system text at the head and items of the rest (rules 26, 38)', () => {
    const messages = [system('x-anthropic-billing-header: 1', 'A'), system('B'), user('Hi'), system('C')]
    const body = bodyOf({ messages })
    assert.equal(body['instructions'], 'A\n\nB')
    assert.deepEqual(
      body.input.map((item) => item['role']),
      ['user', 'system'],
    )
  })

  it('makes developer items of it where told to (rule 26)', () => {
    const body = bodyOf({ messages: [system('A'), user('Hi')] }, codex)
    assert.deepEqual(
      body.input.map((item) => item['role']),
      ['developer', 'user'],
    )
  })

  it('puts images into the results of tools, and marks failed ones (rules 92, 94)', () => {
    const failed = { ...result('b', 'boom'), isError: true } as Part
    const body = bodyOf({
      messages: [user('Hi'), assistant(call('a'), call('b')), user(result('a', 'see', picture), failed)],
    })
    const [first, second] = body.input.filter((item) => item.type === 'function_call_output')
    assert.deepEqual(first?.['output'], [
      { type: 'input_text', text: 'see' },
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    ])
    assert.equal(second?.['output'], '[tool error] boom')
  })

  it('reads failed results back, also those with images (rule 92)', () => {
    const failed = { ...result('a', 'boom', picture), isError: true } as Part
    const body = bodyOf({ messages: [user('Hi'), assistant(call('a')), user(failed)] })
    const back = readRequest(body).messages[2]?.parts[0]
    assert.deepEqual(back, { ...failed, name: 'read' })
  })

  it('sends reasoning back to its own family only, and never an orphan (rules 107, 113)', () => {
    const thought = (family: 'openai' | 'anthropic'): Part => ({
      type: 'reasoning',
      text: 'Hm.',
      signature: { family, value: 'E' },
      id: 'rs_1',
    })
    const itemsOf = (...parts: Part[]): Item[] =>
      bodyOf({ messages: [user('Hi'), assistant(...parts), user('And?')] }).input.filter(
        (item) => item.type === 'reasoning',
      )
    const text: Part = { type: 'text', text: 'A' }
    assert.deepEqual(itemsOf(thought('openai'), text), [
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'E' },
    ])
    assert.deepEqual(itemsOf(thought('anthropic'), text), [])
    assert.deepEqual(itemsOf(text, thought('openai')), [])
  })

  it('keeps call ids within 64 characters, the same for call and result (rule 86)', () => {
    const id = `toolu_${'x'.repeat(80)}`
    const body = bodyOf({ messages: [user('Hi'), assistant(call(id)), user(result(id, 'x'))] })
    const ids = body.input.flatMap((item) => (item['call_id'] === undefined ? [] : [String(item['call_id'])]))
    assert.equal(ids.length, 2)
    assert.equal(new Set(ids).size, 1)
    assert.ok((ids[0]?.length ?? 99) <= 64)
  })

  it('writes documents in the shapes of the wire (rule 44)', () => {
    const data: Part = {
      type: 'document',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' },
      title: 'a.pdf',
    }
    const address: Part = { type: 'document', source: { kind: 'url', url: 'https://x/a.pdf' } }
    assert.deepEqual(bodyOf({ messages: [user(data, address)] }).input[0]?.['content'], [
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
      { type: 'input_file', file_url: 'https://x/a.pdf' },
    ])
  })

  it("gives OpenAI codex's namespaces back, and others flat functions (rule 61)", () => {
    const request = readRequest({
      model: 'm',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'a', namespace: 'agents', name: 'spawn', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: 'ok' },
      ],
      tools: [{ type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn', strict: false }] }],
    })
    const own = JSON.parse(JSON.stringify(writeRequest(request, targetOf(generous)).body))
    assert.equal(own.tools[0].type, 'namespace')
    assert.equal(own.tools[0].tools[0].name, 'spawn')
    assert.deepEqual([own.input[1].namespace, own.input[1].name], ['agents', 'spawn'])
    const other = JSON.parse(JSON.stringify(writeRequest(request, targetOf()).body))
    assert.deepEqual([other.tools[0].type, other.tools[0].name], ['function', 'agents__spawn'])
    assert.deepEqual([other.input[1].namespace, other.input[1].name], [undefined, 'agents__spawn'])
  })

  it("refuses stored state of another vendor, but not OpenAI's own (rule 158)", () => {
    assert.throws(() => bodyOf({ previousResponseId: 'resp_1' }), { code: 'unsupported' })
    assert.equal(
      bodyOf({ previousResponseId: 'resp_1' }, targetOf({ family: 'openai' }))['previous_response_id'],
      'resp_1',
    )
  })

  it('keeps free-form calls and their results where they are understood (rule 61)', () => {
    const used: Part = { type: 'tool-call', id: 'a', name: 'patch', input: '*** x', kind: 'custom' }
    const messages = [user('Hi'), assistant(used), user(result('a', 'ok'))]
    assert.deepEqual(
      bodyOf({ messages }, targetOf({ customTools: true })).input.map((item) => item.type),
      ['message', 'custom_tool_call', 'custom_tool_call_output'],
    )
    assert.deepEqual(
      bodyOf({ messages }).input.map((item) => item.type),
      ['message', 'function_call', 'function_call_output'],
    )
  })
})
