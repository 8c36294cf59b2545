// Anthropic's own tools at other vendors (rules 60, 62): what the client runs is offered as a function, what a server runs is
// exchanged for the target's own or dropped with a warning, and never becomes a function with an empty schema.
import assert from 'node:assert/strict'
import type { JsonObject } from '../../src/core/json.ts'
import { type WireId, wireIds } from '../../src/core/wire-format.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import type { Loose } from '../server/world.ts'

const others = wireIds.filter((id) => id !== 'anthropic-messages')

const clientTools: readonly JsonObject[] = [
  { type: 'bash_20250124', name: 'bash' },
  { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 10_000 },
  { type: 'text_editor_20250124', name: 'str_replace_editor' },
  { type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 },
  { type: 'memory_20250818', name: 'memory' },
]

const capabilities = { tools: true, vision: true, reasoning: true }

function written(tools: readonly JsonObject[], wire: WireId, quirks: JsonObject = {}, more: JsonObject = {}) {
  const body = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], tools, ...more }
  const request = wireFormats['anthropic-messages'].readRequest(body)
  const target = { id: 'model', provider: 'vendor', limits: {}, capabilities, quirks }
  return wireFormats[wire].writeRequest(request, target)
}

/** Declared functions by name, whatever the wire calls their parts. */
function functionsIn(body: Loose): Map<string, Loose> {
  const declared = (body.tools ?? []).flatMap((tool: Loose) => tool.functionDeclarations ?? [tool.function ?? tool])
  return new Map(
    declared.map((one: Loose) => [
      one.name,
      { description: one.description, schema: one.parameters ?? one.parametersJsonSchema ?? one.input_schema },
    ]),
  )
}

describe('tools that Anthropic defines and the client runs (rule 60)', () => {
  for (const wire of wireIds) {
    it(`are functions with their documented input at other servers of ${wire}`, () => {
      const { body, warnings } = written(clientTools, wire)
      const functions = functionsIn(body)
      assert.deepEqual(
        [...functions.keys()],
        clientTools.map((tool) => tool['name']),
      )
      for (const { description, schema } of functions.values()) {
        assert.ok(description.length > 20)
        assert.ok(Object.keys(schema.properties).length > 1)
      }
      const editor = functions.get('str_replace_based_edit_tool')?.schema
      assert.deepEqual(editor.required, ['command', 'path'])
      assert.deepEqual(editor.properties.command.enum, ['view', 'create', 'str_replace', 'insert'])
      assert.ok('insert_text' in editor.properties)
      const oldEditor = functions.get('str_replace_editor')?.schema
      assert.ok(oldEditor.properties.command.enum.includes('undo_edit'))
      assert.ok(!('insert_text' in oldEditor.properties))
      assert.match(functions.get('computer')?.description, /1024 × 768/)
      assert.ok(functions.get('computer')?.schema.properties.action.enum.includes('scroll'))
      assert.deepEqual(
        warnings.filter(({ kind }) => kind === 'dropped-tool'),
        [],
      )
    })
  }

  it('stay what they are at Anthropic', () => {
    const { body } = written(clientTools, 'anthropic-messages', { hostedTools: ['*'] })
    assert.deepEqual(body['tools'], clientTools)
  })

  it('can be chosen, and are called by the name the client gave', () => {
    const choice = { tool_choice: { type: 'tool', name: 'bash' } }
    const bash = [{ type: 'bash_20250124', name: 'bash' }]
    const chosen: Loose = Object.fromEntries(others.map((wire) => [wire, written(bash, wire, {}, choice).body]))
    assert.equal(chosen['openai-chat'].tool_choice.function.name, 'bash')
    assert.equal(chosen['openai-responses'].tool_choice.name, 'bash')
    assert.deepEqual(chosen['gemini-generate'].toolConfig.functionCallingConfig.allowedFunctionNames, ['bash'])
    const reply = wireFormats['openai-chat'].readReply({
      choices: [
        {
          message: {
            role: 'assistant',
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'bash', arguments: '{"command":"ls"}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    })
    const request = wireFormats['anthropic-messages'].readRequest({
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: bash,
    })
    const answer: Loose = wireFormats['anthropic-messages'].writeReply(reply, request)
    assert.deepEqual(answer.content, [{ type: 'tool_use', id: 'c', name: 'bash', input: { command: 'ls' } }])
  })

  it('of a version that could do less or more offer just that', () => {
    const size = { name: 'computer', display_width_px: 1, display_height_px: 1 }
    const actions = (tool: JsonObject): Loose =>
      functionsIn(written([tool], 'openai-chat').body).get('computer')?.schema.properties
    const first = actions({ type: 'computer_20241022', ...size })
    assert.ok(!first.action.enum.includes('scroll') && !('scroll_amount' in first))
    const latest = actions({ type: 'computer_20251124', ...size, enable_zoom: true })
    assert.ok(latest.action.enum.includes('zoom') && 'region' in latest)
  })
})

describe('tools that Anthropic’s servers run (rule 60)', () => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 }

  it('are exchanged for the target’s own search where it has one', () => {
    const gemini: Loose = written([search], 'gemini-generate').body
    assert.deepEqual(gemini.tools, [{ googleSearch: {} }])
    const responses: Loose = written([search], 'openai-responses', { hostedTools: ['*'] }).body
    assert.deepEqual(responses.tools, [{ type: 'web_search' }])
  })

  it('are dropped with a warning elsewhere, and are never a function', () => {
    const hosted = [
      search,
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
      { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' },
    ]
    for (const wire of wireIds) {
      const { body, warnings } = written(hosted, wire, { hostedTools: [] })
      assert.equal(body['tools'], undefined, wire)
      const dropped = warnings.filter(({ kind }) => kind === 'dropped-tool').map(({ subject }) => subject)
      assert.deepEqual(
        dropped,
        hosted.map(({ type }) => type),
      )
    }
  })
})
