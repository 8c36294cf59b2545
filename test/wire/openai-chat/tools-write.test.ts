// Tools of Chat requests towards vendors, rule by rule.
import assert from 'node:assert/strict'
import type { ChatRequest, Part } from '../../../src/core/conversation.ts'
import { writeRequest } from '../../../src/wire/openai-chat/request-write.ts'
import { assistant, call, requestOf, result, targetOf, user } from '../requests.ts'
import { bodyOf, listOf, warningsOf } from './written.ts'

describe('Chat request writer: tools', () => {
  const schema = { type: 'object', properties: { title: { type: 'string', minLength: 1 }, tags: { type: 'array' } } }
  const tool = { type: 'function', name: 'read', schema } as const

  it('declares functions, with items on arrays and an object at the root (rules 52-54, 72)', () => {
    const body = bodyOf({
      tools: [tool, { type: 'function', name: 'now' }, { type: 'function', name: 'odd', schema: { type: 'string' } }],
    })
    const [first, second, third] = listOf<{ function: { parameters: unknown } }>(body['tools'])
    assert.deepEqual(first?.function.parameters, {
      type: 'object',
      properties: { title: { type: 'string', minLength: 1 }, tags: { type: 'array', items: { type: 'string' } } },
    })
    assert.deepEqual(second?.function.parameters, { type: 'object', properties: {} })
    assert.deepEqual(third?.function.parameters, { type: 'object', properties: {} })
  })

  it('takes refused keywords out, but not properties of that name (rule 63)', () => {
    const named = { type: 'object', properties: { minLength: { type: 'string', minLength: 1 } } }
    const body = bodyOf({ tools: [{ ...tool, schema: named }] }, targetOf({ schemaRejects: ['minLength'] }))
    const [first] = listOf<{ function: { parameters: unknown } }>(body['tools'])
    assert.deepEqual(first?.function.parameters, { type: 'object', properties: { minLength: { type: 'string' } } })
  })

  it('renames what the wire refuses, in choice and history too, and gives the way back (rules 55, 79)', () => {
    const name = 'server.tool with spaces'
    const written = writeRequest(
      requestOf({
        tools: [{ type: 'function', name }],
        toolChoice: { type: 'tool', name },
        messages: [user('Hi'), assistant(call('a', name)), user(result('a', 'x'))],
      }),
      targetOf(),
    )
    const [upstream] = [...(written.toolNames ?? [])][0] ?? []
    assert.match(upstream ?? '', /^[a-zA-Z0-9_-]{1,64}$/)
    assert.equal(written.toolNames?.get(upstream ?? ''), name)
    assert.equal(JSON.stringify(written.body).includes(name), false)
    assert.equal(JSON.stringify(written.body).split(`"${upstream}"`).length, 4)
  })

  it('leaves the choice out where there is nothing to choose from (rules 57, 82)', () => {
    const body = bodyOf({ toolChoice: { type: 'required' }, parallelToolCalls: false })
    assert.deepEqual(
      [body['tools'], body['tool_choice'], body['parallel_tool_calls']],
      [undefined, undefined, undefined],
    )
  })

  const choices: readonly (readonly [string, ChatRequest['toolChoice'], Record<string, unknown>, unknown])[] = [
    ['auto (rule 76)', { type: 'auto' }, {}, 'auto'],
    ['required (rule 77)', { type: 'required' }, {}, 'required'],
    ["required in Mistral's word (table R)", { type: 'required' }, { toolChoiceRequiredWord: 'any' }, 'any'],
    ['none, with the tools still declared (rule 78)', { type: 'none' }, {}, 'none'],
    ['a name (rule 79)', { type: 'tool', name: 'read' }, {}, { type: 'function', function: { name: 'read' } }],
  ]
  for (const [name, toolChoice, quirks, expected] of choices) {
    it(`chooses ${name}`, () => {
      const body = bodyOf({ tools: [tool], ...(toolChoice && { toolChoice }) }, targetOf(quirks))
      assert.deepEqual(body['tool_choice'], expected)
      assert.equal((body['tools'] as unknown[]).length, 1)
    })
  }

  it('cuts the list where allowed tools are unknown, but not what the history uses (rule 80)', () => {
    const named = (...names: string[]) => names.map((name) => ({ type: 'function', name }) as const)
    const body = bodyOf({
      tools: named('a', 'b', 'c'),
      toolChoice: { type: 'allowed', names: ['a'], required: false },
      messages: [user('Hi'), assistant(call('x', 'b')), user(result('x', 'y'))],
    })
    assert.deepEqual(
      (body['tools'] as { function: { name: string } }[]).map((one) => one.function.name),
      ['a', 'b'],
    )
  })

  it('drops hosted tools with a warning, never as functions (rule 60)', () => {
    const hosted = { type: 'hosted', wire: 'openai-responses', value: { type: 'web_search' } } as const
    assert.equal(bodyOf({ tools: [hosted] })['tools'], undefined)
    assert.deepEqual(warningsOf({ tools: [hosted] }), ['dropped-tool web_search'])
  })

  it('makes a function of a free-form tool (rule 61)', () => {
    const free = {
      type: 'custom',
      name: 'patch',
      description: 'Patches.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
    } as const
    const used: Part = { type: 'tool-call', id: 'a', name: 'patch', input: '*** x', kind: 'custom' }
    const body = bodyOf({ tools: [free], messages: [user('Hi'), assistant(used), user(result('a', 'ok'))] })
    const [declared] = listOf<{ function: { description: string; parameters: { required: string[] } } }>(body['tools'])
    assert.match(declared?.function.description ?? '', /start: x/)
    assert.deepEqual(declared?.function.parameters.required, ['input'])
    const [made] = listOf<{ function: { arguments: string } }>(body.messages[1]?.['tool_calls'])
    assert.deepEqual(JSON.parse(made?.function.arguments ?? ''), { input: '*** x' })
  })

  it('refuses more tools than the vendor takes, saying so (rule 58)', () => {
    const tools = Array.from({ length: 3 }, (_, index) => ({ type: 'function', name: `t${index}` }) as const)
    assert.throws(() => bodyOf({ tools }, targetOf({ maxTools: 2 })), { code: 'unsupported', parameter: 'tools' })
  })

  it('keeps strict unless refused (rule 59)', () => {
    const strict = [{ ...tool, strict: true }]
    const strictOf = (quirks: Record<string, unknown>): unknown =>
      (bodyOf({ tools: strict }, targetOf(quirks))['tools'] as { function: { strict?: boolean } }[])[0]?.function.strict
    assert.equal(strictOf({}), true)
    assert.equal(strictOf({ rejects: ['tools.strict'] }), undefined)
  })
})
