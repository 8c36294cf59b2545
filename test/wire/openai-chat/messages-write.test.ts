// Messages of Chat requests towards vendors, rule by rule.
import assert from 'node:assert/strict'
import type { Part } from '../../../src/core/conversation.ts'
import { assistant, call, picture, result, system, targetOf, user } from '../requests.ts'
import { bodyOf, listOf, messagesOf } from './written.ts'

describe('Chat request writer: messages', () => {
  it('joins the texts of a system message and leaves the billing line out (rules 24, 38)', () => {
    const [first] = messagesOf([system('x-anthropic-billing-header: 1', 'One.', 'Two.'), user('Hi')])
    assert.deepEqual(first, { role: 'system', content: 'One.\n\nTwo.' })
  })

  it('keeps system messages in mid-conversation where they are (rule 27)', () => {
    const roles = messagesOf([system('A'), user('Hi'), system('B'), user('So?')]).map((message) => message['role'])
    assert.deepEqual(roles, ['system', 'user', 'system', 'user'])
  })

  it('says developer where the role is known (rule 29)', () => {
    assert.equal(messagesOf([system('A'), user('Hi')], { developerRole: true })[0]?.['role'], 'developer')
  })

  it('puts the system text before the first question where there is no such role, keeping images (rule 30)', () => {
    const [first, ...rest] = messagesOf([system('A'), user('Hi', picture), system('B')], { systemRole: false })
    const content = listOf<{ type: string; text?: string }>(first?.['content'])
    assert.deepEqual(
      content.map((part) => part.text ?? part.type),
      ['A', 'Hi', 'image_url'],
    )
    assert.deepEqual(rest, [{ role: 'user', content: '<system-reminder>\nB\n</system-reminder>' }])
  })

  it('keeps cache breakpoints where they are understood only (rule 119)', () => {
    const cached: Part = { type: 'text', text: 'A', cache: { ttl: '1h' } }
    const control = { cache_control: { type: 'ephemeral', ttl: '1h' } }
    assert.deepEqual(messagesOf([user(cached)]), [{ role: 'user', content: 'A' }])
    assert.deepEqual(messagesOf([user(cached)], { cacheControl: true }), [
      { role: 'user', content: [{ type: 'text', text: 'A', ...control }] },
    ])
  })

  it('leaves empty texts out, but not empty results (rules 35, 93)', () => {
    assert.deepEqual(messagesOf([user('', 'Hi'), assistant(call('a')), user(result('a'))]).slice(0, 1), [
      { role: 'user', content: 'Hi' },
    ])
    assert.deepEqual(messagesOf([user('Hi'), assistant(call('a')), user(result('a'))]).at(-1), {
      role: 'tool',
      tool_call_id: 'a',
      content: '',
    })
  })

  it('puts results first, marks failed ones, and lets images follow (rules 89, 92, 94)', () => {
    const failed = { ...result('b', 'boom'), isError: true } as Part
    const messages = messagesOf([
      user('Hi'),
      assistant(call('a'), call('b')),
      user(result('a', 'see', picture), failed, 'And?'),
    ])
    assert.deepEqual(messages.slice(2, 4), [
      { role: 'tool', tool_call_id: 'a', content: 'see\n[The images of this result follow in the next message.]' },
      { role: 'tool', tool_call_id: 'b', content: '[tool error] boom' },
    ])
    const follow = listOf<{ type: string; text?: string }>(messages[4]?.['content'])
    assert.deepEqual(
      follow.map((part) => part.text ?? part.type),
      ['From the result of the tool call a:', 'image_url', 'And?'],
    )
  })

  it('keeps images within results where that is allowed (rule 94)', () => {
    const messages = messagesOf([user('Hi'), assistant(call('a')), user(result('a', 'see', picture))], {
      toolImages: true,
    })
    assert.equal(listOf(messages.at(-1)?.['content']).length, 2)
  })

  it('joins texts around calls and puts the calls after (rule 97)', () => {
    const message = messagesOf([user('Hi'), assistant('A', 'B', call('a'), 'C'), user(result('a', 'x'))])[1]
    assert.equal(message?.['content'], 'AB\n\nC')
  })

  it('writes null beside calls (rule 36)', () => {
    assert.equal(messagesOf([user('Hi'), assistant(call('a')), user(result('a', 'x'))])[1]?.['content'], null)
  })

  it('repairs arguments that no server would take (rules 84, 85)', () => {
    const inputs = ['', '{"a":1,}', '{"a":9007199254740993}'].map((input) => {
      const message = messagesOf([user('Hi'), assistant(call('a', 'f', input)), user(result('a', 'x'))])[1]
      const [first] = listOf<{ function: { arguments: string } }>(message?.['tool_calls'])
      return first?.function.arguments
    })
    assert.deepEqual(inputs, ['{}', '{"a":1}', '{"a":9007199254740993}'])
  })

  it('gives Mistral ids of nine letters, the same for call and result (rule 86)', () => {
    const messages = messagesOf([user('Hi'), assistant(call('toolu_01AbCdEf')), user(result('toolu_01AbCdEf', 'x'))], {
      toolIdPattern: 'alphanumeric9',
    })
    const [first] = listOf<{ id: string }>(messages[1]?.['tool_calls'])
    assert.match(first?.id ?? '', /^[a-zA-Z0-9]{9}$/)
    assert.equal(messages[2]?.['tool_call_id'], first?.id)
  })

  it('answers calls that the client left open, and says orphans in words (rule 90)', () => {
    const open = messagesOf([user('Hi'), assistant(call('a')), user('Never mind')])
    assert.deepEqual(
      open.map((message) => message['role']),
      ['user', 'assistant', 'tool', 'user'],
    )
    const orphan = messagesOf([user(result('zzz', 'x'))])
    assert.deepEqual(
      orphan.map((message) => message['role']),
      ['user'],
    )
  })

  it('sends reasoning back as the table says: within the tool loop only (rules 107, 112)', () => {
    const thought: Part = { type: 'reasoning', text: 'Hm.', signature: { family: 'anthropic', value: 'S' } }
    const messages = [
      user('Hi'),
      assistant(thought, 'A'),
      user('And?'),
      assistant(thought, call('a')),
      user(result('a', 'x')),
    ]
    const fieldsOf = (quirks: Record<string, unknown>): unknown[] =>
      messagesOf(messages, quirks).flatMap((message) =>
        message['role'] === 'assistant' ? [message['reasoning_content']] : [],
      )
    assert.deepEqual(fieldsOf({}), [undefined, undefined])
    assert.deepEqual(fieldsOf({ reasoningField: 'reasoning_content' }), [undefined, 'Hm.'])
    assert.deepEqual(fieldsOf({ reasoningField: 'reasoning_content', reasoningReplay: 'always' }), ['Hm.', 'Hm.'])
    assert.doesNotMatch(JSON.stringify(messagesOf(messages, { reasoningField: 'reasoning' })), /"S"|signature/)
  })

  it('gives OpenRouter its pieces of reasoning back as they came (table R)', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'D', index: 0 }]
    const thought: Part = {
      type: 'reasoning',
      text: '',
      signature: { family: 'openrouter', value: JSON.stringify(details) },
    }
    const messages = [user('Hi'), assistant(thought, call('a')), user(result('a', 'x'))]
    assert.deepEqual(messagesOf(messages, { reasoningField: 'reasoning_details' })[1]?.['reasoning_details'], details)
  })

  it('writes documents and audio in the shapes of the wire (rules 44, 46)', () => {
    const document: Part = {
      type: 'document',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' },
      title: 'a.pdf',
    }
    const note: Part = { type: 'document', source: { kind: 'text', text: 'body' }, title: 'T' }
    const audio: Part = { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA==' } }
    assert.deepEqual(messagesOf([user(document, note, audio)])[0]?.['content'], [
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
      { type: 'text', text: 'T\n\nbody' },
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
    ])
  })

  it('puts a note where an image was for a model that cannot see (rule 49)', () => {
    const blind = targetOf({}, { capabilities: { vision: false } })
    assert.equal(
      bodyOf({ messages: [user(picture)] }, blind).messages[0]?.['content'],
      '[An image was here; this model cannot see images.]',
    )
  })

  it("refuses another vendor's file by its place (rule 45)", () => {
    const file: Part = { type: 'image', source: { kind: 'file', id: 'file-1', family: 'anthropic' } }
    assert.throws(() => messagesOf([user('Hi', file)]), { code: 'unsupported', parameter: 'messages[0].parts[1]' })
  })
})
