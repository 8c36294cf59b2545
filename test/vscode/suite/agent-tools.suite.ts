// The tools for agents, as any extension may call them, and what the chat lists.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { ask, demoModel, textOf, until } from './window.ts'

const names = [
  'omniroute_usage',
  'omniroute_models',
  'omniroute_explain',
  'omniroute_set_default',
  'omniroute_switch_combo',
]

async function call(name: string, input: object = {}): Promise<Record<string, unknown>> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined })
  const [part] = result.content
  assert.ok(part instanceof vscode.LanguageModelTextPart)
  return JSON.parse(part.value)
}

describe('tools for agents', () => {
  it('are offered, with what they take', () => {
    const ours = vscode.lm.tools.filter(({ name }) => names.includes(name))
    assert.deepEqual(ours.map(({ name }) => name).sort(), names.toSorted())
    for (const { description, inputSchema } of ours) assert.ok(description.length > 0 && inputSchema !== undefined)
  })

  it("tell today's requests without what was said in them", async () => {
    await textOf(await ask(await demoModel('echo'), 'a secret word: xylophone'))
    const usage = await until('the request in the summary', async () => {
      const found = await call('omniroute_usage')
      return JSON.stringify(found['models']).includes('demo/echo') ? found : undefined
    })
    assert.ok(Number(usage['requests']) > 0)
    assert.doesNotMatch(JSON.stringify(usage), /xylophone/)
  })

  it('list the models, or those of a name', async () => {
    await demoModel('echo')
    const all = (await call('omniroute_models'))['models'] as { id: string }[]
    assert.ok(all.some(({ id }) => id === 'demo/lorem') && all.some(({ id }) => id === 'auto'))
    const some = (await call('omniroute_models', { search: 'LOREM' }))['models'] as { id: string }[]
    assert.deepEqual(
      some.map(({ id }) => id),
      ['demo/lorem'],
    )
  })

  it('tell how the last request was decided', async () => {
    await textOf(await ask(await demoModel('echo'), 'again, xylophone'))
    const told = await until('the story of the request', async () => {
      const found = await call('omniroute_explain')
      return String(found['story']).startsWith('demo/echo') ? found : undefined
    })
    assert.doesNotMatch(JSON.stringify(told), /xylophone/)
    assert.match(String((await call('omniroute_explain', { id: 'nobody' }))['error']), /no longer in the log/)
  })
})

describe('the default model', () => {
  it('is switched by command, and what names no other model goes there', async () => {
    await demoModel('echo')
    assert.equal(await vscode.commands.executeCommand('omniroute.default.choose', 'demo/echo'), 'demo/echo')
    assert.equal((await call('omniroute_models'))['default'], 'demo/echo')
    assert.equal(await vscode.commands.executeCommand('omniroute.default.choose', 'auto'), 'auto')
    assert.equal((await call('omniroute_models'))['default'], 'auto')
  })
})

describe('models chosen for the chat', () => {
  const choose = (value: unknown) =>
    vscode.workspace.getConfiguration('omniroute').update('chat.models', value, vscode.ConfigurationTarget.Global)
  const listed = async () => (await vscode.lm.selectChatModels({ vendor: 'omniroute' })).map(({ id }) => id).sort()

  after(() => choose(undefined))

  it('are the only ones that are listed, at once, and all are back when the choice is taken away', async () => {
    await demoModel('echo')
    const all = await listed()
    assert.ok(all.length > 2)
    await choose(['demo/e*', 'auto'])
    await until('the chosen models', async () => ((await listed()).join() === 'auto,demo/echo' ? true : undefined))
    await choose(undefined)
    await until('all models', async () => ((await listed()).join() === all.join() ? true : undefined))
  })
})
