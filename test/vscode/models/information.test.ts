// What the picker is told of a model.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AccountView, ComboView, ModelView } from '../../../src/admin/contract.ts'
import { strategyIds } from '../../../src/core/routing.ts'
import { english } from '../../../src/vscode/localizer.ts'
import {
  defaultContextWindow,
  defaultMaxOutput,
  inputFloor,
  toInformation,
  tokenLimits,
} from '../../../src/vscode/models/information.ts'

const account: AccountView = {
  id: 'a1',
  provider: 'groq',
  providerName: 'Groq',
  label: 'Work',
  prefix: 'groq',
  tier: 'api-key',
  enabled: true,
  headers: {},
  hasKey: true,
  order: 0,
  modelCount: 1,
  state: { kind: 'ready' },
}
const model = (id: string, facts: Partial<ModelView> = {}): ModelView => ({
  id,
  name: id.slice(id.indexOf('/') + 1),
  accountId: 'a1',
  kind: 'model',
  ...facts,
})

describe('models in the picker', () => {
  it('carry id, family, capabilities and where they come from', () => {
    const [first] = toInformation(
      [model('groq/llama', { name: 'Llama', contextWindow: 131_072, maxOutput: 32_768, vision: true })],
      [account],
      [],
      english,
    )
    assert.deepEqual(first, {
      id: 'groq/llama',
      name: 'Llama',
      family: 'llama',
      version: '1.0.0',
      detail: 'Groq · Work',
      tooltip: 'groq/llama through OmniRoute.',
      maxInputTokens: 98_304,
      maxOutputTokens: 32_768,
      capabilities: { toolCalling: true, imageInput: true },
      isUserSelectable: true,
    })
  })

  it('can do tools unless that is known to be wrong, and see only if that is known to be right', () => {
    const [unknown, without] = toInformation([model('a/x'), model('a/y', { tools: false })], [account], [], english)
    assert.deepEqual(unknown?.capabilities, { toolCalling: true, imageInput: false })
    assert.deepEqual(without?.capabilities, { toolCalling: false, imageInput: false })
  })

  it('have a setting for the effort of reasoning if they are known to reason', () => {
    const [reasons, other] = toInformation([model('a/x', { reasoning: true }), model('a/y')], [account], [], english)
    const effort = reasons?.configurationSchema?.properties['reasoningEffort']
    assert.equal(effort?.enum.length, effort?.enumItemLabels.length)
    assert.ok(effort?.enum.includes(effort.default) && effort.enum.includes('high'))
    assert.equal(other?.configurationSchema, undefined)
  })

  it('have distinct ids and names', () => {
    const list = toInformation(
      [model('a/x', { name: 'X' }), model('b/x', { name: 'X' }), model('a/x', { name: 'X' }), model('c/y')],
      [account],
      [],
      english,
    )
    assert.deepEqual(
      list.map(({ name }) => name),
      ['X (a/x)', 'X (b/x)', 'y'],
    )
  })

  it('include combos, and never the field that would cost us all models', () => {
    const [auto] = toInformation([{ id: 'auto', name: 'auto', kind: 'combo' }], [], [], english)
    assert.equal(auto?.id, 'auto')
    // VS Code lists an "Auto" of its own.
    assert.equal(auto?.name, 'OmniRoute Auto')
    assert.equal(auto?.detail, 'Combo')
    assert.doesNotMatch(JSON.stringify(auto), /editTools/)
  })

  it('bear the names that the user gave them', () => {
    const [named] = toInformation([model('groq/llama', { name: 'My llama' })], [account], [], english)
    assert.equal(named?.name, 'My llama')
    assert.equal(named.id, 'groq/llama')
    assert.equal(named.family, 'llama')
  })

  describe('that are combos', () => {
    const comboModel = (id: string): ModelView => ({ id, name: id, kind: 'combo' })
    const combo = (name: string, strategy: ComboView['strategy']): ComboView => {
      return { id: `id of ${name}`, name, strategy, members: [{ model: 'a/x' }], enabled: true }
    }
    const tooltip = (name: string, combos: ComboView[]) =>
      toInformation([comboModel(name)], [], combos, english)[0]?.tooltip

    it('say what their strategy does, each in words of its own', () => {
      const texts = strategyIds.map((strategy) => tooltip('team', [combo('other', 'ordered'), combo('team', strategy)]))
      assert.equal(new Set(texts).size, strategyIds.length)
      for (const text of texts) assert.match(text ?? '', /^OmniRoute combo "team": .+\.$/)
      assert.equal(texts[strategyIds.indexOf('ordered')], 'OmniRoute combo "team": its models are tried in order.')
      assert.match(texts[strategyIds.indexOf('cheapest')] ?? '', /cheapest/)
    })

    it('claim nothing when their strategy is not known', () => {
      assert.equal(tooltip('team', []), 'OmniRoute combo "team".')
    })

    it('tell the automatic route from a combo of the user that has its name', () => {
      assert.equal(tooltip('auto', []), 'Chooses among all accounts, the preferred tier first.')
      assert.match(tooltip('auto', [combo('auto', 'round-robin')]) ?? '', /take turns/)
    })
  })

  it('take documented defaults for unknown limits', () => {
    assert.deepEqual(tokenLimits({}), {
      maxInputTokens: defaultContextWindow - defaultMaxOutput,
      maxOutputTokens: defaultMaxOutput,
    })
  })

  it('leave at least the floor for input and add up to the window whenever that is possible', () => {
    const tokens = fc.integer({ min: 1, max: 4_000_000 })
    fc.assert(
      fc.property(
        fc.option(tokens, { nil: undefined }),
        fc.option(tokens, { nil: undefined }),
        (contextWindow, maxOutput) => {
          const limits = tokenLimits({
            ...(contextWindow === undefined ? {} : { contextWindow }),
            ...(maxOutput === undefined ? {} : { maxOutput }),
          })
          assert.ok(limits.maxInputTokens >= inputFloor)
          assert.ok(limits.maxOutputTokens >= 1)
          if (maxOutput !== undefined) assert.ok(limits.maxOutputTokens <= maxOutput)
          const window = contextWindow ?? defaultContextWindow
          if (window > 2 * inputFloor) assert.equal(limits.maxInputTokens + limits.maxOutputTokens, window)
        },
      ),
    )
  })
})
