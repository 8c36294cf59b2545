// The editor's own models as an upstream, over HTTP: any client asks them, they fall back like any other, and what the editor
// refuses is told in the client's dialect.
import assert from 'node:assert/strict'
import type { ChatRequest } from '../../src/core/conversation.ts'
import type { EditorModel, EditorModels } from '../../src/core/editor-models.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import { type Answer, startWorld, type World } from './world.ts'

class Editor implements EditorModels {
  models: EditorModel[] = [
    { id: 'probe/first', name: 'Probe First', maxInputTokens: 90_000, tools: true, vision: false },
    { id: 'probe/second', name: 'Probe Second', maxInputTokens: 5_000 },
  ]
  failure: GatewayError | undefined
  readonly asked: ChatRequest[] = []
  lists = 0
  readonly #listeners = new Set<() => void>()

  async list(): Promise<EditorModel[]> {
    this.lists += 1
    return this.models
  }

  async *chat(request: ChatRequest): AsyncGenerator<StreamPart> {
    this.asked.push(request)
    if (this.failure) throw this.failure
    yield { type: 'start', model: request.model }
    yield { type: 'text-start', id: '1' }
    yield { type: 'text-delta', id: '1', text: `${request.model} answers` }
    yield { type: 'text-end', id: '1' }
    yield { type: 'finish', finish: { unified: 'stop' } }
  }

  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(models: EditorModel[]): void {
    this.models = models
    for (const listener of this.#listeners) listener()
  }
}

const anthropic = { 'anthropic-version': '2023-06-01' }

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(what)
}

describe('models of the editor over HTTP', () => {
  let editor: Editor
  let world: World

  beforeEach(async () => {
    editor = new Editor()
    world = await startWorld({ accounts: [{ id: 'demo', provider: 'demo', prefix: 'demo' }] }, { editorModels: editor })
    await world.rpc('accounts.add', { provider: 'vscode' })
  })
  afterEach(() => world?.stop())

  const ask = (model: string, more: object = {}): Promise<Answer> =>
    world.send('/v1/chat/completions', { body: { model, messages: [{ role: 'user', content: 'Hi' }], ...more } })

  const listed = async (): Promise<string[]> =>
    (await world.rpc('models.list', {})).map(({ id }) => id).filter((id) => id.startsWith('vscode/'))

  it('are listed with what the editor says of them', async () => {
    const models = (await world.rpc('models.list', {})).filter(({ id }) => id.startsWith('vscode/'))
    assert.deepEqual(
      models.map(({ id, name, contextWindow, tools, vision }) => [id, name, contextWindow, tools, vision]),
      [
        ['vscode/probe/first', 'Probe First', 90_000, true, false],
        ['vscode/probe/second', 'Probe Second', 5_000, undefined, undefined],
      ],
    )
  })

  it('answer clients of every wire, streamed and whole', async () => {
    const chat = await ask('vscode/probe/first')
    assert.equal(chat.json().choices[0].message.content, 'probe/first answers', chat.text)
    const counted = { stream: true, stream_options: { include_usage: true } }
    assert.match((await ask('vscode/probe/first', counted)).text, /probe\/first answers[\s\S]*\[DONE\]/)
    const messages = [{ role: 'user', content: 'Hi' }]
    const message = await world.send('/v1/messages', {
      headers: anthropic,
      body: { model: 'vscode/probe/first', max_tokens: 50, system: 'Be brief.', messages },
    })
    assert.equal(message.json().content[0].text, 'probe/first answers', message.text)
    const response = await world.send('/v1/responses', { body: { model: 'vscode/probe/first', input: 'Hi' } })
    assert.match(response.text, /probe\/first answers/)
    const gemini = await world.send('/v1beta/models/vscode/probe/first:generateContent', {
      body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    })
    assert.match(gemini.text, /probe\/first answers/)
    assert.equal(editor.asked.length, 5)
    // No count is invented: the editor tells none.
    await world.logged(5)
    const { rows } = await world.rpc('requests.page', {})
    assert.deepEqual(
      rows.map(({ usage }) => [usage.input, usage.output]),
      Array.from({ length: 5 }, () => [null, null]),
    )
  })

  it('say what is missing in the client’s dialect, and let the next model answer', async () => {
    editor.failure = new GatewayError(
      'consent_missing',
      'VS Code has not been allowed to let OmniRoute use probe/first.',
    )
    const refused = await ask('vscode/probe/first')
    assert.equal(refused.status, 403, refused.text)
    assert.match(refused.json().error.message, /not been allowed.*Test Account/s)
    await world.rpc('combos.put', { name: 'both', members: ['vscode/probe/second', 'demo/echo'] })
    const answered = await ask('both')
    assert.equal(answered.status, 200, answered.text)
    assert.equal(answered.json().choices[0].message.content, 'You said: Hi')
  })

  it('come and go with the extensions that bring them, and nobody is told where nothing has changed', async () => {
    const told: string[] = []
    const stop = world.gateway.onEvent(({ event }) => told.push(event))
    editor.change([{ id: 'other/x', name: 'X', maxInputTokens: 1_000 }])
    await until('the list follows', async () => (await listed()).join() === 'vscode/other/x')
    await until('it was told', async () => told.includes('models.changed'))
    const lists = editor.lists
    told.length = 0
    editor.change(editor.models)
    await until('it was looked at again', async () => editor.lists > lists)
    await world.rpc('models.list', {})
    assert.deepEqual(told, [])
    stop()
  })

  it('are no longer there without an editor, and the account says so', async () => {
    const without = await startWorld({
      accounts: [{ id: 'e', provider: 'vscode', prefix: 'vscode', models: ['probe/first'] }],
    })
    try {
      assert.ok(!(await without.rpc('providers.list', {})).some(({ id }) => id === 'vscode'))
      const answer = await without.send('/v1/chat/completions', {
        body: { model: 'vscode/probe/first', messages: [{ role: 'user', content: 'Hi' }] },
      })
      assert.equal(answer.status, 503, answer.text)
      assert.match(answer.json().error.message, /without an editor.*Open VS Code/s)
      assert.equal((await without.rpc('accounts.test', { id: 'e' })).outcome, 'failed')
    } finally {
      await without.stop()
    }
  })
})
