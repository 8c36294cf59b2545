// What is changed in requests on their way, over real HTTP: system prompts, reasoning rules and reasoning in brackets behind a name,
// with the same wire on both sides and across wires. Without a rule the bytes pass untouched.
import assert from 'node:assert/strict'
import type { Loose } from '../world.ts'
import { type Asking, chat, gemini, messages, openStage, otherKey, responses, type Stage, testKeyId } from './stage.ts'

const rule = 'Always answer in rhymes.'

describe('the settings that change requests', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  /** The body that the upstream got for one request. */
  async function arrived(model: string, asking: Asking = {}): Promise<Loose> {
    await stage.served(model, asking)
    const [arrival] = (await stage.arrivals()).slice(-1)
    assert.ok(arrival)
    return arrival.body
  }
  /** The texts of system instructions in a body of whatever wire, in order. */
  function instructions(body: Loose): string[] {
    const texts = (value: Loose): string[] => {
      if (value === undefined) return []
      if (typeof value === 'string') return [value]
      return value.flatMap((part: Loose) => part.text)
    }
    return [
      ...texts(body.system),
      ...texts(body.instructions),
      ...texts(body.systemInstruction?.parts),
      ...[...(body.messages ?? []), ...(Array.isArray(body.input) ? body.input : [])]
        .filter(({ role }: Loose) => role === 'system' || role === 'developer')
        .flatMap(({ content }: Loose) => texts(content)),
    ]
  }

  const own: readonly (readonly [model: string, asking: Asking])[] = [
    ['oc/one', { dialect: chat, body: { messages: [system('Mine.'), user('Hi')] } }],
    ['rc/one', { dialect: responses, body: { instructions: 'Mine.' } }],
    ['ac/one', { dialect: messages, body: { system: 'Mine.', max_tokens: 500 } }],
    ['gc/one', { dialect: gemini, body: { systemInstruction: { parts: [{ text: 'Mine.' }] } } }],
    ['ac/one', { dialect: chat, body: { messages: [system('Mine.'), user('Hi')] } }],
    ['oc/one', { dialect: messages, body: { system: 'Mine.', max_tokens: 500 } }],
    ['gc/one', { dialect: responses, body: { instructions: 'Mine.' } }],
  ]
  for (const [model, asking] of own) {
    it(`a system prompt is put before and behind the client's own (${asking.dialect?.wire} to ${model})`, async () => {
      const first = { position: 'prepend', text: 'Before.' } as const
      const last = { position: 'append', text: rule } as const
      await stage.proves(
        { systemPrompt: [first, last] },
        {
          off: async () => assert.deepEqual(instructions(await arrived(model, asking)).join('|'), 'Mine.'),
          on: async () => {
            const joined = instructions(await arrived(model, asking)).join('|')
            assert.ok(/^Before\.\s*\|?\s*Mine\.\s*\|?\s*Always answer in rhymes\.$/.test(joined), joined)
            const streamed = instructions(await arrived(model, { ...asking, stream: true })).join('|')
            assert.equal(streamed, joined)
          },
        },
      )
    })
  }

  it('leaves the bytes of a request alone that no rule is about', async () => {
    await stage.put({ systemPrompt: [{ position: 'append', text: rule, keyId: testKeyId }] })
    const body = { messages: [user('Hi')], unknown_field: { kept: [1, 2] } }
    const untouched = await arrived('oc/one', { body, key: otherKey })
    assert.deepEqual(untouched, { model: 'one', ...body, stream: false })
  })

  it('a system prompt of a key or a workspace is for that one only', async () => {
    const workspace = { 'x-omniroute-workspace': 'project' }
    await stage.proves(
      {
        systemPrompt: [
          { position: 'append', text: 'For the key.', keyId: testKeyId },
          { position: 'append', text: 'For the workspace.', workspace: 'project' },
        ],
      },
      {
        off: async () => assert.deepEqual(instructions(await arrived('oc/one', { headers: workspace })), []),
        on: async () => {
          assert.deepEqual(instructions(await arrived('oc/one')), ['For the key.'])
          assert.deepEqual(instructions(await arrived('oc/one', { key: otherKey })), [])
          assert.deepEqual(instructions(await arrived('oc/one', { key: otherKey, headers: workspace })), [
            'For the workspace.',
          ])
          assert.match(
            instructions(await arrived('oc/one', { headers: workspace })).join(),
            /For the key\.\s*,?\s*For the workspace\./,
          )
        },
      },
    )
  })

  it('titles, which agents ask for beside a conversation, get none', async () => {
    await stage.put({ systemPrompt: [{ position: 'prepend', text: rule }] })
    const title = { max_tokens: 60 }
    assert.deepEqual(instructions(await arrived('oc/one', { body: title })), [])
    assert.deepEqual(instructions(await arrived('ac/one', { dialect: messages, body: title })), [])
    assert.deepEqual(instructions(await arrived('ac/one', { dialect: messages, body: { max_tokens: 4000 } })), [rule])
    const tool = { name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }
    const working = { ...title, tools: [tool] }
    assert.deepEqual(instructions(await arrived('ac/one', { dialect: messages, body: working })), [rule])
  })

  it('what the client marked for the prompt cache stays the beginning', async () => {
    await stage.put({ systemPrompt: [{ position: 'prepend', text: rule }] })
    const cached = { type: 'text', text: 'Long and cached.', cache_control: { type: 'ephemeral' } }
    const plain = { type: 'text', text: 'Of today.' }
    const body = await arrived('ac/one', { dialect: messages, body: { max_tokens: 500, system: [cached, plain] } })
    assert.deepEqual(body.system[0], cached)
    assert.equal(instructions(body).length, 3)
    assert.ok(instructions(body).includes(rule))
  })

  it('is not put in twice when it is there already', async () => {
    await stage.put({ systemPrompt: [{ position: 'append', text: rule }] })
    assert.deepEqual(instructions(await arrived('oc/one', { body: { messages: [system(rule), user('Hi')] } })), [rule])
  })

  /** How each wire says how much is to be thought. */
  const effort: readonly (readonly [account: string, asking: Asking, read: (body: Loose) => unknown])[] = [
    ['oc', { dialect: chat }, (body) => body.reasoning_effort],
    ['rc', { dialect: responses }, (body) => body.reasoning?.effort],
    ['oc', { dialect: messages, body: { max_tokens: 20_000 } }, (body) => body.reasoning_effort],
    ['rc', { dialect: chat }, (body) => body.reasoning?.effort],
  ]
  for (const [account, asking, read] of effort) {
    it(`a rule for reasoning sets how much is thought (${asking.dialect?.wire} to ${account})`, async () => {
      await stage.proves(
        {
          reasoning: [
            { model: `${account}/one`, rule: { mode: 'level', level: 'high' } },
            { model: '*', rule: { mode: 'level', level: 'low' } },
          ],
        },
        {
          off: async () => {
            assert.equal(read(await arrived(`${account}/one`, asking)), undefined)
            assert.equal(read(await arrived(`${account}/thinker`, asking)), undefined)
          },
          on: async () => {
            assert.equal(read(await arrived(`${account}/one`, asking)), 'high')
            assert.equal(read(await arrived(`${account}/one`, { ...asking, stream: true })), 'high')
            assert.equal(read(await arrived(`${account}/thinker`, asking)), 'low')
            // A pattern asks nothing of models that may not know it: their servers would refuse the whole request.
            assert.equal(read(await arrived(`${account}/two`, asking)), undefined)
          },
        },
      )
    })
  }

  it('a rule wins over what the client asks for, "passthrough" leaves that as it is', async () => {
    const body = { reasoning_effort: 'low' }
    const asked = async (): Promise<unknown> => (await arrived('oc/one', { body })).reasoning_effort
    assert.equal(await asked(), 'low')
    await stage.put({ reasoning: [{ model: 'oc/one', rule: { mode: 'level', level: 'high' } }] })
    assert.equal(await asked(), 'high')
    await stage.put({ reasoning: [{ model: '*', rule: { mode: 'passthrough' } }] })
    assert.equal(await asked(), 'low')
  })

  it("another rule doesn't cost the client its own wish for reasoning, nor what only this vendor knows", async () => {
    await stage.put({ systemPrompt: [{ position: 'append', text: rule }] })
    const body = await arrived('oc/one', { body: { reasoning_effort: 'high', own_field: { a: 1 } } })
    assert.deepEqual(instructions(body), [rule])
    assert.equal(body.reasoning_effort, 'high')
    assert.deepEqual(body.own_field, { a: 1 })
    const inResponses = await arrived('rc/one', { dialect: responses, body: { reasoning: { effort: 'high' } } })
    assert.equal(inResponses.reasoning.effort, 'high')
  })

  it('a budget of tokens reaches wires that count thinking in tokens', async () => {
    const body = { max_tokens: 20_000 }
    await stage.proves(
      { reasoning: [{ model: '*', rule: { mode: 'budget', tokens: 4096 } }] },
      {
        off: async () => {
          assert.equal((await arrived('ac/one', { dialect: messages, body })).thinking, undefined)
          assert.equal((await arrived('gc/one', { dialect: gemini })).generationConfig?.thinkingConfig, undefined)
        },
        on: async () => {
          const anthropic = await arrived('ac/one', { dialect: messages, body })
          assert.deepEqual([anthropic.thinking.type, anthropic.thinking.budget_tokens], ['enabled', 4096])
          const google = await arrived('gc/one', { dialect: gemini })
          assert.equal(google.generationConfig.thinkingConfig.thinkingBudget, 4096)
          const across = await arrived('ac/one', { dialect: chat, body })
          assert.equal(across.thinking.budget_tokens, 4096)
        },
      },
    )
  })

  it('brackets behind a name set it for one request, before any rule', async () => {
    assert.equal((await arrived('oc/one(high)')).reasoning_effort, 'high')
    assert.equal((await arrived('rc/one(low)', { dialect: responses })).reasoning.effort, 'low')
    const body = { max_tokens: 20_000 }
    assert.equal((await arrived('ac/one(8192)', { dialect: messages, body })).thinking.budget_tokens, 8192)
    assert.equal((await arrived('ac/one(8192)', { dialect: chat, body, stream: true })).thinking.budget_tokens, 8192)
    const inPath = await arrived('gc/one(8192)', { dialect: gemini })
    assert.equal(inPath.generationConfig.thinkingConfig.thinkingBudget, 8192)
    await stage.put({ reasoning: [{ model: 'oc/one', rule: { mode: 'level', level: 'low' } }] })
    assert.equal((await arrived('oc/one(high)')).reasoning_effort, 'high')
    assert.equal((await arrived('oc/one')).reasoning_effort, 'low')
    const thinking = { max_tokens: 20_000, thinking: { type: 'enabled', budget_tokens: 2000 } }
    const none = await arrived('ac/one(none)', { dialect: messages, body: thinking })
    assert.notEqual(none.thinking?.type, 'enabled')
  })

  it('the name in the answer stays the one that was asked for', async () => {
    const answer = await stage.served('oc/one(high)')
    assert.equal(answer.json().model, 'oc/one(high)')
    assert.equal(answer.headers['x-omniroute-target'], 'oc/one')
  })

  it('an alias for a name in brackets is followed', async () => {
    await stage.put({ aliases: [{ pattern: 'thinker', target: 'oc/one(high)' }] })
    assert.equal((await arrived('thinker')).reasoning_effort, 'high')
    assert.equal((await arrived('thinker(low)')).reasoning_effort, 'low')
  })
})

function system(content: string): object {
  return { role: 'system', content }
}

function user(content: string): object {
  return { role: 'user', content }
}
